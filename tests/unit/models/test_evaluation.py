"""What acting on the scores would have earned, on the same stream as taking everything."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.evaluation import judge_predictions, judge_trading, skill_over
from tools.models.scoring import Scores

NET = np.array([10.0, -20.0, 10.0, 10.0, -20.0, 10.0])
BREAKEVEN = np.full(6, 2 / 3)


def scores(expected: list[float]) -> Scores:
    return Scores(np.full(6, 0.5), np.array(expected), np.ones(6))


def test_acting_is_compared_with_taking_all_by_hand() -> None:
    trading = judge_trading(
        scores([1.0, -1.0, 1.0, 0.5, 1.0, -1.0]),
        NET,
        BREAKEVEN,
        np.random.default_rng(0),
        block=1,
        min_edge_bps=0.5,
    )
    assert trading.entered == 3
    assert trading.acting is not None
    assert trading.uplift is not None
    assert trading.taking_all.value == 0
    assert trading.acting.value == trading.uplift.value == 0
    assert (trading.win_rate, trading.breakeven_win_rate) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert trading.profit_factor == 1.0


def test_a_model_that_enters_nothing_has_no_result_to_boast_of() -> None:
    trading = judge_trading(
        scores([-1.0] * 6), NET, BREAKEVEN, np.random.default_rng(0), block=2, min_edge_bps=0.5
    )
    assert trading.entered == 0
    assert (trading.acting, trading.uplift, trading.win_rate, trading.profit_factor) == (
        None,
        None,
        None,
        None,
    )
    assert trading.taking_all.n == 6


def test_without_losses_there_is_no_profit_factor_to_print() -> None:
    trading = judge_trading(
        scores([1.0, -1.0, 1.0, 1.0, -1.0, 1.0]),
        NET,
        BREAKEVEN,
        np.random.default_rng(0),
        block=1,
        min_edge_bps=0.5,
    )
    assert trading.win_rate == 1.0
    assert trading.profit_factor is None


def test_skill_over_other_probabilities_is_zero_against_itself() -> None:
    labels, said = (NET > 0).astype(float), np.full(6, 0.6)
    same = skill_over(said, said, labels, np.random.default_rng(0), block=2)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    better = skill_over(labels * 0.8 + 0.1, said, labels, np.random.default_rng(0), block=2)
    assert better.value == pytest.approx(1 - 0.01 / ((4 * 0.16 + 2 * 0.36) / 6))
    assert better.low > 0


def test_predictions_carry_interval_and_floor() -> None:
    labels = np.tile([1.0, 0.0, 1.0, 1.0], 25)
    judged = judge_predictions(
        np.where(labels > 0, 0.9, 0.3), labels, 0.75, np.random.default_rng(1), block=4
    )
    assert judged.roc_auc == judged.pr_auc == 1.0
    assert judged.brier_skill.low <= judged.brier_skill.value <= judged.brier_skill.high
    assert judged.ece == pytest.approx(0.1 * 0.75 + 0.3 * 0.25, abs=0.02)
    assert judged.ece > judged.ece_floor > 0
