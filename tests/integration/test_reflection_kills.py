"""Kill -9 at any step of the daily reflection: the next start completes it, once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from graphs import reflection
from keeper_agent import reflecting
from keeper_agent.reflecting import ReflectionTasks
from keeper_agent.settings import Settings
from memory.chain import check_chain
from memory.connection import DATABASE
from memory.jobs import DONE
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.store import Store
from tests.support.kills import run_killed_at, steps
from tests.support.planted import PlantedRecord
from tools.domain.clock import day_bounds
from tools.domain.market import NANOS

FILES = (".html", ".json", ".md", ".png")


class FixedClock:
    """Always the same time."""

    def __init__(self, ts: int) -> None:
        self.ts = ts

    def now(self) -> int:
        return self.ts


@pytest.fixture(autouse=True)
def _quick_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plot looks like is another test's matter; here it is one more file."""
    monkeypatch.setattr(reflecting, "draw_day", lambda figures, path: path.write_bytes(b"plot"))


@pytest.fixture(scope="module")
def day_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one day in which there is something to change."""
    home = tmp_path_factory.mktemp("day")
    with Store.open(home, is_throwaway=True) as store:
        record = PlantedRecord(store, seed=3, a_day=16, hours=2)
        record.write_day(0, ParameterStore(store).snapshot(0))
    return home


def run_due(home: Path, *, later_s: int = 0) -> None:
    """What a start of the agent does about its jobs."""
    day = day_bounds(PlantedRecord.__dataclass_fields__["first_day"].default)[0]
    clock = FixedClock(day + 2 * 86_400 * NANOS + later_s * NANOS)
    with Store.open(home) as store:
        settings = Settings(keeper_home=home, _env_file=None)  # type: ignore[call-arg]
        ReflectionTasks(store, settings, ParameterStore(store), "recorded", clock).jobs().run_due()


def learned(home: Path) -> dict[str, Any]:
    """All that a reflection writes, without the times of it."""
    tables = ("lesson", "lesson_check", "trial", "effect", "parameter", "report", "profile", "job")
    varying = {"ts", "ts_known", "ts_done", "ts_retired", "run_id", "attempts", "markdown", "statistics"}
    with Store.open(home, read_only=True) as store:
        return {
            name: sorted(
                str({key: value for key, value in row.items() if key not in varying})
                for row in store.read(select(METADATA.tables[name]))
            )
            for name in tables
        }


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "reports").iterdir())


def kill_steps(count: int) -> list[int]:
    """A few steps of the reading, every fifth from where the job begins to where its files are."""
    return [1, *range(count - 62, count + 1, 5)]


def test_a_reflection_killed_at_any_step_is_completed_once(day_home: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(day_home, whole)
    counts: list[int] = []
    with steps(counts.append):
        run_due(whole)
    wanted, wanted_files = learned(whole), files(whole)
    assert wanted["job"]
    assert wanted["trial"]
    assert wanted["parameter"]
    assert wanted["profile"]
    assert [name.rpartition(".")[1] + name.rpartition(".")[2] for name in wanted_files] == list(FILES)
    died = 0
    for step in kill_steps(len(counts)):
        home = tmp_path / str(step)
        shutil.copytree(day_home, home)
        died += run_killed_at(step, lambda home=home: run_due(home))  # type: ignore[misc]
        run_due(home, later_s=60)
        assert learned(home) == wanted, f"after a kill before step {step} of {len(counts)}"
        assert files(home) == wanted_files
        assert check_chain(home / DATABASE)[1] == []
        shutil.rmtree(home)
    assert died >= 8


def test_the_test_sees_a_reflection_that_is_not_written_at_once(
    day_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: everything is committed as it comes, and the job's state last."""
    whole, loose = tmp_path / "whole", tmp_path / "loose"
    shutil.copytree(day_home, whole)
    shutil.copytree(day_home, loose)
    run_due(whole)
    wanted = learned(whole)
    monkeypatch.setattr(Store, "together", lambda self: Loose(self))
    counts: list[int] = []  # of the mutant, which has more steps
    with steps(counts.append):
        run_due(loose)
    differing = 0
    for step in range(len(counts) - 26, len(counts) - 12, 6):
        home = tmp_path / str(step)
        shutil.copytree(day_home, home)
        run_killed_at(step, lambda home=home: run_due(home))  # type: ignore[misc]
        run_due(home, later_s=60)
        differing += learned(home) != wanted
    assert differing > 0


class Loose:
    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> None:
        self._store.flush()

    def __exit__(self, *_: object) -> None:
        self._store.flush()


def test_a_job_that_is_done_is_not_done_again(day_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(day_home, home)
    run_due(home)
    with Store.open(home, read_only=True) as store:
        (job,) = store.read(select(METADATA.tables["job"]))
    run_due(home, later_s=3_600)
    with Store.open(home, read_only=True) as store:
        assert store.read(select(METADATA.tables["job"])) == [job]
    assert job["state"] == DONE
    assert job["kind"] == reflection.DAILY
