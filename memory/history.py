"""Reading what happened around decisions: runs, lessons learned, parameters changed, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from memory.lessons import Lesson, lesson_of
from memory.parameters import ParameterChange, change_of
from memory.schema import METADATA
from memory.store import Store

FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Run:
    """One session of a command; ``ts_ended`` is None where it was cut off."""

    run_id: str
    world: str
    command: str
    config: Mapping[str, Any]
    code_version: str
    input_hash: str
    seed: int
    ts_started: int
    ts_ended: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A reflection on a day as it was written."""

    day: str
    kind: str
    run_id: str
    world: str
    ts_known: int
    markdown: str
    statistics: Mapping[str, Any]


def runs(store: Store, *, ts_from: int = 0, ts_to: int = FOREVER) -> list[Run]:
    """Runs that began in [``ts_from``, ``ts_to``), oldest first."""
    rows = _between(store, "run", ts_from, ts_to)
    return [Run(**{**_fields(Run, row), "config": orjson.loads(row["config"])}) for row in rows]


def lessons_learned(store: Store, *, ts_from: int = 0, ts_to: int = FOREVER) -> list[Lesson]:
    """Lessons first known in [``ts_from``, ``ts_to``), retired ones included, oldest first."""
    return [lesson_of(row) for row in _between(store, "lesson", ts_from, ts_to)]


def parameters_changed(store: Store, *, ts_from: int = 0, ts_to: int = FOREVER) -> list[ParameterChange]:
    """Parameter versions made in [``ts_from``, ``ts_to``), oldest first."""
    return [change_of(row) for row in _between(store, "parameter", ts_from, ts_to)]


def reports(store: Store, *, ts_from: int = 0, ts_to: int = FOREVER) -> list[Report]:
    """Reports written in [``ts_from``, ``ts_to``), oldest first."""
    rows = _between(store, "report", ts_from, ts_to)
    return [Report(**{**_fields(Report, row), "statistics": orjson.loads(row["statistics"])}) for row in rows]


def _between(store: Store, name: str, ts_from: int, ts_to: int) -> Sequence[Mapping[str, Any]]:
    table = METADATA.tables[name]
    known = (table.c.ts_known >= ts_from, table.c.ts_known < ts_to)
    return store.read(select(table).where(*known).order_by(table.c.ts_known, *table.primary_key.columns))


def _fields(kind: type[Run] | type[Report], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in kind.__dataclass_fields__}
