"""The market of the second set: six symbols, twenty-four days from a Thursday to a Saturday, one seed.

It lies in the future of any machine that runs it, so that the present is a second after the last
row, whatever the clock says. Decisions keep away from the ends of hours, and a symbol has one
decision an hour at most, so no trade touches two hours or two days.
"""

from __future__ import annotations

import numpy as np

from tests.examination.world import DAY_NS, HOUR_NS, MINUTE_NS, Sight
from tools.domain.clock import day_bounds, day_of
from tools.domain.market import UNITS
from tools.domain.regime import Regime

SEED = 20330915
FIRST_DAY, N_DAYS = "2033-09-15", 24
PRICES = {
    "ADAUSDT": 0.8134,
    "ATOMUSDT": 7.462,
    "DOTUSDT": 6.058,
    "FILUSDT": 4.377,
    "TIAUSDT": 2.216,
    "XLMUSDT": 0.1193,
}
WINNING = {
    "ADAUSDT": 0.47,
    "ATOMUSDT": 0.71,
    "DOTUSDT": 0.58,
    "FILUSDT": 0.28,
    "TIAUSDT": 0.63,
    "XLMUSDT": 0.39,
}
BAD_HOURS = (3, 17)


def day_name(index: int) -> str:
    """The date of the ``index``-th day."""
    return day_of(day_bounds(FIRST_DAY)[0] + index * DAY_NS)


def sights(seed: int, index: int) -> list[Sight]:
    """Every signal of a day, in order of time."""
    rng = np.random.default_rng((seed, index, 2))
    start = day_bounds(day_name(index))[0]
    found = []
    for symbol in PRICES:
        for hour in sorted(rng.choice(24, size=int(rng.integers(8, 14)), replace=False)):
            ts = start + int(hour) * HOUR_NS + int(rng.integers(2, 50)) * MINUTE_NS
            found.append(_sight(rng, symbol, ts + int(rng.integers(1, 59_000)) * 1_000_000, int(hour)))
    return sorted(found, key=lambda one: (one.ts, one.symbol))


def _sight(rng: np.random.Generator, symbol: str, ts: int, hour: int) -> Sight:
    regime = Regime(int(rng.choice((1, 2, 3, 4), p=(0.42, 0.3, 0.2, 0.08))))
    winning = WINNING[symbol] - (0.2 if hour in BAD_HOURS else 0.0)
    is_spoofed = bool(rng.random() < 0.1)
    return Sight(
        symbol=symbol,
        ts=ts,
        price=round(PRICES[symbol] * (1 + rng.normal(0, 0.012)) * UNITS),
        regime=regime,
        confidence=float(rng.uniform(0.6, 0.98)),
        spoofing=float(rng.uniform(0.82, 0.99) if is_spoofed else rng.uniform(0.0, 0.77)),
        order_size=float(rng.uniform(4, 90)),
        mean_bps=float(rng.normal(1.4, 3.2)),
        error_bps=float(rng.uniform(0.5, 2.4)),
        wins=bool(rng.random() < winning),
        draws=tuple(float(draw) for draw in rng.random(12)),
    )
