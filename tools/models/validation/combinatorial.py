"""Purged and embargoed combinatorial cross-validation: every group of the past judged in many company.

The rows are cut into groups in time, some of the groups are held out at once, and every choice of
them is a split. Each group is so judged by several models, which join to several whole paths
through the past instead of one. Training rows lie before and after what is judged, so both sides
of every held-out stretch are purged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from math import comb

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CombinatorialSplit:
    """Rows to learn from and rows of the ``held`` groups to judge on; ``purged`` rows belong to neither."""

    held: tuple[int, ...]
    train: Indices
    test: Indices
    purged: int


def group_edges(n: int, groups: int) -> Indices:
    """Where ``groups`` runs of nearly equal length begin and end among ``n`` rows, shape (groups + 1,).

    >>> group_edges(10, 4).tolist()
    [0, 2, 5, 8, 10]
    """
    if not 2 <= groups <= n:
        raise ValueError(f"groups must be between 2 and n = {n} rows, was {groups}")
    return np.linspace(0, n, groups + 1).round().astype(np.int64)


def combinatorial_splits(
    spans: NDArray[np.int64], *, groups: int = 6, held: int = 2, embargo_ns: int = 0
) -> Iterator[CombinatorialSplit]:
    """Every split that holds out ``held`` of ``groups`` groups, in lexicographic order.

    A training row is purged where its span, widened by the embargo on either side, meets the time
    from the first start to the last end of a run of held-out groups. After the run the embargo keeps
    away rows whose features look back into it; before it, rows whose labels were settled within the
    look-back of its first features.

    Args:
        spans: Start and end of each label in order of start, nanoseconds, half-open, shape (n, 2).
        groups: Groups in time, 2 to n.
        held: Groups judged at once, 1 to ``groups`` - 1.
        embargo_ns: Distance kept on either side of what is judged.

    Source:
        López de Prado, Advances in Financial Machine Learning (2018), sections 7.4 and 12.4.

    >>> spans = np.array([[i, i + 2] for i in range(6)])
    >>> [(s.held, s.train.tolist(), s.purged) for s in combinatorial_splits(spans, groups=3, held=1)]
    [((0,), [3, 4, 5], 1), ((1,), [0, 5], 2), ((2,), [0, 1, 2], 1)]
    """
    if not 1 <= held < groups:
        raise ValueError(f"held must be between 1 and groups - 1 = {groups - 1}, was {held}")
    if np.any(np.diff(spans[:, 0]) < 0):
        raise ValueError("spans must be in order of their start")
    edges = group_edges(len(spans), groups)
    for chosen in combinations(range(groups), held):
        is_test = np.zeros(len(spans), dtype=bool)
        is_near = np.zeros(len(spans), dtype=bool)
        for first, last in _runs(chosen):
            start, stop = int(edges[first]), int(edges[last + 1])
            is_test[start:stop] = True
            is_near |= _meets(spans, spans[start:stop], embargo_ns)
        train = np.flatnonzero(~is_test & ~is_near)
        test = np.flatnonzero(is_test)
        yield CombinatorialSplit(chosen, train, test, len(spans) - len(train) - len(test))


def path_count(groups: int, held: int) -> int:
    """Whole paths that the splits join to: held / groups of all splits.

    >>> path_count(6, 2), path_count(10, 2)
    (5, 9)
    """
    return comb(groups - 1, held - 1)


def backtest_paths(groups: int, held: int) -> Indices:
    """Which split judges each group on each path, shape (path_count, groups).

    Splits are numbered from 0 in the order of ``combinatorial_splits``; the j-th split that holds out
    a group judges it on path j.

    Source:
        López de Prado, Advances in Financial Machine Learning (2018), figure 12.1.

    >>> backtest_paths(4, 2).tolist()
    [[0, 0, 1, 2], [1, 3, 3, 4], [2, 4, 5, 5]]
    """
    judged: list[list[int]] = [[] for _ in range(groups)]
    for number, chosen in enumerate(combinations(range(groups), held)):
        for group in chosen:
            judged[group].append(number)
    return np.array(judged, dtype=np.int64).T


def _runs(chosen: tuple[int, ...]) -> list[tuple[int, int]]:
    """First and last of each run of neighbouring groups."""
    runs = []
    for _, members in groupby(enumerate(chosen), key=lambda pair: pair[1] - pair[0]):
        inside = [group for _, group in members]
        runs.append((inside[0], inside[-1]))
    return runs


def _meets(spans: NDArray[np.int64], judged: NDArray[np.int64], embargo_ns: int) -> Mask:
    begin, end = int(judged[0, 0]) - embargo_ns, int(judged[:, 1].max()) + embargo_ns
    return np.asarray((spans[:, 0] < end) & (spans[:, 1] > begin))
