"""Splits in time that do not leak: a label that reaches into the test is not learned from.

The embargo keeps a further distance, for features of the first test rows look back over a
window in which the last training labels were settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows to learn from and later rows to judge on; ``purged`` rows belong to neither."""

    train: Indices
    test: Indices
    purged: int


def purged_split(spans: NDArray[np.int64], *, test_share: float = 0.2, embargo_ns: int = 0) -> Split:
    """The last ``test_share`` of the rows as test, earlier rows that end before it as train.

    Args:
        spans: Start and end of each label in order of start, nanoseconds, shape (n, 2).
        test_share: Part of the rows to judge on, in (0, 1).
        embargo_ns: Distance kept between the end of a training label and the test.

    Source:
        López de Prado, Advances in Financial Machine Learning (2018), section 7.4.

    >>> split = purged_split(np.array([[0, 4], [2, 9], [5, 7], [10, 12]]), test_share=0.25, embargo_ns=2)
    >>> split.train.tolist(), split.test.tolist(), split.purged
    ([0, 2], [3], 1)
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must be between 0 and 1, was {test_share}")
    first_test = len(spans) - max(1, round(len(spans) * test_share))
    return _split_at(spans, first_test, len(spans), embargo_ns)


def walk_forward(
    spans: NDArray[np.int64], *, folds: int = 4, first_share: float = 0.4, embargo_ns: int = 0
) -> Iterator[Split]:
    """Expanding folds: learn from all that ended before, judge on the next stretch.

    Args:
        spans: As in ``purged_split``.
        folds: Stretches to judge on, of equal count.
        first_share: Part of the rows that is never judged, only learned from.
        embargo_ns: As in ``purged_split``.

    >>> spans = np.array([[i, i + 1] for i in range(10)])
    >>> [(len(s.train), s.test.tolist()) for s in walk_forward(spans, folds=3, first_share=0.4)]
    [(4, [4, 5]), (6, [6, 7]), (8, [8, 9])]
    """
    if folds < 1 or not 0 < first_share < 1:
        raise ValueError(f"expected folds >= 1 and first_share in (0, 1), were {folds} and {first_share}")
    cuts = np.linspace(round(len(spans) * first_share), len(spans), folds + 1).round().astype(int)
    for start, stop in pairwise(cuts.tolist()):
        if stop > start:
            yield _split_at(spans, start, stop, embargo_ns)


def _split_at(spans: NDArray[np.int64], start: int, stop: int, embargo_ns: int) -> Split:
    if np.any(np.diff(spans[:, 0]) < 0):
        raise ValueError("spans must be in order of their start")
    test_begin = int(spans[start, 0])
    train = np.flatnonzero(spans[:start, 1] <= test_begin - embargo_ns)
    return Split(train, np.arange(start, stop), start - len(train))
