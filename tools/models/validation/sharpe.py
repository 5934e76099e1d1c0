"""Sharpe ratios that are not fooled by fat tails, short records and many tries.

All ratios are per observation (a trade, a day), never annualised. Where observations overlap, their
effective number belongs in the place of n.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_EULER = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class DeflatedSharpe:
    """A Sharpe ratio and the chance that the true one is above what so many tries show by luck.

    Attributes:
        sharpe: Per observation.
        best_by_luck: Highest ratio to be expected of ``trials`` tries without any skill.
        probability: That the true ratio exceeds ``best_by_luck``; 0.95 is asked for.
        n: Observations, effective.
        trials: Tries that were made, this one included.
    """

    sharpe: float
    best_by_luck: float
    probability: float
    n: float
    trials: int


def sharpe_ratio(returns: Floats) -> float:
    """Mean over standard deviation (divisor n - 1), per observation; NaN where nothing varies.

    >>> round(sharpe_ratio(np.array([1.0, 2.0, 3.0])), 6)
    2.0
    """
    if len(returns) < 2:
        raise ValueError(f"a Sharpe ratio needs 2 returns or more, were {len(returns)}")
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread if spread > 0 else math.nan


def probabilistic_sharpe(
    sharpe: float, benchmark: float, *, n: float, skewness: float = 0.0, kurtosis: float = 3.0
) -> float:
    """Chance that the true ratio is above ``benchmark``, given skewness and (not excess) kurtosis.

    Source:
        Bailey & López de Prado, The Sharpe ratio efficient frontier (2012), equation 11.

    >>> round(probabilistic_sharpe(0.458, 0.0, n=24, skewness=-2.448, kurtosis=10.164), 3)
    0.913
    """
    if n <= 1:
        raise ValueError(f"n must be above 1, was {n}")
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
    if variance <= 0:
        raise ValueError(
            f"skewness {skewness} and kurtosis {kurtosis} leave a ratio of {sharpe} no error to reckon with"
        )
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt(n - 1) / math.sqrt(variance))


def best_sharpe_by_luck(trials: int, variance: float) -> float:
    """Highest ratio to be expected of ``trials`` independent tries whose true ratio is 0.

    Args:
        trials: Tries, at least 1; one try has no best to choose and gives 0.
        variance: Of the ratios over the tries.

    Source:
        Bailey & López de Prado, The deflated Sharpe ratio (2014), equation 1.

    >>> round(best_sharpe_by_luck(100, 1 / 2 / 250), 4)
    0.1132
    """
    if trials < 1 or variance < 0:
        raise ValueError(f"expected one try or more and a variance from 0, were {trials} and {variance}")
    if trials == 1:
        return 0.0
    high = _NORMAL.inv_cdf(1 - 1 / trials)
    higher = _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * ((1 - _EULER) * high + _EULER * higher)


def deflated_sharpe(
    returns: Floats, *, trials: int, variance: float, effective_n: float | None = None
) -> DeflatedSharpe | None:
    """The ratio of ``returns`` against the best that luck alone would show in so many tries.

    Args:
        returns: Of the chosen try, in any order, shape (n,).
        trials: All tries made on these data, this one included.
        variance: Of the ratios over the tries; for want of them the ratio's own error, 1 / n.
        effective_n: Independent observations among them; all where not given.

    Returns:
        None where the returns do not vary or leave no error to reckon with: nothing can be said.

    Source:
        Bailey & López de Prado, The deflated Sharpe ratio (2014), equation 2.
    """
    n = float(len(returns) if effective_n is None else effective_n)
    if not 0 < n <= len(returns):
        raise ValueError(f"effective_n must be above 0 and at most n = {len(returns)}, was {n}")
    sharpe = sharpe_ratio(returns)
    if math.isnan(sharpe) or n <= 1:
        return None
    score = (returns - returns.mean()) / returns.std()
    skewness, kurtosis = float(np.mean(score**3)), float(np.mean(score**4))
    lucky = best_sharpe_by_luck(trials, variance)
    try:
        chance = probabilistic_sharpe(sharpe, lucky, n=n, skewness=skewness, kurtosis=kurtosis)
    except ValueError:
        return None
    return DeflatedSharpe(sharpe, lucky, chance, n, trials)
