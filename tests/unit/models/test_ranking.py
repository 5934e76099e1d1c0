"""By rank half of what comes is taken whatever it is expected to pay, and nothing later is known."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.ranking import LEAST_SEEN, RankedSoFar
from tools.models.scoring import TakeAll

EDGE = 0.5


def above(values: list[float]) -> list[bool]:
    """Which of candidates that are expected to come to ``values`` are taken."""
    ranked = RankedSoFar(TakeAll(), EDGE)
    return [ranked.score([({}, value, 20.0)]).expected_bps[0] > EDGE for value in values]


@pytest.mark.parametrize("shift", [-50.0, 0.0, 50.0])
def test_half_are_taken_wherever_they_lie(shift: float) -> None:
    values = (np.random.default_rng(1).normal(size=400) + shift).tolist()
    taken = above(values)
    assert not any(taken[:LEAST_SEEN])
    assert 0.4 < np.mean(taken[LEAST_SEEN:]) < 0.6
    better = float(np.median(values))
    assert np.mean([value > better for value, is_in in zip(values, taken, strict=True) if is_in]) > 0.9


def test_what_comes_later_changes_nothing() -> None:
    values = np.random.default_rng(2).normal(size=100).tolist()
    assert above([*values, 99.0, -99.0])[:100] == above(values)


def test_candidates_that_are_all_alike_have_no_better_half() -> None:
    assert not any(above([3.0] * 60))


def test_a_median_lies_between_the_middle_two() -> None:
    ranked = RankedSoFar(TakeAll(), EDGE)
    for value in [1.0, 3.0] * (LEAST_SEEN // 2):
        ranked.score([({}, value, 20.0)])
    scores = ranked.score([({}, 2.25, 20.0)])
    assert scores.expected_bps.tolist() == [pytest.approx(EDGE + 0.25)]
    assert scores.standard_error_bps.tolist() == [0.0]
    assert ranked.version == TakeAll().version
