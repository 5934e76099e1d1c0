"""A profile tells what signals of a group are like, and ranks hours by what is certain."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest

from tools.risk.measures import measure_trades
from tools.risk.profiles import HOUR_NS, LEAST_AN_HOUR, profile


@dataclass(frozen=True)
class Trip:
    ts_entry: int
    ts_exit: int
    net_bps: float
    symbol: str = "ALGOUSDT"
    net_quote: Decimal | None = None
    fees_quote: Decimal | None = None
    breakeven: float = 0.6
    gain_bps: float = 5.0
    loss_bps: float = 8.0


def trips(hour: int, results: list[float]) -> list[Trip]:
    """One a day in ``hour``, so that none overlaps another."""
    starts = [(24 * day + hour) * HOUR_NS for day in range(len(results))]
    return [Trip(start + 1, start + 2, net) for start, net in zip(starts, results, strict=True)]


def told(group: list[Trip], features: list[dict[str, float | None]] | None = None):  # type: ignore[no-untyped-def]
    return profile(group, features or [{}] * len(group), [one.ts_entry for one in group], seed=7)


def test_the_figures_are_those_of_the_trades() -> None:
    group = trips(9, [4.0, -8.0, 5.0, 5.0] * 6)
    found = told(group)
    assert found.statistics == measure_trades(group, 7)
    assert (found.statistics.n, found.statistics.wins) == (24, 18)


def test_the_signature_is_the_median_of_what_was_seen() -> None:
    seen = [{"mm_spread_bps": 4.0, "spread_bps": 1.0}, {"mm_spread_bps": 8.0}, {"mm_spread_bps": None}]
    found = told(trips(9, [1.0, 2.0, 3.0]), [dict(one) for one in seen])
    assert found.signature == {"mm_spread_bps": 6.0}
    assert found.spread_bps == 1.0


def test_an_hour_with_a_few_lucky_trades_does_not_lead() -> None:
    rng = np.random.default_rng(3)
    steady = trips(10, rng.normal(6, 2, 60).tolist())
    wild = trips(15, rng.normal(9, 40, 10).tolist())
    poor = trips(20, rng.normal(-5, 2, 60).tolist())
    few = trips(3, [50.0] * (LEAST_AN_HOUR - 1))
    found = told([*wild, *poor, *steady, *few])
    assert [one.hour for one in found.hours] == [10, 20, 15]
    best = found.hours[0]
    assert best.n == 60
    assert best.low < best.net_bps < best.high
    assert best.net_bps == pytest.approx(np.mean([one.net_bps for one in steady]))
