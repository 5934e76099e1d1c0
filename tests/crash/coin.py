"""What is traded in the crash loop, and where."""

from __future__ import annotations

from decimal import Decimal

from tools.domain.market import UNITS, Instrument
from tools.domain.trading import OrderStatus

WORLD = "venue"
VENUE = "binance"
COIN = Instrument(
    symbol="SOLUSDT",
    venue=VENUE,
    base="SOL",
    quote="USDT",
    tick=UNITS // 100,
    lot=UNITS // 1000,
    min_notional=Decimal(5),
    maker_fee_bps=10.0,
    taker_fee_bps=10.0,
    quote_usd=Decimal(1),
    quiet_limit_s=None,
    has_dense_trade_ids=False,
)
OVER = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})
