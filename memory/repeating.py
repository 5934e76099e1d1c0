"""What a run did with its signals, for a replay that repeats it decision by decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import NotInRecord

_T = METADATA.tables


@dataclass(frozen=True, slots=True)
class Put:
    """A decision of a run.

    Attributes:
        reason: Why it was taken, as it stands in the record.
        is_waited_for: Whether it waited for an answer of a brain.
    """

    decision_id: str
    reason: str
    is_waited_for: bool


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it began.

    Attributes:
        input_hash: What it ran on: book and trades of each recording, in the order in which they were played.
        ts_started: Where its first recording was placed in time, ns.
    """

    run_id: str
    world: str
    command: str
    input_hash: str
    seed: int
    ts_started: int


def put_in_run(store: Store, run_id: str) -> tuple[Put, ...]:
    """Every decision of a run, in order of time."""
    decisions, bundles = _T["decision"], _T["bundle"]
    joined = decisions.outerjoin(bundles, bundles.c.decision_id == decisions.c.decision_id)
    query = (
        select(decisions.c.decision_id, decisions.c.reason, bundles.c.heard)
        .select_from(joined)
        .where(decisions.c.run_id == run_id)
        .order_by(decisions.c.ts, decisions.c.decision_id)
    )
    return tuple(
        Put(row["decision_id"], row["reason"], row["heard"] is not None) for row in store.read(query)
    )


def run_record(store: Store, text: str) -> RunRecord:
    """The run whose id is ``text`` or, uniquely, begins with it.

    Raises:
        NotInRecord: There is none, or more than one.
    """
    runs = _T["run"]
    names = list(RunRecord.__dataclass_fields__)
    found = store.read(
        select(*(runs.c[name] for name in names)).where(runs.c.run_id.startswith(text, autoescape=True))
    )
    exact = [row for row in found if row["run_id"] == text] or found
    if len(exact) != 1:
        raise NotInRecord(f"expected one run that begins with {text[:64]!r}, found {len(exact)}")
    return RunRecord(**exact[0])


def decision_rows(store: Store, run_id: str, symbol: str) -> dict[str, Mapping[str, Any]]:
    """The decisions of a run on ``symbol`` as they stand in the record, by id, in order of time."""
    c = _T["decision"].c
    query = select(_T["decision"]).where(c.run_id == run_id, c.symbol == symbol)
    return {row["decision_id"]: row for row in store.read(query.order_by(c.ts, c.decision_id))}
