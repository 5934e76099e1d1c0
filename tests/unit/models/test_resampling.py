"""Intervals cover what they promise, also when neighbours resemble each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.validation import (
    block_bootstrap,
    block_length,
    block_order,
    bootstrap_mean,
    permutation_p_value,
    permutation_test,
    wilson_half_width,
    wilson_interval,
)


def autocorrelated(n: int, rng: np.random.Generator, keep: float = 0.9) -> np.ndarray:
    shocks, values = rng.normal(size=n), np.empty(n)
    values[0] = shocks[0]
    for i in range(1, n):
        values[i] = keep * values[i - 1] + shocks[i]
    return values


def test_wilson_agrees_with_the_published_example() -> None:
    # 81 of 263 (Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I)
    low, high = wilson_interval(81, 263, z=1.959964)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_wilson_is_honest_at_the_edges() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    low, high = wilson_interval(10, 10)
    assert 0.7 < low < 0.73
    assert high == 1.0


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.1, 3))
def test_wilson_contains_the_share_and_stays_within_bounds(n: int, share: float, z: float) -> None:
    wins = round(n * share)
    low, high = wilson_interval(wins, n, z)
    assert 0 <= low <= wins / n + 1e-12
    assert wins / n - 1e-12 <= high <= 1


def test_half_width_takes_arrays_and_is_never_zero() -> None:
    widths = wilson_half_width(np.array([0.0, 0.5]), np.array([10.0, 99.0]))
    assert widths[0] > 0.04
    assert widths[1] == pytest.approx(0.05)


def test_blocks_are_as_long_as_labels_overlap() -> None:
    assert block_length(1000) == 10
    assert block_length(1000, 1 / 60) == 60
    assert block_length(3, 1 / 60) == 3
    assert block_length(1) == 1


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(0).normal(size=40)
    assert bootstrap_mean(values, np.random.default_rng(5)) == bootstrap_mean(
        values, np.random.default_rng(5)
    )
    assert bootstrap_mean(values, np.random.default_rng(5)) != bootstrap_mean(
        values, np.random.default_rng(6)
    )


def test_independent_values_get_the_textbook_interval() -> None:
    values = np.random.default_rng(1).normal(loc=2, size=2000)
    estimate = bootstrap_mean(values, np.random.default_rng(2), block=1)
    half = 1.96 * values.std() / np.sqrt(2000)
    assert estimate.value == values.mean()
    assert estimate.high - estimate.low == pytest.approx(2 * half, rel=0.1)


def test_blocks_cover_where_single_rows_claim_too_much() -> None:
    rng = np.random.default_rng(3)
    covered = {1: 0, 40: 0}
    for _ in range(40):
        values = autocorrelated(400, rng)
        for block in covered:
            estimate = bootstrap_mean(values, rng, block=block, draws=150)
            covered[block] += estimate.low <= 0 <= estimate.high
    assert covered[1] <= 24
    assert covered[40] >= 30


def test_resamples_where_the_statistic_is_undefined_are_dropped() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan])
    estimate = block_bootstrap(
        lambda rows: float(values[rows[0]]), 4, np.random.default_rng(0), block=1, draws=200
    )
    assert (estimate.low, estimate.high) == (1.0, 3.0)


def test_impossible_blocks_and_empty_means_are_refused() -> None:
    with pytest.raises(ValueError, match="block must be between 1 and n = 3"):
        block_bootstrap(lambda rows: 0.0, 3, np.random.default_rng(0), block=4)
    with pytest.raises(ValueError, match="no values"):
        bootstrap_mean(np.empty(0), np.random.default_rng(0))


def test_permutation_equals_full_enumeration() -> None:
    # of the six ways to treat two of four values, two are as extreme as {3, 4} against {1, 2}
    values, treated = np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True])
    p = permutation_p_value(values, treated, np.random.default_rng(0), draws=4000)
    assert p == pytest.approx(2 / 6, abs=0.03)


def test_a_real_difference_is_found_and_p_is_never_zero() -> None:
    values = np.concatenate((np.zeros(30), np.ones(30))) + np.random.default_rng(0).normal(size=60) * 0.1
    p = permutation_p_value(values, np.arange(60) >= 30, np.random.default_rng(1), draws=199)
    assert p == 1 / 200


def test_drifting_values_do_not_pass_for_an_effect_when_blocks_move_together() -> None:
    rng = np.random.default_rng(6)
    false_alarms = {1: 0, 25: 0}
    for _ in range(40):
        values = autocorrelated(200, rng)
        treated = (np.arange(200) // 25) % 2 == 0
        for block in false_alarms:
            false_alarms[block] += permutation_p_value(values, treated, rng, block=block, draws=99) <= 0.05
    assert false_alarms[1] >= 12
    assert false_alarms[25] <= 6


def test_a_comparison_needs_two_groups() -> None:
    with pytest.raises(ValueError, match="3 of 3 values were treated"):
        permutation_p_value(np.zeros(3), np.ones(3, dtype=bool), np.random.default_rng(0))


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 9))
def test_whole_blocks_move_and_nothing_is_lost(n: int, block: int, seed: int) -> None:
    block = min(block, n)
    order = block_order(n, np.random.default_rng(seed), block=block).tolist()
    assert sorted(order) == list(range(n))
    breaks = [i for i in range(1, n) if order[i] != order[i - 1] + 1]
    assert all(order[i] % block == 0 for i in breaks)


def test_a_pipeline_that_is_fitted_anew_shows_nothing_on_moved_labels() -> None:
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(120, 5))
    effect = inputs[:, 0] + rng.normal(size=120)

    def fit_and_judge(labels: np.ndarray) -> float:
        weights, *_ = np.linalg.lstsq(inputs[:80], labels[:80])
        return float(np.corrcoef(inputs[80:] @ weights, labels[80:])[0, 1])

    real = permutation_test(lambda order: fit_and_judge(effect[order]), 120, rng, block=4, draws=99)
    assert real.p_value == 1 / 100
    assert abs(float(real.moved.mean())) < 0.1
    noise = rng.normal(size=120)
    assert permutation_test(lambda order: fit_and_judge(noise[order]), 120, rng, draws=99).p_value > 0.05


@pytest.mark.parametrize(("n", "block"), [(1, 1), (7, 1), (24, 3), (129, 5), (5_001, 17), (300_000, 60)])
def test_a_mean_is_to_the_bit_that_of_its_resamples_one_by_one(n: int, block: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    draws = 40
    rng, steps = np.random.default_rng(5), np.arange(block)
    drawn = []
    for _ in range(draws):
        starts = rng.integers(0, n, size=-(-n // block))
        drawn.append(float(values[((starts[:, None] + steps) % n).ravel()[:n]].mean()))
    tail = (1 - 0.95) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail))
    found = bootstrap_mean(values, np.random.default_rng(5), block=block, draws=draws)
    assert (found.value, found.low, found.high, found.n) == (float(values.mean()), low, high, n)
    rows = block_bootstrap(
        lambda rows: float(values[rows].mean()), n, np.random.default_rng(5), block=block, draws=draws
    )
    assert (rows.low, rows.high) == (low, high)
