"""Jobs by logical date: begun, written, done. What is written is written with the job's own state.

A job that was killed before its writing has changed nothing and begins anew; one that was killed after it
has only its files to make. Either way its date is served once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import day_bounds

BEGUN, WRITTEN, DONE = "begun", "written", "done"
_JOB, _RUN, _DECISION = (METADATA.tables[name] for name in ("job", "run", "decision"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One job of one logical date.

    Attributes:
        date: The UTC date it is about.
        attempts: How often it was begun.
        ts: When it was last begun; what was known by then counts.
        ts_done: When everything of it was there; None until then.
    """

    kind: str
    world: str
    date: str
    state: str
    attempts: int
    run_id: str
    ts: int
    ts_done: int | None


class JobBook:
    """Jobs in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, kind: str, world: str, date: str) -> JobRecord | None:
        """The job, or None if it was never begun."""
        rows = self._store.read(select(_JOB).where(*_same(kind, world, date)))
        return _job(rows[0]) if rows else None

    def begin(self, kind: str, world: str, date: str, *, run: dict[str, Any]) -> JobRecord:
        """Begin the job, or begin it again at a later time if it was never written.

        Args:
            kind: Which job.
            world: Whose decisions it is about.
            date: Which day.
            run: The row of the run that does it, kept in the same transaction.
        """
        known = self.find(kind, world, date)
        if known is not None and known.state != BEGUN:
            return known
        ts = run["ts_started"]
        if known is None:
            values = {"kind": kind, "world": world, "date": date, "run_id": run["run_id"]}
            values |= {"state": BEGUN, "attempts": 1, "ts": ts, "ts_known": ts}
            self._store.execute([insert(_RUN).values(run), insert(_JOB).values(values)])
        else:
            again = update(_JOB).where(*_same(kind, world, date))
            self._store.execute([again.values(attempts=known.attempts + 1, ts=ts, ts_known=ts)])
        begun = self.find(kind, world, date)
        assert begun is not None, "it was written above"  # noqa: S101 (for the type checker)
        return begun

    def move(self, job: JobRecord, state: str, ts: int) -> None:
        """Let the job be ``written`` or ``done`` from ``ts`` on; its run ends when it is written."""
        values: dict[str, Any] = {"state": state} | ({"ts_done": ts} if state == DONE else {})
        moves = [update(_JOB).where(*_same(job.kind, job.world, job.date)).values(values)]
        if state == WRITTEN:
            moves.append(update(_RUN).where(_RUN.c.run_id == job.run_id).values(ts_ended=ts))
        self._store.execute(moves)

    def has_decisions(self, world: str, first: str, last: str) -> bool:
        """Whether anything was decided in ``world`` from the day ``first`` to the day ``last``."""
        start, end = day_bounds(first)[0], day_bounds(last)[1]
        c = _DECISION.c
        found = select(func.count().label("n")).select_from(
            select(c.decision_id).where(c.ts >= start, c.ts < end, c.world == world).limit(1).subquery()
        )
        return bool(self._store.read(found)[0]["n"])


def _same(kind: str, world: str, date: str) -> tuple[Any, ...]:
    return (_JOB.c.kind == kind, _JOB.c.world == world, _JOB.c.date == date)


def _job(row: Any) -> JobRecord:
    return JobRecord(**{name: row[name] for name in JobRecord.__dataclass_fields__})
