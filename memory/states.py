"""A remembered state with what came of it, as it is kept and as it was recalled once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select

from memory.rows import vector_values
from memory.schema import METADATA
from memory.slots import exact_cosines
from memory.store import Store
from tools.domain.errors import NotInRecord
from tools.domain.ports import EVEN, Neighbour, Priority
from tools.domain.sources import MM_RANGE


class Pattern(NamedTuple):
    """A remembered state and what came of it; ``importance`` in (0, 1] is 1 where it was never judged.

    ``source`` is that of its signal.
    """

    signal_id: str
    outcome_id: str
    symbol: str
    vector: Sequence[float]
    net_bps: float
    result: str
    ts_known: int
    ts: int | None = None
    venue: str = ""
    world: str = ""
    importance: float = 1.0
    ts_retired: int | None = None
    source: str = MM_RANGE


def recalled(
    store: Store,
    vector: Sequence[float],
    outcome_ids: Sequence[str],
    ts: int = 0,
    priority: Priority = EVEN,
) -> list[Neighbour]:
    """The remembered states of ``outcome_ids``, in that order, as recalled for ``vector`` at ``ts``.

    The same bits as then: one state's similarity and weight do not depend on the others.

    Raises:
        NotInRecord: One of them is not in memory.
    """
    patterns = METADATA.tables["pattern"]
    found = {
        row["outcome_id"]: pattern_of(row)
        for start in range(0, len(outcome_ids), 500)
        for row in store.read(
            select(patterns).where(patterns.c.outcome_id.in_(outcome_ids[start : start + 500]))
        )
    }
    missing = [name for name in outcome_ids if name not in found]
    if missing:
        raise NotInRecord(f"expected the recalled states in memory, {', '.join(missing[:3])} are not")
    unit = unit_of(vector)
    rows = [found[name] for name in outcome_ids]
    if unit is None or not rows:
        return []
    matrix = np.array([unit_of(row.vector) for row in rows])
    similarities = exact_cosines(np.array(unit), matrix).tolist()
    return [
        neighbour_of(row, similarity, priority.weight(row.importance, ts - row.ts_known))
        for row, similarity in zip(rows, similarities, strict=True)
    ]


def pattern_of(row: Mapping[str, Any]) -> Pattern:
    """The pattern kept in a row of the pattern table, with its signal's source where that was read too."""
    return Pattern(
        signal_id=row["signal_id"],
        outcome_id=row["outcome_id"],
        symbol=row["symbol"],
        vector=vector_values(row["vector"]),
        net_bps=row["net_bps"],
        result=row["result"],
        ts_known=row["ts_known"],
        ts=row["ts"],
        venue=row["venue"],
        world=row["world"],
        importance=1.0 if row["importance"] is None else row["importance"],
        ts_retired=row["ts_retired"],
        source=row.get("source") or MM_RANGE,
    )


def neighbour_of(one: Pattern, similarity: float, weight: float) -> Neighbour:
    """A pattern as a decision recalls it."""
    return Neighbour(
        one.signal_id, one.outcome_id, similarity, one.net_bps, one.result, one.ts_known, one.ts, weight
    )


def unit_of(vector: Sequence[float]) -> list[float] | None:
    """``vector`` at length 1; None when it has no direction."""
    length = math.sqrt(math.fsum(value * value for value in vector))
    return [value / length for value in vector] if length > 0 else None
