"""Broken copies of the reflection: killing it must show each of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphs import reflection
from graphs.publishing import publish
from keeper_agent.views.report_page import report_page
from memory.jobs import DONE, WRITTEN, JobRecord
from memory.store import Store
from scheduler.jobs import Jobs

DONE_FIRST, FILES_FIRST, LOOSE = "done_first", "files_first", "loose"


def _done_first(_: Path) -> None:
    """A job is marked done before its work."""

    def run(self: Any, kind: str, date: str) -> JobRecord:
        job: JobRecord = self._tasks.begin(kind, date)
        if job.state not in (WRITTEN, DONE):
            self._book.move(job, DONE, self._clock.now())
            self._tasks.work(job)
        self._tasks.publish(job)
        self._book.move(job, DONE, self._clock.now())
        return job

    Jobs.run = run  # type: ignore[method-assign]


def _files_first(home: Path) -> None:
    """The report's files are written before memory has the report."""
    real = reflection.report_data

    def report_data(*told: Any) -> Any:
        report = real(*told)
        publish(home, report, report_page)
        return report

    reflection.report_data = report_data


def _loose(_: Path) -> None:
    """Everything is committed as it comes."""
    Store.together = lambda self: _Loose(self)  # type: ignore[assignment, method-assign, return-value]


class _Loose:
    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> None:
        self._store.flush()

    def __exit__(self, *_: object) -> None:
        self._store.flush()


# Each is planted into the process that is to die, and nowhere else.
MUTANTS: dict[str, Callable[[Path], None]] = {
    DONE_FIRST: _done_first,
    FILES_FIRST: _files_first,
    LOOSE: _loose,
}
