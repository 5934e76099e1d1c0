"""Intervals and tests that respect serial dependence: Wilson, block bootstrap, block permutation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
RESAMPLED_AT_ONCE = 1 << 18  # row indices


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval and the number of observations behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Permutation:
    """A statistic beside what it comes to where labels were moved, shape of ``moved`` (draws,)."""

    observed: float
    p_value: float
    moved: Floats


def wilson_interval(wins: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """Score interval of a proportion; stays in [0, 1] and is honest at 0 and n wins.

    ``n`` may be an effective count. With n = 0 nothing is known: (0, 1).

    Source:
        Wilson, Probable inference, the law of succession, and statistical inference (1927).

    >>> [round(x, 4) for x in wilson_interval(8, 10)]
    [0.4902, 0.9433]
    """
    if n <= 0:
        return 0.0, 1.0
    share = wins / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = float(wilson_half_width(share, n, z))
    return max(0.0, centre - half), min(1.0, centre + half)


def wilson_half_width(share: Floats | float, n: Floats | float, z: float = 1.0) -> Floats:
    """Half the Wilson interval; with z = 1 a standard error that is not zero at 0 or 1.

    Takes numbers or arrays, returns an array of their shape.

    >>> round(float(wilson_half_width(0.5, 99.0)), 6)
    0.05
    """
    p, count = np.asarray(share, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return np.asarray(z * np.sqrt(p * (1 - p) / count + z * z / (4 * count**2)) / (1 + z * z / count))


def block_length(n: int, mean_uniqueness: float = 1.0) -> int:
    """Block of about n^(1/3), and long enough to hold the labels that overlap on average.

    Source:
        Hall, Horowitz & Jing, On blocking rules for the bootstrap with dependent data (1995).

    >>> block_length(1000), block_length(1000, mean_uniqueness=0.02)
    (10, 50)
    """
    overlap = math.ceil(round(1 / mean_uniqueness, 9))
    return int(max(1, min(n, max(round(float(n) ** (1 / 3)), overlap))))


def block_bootstrap(
    statistic: Callable[[Indices], float],
    n: int,
    rng: np.random.Generator,
    *,
    block: int,
    draws: int = 1000,
    level: float = 0.95,
) -> Estimate:
    """Percentile interval of a statistic of a time series, from circular blocks.

    Args:
        statistic: From row indices, shape (n,), to a number; NaN where it is undefined.
        n: Rows in time order.
        rng: Seeded generator.
        block: Rows that stay together.
        draws: Resamples.
        level: Coverage aimed at.

    Source:
        Politis & Romano, A circular block-resampling procedure for stationary data (1992).
    """
    if not 1 <= block <= n:
        raise ValueError(f"block must be between 1 and n = {n} rows, was {block}")
    drawn = [statistic(rows) for some in _resamples(n, rng, block, draws) for rows in some]
    return _within(float(statistic(np.arange(n))), np.array(drawn, np.float64), n, level)


def _resamples(n: int, rng: np.random.Generator, block: int, draws: int) -> Iterator[Indices]:
    """Row indices of ``draws`` resamples from circular blocks, a matrix of some of them at a time."""
    steps, width = np.arange(block), -(-n // block)
    at_once = max(1, RESAMPLED_AT_ONCE // n)
    for first in range(0, draws, at_once):
        starts = rng.integers(0, n, size=(min(at_once, draws - first), width))
        yield ((starts[:, :, None] + steps) % n).reshape(len(starts), -1)[:, :n]


def _within(value: float, drawn: Floats, n: int, level: float) -> Estimate:
    """``value`` with the percentile interval of what was ``drawn``; NaN is left out."""
    defined = drawn[~np.isnan(drawn)]
    tail = (1 - level) / 2
    low, high = np.quantile(defined, (tail, 1 - tail)) if len(defined) else (math.nan, math.nan)
    return Estimate(value, float(low), float(high), n)


def bootstrap_mean(
    values: Floats,
    rng: np.random.Generator,
    *,
    block: int | None = None,
    draws: int = 1000,
    level: float = 0.95,
) -> Estimate:
    """Mean of values in time order with its block-bootstrap interval.

    >>> bootstrap_mean(np.full(8, 2.5), np.random.default_rng(0))
    Estimate(value=2.5, low=2.5, high=2.5, n=8)
    """
    n = len(values)
    if n == 0:
        raise ValueError("the mean of no values has no interval")
    length = block_length(n) if block is None else min(block, n)
    # each row for itself: the sum of a matrix's axis may be taken in another order, to another last bit
    drawn = [np.add.reduce(row) / n for some in _resamples(n, rng, length, draws) for row in values[some]]
    return _within(float(values.mean()), np.array(drawn), n, level)


def permutation_p_value(
    values: Floats,
    is_treated: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    block: int = 1,
    draws: int = 1000,
) -> float:
    """Two-sided p-value of a difference of means, with the labels moved in whole blocks.

    Moving blocks keeps runs of equal labels together, so serial dependence does not pass
    for an effect. The observed labelling counts as one draw: p is never zero.

    Source:
        Phipson & Smyth, Permutation p-values should never be zero (2010); blocks after
        Winkler et al., Multi-level block permutation (2015).
    """
    n = len(values)
    treated = int(is_treated.sum())
    if treated in (0, n):
        raise ValueError(f"expected two groups, {treated} of {n} values were treated")
    return permutation_test(
        lambda order: abs(_mean_difference(values, is_treated[order])), n, rng, block=block, draws=draws
    ).p_value


def block_order(n: int, rng: np.random.Generator, *, block: int = 1) -> Indices:
    """The numbers below ``n`` with whole blocks of them moved about, shape (n,).

    >>> block_order(5, np.random.default_rng(3), block=2).tolist()
    [4, 2, 3, 0, 1]
    """
    if not 1 <= block <= n:
        raise ValueError(f"block must be between 1 and n = {n} rows, was {block}")
    pieces = np.split(np.arange(n), np.arange(block, n, block))
    return np.concatenate([pieces[i] for i in rng.permutation(len(pieces))])


def permutation_test(
    statistic: Callable[[Indices], float],
    n: int,
    rng: np.random.Generator,
    *,
    block: int = 1,
    draws: int = 1000,
) -> Permutation:
    """One-sided test of a statistic against itself on labels that were moved in whole blocks.

    The statistic is handed the order of the labels and does everything that depends on them anew,
    training too: what was fitted on the true labels would carry them along.

    Args:
        statistic: From the order of the labels, shape (n,), to a number; larger is more of an effect.
        n: Rows in time order.
        rng: Seeded generator.
        block: Rows whose labels stay together.
        draws: Permutations besides the true order.

    Source:
        As of ``permutation_p_value``.
    """
    orders = [block_order(n, rng, block=block) for _ in range(draws)]
    observed = float(statistic(np.arange(n)))
    moved = np.array([statistic(order) for order in orders], dtype=np.float64)
    exceeding = int(np.sum(moved >= observed - 1e-12))
    return Permutation(observed, (1 + exceeding) / (1 + draws), moved)


def _mean_difference(values: Floats, is_treated: NDArray[np.bool_]) -> float:
    return float(values[is_treated].mean() - values[~is_treated].mean())
