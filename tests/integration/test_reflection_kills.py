"""Kill -9 at any step of the daily and weekly reflection: the next start completes them, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from memory.jobs import DONE
from memory.schema import METADATA
from memory.store import Store
from tests.crash.process import traced
from tests.crash.reflection import ReflectionPlan, kill_reflection, start, write_record
from tests.crash.reflection_mutants import MUTANTS

SAMPLE = 5


def test_a_reflection_killed_at_any_step_is_completed_once() -> None:
    figures = kill_reflection(ReflectionPlan(kills=SAMPLE, is_drawn=False))
    assert figures.breaches == []
    assert figures.kills == figures.completions == SAMPLE
    assert figures.steps > 280
    assert figures.kinds["sql"] > 230  # 48 fewer since the latest time is one statement, not one a table
    assert figures.kinds["os.rename"] >= 8  # two reports of four files each
    assert figures.kinds["write"] >= 8


@pytest.mark.parametrize("mutant", MUTANTS)
def test_killing_shows_a_reflection_that_is_in_the_wrong_order(mutant: str) -> None:
    figures = kill_reflection(ReflectionPlan(kills=24, mutant=mutant, is_drawn=False, stop_at_breach=True))
    assert figures.breaches


def test_a_job_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    write_record(tmp_path, seed=3)
    start(tmp_path, life=0)
    with Store.open(tmp_path, read_only=True) as store:
        jobs = store.read(select(METADATA.tables["job"]))
    start(tmp_path, life=1)
    with Store.open(tmp_path, read_only=True) as store:
        assert store.read(select(METADATA.tables["job"])) == jobs
    assert [(job["kind"], job["state"]) for job in jobs] == [("daily", DONE), ("weekly", DONE)]
    assert len({job["run_id"] for job in jobs}) == 2
    assert all(job["ts_done"] > job["ts"] for job in jobs)


def test_a_step_that_is_added_is_met(tmp_path: Path) -> None:
    def work() -> None:
        (tmp_path / "a").write_text("one", encoding="utf-8")
        (tmp_path / "a").replace(tmp_path / "b")

    assert traced(tmp_path, work) == ("open a", "write a", "os.rename a", "end")
