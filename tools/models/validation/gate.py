"""The gate a change must pass: found on earlier rows, confirmed on later ones, every try counted.

Means of blocks in time carry the interval, so that neighbouring rows do not pass for independent
ones. The chance of one false change is spent over looks: the k-th of them gets 1 / (k (k + 1)) of it,
which adds up to the whole however often one looks.

Source:
    Batch means: Law & Carson, A sequential procedure for determining the length of a steady-state
    simulation (1979). Spending: Foster & Stine, Alpha-investing (2008). Purging: López de Prado (2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tools.models.validation.resampling import Estimate
from tools.models.validation.splits import purged_split

Floats = NDArray[np.float64]
Spans = NDArray[np.int64]

FALSE_CHANGES = 0.05  # chance of one false change over all looks together
LEAST_EFFECTIVE = 40.0  # independent rows needed on either side of the cut
MOST_BLOCKS = 64
ROWS_A_BLOCK = 4.0  # independent rows in a block, at least
LATER_SHARE = 0.6  # of the rows confirm, the earlier ones only propose


class Verdict(StrEnum):
    """What became of a proposed change."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Trial:
    """One change that was tried on later data, passed or not.

    Attributes:
        gain: Mean gain a row on the later part, with its interval at ``level``; None where there are too
            few rows to say.
        n_search: Rows of the earlier part, which chose the change.
    """

    verdict: Verdict
    gain: Estimate | None
    level: float
    n_search: int


def spent_level(looks: int, at_once: int = 1) -> float:
    """Level of each of ``at_once`` intervals at the ``looks``-th look.

    >>> round(spent_level(1), 4), round(spent_level(2, at_once=5), 6)
    (0.975, 0.998333)
    """
    if looks < 1 or at_once < 1:
        raise ValueError(f"expected at least one look and one interval, were {looks} and {at_once}")
    return 1 - FALSE_CHANGES / (looks * (looks + 1)) / at_once


def batch_mean(values: Floats, effective: float, level: float) -> Estimate | None:
    """Mean of values in time order with Student's interval over blocks; None where there are too few.

    One more value, as large as the largest seen and against the mean, counts along: what was not seen
    yet may come. NaN rows must be left out by the caller.

    >>> batch_mean(np.ones(3), 3.0, 0.95) is None
    True
    """
    n = len(values)
    if effective < LEAST_EFFECTIVE or n < LEAST_EFFECTIVE:
        return None
    blocks = int(min(MOST_BLOCKS, effective / ROWS_A_BLOCK))
    edges = np.linspace(0, n, blocks + 1).round().astype(np.int64)[:-1]
    sizes = np.diff(np.append(edges, n))
    means = np.add.reduceat(values, edges) / sizes
    mean = float(values.mean())
    error = float(means.std(ddof=1)) / math.sqrt(blocks)
    reach = student_quantile(1 - (1 - level) / 2, blocks - 1) * error + float(np.abs(values).max()) / n
    return Estimate(mean, mean - reach, mean + reach, n)


def confirm(values: Floats, effective: float, level: float, n_search: int) -> Trial:
    """Judge a change by its gains on rows that had no part in proposing it."""
    gain = batch_mean(values, effective, level)
    if gain is None:
        return Trial(Verdict.TOO_FEW, None, level, n_search)
    return Trial(Verdict.ACCEPTED if gain.low > 0 else Verdict.REJECTED, gain, level, n_search)


def search_and_confirm(spans: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that may propose and rows that decide; what reaches over the cut belongs to neither.

    Args:
        spans: Start of each row and when its result was known, in order of start, shape (n, 2).
    """
    split = purged_split(spans, test_share=LATER_SHARE)
    return split.train, split.test


def student_quantile(probability: float, freedom: float) -> float:
    """Quantile of Student's t distribution.

    >>> round(student_quantile(0.975, 10), 3)
    2.228
    """
    # SciPy takes a moment to load, and only a reflection that found something needs it.
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    return float(stdtrit(freedom, probability))
