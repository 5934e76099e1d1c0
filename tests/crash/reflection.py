"""The reflections of a Sunday, daily and weekly, killed at every step of theirs and begun again.

After a kill, what is on the disk must be the record before or the record after, never between. The next
start is killed too in every other life, and the one after that must leave exactly what an undisturbed run
leaves.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

# Loaded before the first fork, so that no life has to.
import langgraph.graph  # noqa: F401
import langsmith  # noqa: F401
import numpy as np
import orjson
from sqlalchemy import select

from keeper_agent import reflecting
from keeper_agent.reflecting import ReflectionTasks
from keeper_agent.settings import Settings
from memory.chain import check_chain
from memory.connection import DATABASE
from memory.jobs import DONE, WRITTEN
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.store import Store
from tests.crash.process import Work, WorkBroken, lived, run_killed_at, traced
from tests.crash.reflection_mutants import MUTANTS
from tests.support.planted import PlantedRecord
from tools.domain.clock import day_bounds, iso
from tools.domain.market import NANOS
from tools.models.validation import wilson_interval

SUNDAY = "2025-01-05"  # its daily and its weekly reflection fall due together
TABLES = (
    "lesson",
    "lesson_check",
    "trial",
    "experiment",
    "effect",
    "parameter",
    "strategy",
    "worth",
    "report",
    "job",
    "run",
)
OF_THE_TIME = frozenset(
    {"ts", "ts_known", "ts_done", "ts_started", "ts_ended", "ts_retired", "run_id", "attempts"}
)
ENDINGS = (".html", ".json", ".md", ".png")
DAY_S = 86_400
STOP = "stop"  # a file: what is not begun yet is not begun


@dataclass(frozen=True, slots=True)
class ReflectionPlan:
    """What is killed, and how often.

    Attributes:
        kills: At most so many, spread over all steps; 0 is every step.
        mutant: A fault planted into the work; empty for none.
        is_drawn: Whether the plot is really drawn, which takes most of a second.
        stop_at_breach: Whether the first breach is enough.
        most_s: Nothing is begun after so many seconds; the steps are met in random order, so that
            what was done by then is a fair share of all.
    """

    kills: int = 0
    seed: int = 3
    mutant: str = ""
    is_drawn: bool = True
    stop_at_breach: bool = False
    most_s: float = 86_400.0
    workers: int = 2


@dataclass(slots=True)
class ReflectionFigures:
    """What came of it.

    Attributes:
        steps: Steps of one undisturbed run.
        kinds: How many of them by kind.
        kills_again: Kills of the start after a kill.
        share_breached_at_most: Upper end of the 95 % interval on the share of kills with a breach.
    """

    steps: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    kills_again: int = 0
    completions: int = 0
    share_breached_at_most: float = 1.0
    breaches: list[str] = field(default_factory=list)


class TickingClock:
    """A second later at each look."""

    def __init__(self, ts: int) -> None:
        self._ts = ts

    def now(self) -> int:
        self._ts += NANOS
        return self._ts


def write_record(home: Path, seed: int) -> None:
    """A home with a Sunday in which there is something to learn and something to change."""
    with Store.open(home, is_throwaway=True) as store:
        record = PlantedRecord(store, seed=seed, a_day=16, hours=2, first_day=SUNDAY)
        record.write_day(0, ParameterStore(store).snapshot(0))


def start(home: Path, *, life: int, is_drawn: bool = True) -> None:
    """What a start of the agent does about its jobs."""
    clock = TickingClock(day_bounds(SUNDAY)[0] + (2 * DAY_S + 600 * life) * NANOS)
    if not is_drawn:
        reflecting.draw_day = lambda figures, path: path.write_bytes(b"plot")  # in this process alone
    with Store.open(home) as store:
        settings = Settings(keeper_home=home, _env_file=None)  # type: ignore[call-arg]
        ReflectionTasks(store, settings, ParameterStore(store), "recorded", clock).jobs().run_due()


def kept(home: Path) -> dict[str, list[str]]:
    """All that reflections leave in memory, without when and in which life they did."""
    with Store.open(home, read_only=True) as store:
        return {
            name: sorted(
                _timeless(row) for row in store.read(select(METADATA.tables[name])) if _is_ours(name, row)
            )
            for name in TABLES
        }


def _is_ours(table: str, row: Mapping[str, Any]) -> bool:
    return table != "run" or row["command"] == "reflect"


def _timeless(row: Mapping[str, Any]) -> str:
    values = {key: value for key, value in row.items() if key not in OF_THE_TIME}
    if "statistics" in values:
        told = orjson.loads(values["statistics"])
        values["markdown"] = values["markdown"].replace(iso(told["ts"]), "")
        values["statistics"] = _without_times(told)
    return str(values)


def _without_times(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _without_times(value) for key, value in told.items() if key not in OF_THE_TIME}
    return [_without_times(one) for one in told] if isinstance(told, list) else told


def half_done(home: Path) -> list[str]:
    """What is wrong with what a kill left: files of no report, jobs ahead of their work, half a record."""
    with Store.open(home, read_only=True) as store:
        jobs = store.read(select(METADATA.tables["job"]))
        reports = store.read(select(METADATA.tables["report"]))
        learned = [
            row
            for name in ("trial", "worth", "parameter")
            for row in store.read(select(METADATA.tables[name]))
        ]
    written = {row["run_id"] for row in reports}
    found = [f"{one} of a report that is not in memory" for one in _orphans(home, reports)]
    found += [f"{one['kind']} is {one['state']} without a report" for one in jobs if _is_ahead(one, written)]
    found += ["rows of a reflection without its report" for row in learned if row["run_id"] not in written]
    found += [f"{one['kind']} is done without its files" for one in jobs if _lacks_files(home, one)]
    return found + check_chain(home / DATABASE)[1]


def _is_ahead(job: Mapping[str, Any], written: set[str]) -> bool:
    return (job["state"] in (WRITTEN, DONE)) != (job["run_id"] in written)


def _lacks_files(home: Path, job: Mapping[str, Any]) -> bool:
    return job["state"] == DONE and not all(path.exists() for path in _files(home, job["date"], job["kind"]))


def _files(home: Path, day: str, kind: str) -> list[Path]:
    name = day if kind == "daily" else f"{day}-{kind}"
    return [home / "reports" / f"{name}{ending}" for ending in ENDINGS]


def _orphans(home: Path, reports: Sequence[Mapping[str, Any]]) -> list[str]:
    told = {path.name for row in reports for path in _files(home, row["day"], row["kind"])}
    return [path.name for path in _shown(home) if path.name not in told]


def _shown(home: Path) -> list[Path]:
    """The files somebody would look at."""
    folder = home / "reports"
    return sorted(path for path in folder.iterdir() if ".new" not in path.suffixes) if folder.exists() else []


def file_faults(home: Path) -> list[str]:
    """Where the files of finished jobs differ from what memory says."""
    with Store.open(home, read_only=True) as store:
        reports = store.read(select(METADATA.tables["report"]))
    wanted = {path.name for row in reports for path in _files(home, row["day"], row["kind"])}
    there = {path.name for path in (home / "reports").iterdir()}
    found = [f"{name} is missing or too many" for name in sorted(wanted ^ there)]
    for row in reports:
        _, data, text, _ = _files(home, row["day"], row["kind"])
        if text.read_text(encoding="utf-8") != row["markdown"]:
            found.append(f"{text.name} is not the report in memory")
        if orjson.loads(data.read_bytes()) != orjson.loads(row["statistics"]):
            found.append(f"{data.name} is not the report in memory")
    return found


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of the kill at one step."""

    step: int
    is_killed_again: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Killer:
    """Kills at one step, in a home of its own; called in a process that has no threads.

    Attributes:
        names: The steps of a run in peace.
        wanted: What it left in memory.
    """

    plan: ReflectionPlan
    folder: Path
    names: tuple[str, ...]
    wanted: Mapping[str, list[str]]

    def __call__(self, step: int) -> Killed | None:
        """A death at ``step``, perhaps another, then two lives in peace; None once nobody asks any more."""
        if (self.folder / STOP).exists():
            return None
        home = a_home(self.folder, str(step))
        try:
            death = run_killed_at(step, home, work_of(self.plan, home, life=0))
            found = [] if death.is_killed else ["the process outlived its kill"]
            if death.steps != self.names[:step]:
                found.append(f"another way to the step than traced: {death.steps[-1:]}")
            found += half_done(home)
            again = step % 2 == 0 and self._die_again(step, home, found)
            return Killed(step, again, (*found, *self._recover(home)))
        except WorkBroken as error:
            return Killed(step, False, (str(error),))
        finally:
            shutil.rmtree(home)

    def _die_again(self, step: int, home: Path, found: list[str]) -> bool:
        at = int(np.random.default_rng((self.plan.seed, step)).integers(1, len(self.names)))
        is_killed = run_killed_at(at, home, work_of(self.plan, home, life=1)).is_killed
        found += half_done(home)
        return is_killed

    def _recover(self, home: Path) -> list[str]:
        lived(home, work_of(self.plan, home, life=2))
        now = kept(home)
        found = [
            f"table {name} differs from a run in peace" for name in TABLES if now[name] != self.wanted[name]
        ]
        found += half_done(home) + file_faults(home)
        lived(home, work_of(self.plan, home, life=3))
        return found + (["a later start changed what was complete"] if kept(home) != now else [])


