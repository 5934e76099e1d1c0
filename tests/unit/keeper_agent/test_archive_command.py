"""``keeper memory archive`` as a person or a script meets it, and as a running agent does it by itself."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from keeper_agent.archiving import DAY_NS, daily_archiving
from keeper_agent.cli import main
from keeper_agent.settings import load_settings
from memory import archiving
from memory.archives import FOLDER
from memory.store import Store
from memory.verify import verify
from tests.support.memories import DAY, at
from tests.support.remembered import a_remembered_day


@dataclass
class HandClock:
    """A clock that is set by hand."""

    ts: int

    def now(self) -> int:
        return self.ts


@pytest.fixture(autouse=True)
def told(own_home: Path) -> Path:
    a_remembered_day(own_home)
    return own_home


def keeper(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["keeper", *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    return int(leaving.value.code or 0)


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return orjson.loads(capsys.readouterr().out)


def test_what_is_older_than_a_date_leaves_and_memory_stays_whole(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keeper(monkeypatch, "memory", "archive", "--before", "2030-01-01", "--dry-run", "--json") == 0
    would = said(capsys)
    assert (would["is_dry_run"], would["files"]) == (True, [])
    assert would["rows"]["signal"] > 0
    assert not (own_home / FOLDER).exists()
    assert keeper(monkeypatch, "memory", "archive", "--before", "2030-01-01", "--json") == 0
    found = said(capsys)
    assert found["rows"] == would["rows"]
    assert {path.name for path in (own_home / FOLDER).iterdir()} == set(found["files"])
    assert {path.stat().st_mode & 0o777 for path in (own_home / FOLDER).iterdir()} == {0o600}
    assert verify(own_home).faults == ()


def test_nothing_from_the_date_on_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keeper(monkeypatch, "memory", "archive", "--before", DAY) == 0
    assert capsys.readouterr().out.startswith("nothing left the database, to 0 files of 0.0 MB\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "expected --before DATE, or a budget in KEEPER_DISK_BUDGET_GB"),
        (["--before", "yesterday"], "--before expects a date such as 2024-08-08, was 'yesterday'"),
    ],
)
def test_a_mistake_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    assert keeper(monkeypatch, "memory", "archive", *words) == 2
    assert complaint in " ".join(capsys.readouterr().err.split())


def test_a_budget_that_cannot_be_kept_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPER_DISK_BUDGET_GB", "0.0000001")
    assert keeper(monkeypatch, "memory", "archive") == 4
    assert "more than its budget of 1e-07 GB, and nothing more may leave it" in " ".join(
        capsys.readouterr().err.split()
    )


def test_a_running_agent_archives_once_a_day_what_is_old_enough(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "ROWS_A_FILE", 1)
    monkeypatch.setenv("KEEPER_DISK_BUDGET_GB", "0.0000001")
    clock = HandClock(at("12:00:00"))
    with Store.open(own_home) as store:
        look = daily_archiving(store, load_settings(keeper_home=own_home), clock)
        look()
        assert not (own_home / FOLDER).exists()
        clock.ts += 100 * DAY_NS
        look()
        made = sorted((own_home / FOLDER).iterdir())
        assert made
        made[0].rename(own_home / "aside")  # a second look on the same day does not even look
        look()
        assert not made[0].exists()
        (own_home / "aside").rename(made[0])
    assert verify(own_home).faults == ()


def test_without_a_budget_a_running_agent_archives_nothing(own_home: Path) -> None:
    with Store.open(own_home) as store:
        daily_archiving(
            store, load_settings(keeper_home=own_home), HandClock(at("12:00:00") + 999 * DAY_NS)
        )()
    assert not (own_home / FOLDER).exists()
