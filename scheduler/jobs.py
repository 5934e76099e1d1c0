"""Daily and weekly jobs: which are due, and each exactly once a logical date.

A date is due from the set hour of the day after it on. What is due is asked of memory, not of a timer:
a crash, a suspend or a jump of the clock makes a job late, never lost and never double.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from memory.jobs import DONE, WRITTEN, JobBook, JobRecord
from tools.domain.clock import Clock, day_of
from tools.domain.market import NANOS

DAILY, WEEKLY = "daily", "weekly"
HOUR_NS = 3_600 * NANOS
CATCH_UP_DAYS = 7  # a date missed longer ago is left to the weekly job
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Tasks:
    """What a job does.

    Attributes:
        begin: Begin the job in memory, for the date and kind.
        work: Do it, and write everything together with the state ``written``.
        publish: Make the files of what is written; again is harmless.
    """

    begin: Callable[[str, str], JobRecord]
    work: Callable[[JobRecord], None]
    publish: Callable[[JobRecord], None]


class Jobs:
    """The jobs of one world.

    Args:
        book: Where their states are kept.
        tasks: What they do.
        world: Whose decisions they are about.
        hour: UTC hour from which the day before is due.
        clock: Tells which dates are over.
    """

    def __init__(self, book: JobBook, tasks: Tasks, *, world: str, hour: int, clock: Clock) -> None:
        self._book, self._tasks, self._world = book, tasks, world
        self._hour, self._clock = hour, clock
        self._lock = threading.Lock()

    def due(self) -> list[tuple[str, str]]:
        """Kind and date of every job that is due and not done, oldest first."""
        return [job for job in self._candidates() if self._is_open(*job)]

    def run_due(self) -> list[JobRecord]:
        """Do what is due; two callers at once take turns, and the second finds it done."""
        with self._lock:
            return [self.run(kind, date) for kind, date in self.due()]

    def run(self, kind: str, date: str) -> JobRecord:
        """Do one job, or what is left of it."""
        job = self._tasks.begin(kind, date)
        if job.state not in (WRITTEN, DONE):
            self._tasks.work(job)
        self._tasks.publish(job)
        self._book.move(job, DONE, self._clock.now())
        return job

    def _is_open(self, kind: str, date: str) -> bool:
        known = self._book.find(kind, self._world, date)
        if known is not None:
            return known.state != DONE
        first = _days_before(date, 6) if kind == WEEKLY else date
        return self._book.has_decisions(self._world, first, date)

    def _candidates(self) -> Iterator[tuple[str, str]]:
        newest = newest_over(self._clock, self._hour)
        for back in range(CATCH_UP_DAYS - 1, -1, -1):
            date = _days_before(newest, back)
            yield DAILY, date
            if datetime.date.fromisoformat(date).weekday() == SUNDAY:
                yield WEEKLY, date


def newest_over(clock: Clock, hour: int) -> str:
    """The newest date that is over, where a day ends at ``hour`` UTC of the next."""
    return _days_before(day_of(clock.now() - hour * HOUR_NS), 1)


def _days_before(day: str, count: int) -> str:
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=count)).isoformat()
