"""Whether losses were beyond a forecast as often as it said, independently of each other, and as deep."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of n forecasts: how many were exceeded, and p-values of three hypotheses that should hold.

    Attributes:
        rate_p: The rate is the one promised (Kupiec 1995).
        independence_p: One exceedance says nothing of the next (Christoffersen 1998).
        both_p: Both hold (Christoffersen 1998).
    """

    n: int
    hits: int
    rate_p: float
    independence_p: float
    both_p: float


def coverage(hits: Flags, level: float) -> Coverage:
    """Test exceedances, shape (n,), of a loss forecast at ``level``."""
    n, x = len(hits), int(hits.sum())
    rate = 2 * (_likelihood(x, n, x / n) - _likelihood(x, n, 1 - level))
    before, after = hits[:-1], hits[1:]
    n11, n10 = int((before & after).sum()), int((before & ~after).sum())
    n01, n00 = int((~before & after).sum()), int((~before & ~after).sum())
    one = _share(n01 + n11, n - 1)
    linked = _likelihood(n01, n00 + n01, _share(n01, n00 + n01)) + _likelihood(
        n11, n10 + n11, _share(n11, n10 + n11)
    )
    dependence = max(0.0, 2 * (linked - _likelihood(n01 + n11, n - 1, one)))
    return Coverage(n, x, _chi1(rate), _chi1(dependence), math.exp(-(max(0.0, rate) + dependence) / 2))


def depth_p(losses: Reals, forecasts: Reals, seed: int = 0) -> float:
    """p-value of "losses beyond the forecast are no deeper than it said": bootstrap of their mean excess.

    Args:
        losses: Those beyond their VaR, shape (n,).
        forecasts: The CVaR that was forecast for each, shape (n,).
        seed: Of the draws.

    Source:
        McNeil & Frey (2000), section 3.
    """
    excess = losses / forecasts - 1
    if len(excess) < 5:
        return math.nan
    drawn = np.random.default_rng(seed).choice(excess - excess.mean(), (DRAWS, len(excess))).mean(axis=1)
    return float((1 + (drawn >= excess.mean()).sum()) / (DRAWS + 1))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _likelihood(x: int, n: int, p: float) -> float:
    """Log likelihood of x hits in n, with 0 log 0 = 0."""
    return (x * math.log(p) if x else 0.0) + ((n - x) * math.log(1 - p) if n > x else 0.0)


def _chi1(statistic: float) -> float:
    return math.erfc(math.sqrt(max(0.0, statistic) / 2))
