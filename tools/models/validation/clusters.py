"""Intervals of ratios of sums over worlds: what happened in one world stays together.

Trades of one world share its market, so worlds and not trades are drawn. Everything that is
estimated from the same worlds is estimated from the same draws, so that a difference between two
policies has the interval of the pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_CLUSTERS = 10  # fewer say too little about how different they are


@dataclass(frozen=True, slots=True)
class Figure:
    """A value over ``n`` observations; without ends where too few clusters hold any of them."""

    value: float
    low: float | None
    high: float | None
    n: int


class ClusterDraws:
    """Clusters drawn with replacement, the same draws for every figure.

    Args:
        clusters: How many there are.
        rng: Seeded generator.
        draws: Resamples.
        level: Coverage aimed at.

    Source:
        Field & Welsh, Bootstrapping clustered data (2007): the cluster bootstrap.
    """

    def __init__(
        self, clusters: int, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.95
    ) -> None:
        if clusters < 1:
            raise ValueError(f"expected one cluster or more, were {clusters}")
        self.clusters = clusters
        self._tail = (1 - level) / 2
        self._counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws).astype(float)

    def ratio(self, over: Floats, under: Floats, n: int) -> Figure | None:
        """Sum of ``over`` by sum of ``under``, a number a cluster each; None where ``under`` is 0.

        >>> draws = ClusterDraws(10, np.random.default_rng(0))
        >>> draws.ratio(np.full(10, 6.0), np.full(10, 3.0), 30)
        Figure(value=2.0, low=2.0, high=2.0, n=30)
        """
        if not under.sum():
            return None
        return _figure(float(over.sum() / under.sum()), self._ends(self.drawn(over, under), under), n)

    def difference(
        self, after: tuple[Floats, Floats], before: tuple[Floats, Floats], n: int
    ) -> Figure | None:
        """Ratio ``after`` less ratio ``before``, over the same draws; None where either is not defined."""
        if not after[1].sum() or not before[1].sum():
            return None
        value = float(after[0].sum() / after[1].sum() - before[0].sum() / before[1].sum())
        return _figure(value, self._ends(self.drawn(*after) - self.drawn(*before), after[1], before[1]), n)

    def drawn(self, over: Floats, under: Floats) -> Floats:
        """The ratio of every draw, shape (draws,); NaN where a draw leaves it undefined."""
        above, below = self._counts @ over, self._counts @ under
        return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0))

    def _ends(self, drawn: Floats, *under: Floats) -> tuple[float, float] | None:
        """The interval; None where too few clusters have anything under it, and the others add nothing."""
        defined = drawn[~np.isnan(drawn)]
        if min(np.count_nonzero(one) for one in under) < LEAST_CLUSTERS or not len(defined):
            return None
        low, high = np.quantile(defined, (self._tail, 1 - self._tail))
        return float(low), float(high)


def _figure(value: float, ends: tuple[float, float] | None, n: int) -> Figure:
    return Figure(value, None, None, n) if ends is None else Figure(value, *ends, n)


def effective_count(values: Floats, drawn_means: Floats) -> float:
    """Independent values that would leave as much doubt about the mean as these clustered ones do.

    Args:
        values: Every observation, shape (n,).
        drawn_means: Their mean in every draw of the clusters, shape (draws,).

    Source:
        Kish, Survey Sampling (1965): the design effect.
    """
    n = len(values)
    doubt = float(np.nanvar(drawn_means))
    if n < 2 or doubt <= 0 or math.isnan(doubt):
        return float(n)
    return float(min(n, max(1.0, values.var(ddof=1) / doubt)))
