"""The regret of not asking is what the brain's word would have earned above the decision."""

from __future__ import annotations

import numpy as np
import pytest

from tools.risk.regret import Judged, mean_regret


@pytest.mark.parametrize(
    ("is_entered", "fraction", "net_bps", "regret"),
    [
        (False, 1.0, 8.0, 8.0),
        (False, 0.5, -8.0, -4.0),
        (True, 0.0, -8.0, 8.0),
        (True, 0.25, 8.0, -6.0),
        (True, 1.0, 8.0, 0.0),
        (False, 0.0, -30.0, 0.0),
    ],
)
def test_a_word_is_worth_the_difference(
    is_entered: bool, fraction: float, net_bps: float, regret: float
) -> None:
    assert Judged(is_entered, fraction, net_bps, 0.01).regret_bps == regret


def test_nothing_judged_is_no_estimate() -> None:
    assert mean_regret([], np.random.default_rng(1)) is None


def test_rare_audits_count_for_those_that_were_not_drawn() -> None:
    judged = [Judged(False, 1.0, 1.0, 0.1)] * 10 + [Judged(False, 1.0, 11.0, 0.01)]
    found = mean_regret(judged, np.random.default_rng(1))
    assert found is not None
    assert found.value == pytest.approx((10 * 10 * 1 + 100 * 11) / 200)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(100):
        judged = [Judged(False, 1.0, float(x), 0.01) for x in rng.normal(2, 10, 80)]
        found = mean_regret(judged, rng)
        assert found is not None
        hits += found.low <= 2 <= found.high
    assert hits >= 85
