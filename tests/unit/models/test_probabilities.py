"""Scores of probabilities, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tools.models.validation import (
    brier_score,
    brier_skill,
    calibration_floor,
    expected_calibration_error,
    log_loss,
)

SAID = np.array([0.1, 0.4, 0.6, 0.9])
HAPPENED = np.array([0.0, 1.0, 0.0, 1.0])


def test_brier_score_is_the_mean_squared_error() -> None:
    assert brier_score(SAID, HAPPENED) == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)


def test_the_base_rate_has_no_skill_and_certainty_has_all() -> None:
    assert brier_skill(np.full(4, 0.5), HAPPENED, 0.5) == 0
    assert brier_skill(HAPPENED, HAPPENED, 0.5) == 1
    assert brier_skill(1 - HAPPENED, HAPPENED, 0.5) == -3


def test_skill_over_a_reference_that_is_never_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="ever wrong"):
        brier_skill(SAID, np.ones(4), 1.0)


def test_log_loss_is_in_nats_and_a_certain_mistake_is_finite() -> None:
    expected = -(np.log(0.9) + np.log(0.4) + np.log(0.4) + np.log(0.9)) / 4
    assert log_loss(SAID, HAPPENED) == pytest.approx(expected)
    assert log_loss(np.array([1.0]), np.array([0.0])) == pytest.approx(34.5, abs=0.1)


def test_calibration_error_by_hand_over_two_bins() -> None:
    # first bin said 0.25, was 0.5; second said 0.75, was 0.5
    assert expected_calibration_error(SAID, HAPPENED, bins=2) == pytest.approx(0.25)


def test_calibration_error_has_bins_of_equal_count_whatever_the_order() -> None:
    order = np.array([2, 0, 3, 1])
    assert expected_calibration_error(SAID[order], HAPPENED[order], bins=2) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="given none"):
        expected_calibration_error(np.empty(0), np.empty(0))


@pytest.mark.parametrize(("n", "floor"), [(200, 0.0701), (1000, 0.0313), (5000, 0.0140)])
def test_a_perfect_model_has_a_known_floor(n: int, floor: float) -> None:
    # mean absolute deviation of a bin of m = n / 10 labels: sqrt(2 / pi) * (pi / 8) / sqrt(m)
    said = (np.arange(n) + 0.5) / n
    assert calibration_floor(said, np.random.default_rng(3)) == pytest.approx(floor, rel=0.05)


def test_an_overconfident_model_stands_out_from_its_floor() -> None:
    rng = np.random.default_rng(4)
    labels = (rng.random(4000) < 0.5).astype(float)
    said = np.where(rng.random(4000) < 0.5, 0.2, 0.8)
    assert expected_calibration_error(said, labels) > 5 * calibration_floor(said, rng)


def test_the_floor_is_the_same_for_the_same_seed() -> None:
    said = np.linspace(0, 1, 50)
    assert calibration_floor(said, np.random.default_rng(1)) == calibration_floor(
        said, np.random.default_rng(1)
    )


@given(arrays(np.float64, 30, elements=st.floats(0, 1)), st.integers(0, 2**30))
def test_calibration_error_lies_between_mean_gap_and_mean_error(said: np.ndarray, bits: int) -> None:
    labels = np.array([(bits >> i) & 1 for i in range(30)], dtype=np.float64)
    error = expected_calibration_error(said, labels)
    assert (
        abs(float(np.mean(said - labels))) - 1e-12 <= error <= float(np.mean(np.abs(said - labels))) + 1e-12
    )
