"""The desk of the futures facade: a Binance desk with wallets, positions and listen keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from venue.binance.calls import Call
from venue.binance.desk import Desk
from venue.binance.limits import Limits
from venue.clock import Clock
from venue.futures.ledger import FuturesLedger, Wallet
from venue.serving.keys import ApiKey
from venue.wire import Wire

ASSET = "USDT"


class FuturesDesk(Desk):
    """The futures venue behind its facade."""

    def __init__(
        self, wire: Wire, keys: Iterable[ApiKey], clock: Clock, limits: Limits, ledger: FuturesLedger
    ) -> None:
        super().__init__(wire, keys, clock, limits)
        self.ledger = ledger
        self.listen_keys: dict[str, int] = {}

    def money(self, units: int) -> str:
        """An amount of the margin asset; it may be negative."""
        return self.amount(ASSET, units)


def desk_of(call: Call) -> FuturesDesk:
    """The futures desk a call is made at."""
    return cast(FuturesDesk, call.desk)


def wallet_of(call: Call) -> Wallet:
    """The wallet of the account a call is made for."""
    return desk_of(call).ledger.wallets[call.account]
