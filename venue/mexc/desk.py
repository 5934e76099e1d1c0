"""The desk of a MEXC facade: the markets it can word, and what it refuses.

MEXC states the steps of prices and sizes as numbers of decimals. A market whose steps are no
powers of ten cannot be described so and is not listed here.
"""

from __future__ import annotations

from collections.abc import Iterable

from venue.clock import Clock
from venue.mexc import errors
from venue.mexc.limits import Limits
from venue.mexc.parameters import Params
from venue.mexc.words import decimals, plain
from venue.serving import desk
from venue.serving.desk import Market
from venue.serving.keys import ApiKey
from venue.wire import Wire


class Desk(desk.Desk):
    """The venue behind a MEXC facade."""

    def __init__(self, wire: Wire, keys: Iterable[ApiKey], clock: Clock, limits: Limits) -> None:
        super().__init__(wire, keys, clock, plain)
        self.limits = limits
        self.listed = [market for market in self.markets if _is_decimal(market)]
        self.by_symbol = {market.symbol: market for market in self.listed}

    def market(self, params: Params) -> Market:
        """The market a request names."""
        symbol = params.required("symbol")
        if symbol not in self.by_symbol:
            raise errors.no_such_symbol()
        return self.by_symbol[symbol]

    def key(self, name: str) -> ApiKey:
        """The key a request names."""
        if not name:
            raise errors.missing("api_key")
        if name not in self.keys:
            raise errors.no_such_key()
        return self.keys[name]


def _is_decimal(market: Market) -> bool:
    rules = market.words.rules
    return decimals(rules.tick) is not None and decimals(rules.lot) is not None
