"""The daily backup of a running agent, made by a process of its own so that no cycle waits for it."""

from __future__ import annotations

import subprocess
import sys

from sqlalchemy import func, select

from keeper_agent.settings import Settings
from memory.backup import daily_backups, daily_path, retire_daily
from memory.schema import METADATA
from memory.store import Store
from scheduler.daily import OnceADay, Trace
from tools.domain.clock import Clock, day_of
from tools.domain.errors import StoreUnusable

_RUN = METADATA.tables["run"]


def daily_backups_of(store: Store, settings: Settings, clock: Clock) -> OnceADay:
    """Backs up the home once a day and keeps the last ``KEEPER_BACKUPS`` of them."""
    home = settings.keeper_home

    def first() -> str | None:
        if settings.keeper_backups == 0:
            return None
        (row,) = store.read(select(func.min(_RUN.c.ts_started).label("ts")))
        return None if row["ts"] is None else day_of(row["ts"])

    def last() -> str | None:
        made = daily_backups(home)
        return made[-1][0] if made else None

    def work(date: str) -> None:
        store.flush()
        back_up_apart(settings, date)
        retire_daily(home, settings.keeper_backups)

    return OnceADay(Trace(first, last, work), hour=settings.keeper_reflect_hour, clock=clock)


def back_up_apart(settings: Settings, date: str) -> None:
    """Let another process make the backup of ``date``; it reads the same settings.

    Raises:
        StoreUnusable: It did not; the message holds its own.
    """
    home = settings.keeper_home
    words = ["backup", "--gently", "--json", "--home", str(home), "--to", str(daily_path(home, date))]
    done = subprocess.run(  # noqa: S603 (this program itself)
        [sys.executable, "-P", "-m", "keeper_agent.cli", *words], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise StoreUnusable(f"the daily backup of {home} was not made: {said.removeprefix('keeper: ')}")
