"""The desk of a Binance facade: what it refuses, and the names its protocol gives to cancels and lists."""

from __future__ import annotations

from collections.abc import Iterable

from venue.binance import errors
from venue.binance.limits import Limits
from venue.binance.parameters import Params
from venue.clock import Clock
from venue.serving import desk
from venue.serving.desk import Market
from venue.serving.keys import ApiKey
from venue.wire import Wire


class Desk(desk.Desk):
    """The venue behind a Binance facade."""

    def __init__(self, wire: Wire, keys: Iterable[ApiKey], clock: Clock, limits: Limits) -> None:
        super().__init__(wire, keys, clock)
        self.limits = limits
        self.cancel_ids: dict[tuple[int, int], str] = {}
        self.list_names: dict[tuple[int, int], str] = {}

    def market(self, params: Params, name: str = "symbol") -> Market:
        """The market a request names."""
        symbol = params.required(name)
        if symbol not in self.by_symbol:
            raise errors.no_such_symbol()
        return self.by_symbol[symbol]

    def key(self, name: str) -> ApiKey:
        """The key a request names."""
        if not name:
            raise errors.malformed_key()
        if name not in self.keys:
            raise errors.no_such_key()
        return self.keys[name]
