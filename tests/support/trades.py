"""Trades by hand, for tests of what is measured over them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PaperTrade:
    """A finished round trip."""

    net_bps: float
    ts_entry: int
    ts_exit: int
    symbol: str = "BTCUSDT"
    net_quote: Decimal | None = None
    fees_quote: Decimal | None = None
    breakeven: float = 0.6
    gain_bps: float = 10.0
    loss_bps: float = 20.0
