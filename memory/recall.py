"""The states most like the present one, as far as their outcome was known at the time.

An in-memory mirror of the pattern table: one matrix of unit vectors, rows ordered by
``ts_known``, so that what was known at a time is a prefix. The matrix product only picks
candidates; their similarity is summed again in a fixed order, because the last bits of a
matrix product depend on how many queries are asked at once, and a decision must not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from memory.rows import vector_values
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import NotInRecord, StoreUnusable
from tools.domain.ports import Neighbour

Floats: TypeAlias = npt.NDArray[np.float64]

ROUNDING = 1e-9  # more than a matrix product of unit vectors can be off
CHUNK = 4_000_000  # similarities computed at once, to bound memory


class _Facts(NamedTuple):
    """What is kept beside a vector."""

    signal_id: str
    outcome_id: str
    symbol: str
    net_bps: float
    result: str
    ts: int | None


class PatternRecall:
    """Exact cosine neighbours among patterns, seen from a decision time.

    Args:
        width: Length of the vectors; None takes it from the first one.
    """

    def __init__(self, width: int | None = None) -> None:
        self._width = width
        self._facts: list[_Facts] = []
        self._known: set[str] = set()
        self._times = np.empty(0, np.int64)
        self._matrix: Floats = np.empty((0, width or 0))

    @classmethod
    def load(cls, store: Store, width: int | None = None) -> Self:
        """The mirror of ``store``'s pattern table.

        Raises:
            StoreUnusable: A pattern was recorded with another fingerprint length.
        """
        recall = cls(width)
        patterns = METADATA.tables["pattern"]
        for row in store.read(select(patterns).order_by(patterns.c.ts_known, patterns.c.outcome_id)):
            try:
                recall.add(
                    row["signal_id"],
                    row["outcome_id"],
                    row["symbol"],
                    vector_values(row["vector"]),
                    row["net_bps"],
                    row["result"],
                    row["ts_known"],
                    row["ts"],
                )
            except ValueError as error:
                raise StoreUnusable(f"pattern {row['outcome_id']} of {store.path}: {error}") from error
        return recall

    def __len__(self) -> int:
        return len(self._facts)

    def add(
        self,
        signal_id: str,
        outcome_id: str,
        symbol: str,
        vector: Sequence[float],
        net_bps: float,
        result: str,
        ts_known: int,
        ts: int | None = None,
    ) -> None:
        """Remember a state and its outcome; one already remembered is ignored.

        Raises:
            ValueError: The vector has another length than the others, or no direction.
        """
        if outcome_id in self._known:
            return
        unit = _unit(vector)
        if unit is None:
            raise ValueError("expected a vector with a direction, all its values were 0")
        self._make_room(len(unit))
        place = self._count_known(ts_known)
        self._insert(place, unit, ts_known)
        self._facts.insert(place, _Facts(signal_id, outcome_id, symbol, net_bps, result, ts))
        self._known.add(outcome_id)

    def neighbours(
        self, vectors: Sequence[tuple[float, ...]], ts: int, limit: int, min_similarity: float
    ) -> list[list[Neighbour]]:
        """For each vector the most similar states whose outcome was known by ``ts``, best first.

        Equally similar states are ordered by signal id. A vector of zeros has no direction
        and therefore no neighbours.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1, was {limit}")
        visible = self._count_known(ts)
        units = [_unit(vector) for vector in vectors]
        asked = [unit for unit in units if unit is not None]
        if not visible or not asked:
            return [[] for _ in vectors]
        self._require_width({len(unit) for unit in asked})
        answers = self._answers(np.array(asked), visible, limit, min_similarity)
        return [[] if unit is None else next(answers) for unit in units]

    def _answers(
        self, queries: Floats, visible: int, limit: int, min_similarity: float
    ) -> Iterator[list[Neighbour]]:
        step = max(1, CHUNK // visible)
        matrix = self._matrix[:visible]
        for start in range(0, len(queries), step):
            chunk = queries[start : start + step]
            for query, scores in zip(chunk, chunk @ matrix.T, strict=True):
                rows = _candidates(scores, limit, min_similarity)
                yield self._best(rows, _exact(query, matrix[rows]), limit, min_similarity)

    def _best(
        self, rows: npt.NDArray[np.intp], exact: Floats, limit: int, min_similarity: float
    ) -> list[Neighbour]:
        found = [
            (-similarity, self._facts[row].signal_id, self._facts[row].outcome_id, row)
            for row, similarity in zip(rows.tolist(), exact.tolist(), strict=True)
            if similarity >= min_similarity
        ]
        return [self._neighbour(row, -negated) for negated, _, _, row in sorted(found)[:limit]]

    def _neighbour(self, row: int, similarity: float) -> Neighbour:
        facts = self._facts[row]
        known = int(self._times[row])
        return Neighbour(
            facts.signal_id, facts.outcome_id, similarity, facts.net_bps, facts.result, known, facts.ts
        )

    def _count_known(self, ts: int) -> int:
        return int(np.searchsorted(self._times[: len(self._facts)], ts, side="right"))

    def _require_width(self, widths: set[int]) -> None:
        if self._width is not None and widths != {self._width}:
            raise ValueError(f"expected vectors of {self._width} values, was {sorted(widths)}")

    def _make_room(self, width: int) -> None:
        self._require_width({width})
        self._width = width
        count = len(self._facts)
        if count == len(self._times):
            capacity = max(64, 2 * count)
            times, matrix = np.empty(capacity, np.int64), np.empty((capacity, width))
            if count:
                times[:count], matrix[:count] = self._times, self._matrix
            self._times, self._matrix = times, matrix

    def _insert(self, place: int, unit: Sequence[float], ts_known: int) -> None:
        count = len(self._facts)
        if place < count:
            self._times[place + 1 : count + 1] = self._times[place:count].copy()
            self._matrix[place + 1 : count + 1] = self._matrix[place:count].copy()
        self._times[place], self._matrix[place] = ts_known, unit


def recalled(store: Store, vector: Sequence[float], outcome_ids: Sequence[str]) -> list[Neighbour]:
    """The remembered states of ``outcome_ids``, in that order, with their similarity to ``vector``.

    The same bits as when they were recalled: one state's similarity does not depend on the others.

    Raises:
        NotInRecord: One of them is not in memory.
    """
    patterns = METADATA.tables["pattern"]
    found = {
        row["outcome_id"]: row
        for start in range(0, len(outcome_ids), 500)
        for row in store.read(
            select(patterns).where(patterns.c.outcome_id.in_(outcome_ids[start : start + 500]))
        )
    }
    missing = [name for name in outcome_ids if name not in found]
    if missing:
        raise NotInRecord(f"expected the recalled states in memory, {', '.join(missing[:3])} are not")
    unit = _unit(vector)
    rows = [found[name] for name in outcome_ids]
    if unit is None or not rows:
        return []
    matrix = np.array([_unit(vector_values(row["vector"])) for row in rows])
    similarities = _exact(np.array(unit), matrix).tolist()
    return [
        Neighbour(
            row["signal_id"],
            row["outcome_id"],
            similarity,
            row["net_bps"],
            row["result"],
            row["ts_known"],
            row["ts"],
        )
        for row, similarity in zip(rows, similarities, strict=True)
    ]


def _unit(vector: Sequence[float]) -> list[float] | None:
    """``vector`` at length 1; None when it has no direction."""
    length = math.sqrt(math.fsum(value * value for value in vector))
    return [value / length for value in vector] if length > 0 else None


def _candidates(scores: Floats, limit: int, min_similarity: float) -> npt.NDArray[np.intp]:
    """Rows that may be among the best ``limit``, everything within rounding of the last included."""
    floor = min_similarity - ROUNDING
    if len(scores) > limit:
        last = float(np.partition(scores, len(scores) - limit)[len(scores) - limit])
        floor = max(floor, last - ROUNDING)
    return np.flatnonzero(scores >= floor)


def _exact(query: Floats, rows: Floats) -> Floats:
    """Cosines of ``query`` with ``rows``, shape (n,), summed over the columns from left to right."""
    total = np.zeros(len(rows))
    for column, value in enumerate(query.tolist()):
        total += value * rows[:, column]
    return total
