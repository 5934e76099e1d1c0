"""How symbols move together: on average, lately against before, and when they fall.

A correlation says little of crashes: the Clayton copula is fitted by Kendall's rank correlation, so that
single large days do not decide it, and it keeps a chance of falling together however deep the fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOOK, LATELY = 60, 20  # steps of a correlation, and the last of them
BROKEN = 0.3  # spread of shifts that is a full breakdown


@dataclass(frozen=True, slots=True)
class Togetherness:
    """Mean pairwise correlation, not below 0, and how far it has broken down; both in [0, 1]."""

    correlation: float
    breakdown: float


def togetherness(returns: Floats) -> Togetherness:
    """Of the last ``LOOK`` steps of ``returns``, oldest first, shape (n_steps, n_symbols).

    The breakdown is the standard deviation over pairs of how far the correlation of the last ``LATELY``
    steps lies from that of those before, over 0.3, at most 1. A single symbol has no pair: both are 0.

    Raises:
        ValueError: There are too few steps.
    """
    if len(returns) < LOOK:
        raise ValueError(f"a correlation needs {LOOK} steps, were {len(returns)}")
    if returns.shape[1] < 2:
        return Togetherness(0.0, 0.0)
    last = returns[-LOOK:]
    shift = _pairs(last[-LATELY:]) - _pairs(last[:-LATELY])
    return Togetherness(max(0.0, float(_pairs(last).mean())), min(1.0, float(shift.std()) / BROKEN))


def kendall(one: Floats, other: Floats) -> float:
    """Kendall's rank correlation of two series, shape (n,), pairs that tie counting as none.

    >>> kendall(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0]))
    0.6666666666666666
    """
    upper = np.triu_indices(len(one), 1)
    same = np.sign(one[:, None] - one)[upper] * np.sign(other[:, None] - other)[upper]
    return float(same.mean())


def clayton(tau: float) -> float:
    """Parameter of the Clayton copula with Kendall's ``tau``; 0 is independence.

    Source:
        Nelsen, An introduction to copulas (2006), example 5.4.
    """
    return 2 * tau / (1 - tau) if tau > 0 else 0.0


def tail_dependence(tau: float) -> float:
    """Chance that one falls as deep as ever, given that the other does, in [0, 1).

    >>> round(tail_dependence(0.5), 4)
    0.7071
    """
    return float(2 ** (-1 / clayton(tau))) if tau > 0 else 0.0


def joint_fall(tau: float, share: float) -> float:
    """Chance that both are among their own worst ``share`` of returns in one step.

    >>> round(joint_fall(0.0, 0.05), 6)
    0.0025
    """
    theta = clayton(tau)
    return float((2 * share**-theta - 1) ** (-1 / theta)) if theta > 0 else share**2


def _pairs(returns: Floats) -> Floats:
    """Correlations of all pairs, shape (n_pairs,); one that stands still moves with none."""
    spread = returns.std(axis=0)
    scaled = (returns - returns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    found = (scaled.T @ scaled) / len(returns)
    return np.asarray(found[np.triu_indices(len(found), 1)])
