"""How much of a label is its own, when many trades were open over the same stretch of market.

Signals come every few seconds and stay open for minutes: neighbouring labels see nearly the
same path. Counted as independent they promise a certainty that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def average_uniqueness(spans: NDArray[np.int64], groups: Sequence[str]) -> NDArray[np.float64]:
    """Mean over each span of 1 / (number of spans of its group open at that time).

    Args:
        spans: Start and end of each label, nanoseconds, half-open, shape (n, 2). A span
            without length counts as one nanosecond.
        groups: The symbol of each label; only spans of the same symbol overlap.

    Returns:
        Weights in (0, 1], shape (n,); their sum is the effective number of labels.

    Source:
        López de Prado, Advances in Financial Machine Learning (2018), section 4.3.

    >>> average_uniqueness(np.array([[0, 10], [5, 15], [20, 30]]), ["A", "A", "A"]).tolist()
    [0.75, 0.75, 1.0]
    """
    weights = np.empty(len(spans), dtype=np.float64)
    names = np.asarray(groups, dtype=object)
    for name in dict.fromkeys(groups):
        members = np.flatnonzero(names == name)
        weights[members] = _uniqueness_of_one_group(spans[members])
    return weights


def _uniqueness_of_one_group(spans: NDArray[np.int64]) -> NDArray[np.float64]:
    starts = spans[:, 0]
    ends = np.maximum(spans[:, 1], starts + 1)
    knots = np.unique(np.concatenate((starts, ends)))
    opened = np.searchsorted(np.sort(starts), knots[:-1], side="right")
    closed = np.searchsorted(np.sort(ends), knots[:-1], side="right")
    concurrent = opened - closed
    lengths = np.diff(knots).astype(np.float64)
    own = np.divide(lengths, concurrent, out=np.zeros_like(lengths), where=concurrent > 0)
    integral = np.concatenate(([0.0], np.cumsum(own)))
    first, last = np.searchsorted(knots, starts), np.searchsorted(knots, ends)
    share = (integral[last] - integral[first]) / (ends - starts)
    return np.minimum(share, 1.0)
