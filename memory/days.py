"""The record of one UTC day, run by run: what was decided, and all that came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from sqlalchemy import func, select

from memory.archives import filled
from memory.lookup import DecisionStory
from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.trading import Decision, Fill, Intent, OrderUpdate, Outcome, Signal

_T = METADATA.tables
Record = TypeVar("Record")
EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class RunOfDay:
    """A run that decided on a day.

    Attributes:
        config: What it was told, as it began.
        ts_ended: When it ended in order, ns; None where it was killed, or still runs.
    """

    run_id: str
    world: str
    config: dict[str, Any]
    code_version: str
    ts_started: int
    ts_ended: int | None


def runs_of_day(store: Store, start: int, end: int, worlds: Iterable[str]) -> tuple[RunOfDay, ...]:
    """The runs of ``worlds`` that decided between ``start`` and ``end``, ns, the first one first."""
    runs, decisions = _T["run"].c, _T["decision"].c
    mine = select(decisions.run_id).where(decisions.ts >= start, decisions.ts < end).distinct()
    query = select(_T["run"]).where(runs.run_id.in_(mine), runs.world.in_(list(worlds)))
    return tuple(
        RunOfDay(
            row["run_id"],
            row["world"],
            orjson.loads(row["config"]),
            row["code_version"],
            row["ts_started"],
            row["ts_ended"],
        )
        for row in store.read(query.order_by(runs.ts_started, runs.run_id))
    )


def last_decision(store: Store, run_id: str) -> int:
    """When ``run_id`` decided last, ns; there must be a decision."""
    c = _T["decision"].c
    return int(store.read(select(func.max(c.ts).label("ts")).where(c.run_id == run_id))[0]["ts"])


def last_decision_of(store: Store, worlds: Iterable[str]) -> int | None:
    """When was decided last in one of ``worlds``, ns; None where nothing was."""
    c = _T["decision"].c
    (row,) = store.read(select(func.max(c.ts).label("ts")).where(c.world.in_(list(worlds))))
    return None if row["ts"] is None else int(row["ts"])


def first_decision(
    store: Store, run_ids: Iterable[str], world: str, start: int = 0, end: int = EVER
) -> int | None:
    """When one of ``run_ids`` first decided in ``world`` in a span of time, ns; None if never."""
    c = _T["decision"].c
    mine = (c.run_id.in_(list(run_ids)), c.world == world, c.ts >= start, c.ts < end)
    (row,) = store.read(select(func.min(c.ts).label("ts")).where(*mine))
    return None if row["ts"] is None else int(row["ts"])


def stories_of(store: Store, run_id: str, start: int, end: int) -> tuple[DecisionStory, ...]:
    """Every decision of ``run_id`` between ``start`` and ``end``, ns, with all that came of it, in order."""
    c = _T["decision"].c
    mine = (c.run_id == run_id, c.ts >= start, c.ts < end)
    query = select(_T["decision"]).where(*mine).order_by(c.ts, c.decision_id)
    decisions = [record_of(Decision, row) for row in store.read(query)]
    ids = select(c.decision_id).where(*mine)
    signals = _signals(store, select(c.signal_id).where(*mine))
    intents = _by_decision(_records(store, Intent, "intent", ids))
    orders: dict[str, list[OrderUpdate]] = defaultdict(list)
    names = {one.client_order_id: name for name, found in intents.items() for one in found}
    for update in _orders(store, ids):
        orders[names[update.client_order_id]].append(update)
    fills = _by_decision(_records(store, Fill, "fill", ids))
    outcomes = _by_decision(_records(store, Outcome, "outcome", ids))
    return tuple(
        DecisionStory(
            decision=one,
            signal=signals[one.signal_id],
            intents=tuple(intents.get(one.decision_id, ())),
            orders=tuple(orders.get(one.decision_id, ())),
            fills=tuple(fills.get(one.decision_id, ())),
            outcomes=tuple(outcomes.get(one.decision_id, ())),
        )
        for one in decisions
    )


def _signals(store: Store, ids: Any) -> dict[str, Signal]:
    table = _T["signal"]
    rows = filled(store, "signal", store.read(select(table).where(table.c.signal_id.in_(ids))))
    return {row["signal_id"]: record_of(Signal, row) for row in rows}


def _records(store: Store, kind: type[Record], name: str, ids: Any) -> list[Record]:
    table = _T[name]
    keys = [table.c.ts_known, *table.primary_key.columns]
    query = select(table).where(table.c.decision_id.in_(ids)).order_by(*keys)
    return [record_of(kind, row) for row in store.read(query)]


def _orders(store: Store, ids: Any) -> list[OrderUpdate]:
    orders, intents = _T["order"], _T["intent"].c
    own = select(intents.client_order_id).where(intents.decision_id.in_(ids))
    query = select(orders).where(orders.c.client_order_id.in_(own))
    keys = (orders.c.ts_known, orders.c.client_order_id, orders.c.sequence)
    rows = store.read(query.order_by(*keys))
    return [record_of(OrderUpdate, row) for row in rows]


def _by_decision(records: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for one in records:
        found[one.decision_id].append(one)
    return found
