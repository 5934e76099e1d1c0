"""Windows of seconds: lifetimes, touch changes and the steadiness of the spread."""

import math
from typing import Any

import numpy as np
import pytest

from tools.features.flow import (
    COLUMNS,
    FLOW,
    LIFE_N,
    LIFE_SUM,
    SECONDS,
    TOUCH,
    close_row,
    lifetime_mean,
    open_row,
    spread_stability,
    touch_rate,
)


class Flow:
    """Seconds under test: each is (lived, ended, touches, spread)."""

    def __init__(self, seconds: list[tuple[float, int, int, float]]) -> None:
        self.state: Any = np.zeros(1, FLOW)
        self.rows = np.full((SECONDS, COLUMNS), np.nan)
        open_row(self.state[0], self.rows)
        for lived, ended, touches, spread in seconds:
            self.add(lived, ended, touches)
            close_row(self.state[0], self.rows, 100.0, spread)

    def add(self, lived: float, ended: int, touches: int) -> None:
        """Count into the open second."""
        row = self.rows[int(self.state["seconds"][0]) % SECONDS]
        row[LIFE_SUM] += lived
        row[LIFE_N] += ended
        row[TOUCH] += touches

    def ask(self, function: Any, window: int) -> float:
        return float(function(self.state[0], self.rows, window))


def random_seconds(n: int) -> list[tuple[float, int, int, float]]:
    rng = np.random.default_rng(9)
    return [
        (
            float(rng.exponential(3)),
            int(rng.integers(0, 4)),
            int(rng.integers(0, 9)),
            float(rng.lognormal(-4, 0.3)),
        )
        for _ in range(n)
    ]


@pytest.mark.parametrize("n", [1, 9, 60, 61, 127, 128, 129, 400])
def test_windows_are_sums_over_the_last_seconds(n: int) -> None:
    seconds = random_seconds(n)
    flow = Flow(seconds)
    flow.add(7.0, 2, 5)  # the open second counts for lifetimes, not for the rate
    lived = sum(s[0] for s in seconds[-60:]) + 7.0
    ended = sum(s[1] for s in seconds[-60:]) + 2
    assert flow.ask(lifetime_mean, 60) == pytest.approx(lived / ended, rel=1e-12)
    assert flow.ask(touch_rate, 10) == pytest.approx(np.mean([s[2] for s in seconds[-10:]]))
    spreads = np.array([s[3] for s in seconds[-60:]])
    steady = max(0.0, 1 - spreads.std() / spreads.mean()) if n >= 5 else math.nan
    assert flow.ask(spread_stability, 60) == pytest.approx(steady, rel=1e-9, nan_ok=True)


def test_nothing_is_said_before_there_is_anything() -> None:
    flow = Flow([])
    assert all(math.isnan(flow.ask(f, 60)) for f in (lifetime_mean, touch_rate, spread_stability))


def test_a_constant_spread_is_perfectly_steady_and_a_wild_one_not_at_all() -> None:
    assert Flow([(0, 0, 0, 0.02)] * 9).ask(spread_stability, 60) == 1.0
    assert Flow([(0, 0, 0, 1e-6)] * 30 + [(0, 0, 0, 10.0)]).ask(spread_stability, 60) == 0.0


def test_seconds_without_a_spread_are_left_out() -> None:
    seconds = [(0.0, 0, 0, 0.02), (0.0, 0, 0, math.nan)] * 5
    assert Flow(seconds).ask(spread_stability, 60) == 1.0
    assert math.isnan(Flow(seconds[:8]).ask(spread_stability, 60))
