"""What later days said of lessons, and why lessons ended: the history of every claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from memory.codec import finite
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store

CONTRADICTED, REFINED, OUTDATED = "contradicted", "refined", "outdated"
ENDINGS = frozenset({"refuted", CONTRADICTED, REFINED, OUTDATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCheck:
    """One look at one lesson on one day.

    Attributes:
        verdict: ``held``, ``silent`` (too few later trades), or how it ended: ``refuted`` by later
            trades, ``contradicted`` or ``refined`` by a newer lesson, ``outdated`` by a second look at its
            own day.
        n: Later trades within its scope.
        value: Their mean; None where they are too few.
        other: The lesson that took its place; empty where none did.
    """

    lesson_id: str
    day: str
    verdict: str
    n: int
    value: float | None
    other: str
    reason: str
    run_id: str
    world: str
    ts_known: int


class CheckBook:
    """Looks at lessons in ``store``; only ever added to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, checks: Sequence[LessonCheck]) -> None:
        """Keep what one reflection saw."""
        self._store.write(
            Row("lesson_check", {**asdict(one), "value": _value(one.value), "ts": one.ts_known})
            for one in checks
        )

    def known(self, ts: int, *, lesson_id: str | None = None, ts_from: int = 0) -> list[LessonCheck]:
        """Looks known from ``ts_from`` to ``ts``, oldest first."""
        table = METADATA.tables["lesson_check"]
        wanted = [table.c.ts_known <= ts, table.c.ts_known >= ts_from]
        if lesson_id is not None:
            wanted.append(table.c.lesson_id == lesson_id)
        rows = self._store.read(select(table).where(*wanted).order_by(table.c.ts_known, table.c.lesson_id))
        return [LessonCheck(**{name: row[name] for name in LessonCheck.__dataclass_fields__}) for row in rows]


def _value(value: float | None) -> float | None:
    return None if value is None else finite(value)
