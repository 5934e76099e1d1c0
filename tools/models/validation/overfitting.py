"""Probability of backtest overfitting: how often the best of many in one half of time fails in the other.

Rows are cut into an even number of blocks in time; every half of the blocks in turn chooses the
best strategy, and the other half says where that one stands among all.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_BLOCKS = 20  # 184,756 choices


@dataclass(frozen=True, slots=True, eq=False)
class Overfitting:
    """What became of the best of one half in the other half.

    Attributes:
        probability: Share of the choices whose best stands in the lower half, or in the middle, elsewhere.
        logits: Log odds of its relative rank elsewhere, one a choice; above 0 is better than the median.
        loss: Share of the choices whose best has a ratio below 0 elsewhere.
        strategies, choices: How many were compared, and how often.
    """

    probability: float
    logits: Floats
    loss: float
    strategies: int
    choices: int


def backtest_overfitting(returns: Floats, *, blocks: int = 16) -> Overfitting:
    """Combinatorially symmetric cross-validation over Sharpe ratios.

    Every strategy that was ever tried on these data belongs in ``returns``, not only the good ones.

    Args:
        returns: A column a strategy, rows in time order and common to all, shape (n, strategies).
        blocks: Even number of blocks in time, each of at least one row.

    Raises:
        ValueError: There is one strategy only, or blocks do not fit the rows.

    Source:
        Bailey, Borwein, López de Prado & Zhu, The probability of backtest overfitting (2017), section 3.
    """
    n, strategies = returns.shape
    if strategies < 2:
        raise ValueError(f"overfitting is among 2 strategies or more, was {strategies}")
    if blocks % 2 or not 2 <= blocks <= min(n, MOST_BLOCKS):
        raise ValueError(f"blocks must be even and between 2 and {min(n, MOST_BLOCKS)}, was {blocks}")
    edges = np.linspace(0, n, blocks + 1).round().astype(np.int64)
    counts = np.diff(edges)
    centred = returns - returns.mean(axis=0)  # sums of squares lose digits where the mean is large
    sums = np.add.reduceat(centred, edges[:-1])
    squares = np.add.reduceat(centred**2, edges[:-1])
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    is_inside = np.zeros((len(chosen), blocks), dtype=np.float64)
    np.put_along_axis(is_inside, chosen, 1.0, axis=1)
    mean = returns.mean(axis=0)
    inside = _ratios(is_inside, counts, sums, squares, mean)
    outside = _ratios(1 - is_inside, counts, sums, squares, mean)
    best = inside.argmax(axis=1)
    rows = np.arange(len(chosen))
    found = outside[rows, best]
    below = (outside < found[:, None]).sum(axis=1)
    equal = (outside == found[:, None]).sum(axis=1)
    rank = (below + (equal + 1) / 2) / (strategies + 1)
    logits = np.log(rank) - np.log1p(-rank)
    return Overfitting(
        probability=float(np.mean(logits <= 1e-12)),
        logits=logits,
        loss=float(np.mean(found < 0)),
        strategies=strategies,
        choices=len(chosen),
    )


def _ratios(
    is_taken: Floats, counts: NDArray[np.int64], sums: Floats, squares: Floats, mean: Floats
) -> Floats:
    """Sharpe ratio of each strategy over the blocks taken, shape (choices, strategies)."""
    n = (is_taken @ counts)[:, None]
    centre = is_taken @ sums / n
    variance = np.maximum(is_taken @ squares / n - centre**2, 0.0)
    # what is left of a constant column after rounding is no spread
    spread = np.sqrt(np.where(variance > 1e-18 * (1 + mean**2), variance, 0.0))
    value = mean + centre
    endless = np.where(value == 0, 0.0, np.copysign(np.inf, value))
    return np.divide(value, spread, out=endless, where=spread > 0)
