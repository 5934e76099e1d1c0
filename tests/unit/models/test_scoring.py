"""Expected value: probability times what wins and losses truly paid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.errors import BadInput
from tools.models.examples import Dataset
from tools.models.outcome_model import TrainedOutcome
from tools.models.scoring import (
    EvidenceBins,
    Payoffs,
    bins_from_json,
    fit_bins,
    fit_payoffs,
    payoffs_from_json,
)


def test_payoffs_are_ratios_of_totals_weighted_by_uniqueness() -> None:
    net, gain, loss = np.array([10.0, 2.0, -20.0, -5.0]), np.full(4, 10.0), np.full(4, 20.0)
    assert fit_payoffs(net, gain, loss, np.array([1.0, 1.0, 1.0, 3.0])) == Payoffs(12 / 20, 35 / 80)


def test_where_barriers_differ_a_part_is_paid_whatever_they_are() -> None:
    gain, loss = np.array([5.0, 10.0, 20.0, 9.0, 9.0]), np.array([60.0, 60.0, 60.0, 20.0, 40.0])
    net, weights = np.array([8.0, 9.0, 11.0, -6.0, -6.0]), np.array([1.0, 2.0, 3.0, 1.0, 1.0])
    found = fit_payoffs(net, gain, loss, weights)
    assert (found.win_bps, found.win_share) == pytest.approx((7.0, 0.2))
    assert (found.loss_bps, found.loss_share) == pytest.approx((6.0, 0.0))
    assert found.won(np.array([30.0, -3.0])) == pytest.approx([13.0, 7.0])
    assert found.lost(np.array([60.0])) == pytest.approx([6.0])
    assert payoffs_from_json(found.to_json()) == found


def test_no_payoff_begins_below_nothing() -> None:
    gain = np.array([5.0, 10.0, 20.0, 9.0])
    net = np.array([1.0, 9.0, 27.0, -5.0])
    found = fit_payoffs(net, gain, np.full(4, 20.0), np.ones(4))
    assert (found.win_bps, found.win_share) == (0.0, pytest.approx(37 / 35))
    assert (found.loss_bps, found.loss_share) == (0.0, pytest.approx(0.25))


def test_payoffs_need_both_sides() -> None:
    with pytest.raises(ValueError, match="one win and one loss"):
        fit_payoffs(np.ones(2), np.ones(2), np.ones(2), np.ones(2))


def test_bins_count_effective_labels_and_equal_values_share_one() -> None:
    bins = fit_bins(np.array([0.2, 0.2, 0.2, 0.8]), np.array([1.0, 1.0, 0.5, 4.0]), bins=4)
    assert bins == EvidenceBins((0.2, 0.8), (2.5, 4.0))
    errors = bins.standard_error(np.array([0.1, 0.5, 0.99]))
    # Wilson half-width with z = 1 by hand: sqrt(p q / n + 1 / 4 n^2) / (1 + 1 / n)
    expected = [
        math.sqrt(0.09 / 2.5 + 1 / 25) / (1 + 1 / 2.5),
        math.sqrt(0.25 / 4 + 1 / 64) / 1.25,
        math.sqrt(0.0099 / 4 + 1 / 64) / 1.25,
    ]
    np.testing.assert_allclose(errors, expected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_every_label_is_in_one_bin(values: list[float]) -> None:
    bins = fit_bins(np.array(values), np.full(len(values), 2.0))
    assert sum(bins.effective_n) == 2.0 * len(values)


def test_expected_value_follows_from_probability_and_payoffs(trained: TrainedOutcome) -> None:
    scores = trained.model.score([({"imbalance": 0.9, "aggressor_ratio_60s": 0.9}, 10.0, 20.0)])
    score, payoffs = scores[0], trained.model.payoffs
    p = score.probability
    win = payoffs.win_bps + payoffs.win_share * 10
    loss = payoffs.loss_bps + payoffs.loss_share * 20
    assert score.expected_bps == pytest.approx(p * win - (1 - p) * loss)
    error = trained.model.bins.standard_error(np.array([p]))[0]
    assert score.standard_error_bps == pytest.approx(error * (win + loss))


def test_a_better_state_scores_higher(trained: TrainedOutcome) -> None:
    good = {"imbalance": 0.9, "aggressor_ratio_60s": 0.95}
    bad = {"imbalance": -0.9, "aggressor_ratio_60s": 0.05}
    scores = trained.model.score([(good, 10.0, 20.0), (bad, 10.0, 20.0)])
    assert scores.probability[0] > 0.8
    assert scores.probability[1] < 0.5


def test_a_target_inside_its_cost_cannot_win(trained: TrainedOutcome) -> None:
    score = trained.model.score([({"imbalance": 0.9}, -1.0, 20.0)])[0]
    assert score.probability == 0
    payoffs = trained.model.payoffs
    assert score.expected_bps == pytest.approx(-20 * payoffs.loss_share - payoffs.loss_bps)


def test_no_signals_no_scores_and_impossible_features_are_refused(trained: TrainedOutcome) -> None:
    assert len(trained.model.score([])) == 0
    with pytest.raises(BadInput, match="tape_velocity"):
        trained.model.score([({"tape_velocity": -1.0}, 10.0, 20.0)])


def test_scoring_reads_what_training_read(planted: Dataset, trained: TrainedOutcome) -> None:
    model = trained.model
    scores = model.score_matrix(planted.matrix[:9], planted.gain_bps[:9], planted.loss_bps[:9])
    again = model.score_matrix(planted.matrix[4:5], planted.gain_bps[4:5], planted.loss_bps[4:5])
    assert scores[4] == again[0]


@pytest.mark.parametrize("share", [float("nan"), -0.5])
def test_numbers_that_are_no_payoffs_or_bins_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="payoffs must be finite"):
        payoffs_from_json({"win_share": share, "loss_share": 1.0})
    with pytest.raises(ValueError, match="bins must"):
        bins_from_json({"upper_edges": [0.5, share], "effective_n": [1.0, 1.0]})
    with pytest.raises(ValueError, match="bins must"):
        bins_from_json({"upper_edges": [0.5], "effective_n": [0.0]})
