"""The timer behind the jobs: APScheduler wakes them at their hour, and once a minute in case it slept.

It only says when to look; what is due is decided by ``Jobs``. A suspend or a jump of the clock may make it
fire late, twice or not at all without harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from types import TracebackType
from typing import Any, Self

from apscheduler.events import EVENT_JOB_ERROR  # type: ignore[import-untyped]
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from tools.domain.errors import KeeperError

LOOK_S = 60


class Timetable:
    """Calls ``look`` in a thread of its own while it is entered.

    Args:
        look: Does what is due; called at once, at the hour, and every minute; one call at a time.
        hour: UTC hour.
        complain: Told in one line what went wrong; the agent goes on, and the next look tries again.
        every_s: Seconds between two looks.
    """

    def __init__(
        self,
        look: Callable[[], object],
        *,
        hour: int,
        complain: Callable[[str], None],
        every_s: float = LOOK_S,
    ) -> None:
        self._look, self._complain = look, complain
        # One thread, so that two looks never overlap whoever called them.
        self._scheduler: Any = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)
        self._scheduler.add_job(self._guarded, CronTrigger(hour=hour, timezone=UTC), id="hour")
        self._scheduler.add_job(self._guarded, IntervalTrigger(seconds=every_s), id="minute")
        self._scheduler.add_job(self._guarded, id="start")

    def __enter__(self) -> Self:
        self._scheduler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A job under way ends before the memory it writes to is closed.
        self._scheduler.shutdown(wait=True)

    def _guarded(self) -> None:
        try:
            self._look()
        except KeeperError as error:
            self._complain(f"a job could not be done, it will be tried again: {error}")

    def _failed(self, event: Any) -> None:
        what = f"{type(event.exception).__name__}: {event.exception}".splitlines()[0]
        self._complain(f"internal error in a job, it will be tried again: {what}")
