"""What bound the sizes of entries: each limit with how often it shrank a wish or forbade it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import orjson
from sqlalchemy import select

from keeper_agent.api.shapes_figures import Binding, Risk
from memory.schema import METADATA
from memory.store import Store

MOST = 2_000
_T = METADATA.tables


def bounds(store: Store) -> Risk:
    """Over the newest decisions that any limit touched, the limit that did so most often first."""
    d = _T["decision"].c
    query = select(d.decision_id, d.clamps).where(d.clamps != "[]").order_by(d.ts.desc()).limit(MOST)
    rows = store.read(query)
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for row in rows:
        for clamp in orjson.loads(row["clamps"]):
            found.setdefault(clamp["limit"], []).append((row["decision_id"], clamp))
    told = [_binding(limit, clamps) for limit, clamps in found.items()]
    return Risk(
        looked_at=len(rows), limits=sorted(told, key=lambda one: (-(one.shrank + one.forbade), one.limit))
    )


def _binding(limit: str, clamps: Sequence[tuple[str, dict[str, Any]]]) -> Binding:
    pairs = [(float(clamp["before"]), float(clamp["after"])) for _, clamp in clamps if _is_number(clamp)]
    left = [after / before for before, after in pairs if before > 0 and after > 0]
    forbade = sum(clamp["after"] in ("0", "0.0") for _, clamp in clamps)
    return Binding(
        limit=limit,
        shrank=len(clamps) - forbade,
        forbade=forbade,
        left=median(left) if left else None,
        last_decision=clamps[0][0],
    )


def _is_number(clamp: dict[str, Any]) -> bool:
    try:
        float(clamp["before"]), float(clamp["after"])
    except ValueError:
        return False
    return True
