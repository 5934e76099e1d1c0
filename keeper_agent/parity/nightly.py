"""The comparison of each day beside a running agent, made by a process of its own so that no cycle waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from graphs.publishing import REPORTS
from keeper_agent.settings import Settings
from memory.days import first_decision
from memory.store import Store
from scheduler.daily import OnceADay, Trace
from tools.domain.clock import Clock, day_bounds, day_of
from tools.domain.errors import NotEnoughData, StoreUnusable
from tools.market.seen import FOLDER

NAME = "parity-"


def report_path(home: Path, date: str) -> Path:
    """Where the comparison of a day is kept."""
    return home / REPORTS / f"{NAME}{date}.json"


def daily_parity(store: Store, settings: Settings, world: str, clock: Clock) -> OnceADay:
    """Compares each day of ``world`` that is over and of which market data is kept, once."""
    home = settings.keeper_home
    passed: list[str] = []  # days that nothing can be said of

    def first() -> str | None:
        ts = first_decision(store, kept_runs(home), world)
        return None if ts is None else day_of(ts)

    def last() -> str | None:
        made = [path.stem.removeprefix(NAME) for path in (home / REPORTS).glob(f"{NAME}*.json")]
        return max([*made, *passed], default=None)

    def work(date: str) -> None:
        if first_decision(store, kept_runs(home), world, *day_bounds(date)) is None:
            passed.append(date)
            return
        store.flush()
        try:
            compare_apart(settings, date)
        except NotEnoughData:
            passed.append(date)

    return OnceADay(Trace(first, last, work), hour=settings.keeper_reflect_hour, clock=clock)


def kept_runs(home: Path) -> list[str]:
    """The runs of which market data is kept."""
    return [path.name for path in (home / FOLDER).glob("run_*")]


def compare_apart(settings: Settings, date: str) -> None:
    """Let another process compare ``date``; it reads the same settings.

    Raises:
        NotEnoughData: Of that day no market data is kept.
        StoreUnusable: It failed; the message holds its own.
    """
    home = settings.keeper_home
    words = ["parity", "--date", date, "--json", "--home", str(home)]
    done = subprocess.run(  # noqa: S603 (this program itself)
        [sys.executable, "-P", "-m", "keeper_agent.cli", *words], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    if done.returncode == NotEnoughData.exit_code:
        raise NotEnoughData(said)
    raise StoreUnusable(f"{date} was not compared with its replay: {said.removeprefix('keeper: ')}")
