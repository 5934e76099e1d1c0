"""Calibration turns scores into probabilities that keep their word, and never reverses a ranking."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.calibration import (
    Isotonic,
    Platt,
    calibrator_from_json,
    choose_calibrator,
    fit_isotonic,
    fit_platt,
)


def drawn(n: int, slope: float, intercept: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=n) * 2
    labels = (rng.random(n) < 1 / (1 + np.exp(-(slope * scores + intercept)))).astype(float)
    return scores, labels, np.ones(n)


def spans(n: int) -> np.ndarray:
    return np.column_stack((np.arange(n), np.arange(n) + 1)).astype(np.int64)


def test_platt_finds_the_planted_line() -> None:
    fitted = fit_platt(*drawn(20_000, 0.5, -1.0))
    assert fitted.slope == pytest.approx(0.5, abs=0.03)
    assert fitted.intercept == pytest.approx(-1.0, abs=0.05)


def test_platt_is_never_certain_of_separable_scores() -> None:
    scores = np.array([-1.0] * 10 + [1.0] * 10)
    fitted = fit_platt(scores, (scores > 0).astype(float), np.ones(20))
    # Platt's targets: (10 + 1) / (10 + 2) and 1 / (10 + 2)
    np.testing.assert_allclose(fitted.apply(np.array([-1.0, 1.0])), [1 / 12, 11 / 12], atol=1e-3)


def test_a_ranking_worse_than_chance_is_flattened_not_reversed() -> None:
    scores, labels, weights = drawn(2000, -1.0, 0.5)
    fitted = fit_platt(scores, labels, weights)
    assert fitted.slope == 0
    assert fitted.apply(np.array([5.0]))[0] == pytest.approx(labels.mean(), abs=0.01)
    table = fit_isotonic(scores, labels, weights)
    assert table.apply(np.array([5.0]))[0] == pytest.approx(labels.mean(), abs=0.1)


def test_isotonic_equals_pooling_by_hand_and_is_never_certain() -> None:
    # wins 0, 1, 0, 1: the middle two pool to one half; with four labels the ends stay 1/6 away
    scores, labels = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0, 1.0])
    fitted = fit_isotonic(scores, labels, np.ones(4))
    np.testing.assert_allclose(fitted.apply(scores), [1 / 6, 0.5, 0.5, 5 / 6])
    np.testing.assert_allclose(fitted.apply(np.array([-9.0, 9.0])), [1 / 6, 5 / 6])


def test_weights_count() -> None:
    scores, labels = np.zeros(2), np.array([1.0, 0.0])
    assert fit_isotonic(scores, labels, np.array([300.0, 100.0])).apply(np.zeros(1))[0] == pytest.approx(0.75)
    assert fit_platt(scores, labels, np.array([300.0, 100.0])).apply(np.zeros(1))[0] == pytest.approx(
        0.75, abs=0.01
    )


def test_a_straight_relation_chooses_platt_and_a_step_chooses_isotonic() -> None:
    scores, labels, weights = drawn(1500, 1.0, 0.0)
    straight, losses = choose_calibrator(scores, labels, weights, spans(1500))
    assert straight.kind == "platt"
    assert set(losses) == {"platt", "isotonic"}
    rng = np.random.default_rng(1)
    scores = np.concatenate((rng.uniform(-5, -4.9, 2000), rng.uniform(-4.9, 5, 1000)))[rng.permutation(3000)]
    stepped = (rng.random(3000) < np.where(scores > -4.95, 0.9, 0.1)).astype(float)
    step, losses = choose_calibrator(scores, stepped, np.ones(3000), spans(3000))
    assert step.kind == "isotonic"
    assert losses["isotonic"] < losses["platt"]


def test_too_little_to_judge_takes_the_two_numbers_and_says_so() -> None:
    chosen, losses = choose_calibrator(*drawn(90, 1.0, 0.0), spans(90))
    assert chosen.kind == "platt"
    assert losses == {}


@given(
    st.lists(st.floats(-20, 20), min_size=2, max_size=20),
    st.sampled_from([fit_platt, fit_isotonic]),
    st.integers(0, 2**20 - 1),
)
def test_probabilities_are_monotone_and_proper(values: list[float], fit: Any, bits: int) -> None:
    labels = np.array([(bits >> i) & 1 for i in range(len(values))], dtype=np.float64)
    labels[0], labels[-1] = 0.0, 1.0
    fitted = fit(np.array(values), labels, np.ones(len(values)))
    said = fitted.apply(np.linspace(-30, 30, 61))
    assert np.all(np.diff(said) >= -1e-12)
    assert np.all((said >= 0) & (said <= 1))


@pytest.mark.parametrize("calibrator", [Platt(0.7, -0.1), Isotonic((0.0, 1.5), (0.25, 0.5))])
def test_a_calibrator_survives_json_to_the_last_bit(calibrator: Platt | Isotonic) -> None:
    assert calibrator_from_json(json.loads(json.dumps(calibrator.to_json()))) == calibrator


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "magic"},
        {"kind": "platt", "slope": -1.0, "intercept": 0.0},
        {"kind": "platt", "slope": float("nan"), "intercept": 0.0},
        {"kind": "isotonic", "x": [0.0, 1.0], "y": [0.5]},
        {"kind": "isotonic", "x": [], "y": []},
        {"kind": "isotonic", "x": [0.0, 1.0], "y": [0.6, 0.5]},
        {"kind": "isotonic", "x": [1.0, 0.0], "y": [0.5, 0.6]},
        {"kind": "isotonic", "x": [0.0, 1.0], "y": [0.5, 1.6]},
    ],
)
def test_numbers_that_are_no_calibration_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|finite"):
        calibrator_from_json(data)
