"""Reflection wired: by hand, as part of a run, and as the jobs of a world."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import orjson
from sqlalchemy import select

from graphs.publishing import publish
from graphs.reflection import Reflection, ReflectionContext, reflect
from graphs.report import Report, report_name
from keeper_agent.archiving import daily_archiving
from keeper_agent.backing_up import daily_backups_of
from keeper_agent.brains import spend_caps
from keeper_agent.parity.nightly import daily_parity
from keeper_agent.settings import Settings
from keeper_agent.views.plots import draw_day
from keeper_agent.views.report_page import report_page
from memory.account import present
from memory.codec import canonical
from memory.episodes import EpisodeLog
from memory.jobs import WRITTEN, JobBook, JobRecord
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.store import Store
from scheduler.jobs import Jobs, Tasks
from scheduler.timetable import Timetable
from tools.domain.clock import Clock
from tools.domain.identity import derived_run_id

CODE_VERSION = version("keeper-agent")


def _nothing() -> None:
    """Nothing more is to be written."""


def reflection_context(
    store: Store,
    settings: Settings,
    parameters: ParameterStore,
    *,
    run_id: str,
    ts: int,
    kind: str = "daily",
    settle: Callable[[], None] = _nothing,
) -> ReflectionContext:
    """What a reflection works with; see ``ReflectionContext``."""
    return ReflectionContext(
        store=store,
        log=EpisodeLog(store),
        parameters=parameters,
        home=settings.keeper_home,
        run_id=run_id,
        ts=ts,
        seed=settings.keeper_seed,
        draw=draw_day,
        render=report_page,
        kind=kind,
        settle=settle,
        caps=spend_caps(settings),
    )


def run_row(settings: Settings, world: str, day: str, kind: str, ts: int) -> dict[str, Any]:
    """The row of a run that does nothing but reflect."""
    return {
        "run_id": derived_run_id("reflect", kind, world, day, ts),
        "world": world,
        "command": "reflect",
        "config": canonical({"day": day, "kind": kind}),
        "code_version": CODE_VERSION,
        "input_hash": "",
        "seed": settings.keeper_seed,
        "ts_started": ts,
        "ts_known": ts,
        "ts_ended": None,
    }


class ReflectionTasks:
    """The daily and weekly reflection of one world as jobs.

    Args:
        store: The writer.
        settings: Home, seed, hour.
        parameters: What a reflection may move; the running agent's own, so that it reads them at once.
        world: Whose decisions are reflected on.
        clock: When a job begins.
    """

    def __init__(
        self, store: Store, settings: Settings, parameters: ParameterStore, world: str, clock: Clock
    ) -> None:
        self._store, self._settings, self._parameters = store, settings, parameters
        self._world, self._clock = world, clock
        self._book = JobBook(store)

    def jobs(self) -> Jobs:
        """The jobs, to be run when due."""
        tasks = Tasks(self.begin, self.work, self.publish)
        hour = self._settings.keeper_reflect_hour
        return Jobs(self._book, tasks, world=self._world, hour=hour, clock=self._clock)

    def begin(self, kind: str, date: str) -> JobRecord:
        """Begin the job in memory."""
        ts = present(self._store, self._clock.now())
        row = run_row(self._settings, self._world, date, kind, ts)
        return self._book.begin(kind, self._world, date, run=row)

    def work(self, job: JobRecord) -> None:
        """Reflect; everything is written together with the job's state."""
        self.reflect(job)

    def reflect(self, job: JobRecord) -> Reflection:
        """Reflect on the job's date."""
        context = reflection_context(
            self._store,
            self._settings,
            self._parameters,
            run_id=job.run_id,
            ts=job.ts,
            kind=job.kind,
            settle=lambda: self._book.move(job, WRITTEN, job.ts),
        )
        return reflect(context, job.date, job.world)

    def publish(self, job: JobRecord) -> None:
        """Make the report's files from what is in memory."""
        table = METADATA.tables["report"]
        mine = (table.c.day == job.date, table.c.kind == job.kind, table.c.run_id == job.run_id)
        newest = select(table).where(*mine).order_by(table.c.ts_known.desc()).limit(1)
        (row,) = self._store.read(newest)
        name, values = report_name(job.date, job.kind), orjson.loads(row["statistics"])
        publish(self._settings.keeper_home, Report(name, values, row["markdown"]), report_page)


def timetable_of(
    store: Store,
    settings: Settings,
    parameters: ParameterStore,
    world: str,
    clock: Clock,
    complain: Callable[[str], None],
) -> Timetable:
    """A timetable that reflects on ``world``, archives, backs up, compares days, while it is entered."""
    jobs = ReflectionTasks(store, settings, parameters, world, clock).jobs()
    archive = daily_archiving(store, settings, clock)
    copies = daily_backups_of(store, settings, clock)
    parity = daily_parity(store, settings, world, clock)

    def look() -> None:
        try:
            jobs.run_due()
        finally:  # one that fails keeps no other from its turn
            try:
                archive()
            finally:
                try:
                    copies.run_due()
                finally:
                    parity.run_due()

    return Timetable(look, hour=settings.keeper_reflect_hour, complain=complain)
