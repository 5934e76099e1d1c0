"""What is due is asked of memory: late, twice or after a jump of the clock, each date is served once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from memory.jobs import DONE, WRITTEN, JobBook, JobRecord
from memory.store import Store
from scheduler.jobs import Jobs, Tasks
from scheduler.timetable import Timetable
from tests.support.memories import MemoryBuilder, a_memory, at
from tools.domain.clock import day_bounds
from tools.domain.errors import StoreUnusable
from tools.domain.market import NANOS

FRIDAY, SATURDAY, SUNDAY, MONDAY = "2024-08-09", "2024-08-10", "2024-08-11", "2024-08-12"


class Hand:
    """A clock set by hand."""

    def __init__(self, day: str, hour: float = 12) -> None:
        self.set(day, hour)

    def set(self, day: str, hour: float) -> None:
        self.ts = day_bounds(day)[0] + round(hour * 3_600 * NANOS)

    def now(self) -> int:
        return self.ts


class Worker:
    """Tasks that count what they did; ``fails`` breaks the next one."""

    def __init__(self, store: Store, clock: Hand) -> None:
        self.book, self.clock, self.store = JobBook(store), clock, store
        self.worked: list[tuple[str, str]] = []
        self.published: list[tuple[str, str]] = []
        self.fails = ""

    def jobs(self, hour: int = 3) -> Jobs:
        tasks = Tasks(self.begin, self.work, self.publish)
        return Jobs(self.book, tasks, world="recorded", hour=hour, clock=self.clock)

    def begin(self, kind: str, date: str) -> JobRecord:
        ts = self.clock.now()
        row = {"run_id": f"run_{kind}{date}", "world": "recorded", "command": "reflect", "config": "{}"}
        row |= {"code_version": "t", "input_hash": "", "seed": 0, "ts_started": ts, "ts_known": ts}
        return self.book.begin(kind, "recorded", date, run=row | {"ts_ended": None})

    def work(self, job: JobRecord) -> None:
        self._break("work")
        self.worked.append((job.kind, job.date))
        self.book.move(job, WRITTEN, job.ts)

    def publish(self, job: JobRecord) -> None:
        self._break("publish")
        self.published.append((job.kind, job.date))

    def _break(self, name: str) -> None:
        if self.fails == name:
            self.fails = ""
            raise StoreUnusable(f"the disk is full in {name}")


def decided(build: MemoryBuilder, *days: str) -> None:
    for day in days:
        build.decide(at("10:00:00", day))


def test_a_day_is_due_from_the_set_hour_of_the_next_one(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        decided(build, FRIDAY)
        clock = Hand(SATURDAY, 2.9)
        jobs = Worker(build.store, clock).jobs(hour=3)
        assert jobs.due() == []
        clock.set(SATURDAY, 3.0)
        assert jobs.due() == [("daily", FRIDAY)]


def test_missed_days_are_caught_up_oldest_first_and_the_week_after_its_sunday(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        decided(build, FRIDAY, SUNDAY)
        worker = Worker(build.store, Hand(MONDAY))
        worker.jobs().run_due()
        assert worker.worked == [("daily", FRIDAY), ("daily", SUNDAY), ("weekly", SUNDAY)]


def test_nothing_is_done_twice_whatever_the_clock_does(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        decided(build, FRIDAY, SATURDAY)
        clock = Hand(SATURDAY)
        worker = Worker(build.store, clock)
        jobs = worker.jobs()
        for day, hour in ((SATURDAY, 12), (SUNDAY, 12), (FRIDAY, 1), (MONDAY, 5), (SATURDAY, 4), (MONDAY, 5)):
            clock.set(day, hour)
            jobs.run_due()
        assert worker.worked == [("daily", FRIDAY), ("daily", SATURDAY), ("weekly", SUNDAY)]


@pytest.mark.parametrize("broken", ["work", "publish"])
def test_a_job_that_failed_is_finished_by_the_next_look(tmp_path: Path, broken: str) -> None:
    with a_memory(tmp_path) as build:
        decided(build, FRIDAY)
        worker = Worker(build.store, Hand(SATURDAY))
        worker.fails = broken
        with pytest.raises(StoreUnusable):
            worker.jobs().run_due()
        worker.jobs().run_due()
        worker.jobs().run_due()
        assert (worker.worked, worker.published) == ([("daily", FRIDAY)], [("daily", FRIDAY)])
        job = worker.book.find("daily", "recorded", FRIDAY)
        assert job is not None
        assert (job.state, job.attempts) == (DONE, 2 if broken == "work" else 1)


def test_a_day_without_decisions_and_another_world_are_left_alone(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        build.world = "venue"
        decided(build, FRIDAY)
        assert Worker(build.store, Hand(MONDAY)).jobs().due() == []


def test_the_timetable_looks_at_once_and_again_and_complains_in_one_line(tmp_path: Path) -> None:
    looked, told = threading.Semaphore(0), []

    def look() -> None:
        looked.release()
        raise StoreUnusable("the disk is full")

    with Timetable(look, hour=3, complain=told.append, every_s=0.05):
        for _ in range(3):
            assert looked.acquire(timeout=90)
    assert told
    assert told[0] == "a job could not be done, it will be tried again: the disk is full"


def test_a_bug_in_a_job_does_not_end_the_agent(tmp_path: Path) -> None:
    said, told = threading.Event(), []

    def complain(text: str) -> None:
        told.append(text)
        said.set()

    def look() -> None:
        raise ZeroDivisionError("division by zero")

    with Timetable(look, hour=3, complain=complain):
        assert said.wait(90)
    assert told[0] == "internal error in a job, it will be tried again: ZeroDivisionError: division by zero"
