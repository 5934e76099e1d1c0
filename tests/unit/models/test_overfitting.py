"""Overfitting is found where the best was luck, and not where it was better."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tools.models.validation import backtest_overfitting


def by_hand(returns: np.ndarray, blocks: int) -> tuple[list[float], float]:
    """The definition of the paper, a loop for every step."""
    pieces = np.array_split(np.arange(len(returns)), blocks)
    logits, losses = [], 0
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([pieces[i] for i in chosen])
        outside = np.concatenate([pieces[i] for i in range(blocks) if i not in chosen])
        ratios = returns[inside].mean(axis=0) / returns[inside].std(axis=0)
        elsewhere = returns[outside].mean(axis=0) / returns[outside].std(axis=0)
        best = int(np.argmax(ratios))
        rank = sorted(elsewhere.tolist()).index(float(elsewhere[best])) + 1
        share = rank / (returns.shape[1] + 1)
        logits.append(float(np.log(share / (1 - share))))
        losses += elsewhere[best] < 0
    return logits, losses / len(logits)


def test_two_strategies_over_two_blocks_by_hand() -> None:
    # the first is better in the first half, the second in the second: each best is the other half's worst,
    # rank 1 of 2, relative rank 1/3, logit ln(1/2)
    returns = np.array([[3.0, 1.0], [2.0, -1.0], [1.0, 3.0], [-1.0, 2.0]])
    found = backtest_overfitting(returns, blocks=2)
    assert found.choices == 2
    assert found.logits.tolist() == pytest.approx([np.log(1 / 2)] * 2)
    assert (found.probability, found.loss) == (1.0, 0.0)
    # and where the first is better in both, it stands first of two: relative rank 2/3, logit ln 2
    steady = backtest_overfitting(np.array([[3.0, 1.0], [2.0, -1.0], [3.0, 1.0], [2.0, -1.0]]), blocks=2)
    assert steady.logits.tolist() == pytest.approx([np.log(2)] * 2)
    assert steady.probability == 0.0


def test_it_is_what_the_definition_says_step_by_step() -> None:
    returns = np.random.default_rng(0).normal(loc=0.1, size=(64, 7))
    logits, loss = by_hand(returns, 8)
    found = backtest_overfitting(returns, blocks=8)
    assert found.choices == 70
    assert found.logits.tolist() == pytest.approx(logits)
    assert found.loss == pytest.approx(loss)
    assert found.probability == pytest.approx(np.mean(np.array(logits) <= 0))


def test_the_best_of_noise_is_overfitted_half_of_the_time_or_more() -> None:
    rng = np.random.default_rng(1)
    found = [backtest_overfitting(rng.normal(size=(200, 20)), blocks=8).probability for _ in range(40)]
    assert 0.4 < float(np.mean(found)) < 0.75


def test_a_strategy_that_is_better_is_not_called_overfitted() -> None:
    returns = np.random.default_rng(2).normal(size=(400, 20))
    returns[:, 3] += 0.5
    found = backtest_overfitting(returns, blocks=10)
    assert found.probability < 0.05
    assert found.loss < 0.05


def test_a_strategy_that_never_acts_has_a_ratio_of_zero() -> None:
    losing = np.random.default_rng(3).normal(loc=-0.5, size=(100, 3))
    losing[:, 1] = 0.0
    found = backtest_overfitting(losing, blocks=4)
    assert found.probability == 0.0  # doing nothing is best inside and outside
    assert found.loss == 0.0


def test_impossible_comparisons_are_refused() -> None:
    with pytest.raises(ValueError, match="among 2 strategies or more, was 1"):
        backtest_overfitting(np.zeros((8, 1)))
    for blocks in (3, 0, 22):
        with pytest.raises(ValueError, match="blocks must be even and between 2 and 8"):
            backtest_overfitting(np.zeros((8, 2)), blocks=blocks)