def a_home(folder: Path, name: str) -> Path:
    """A fresh copy of the record."""
    return Path(shutil.copytree(folder / "record", folder / name))


def work_of(plan: ReflectionPlan, home: Path, *, life: int) -> Work:
    """One start, with the plan's fault in it; the faulty life is the first."""

    def work() -> None:
        if plan.mutant:
            MUTANTS[plan.mutant](home)
        start(home, life=life, is_drawn=plan.is_drawn)

    return work


def run_plan(plan: ReflectionPlan, folder: Path, on_kill: Callable[[], None]) -> ReflectionFigures:
    """One life in peace, then a death at each of its steps."""
    write_record(folder / "record", plan.seed)
    whole = a_home(folder, "whole")
    names = traced(whole, work_of(plan, whole, life=0))
    figures = ReflectionFigures(len(names), dict(Counter(name.split()[0] for name in names)))
    figures.breaches += half_done(whole) + file_faults(whole)
    killer, end = Killer(plan, folder, names, kept(whole)), time.monotonic() + plan.most_s
    with get_context("fork").Pool(plan.workers) as pool:
        for one in pool.imap_unordered(killer, _mixed(_spread(len(names), plan.kills), plan.seed)):
            if one is None:
                continue
            _count(figures, one, names[one.step - 1])
            on_kill()
            if (one.faults and plan.stop_at_breach) or time.monotonic() > end:
                (folder / STOP).touch()
    figures.share_breached_at_most = _upper_share(figures.kills - figures.completions, figures.kills)
    return figures


def _count(figures: ReflectionFigures, one: Killed, name: str) -> None:
    figures.kills += 1
    figures.kills_again += one.is_killed_again
    figures.completions += not one.faults
    figures.breaches += [f"step {one.step}, before {name}: {fault}" for fault in one.faults]


def _upper_share(breached: int, n: int) -> float:
    return wilson_interval(breached, n)[1]


def _mixed(steps: Sequence[int], seed: int) -> list[int]:
    return [int(one) for one in np.random.default_rng(seed).permutation(steps)]


def _spread(steps: int, kills: int) -> list[int]:
    """The numbers of at most ``kills`` steps, evenly over all of them; all where it is 0."""
    if kills == 0 or kills >= steps:
        return list(range(1, steps + 1))
    return sorted({round(one) for one in np.linspace(1, steps, kills)})


def kill_reflection(plan: ReflectionPlan, on_kill: Callable[[], None] = lambda: None) -> ReflectionFigures:
    """Run ``plan`` in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return run_plan(plan, Path(folder), on_kill)
