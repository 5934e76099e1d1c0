"""Lessons: falsifiable statements learned from outcomes, each with what would refute it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Executable, insert, or_, select, update

from memory.codec import canonical, finite
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import day_bounds
from tools.domain.errors import NotInRecord
from tools.domain.identity import formerly

STRUCTURED = ("scope", "evidence", "invalid_condition")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned, where it holds, how strong it is, and what would end it.

    Attributes:
        kind: What sort of claim it is, for example ``symbol_failure_rate``.
        scope: Where it holds: symbol, regime, hour, route and the like; empty is everywhere.
        effect: The claim's size; its unit is a matter of ``kind``.
        interval_low: Lower end of the confidence interval of ``effect``.
        interval_high: Upper end of the confidence interval of ``effect``.
        n: Outcomes it rests on.
        evidence: Ids of outcomes or decisions it rests on.
        invalid_condition: What, once observed, refutes it.
        day: The UTC date whose reflection taught it.
        ts_retired: From then on it no longer holds; None while it does.
    """

    lesson_id: str
    kind: str
    statement: str
    scope: Mapping[str, str | int | float]
    effect: float
    interval_low: float
    interval_high: float
    n: int
    evidence: tuple[str, ...]
    invalid_condition: Mapping[str, Any]
    day: str
    run_id: str
    world: str
    ts_known: int
    ts_retired: int | None = None


class LessonBook:
    """Lessons in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, lesson: Lesson) -> None:
        """Keep a lesson; one learned anew with other evidence retires what was there under its id."""
        names = {lesson.lesson_id, formerly(lesson.lesson_id)}
        held = [kept for name in names for kept in self._rows(name) if kept.ts_retired is None]
        if any(_claim(kept) == _claim(lesson) for kept in held):
            return
        retirements = [one for name in names for one in self._retirement(name, lesson.ts_known)]
        self._store.execute([*retirements, _insertion(lesson)])

    def retire(self, lesson_id: str, ts: int) -> None:
        """Let a lesson hold no longer from ``ts`` on.

        Raises:
            NotInRecord: No lesson in force has that id.
        """
        if all(kept.ts_retired is not None for kept in self._rows(lesson_id)):
            raise NotInRecord(f"expected a lesson in force, {lesson_id} is none")
        self._store.execute(self._retirement(lesson_id, ts))

    def known(self, ts: int, *, kind: str | None = None, symbol: str | None = None) -> list[Lesson]:
        """Lessons in force at ``ts``, oldest first; ``symbol`` keeps its own and the general ones."""
        table = METADATA.tables["lesson"]
        wanted: list[ColumnElement[bool]] = [
            table.c.ts_known <= ts,
            or_(table.c.ts_retired.is_(None), table.c.ts_retired > ts),
        ]
        if kind is not None:
            wanted.append(table.c.kind == kind)
        rows = self._store.read(select(table).where(*wanted).order_by(table.c.ts_known, table.c.lesson_id))
        lessons = [lesson_of(row) for row in rows]
        return [one for one in lessons if symbol is None or one.scope.get("symbol", symbol) == symbol]

    def _rows(self, lesson_id: str) -> list[Lesson]:
        table = METADATA.tables["lesson"]
        return [
            lesson_of(row) for row in self._store.read(select(table).where(table.c.lesson_id == lesson_id))
        ]

    @staticmethod
    def _retirement(lesson_id: str, ts: int) -> list[Executable]:
        table = METADATA.tables["lesson"]
        held = (table.c.lesson_id == lesson_id) & table.c.ts_retired.is_(None)
        return [update(table).where(held).values(ts_retired=ts)]


def lesson_of(row: Mapping[str, Any]) -> Lesson:
    """The lesson kept in a row of the lesson table."""
    values = {name: row[name] for name in Lesson.__dataclass_fields__}
    values.update({name: orjson.loads(row[name]) for name in STRUCTURED})
    return Lesson(**{**values, "evidence": tuple(values["evidence"])})


def _claim(lesson: Lesson) -> dict[str, Any]:
    """What a lesson says, without who learned it when and under which name."""
    told = {"lesson_id", "run_id", "world", "ts_known", "ts_retired"}
    return {name: getattr(lesson, name) for name in Lesson.__dataclass_fields__ if name not in told}


def _insertion(lesson: Lesson) -> Executable:
    values = {name: getattr(lesson, name) for name in Lesson.__dataclass_fields__}
    values.update({name: canonical(values[name]) for name in STRUCTURED})
    values.update({name: finite(values[name]) for name in ("effect", "interval_low", "interval_high")})
    happened = min(lesson.ts_known, day_bounds(lesson.day)[1])  # its day was over, or still under way
    return insert(METADATA.tables["lesson"]).values({**values, "ts": happened})
