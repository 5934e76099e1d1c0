"""The market of the examination: five symbols, three weeks from a Monday to a Sunday, one seed.

It lies in the future of any machine that runs it, so that the present is a second after the last
row, whatever the clock says: relative dates mean the same in every run. Decisions keep away from
the ends of hours, and a symbol has one decision an hour at most, so no trade touches two hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tools.domain.clock import day_bounds, day_of
from tools.domain.market import NANOS, UNITS, Instrument
from tools.domain.regime import Regime

FIRST_DAY, N_DAYS = "2031-03-03", 21
DAY_NS, HOUR_NS, MINUTE_NS = 86_400 * NANOS, 3_600 * NANOS, 60 * NANOS
SYMBOLS = ("ALGOUSDT", "AVAXUSDT", "LINKUSDT", "NEARUSDT", "VETUSDT")
PRICES = {"ALGOUSDT": 0.2145, "AVAXUSDT": 31.27, "LINKUSDT": 14.38, "NEARUSDT": 4.912, "VETUSDT": 0.02731}
WINNING = {"ALGOUSDT": 0.66, "AVAXUSDT": 0.52, "LINKUSDT": 0.60, "NEARUSDT": 0.30, "VETUSDT": 0.44}
GOOD_HOURS = (9, 14)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one signal saw, and what the market had in store for it.

    Attributes:
        mean_bps: What the components together expect.
        error_bps: One standard error of it.
        wins: Whether a position would reach its target.
        draws: Further uniform draws in [0, 1), shape (12,).
    """

    symbol: str
    ts: int
    price: int
    regime: Regime
    confidence: float
    spoofing: float
    order_size: float
    mean_bps: float
    error_bps: float
    wins: bool
    draws: tuple[float, ...]


def instrument(symbol: str) -> Instrument:
    """The symbol's grid and fees."""
    return Instrument(
        symbol=symbol,
        venue="mexc",
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        tick=1,
        lot=UNITS // 100,
        min_notional=Decimal(1),
        maker_fee_bps=1.0,
        taker_fee_bps=5.0,
        quote_usd=Decimal(1),
        quiet_limit_s=None,
        has_dense_trade_ids=True,
    )


def day_name(index: int) -> str:
    """The date of the ``index``-th day."""
    return day_of(day_bounds(FIRST_DAY)[0] + index * DAY_NS)


def sights(seed: int, index: int) -> list[Sight]:
    """Every signal of a day, in order of time."""
    rng = np.random.default_rng((seed, index))
    start = day_bounds(day_name(index))[0]
    found = []
    for symbol in SYMBOLS:
        for hour in rng.choice(24, size=int(rng.integers(17, 23)), replace=False):
            ts = start + int(hour) * HOUR_NS + int(rng.integers(2, 50)) * MINUTE_NS
            found.append(_sight(rng, symbol, ts + int(rng.integers(1, 59_000)) * 1_000_000, int(hour)))
    return sorted(found, key=lambda one: (one.ts, one.symbol))


def _sight(rng: np.random.Generator, symbol: str, ts: int, hour: int) -> Sight:
    drifted = PRICES[symbol] * (1 + rng.normal(0, 0.01))
    regime = Regime(int(rng.choice((1, 2, 3, 4), p=(0.5, 0.25, 0.2, 0.05))))
    winning = WINNING[symbol] + (0.12 if hour in GOOD_HOURS else 0.0)
    return Sight(
        symbol=symbol,
        ts=ts,
        price=round(drifted * UNITS),
        regime=regime,
        confidence=float(rng.uniform(0.56, 0.99)),
        spoofing=float(rng.uniform(0.81, 0.99) if rng.random() < 0.12 else rng.uniform(0.0, 0.78)),
        order_size=float(rng.uniform(5, 60)),
        mean_bps=float(rng.normal(1.0, 3.0)),
        error_bps=float(rng.uniform(0.5, 2.5)),
        wins=bool(rng.random() < winning),
        draws=tuple(float(draw) for draw in rng.random(12)),
    )
