"""Training finds a planted signal, finds nothing in noise, and refuses what is too little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tools.domain.errors import NotEnoughData
from tools.models.examples import Dataset, Example, build_dataset
from tools.models.outcome_model import TrainedOutcome, TrainingSettings, shuffle_control, train_outcome

Market = Callable[..., list[Example]]


def test_a_planted_signal_is_found_with_an_interval_above_nothing(trained: TrainedOutcome) -> None:
    report = trained.report
    assert report.model.brier_skill.low > 0.08
    assert report.skill_over_geometry.low > 0.05
    assert report.model.log_loss < report.log_loss_base_rate
    assert report.model.roc_auc > 0.75
    assert report.model.pr_auc > report.test_win_rate


def test_acting_on_it_earns_more_than_taking_all(trained: TrainedOutcome) -> None:
    trading = trained.report.trading
    assert trading.uplift is not None
    assert trading.acting is not None
    assert trading.uplift.low > 0
    assert trading.acting.value - trading.taking_all.value == pytest.approx(trading.uplift.value)
    assert trading.win_rate is not None
    assert trading.breakeven_win_rate is not None
    assert trading.win_rate > trading.breakeven_win_rate
    assert 0 < trading.entered < trained.report.test_n


def test_the_report_accounts_for_every_row(planted: Dataset, trained: TrainedOutcome) -> None:
    report = trained.report
    assert report.train_n + report.purged + report.test_n == report.n == len(planted)
    assert report.purged > 0
    assert report.effective_n == pytest.approx(planted.weights.sum())
    assert report.data_hash == planted.data_hash
    assert report.configurations_tried == len(report.calibration_losses) == 2
    assert report.block >= 1 / planted.weights.mean() - 1


def test_calibration_stays_near_what_chance_allows(trained: TrainedOutcome) -> None:
    assert trained.report.model.ece < 2 * trained.report.model.ece_floor


def test_fair_odds_show_skill_over_the_base_rate_but_none_over_geometry(
    market: Market, small: TrainingSettings
) -> None:
    report = train_outcome(build_dataset(market(2500, signal=0.0, seed=11)), seed=3, settings=small).report
    assert report.geometry.brier_skill.value > 0
    assert report.skill_over_geometry.low <= 0
    assert report.trading.uplift is None or report.trading.uplift.low <= 0


def test_shuffled_labels_leave_no_skill(planted: Dataset, small: TrainingSettings) -> None:
    control = shuffle_control(planted, seed=5, repeats=4, settings=small)
    assert control.is_clean
    assert abs(control.mean_skill) < 0.02
    assert len(set(control.skills)) == 4


def test_the_control_catches_a_leak(
    planted: Dataset, small: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaking(self: Dataset, order: np.ndarray) -> Dataset:
        moved = replace(self, labels=self.labels[order], net_bps=self.net_bps[order])
        matrix = moved.matrix.copy()
        matrix[:, 1] = moved.labels
        return replace(moved, matrix=matrix)

    monkeypatch.setattr(Dataset, "with_labels_of", leaking)
    assert not shuffle_control(planted, seed=5, repeats=2, settings=small).is_clean


def test_the_same_seed_gives_the_same_model_and_report(
    planted: Dataset, trained: TrainedOutcome, small: TrainingSettings
) -> None:
    again = train_outcome(planted, seed=7, settings=small)
    assert again.model.trees.to_bytes() == trained.model.trees.to_bytes()
    assert again.report == trained.report
    assert again.model.calibrator == trained.model.calibrator


def test_the_future_does_not_reach_back_into_the_model(market: Market, small: TrainingSettings) -> None:
    examples = market(600, signal=1.0, seed=4)
    turned = [
        replace(e, won=not e.won, net_bps=-e.net_bps, features={}) if i >= 480 else e
        for i, e in enumerate(examples)
    ]
    one = train_outcome(build_dataset(examples), seed=1, settings=small)
    two = train_outcome(build_dataset(turned), seed=1, settings=small)
    assert one.model.trees.to_bytes() == two.model.trees.to_bytes()
    assert (one.model.calibrator, one.model.payoffs) == (two.model.calibrator, two.model.payoffs)
    assert one.report.model != two.report.model


def test_too_few_examples_are_refused_with_their_counts(market: Market) -> None:
    dataset = build_dataset(market(150, signal=0.0))
    wins = int(dataset.labels.sum())
    with pytest.raises(
        NotEnoughData,
        match=f"at least 200 labelled .* with 20 of each class, found 150: {wins} won, {150 - wins} lost",
    ):
        train_outcome(dataset, seed=0)


def test_too_few_losses_are_refused_with_their_counts(market: Market) -> None:
    examples = [
        replace(e, won=i % 20 != 0, net_bps=-10.0 if i % 20 == 0 else 10.0)
        for i, e in enumerate(market(300, signal=0.0))
    ]
    with pytest.raises(NotEnoughData, match="found 300: 285 won, 15 lost"):
        train_outcome(build_dataset(examples), seed=0)


def test_losses_that_all_come_late_are_refused(market: Market) -> None:
    examples = [
        replace(e, won=i < 250, net_bps=10.0 if i < 250 else -10.0)
        for i, e in enumerate(market(300, signal=0.0))
    ]
    with pytest.raises(NotEnoughData, match="examples that end before the test"):
        train_outcome(build_dataset(examples), seed=0)


def test_a_recording_shorter_than_its_holding_time_is_refused(market: Market) -> None:
    examples = market(300, signal=0.0, spacing_s=1, hold_s=230)
    with pytest.raises(NotEnoughData, match=r"end before"):
        train_outcome(build_dataset(examples), seed=0)


def test_one_repeat_is_no_control(planted: Dataset) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        shuffle_control(planted, seed=0, repeats=1)
