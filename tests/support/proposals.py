"""Signals, votes and neighbours by hand, for tests of what is decided on them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tools.domain.identity import signal_id
from tools.domain.market import NANOS, Instrument, Side
from tools.domain.ports import Neighbour
from tools.domain.trading import Signal, Vote

NOW = 1_700_000_000 * NANOS

ALGO = Instrument(
    symbol="ALGOUSDT",
    venue="mexc",
    base="ALGO",
    quote="USDT",
    tick=10_000,
    lot=1_000_000,
    min_notional=Decimal(1),
    maker_fee_bps=0.0,
    taker_fee_bps=5.0,
    quote_usd=Decimal(1),
    quiet_limit_s=10.0,
    has_dense_trade_ids=False,
)

FEATURES: dict[str, float | None] = {
    "mid": 0.2001,
    "spread_bps": 5.0,
    "mm_confidence": 0.9,
    "spoofing_score": 0.1,
    "mm_avg_order_size": 50.0,
    "regime": None,
}


def a_signal(sequence: int = 0, **changes: object) -> Signal:
    """A sound signal: entry 0.2, target +30 bps, stop -20 bps, 5 bps of cost."""
    base = Signal(
        signal_id=signal_id("run_test", "ALGOUSDT", "mm_range", NOW, sequence),
        run_id="run_test",
        world="recorded",
        symbol="ALGOUSDT",
        venue="mexc",
        source="mm_range",
        ts=NOW,
        ts_event=NOW - 1,
        side=Side.BUY,
        entry_price=20_000_000,
        take_profit=20_060_000,
        stop=19_960_000,
        entry_timeout_ns=30 * NANOS,
        hold_timeout_ns=300 * NANOS,
        cost_bps=5.0,
        confidence=0.9,
        features=FEATURES,
        vector=(1.0, 0.0),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def with_features(sequence: int = 0, **features: float | None) -> Signal:
    """A sound signal but for the features named."""
    return a_signal(sequence, features={**FEATURES, **features})


def a_vote(component: str, expected_bps: float, interval_bps: float, *evidence: str) -> Vote:
    """A vote that speaks."""
    return Vote(component, "unsure", 0.6, expected_bps, interval_bps, "as counted", evidence)


def a_silence(component: str) -> Vote:
    """A vote with nothing to say."""
    return Vote(component, "silent", None, None, None, "nothing known")


def a_neighbour(i: int, net_bps: float = 5.0) -> Neighbour:
    """A remembered state with its outcome."""
    return Neighbour(f"s_{i}", f"o_{i}", 0.9, net_bps, "take_profit", NOW - 1)
