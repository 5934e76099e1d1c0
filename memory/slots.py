"""Unit vectors in slots, laid out so that one pass over a hundred thousand takes a tenth of a millisecond.

Every vector is kept twice: in double precision, for a similarity that is exact and always the same to
the last bit; and in single precision, in blocks of columns, for the pass that finds which few can be
among the nearest. A block is so small that the linear algebra library does not spread it over threads:
handing a product of this size to a second processor costs more than it saves, and milliseconds when
that processor is busy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Flags: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.intp]

BLOCK_VALUES = 4_608  # half of what OpenBLAS leaves to one thread
LANES = 64  # slots of which only the best is looked at first
FIRST = 256  # slots to begin with
FEW = 256  # so many are summed exactly at once, without a first pass


class VectorSlots:
    """Vectors of one length in numbered slots, grown by doubling.

    Args:
        width: Values of a vector.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._block = LANES * max(1, BLOCK_VALUES // (width * LANES))
        # Rounding of both factors, of each product and of each sum, twice over.
        self.margin = (width + 8) * 2.0**-23
        self._exact: Floats = np.empty((0, width))
        self._quick: Singles = np.empty((0, width, self._block), np.float32)

    def reserve(self, count: int) -> int:
        """Make room for ``count`` slots; returns how many there are."""
        room = len(self._exact)
        if count > room:
            blocks = -(-max(count, 2 * room, FIRST) // self._block)
            exact = np.zeros((blocks * self._block, self.width))
            quick = np.zeros((blocks, self.width, self._block), np.float32)
            exact[:room], quick[: len(self._quick)] = self._exact, self._quick
            self._exact, self._quick = exact, quick
        return len(self._exact)

    def put(self, slot: int, unit: Sequence[float]) -> None:
        """Keep a vector of length 1 in ``slot``."""
        self._exact[slot] = unit
        self._quick[slot // self._block, :, slot % self._block] = unit

    def similarities(self, unit: Floats, slots: Places) -> Floats:
        """Cosines of ``unit`` with ``slots``, shape (n,), summed over the columns from left to right."""
        return exact_cosines(unit, self._exact[slots])

    def quick_similarities(self, unit: Floats, count: int) -> Singles:
        """Cosines of ``unit`` with the first ``count`` slots, right to within ``margin``."""
        blocks = -(-count // self._block)
        found: Singles = (unit.astype(np.float32) @ self._quick[:blocks]).reshape(-1)
        return found[:count]


def exact_cosines(unit: Floats, rows: Floats) -> Floats:
    """Cosines of ``unit`` with ``rows`` of length 1, shape (n,).

    Summed over the columns from left to right, because the last bits of a matrix product depend on how
    many are asked for at once, and a decision must not.
    """
    total = np.zeros(len(rows))
    for column, value in enumerate(unit.tolist()):
        total += value * rows[:, column]
    return total


def best_places(scores: Singles, limit: int, margin: float) -> Places:
    """Places that may be among the ``limit`` greatest of ``scores``, each off by at most ``margin``.

    What is minus infinity takes no part.
    """
    floor = _least_of_best(scores, limit)
    near = np.flatnonzero(scores >= floor - margin) if floor > -np.inf else np.flatnonzero(scores > -np.inf)
    if len(near) <= 4 * limit:
        return near
    values = scores[near]
    last = float(np.partition(values, len(near) - limit)[len(near) - limit])
    kept: Places = near[values >= last - margin]
    return kept


def _least_of_best(scores: Singles, limit: int) -> float:
    """A value that at least ``limit`` of ``scores`` reach; minus infinity where there are fewer."""
    whole = len(scores) // LANES
    if whole < limit:
        return -np.inf
    # Of the best of each group, the limit-th is reached by as many scores, one a group. Slots that were
    # filled one after the other are much alike: they are put into different groups.
    tops = scores[: whole * LANES].reshape(LANES, whole).max(axis=0)
    return float(np.partition(tops, whole - limit)[whole - limit])
