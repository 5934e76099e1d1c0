"""Sharpe ratios against the worked examples of the papers, and against luck."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tools.models.validation import (
    best_sharpe_by_luck,
    deflated_sharpe,
    probabilistic_sharpe,
    sharpe_ratio,
)

DAYS = 250  # of a year, in the papers


def test_the_probabilistic_ratio_is_that_of_the_paper() -> None:
    # Bailey & López de Prado (2012), section "Numerical example": 24 months
    fat = probabilistic_sharpe(0.458, 0.0, n=24, skewness=-2.448, kurtosis=10.164)
    normal = probabilistic_sharpe(0.458, 0.0, n=24)
    assert (round(fat, 3), round(normal, 3)) == (0.913, 0.982)


def test_the_deflated_ratio_is_that_of_the_paper() -> None:
    # Bailey & López de Prado (2014), "A numerical example": 2.5 a year over five years of 250 days,
    # variance of 1/2 a year among the trials, skewness -3, kurtosis 10
    yearly = 2.5 / math.sqrt(DAYS)
    of_100, of_46 = (best_sharpe_by_luck(trials, 0.5 / DAYS) for trials in (100, 46))
    assert round(of_100, 4) == 0.1132
    deflated = probabilistic_sharpe(yearly, of_100, n=5 * DAYS, skewness=-3, kurtosis=10)
    assert round(deflated, 4) == 0.9004
    assert round(probabilistic_sharpe(yearly, of_46, n=5 * DAYS, skewness=-3, kurtosis=10), 4) == 0.9505
    of_88 = best_sharpe_by_luck(88, 0.5 / DAYS)
    assert round(probabilistic_sharpe(yearly, of_88, n=5 * DAYS), 4) == 0.9505


@pytest.mark.parametrize("trials", [10, 100, 1000])
def test_the_best_by_luck_is_what_luck_shows(trials: int) -> None:
    best = np.random.default_rng(0).normal(scale=0.1, size=(4000, trials)).max(axis=1)
    assert best_sharpe_by_luck(trials, 0.01) == pytest.approx(best.mean(), rel=0.02)


def test_a_single_try_has_no_best_to_choose() -> None:
    assert best_sharpe_by_luck(1, 0.5) == 0.0


def test_a_lucky_best_of_many_is_not_believed_and_an_edge_is() -> None:
    rng = np.random.default_rng(4)
    believed = {1: 0, 50: 0}
    for _ in range(60):
        tries = rng.normal(size=(50, 200))
        ratios = [sharpe_ratio(one) for one in tries]
        best = tries[int(np.argmax(ratios))]
        for trials in believed:
            found = deflated_sharpe(best, trials=trials, variance=float(np.var(ratios)))
            assert found is not None
            believed[trials] += found.probability > 0.95
    assert believed[1] >= 50  # counted as one try, the best of fifty without skill looks like skill
    assert believed[50] <= 5
    edge = deflated_sharpe(rng.normal(loc=0.4, size=400), trials=50, variance=0.005)
    assert edge is not None
    assert edge.probability > 0.95


def test_overlapping_trades_say_less() -> None:
    returns = np.random.default_rng(1).normal(loc=0.1, size=500)
    alone = deflated_sharpe(returns, trials=1, variance=0.0)
    overlapping = deflated_sharpe(returns, trials=1, variance=0.0, effective_n=50)
    assert alone is not None
    assert overlapping is not None
    assert alone.sharpe == overlapping.sharpe
    assert 0.5 < overlapping.probability < alone.probability


def test_where_nothing_varies_nothing_is_said() -> None:
    assert deflated_sharpe(np.full(10, 0.5), trials=3, variance=0.1) is None


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="needs 2 returns or more, were 1"):
        sharpe_ratio(np.array([1.0]))
    with pytest.raises(ValueError, match="n must be above 1"):
        probabilistic_sharpe(0.1, 0.0, n=1)
    with pytest.raises(ValueError, match="no error to reckon with"):
        probabilistic_sharpe(2.0, 0.0, n=10, skewness=3.0, kurtosis=3.0)
    with pytest.raises(ValueError, match="one try or more"):
        best_sharpe_by_luck(0, 0.1)
    with pytest.raises(ValueError, match="effective_n must be above 0"):
        deflated_sharpe(np.arange(4.0), trials=1, variance=0.0, effective_n=5)
