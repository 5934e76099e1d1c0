"""The doctor: each fault is provoked, found, and comes with what mends it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from keeper_agent import checks
from keeper_agent.checks import CHECKS
from keeper_agent.finding import FAULT, OK, WARNING, Finding
from keeper_agent.settings import Settings, load_settings
from memory.connection import DATABASE
from memory.lock import HomeLock
from memory.store import Store
from tests.support.remembered import a_remembered_day
from tests.support.tapes import write_market
from tools.domain.clock import Clock


class StandingClock:
    """A clock that shows one time."""

    def __init__(self, ts: int) -> None:
        self._ts = ts

    def now(self) -> int:
        return self._ts


NOW = StandingClock(1_800_000_000 * 10**9)


class Disk(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(check: Callable[[Settings, Clock], Finding], clock: Clock = NOW, **settings: Any) -> Finding:
    finding = check(load_settings(**settings), clock)
    if finding.state != OK:
        assert finding.fix, f"{finding.name} says what hurts and not what helps"
    return finding


def test_a_fresh_machine_is_healthy(own_home: Path) -> None:
    states = {check.__name__: found(check).state for check in CHECKS}
    assert FAULT not in states.values(), states
    assert not own_home.exists(), "looking made something"
    assert len({found(check).name for check in CHECKS}) == len(CHECKS)


def test_a_clock_before_this_was_built_is_wrong() -> None:
    assert found(checks.check_clock, StandingClock(10**18)).state == FAULT


def test_a_home_under_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "home").write_text("")
    assert found(checks.check_home, keeper_home=tmp_path / "home").state == FAULT


def test_a_home_that_may_not_be_written_is_a_fault(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "cannot be made" in found(checks.check_home).found
    own_home.mkdir()
    assert "cannot be written" in found(checks.check_home).found


def test_a_home_others_may_read_is_a_warning(own_home: Path) -> None:
    own_home.mkdir(mode=0o755)
    own_home.chmod(0o755)
    finding = found(checks.check_home)
    assert (finding.state, finding.fix) == (WARNING, f"chmod 700 {own_home}")
    own_home.chmod(0o700)
    assert found(checks.check_home).state == OK


def test_a_full_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(10**12, 10**12 - 1, checks.LEAST_FREE - 1))
    assert found(checks.check_disk).state == FAULT


def test_a_lock_names_its_owner_and_looking_does_not_take_it(own_home: Path) -> None:
    assert found(checks.check_lock).found == "free"
    with HomeLock.acquire(own_home, "keeper run"):
        assert f"{os.getpid()} keeper run" in found(checks.check_lock).found
    assert found(checks.check_lock).found == "free"
    HomeLock.acquire(own_home, "keeper run").release()


def test_a_database_of_another_kind_is_a_fault(own_home: Path) -> None:
    own_home.mkdir()
    (own_home / DATABASE).write_bytes(b"no database at all" * 99)
    assert found(checks.check_memory).state == FAULT


def test_a_damaged_database_is_a_fault(own_home: Path) -> None:
    a_remembered_day(own_home)
    path = own_home / DATABASE
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(range(1, 251)) * 12 + whole[middle + 3000 :])
    finding = found(checks.check_memory)
    assert finding.state == FAULT
    assert f"{path} is damaged" in finding.found


def test_a_database_others_may_read_is_a_warning(own_home: Path) -> None:
    with Store.open(own_home):
        pass
    assert found(checks.check_memory).state == OK
    (own_home / DATABASE).chmod(0o644)
    assert found(checks.check_memory).fix == f"chmod 600 {own_home / DATABASE}"


def test_tapes_are_named_and_their_lack_is_a_fault(tmp_path: Path) -> None:
    assert found(checks.check_tapes, keeper_tapes=tmp_path).state == FAULT
    write_market(tmp_path, seconds=1)
    assert found(checks.check_tapes, keeper_tapes=tmp_path).found == "binance BTCUSDT"


@pytest.mark.parametrize("text", ["no_such_thing=1", "stop_bps=0", "stop_bps"])
def test_unusable_parameters_are_a_fault(text: str) -> None:
    assert found(checks.check_parameters, keeper_parameters=text).state == FAULT


def test_changed_parameters_are_listed() -> None:
    assert found(checks.check_parameters, keeper_parameters="stop_bps=25").found == "stop_bps=25"


def test_a_damaged_model_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    assert found(checks.check_model, ml_model_path=tmp_path / "model").state == FAULT
    assert found(checks.check_model).state == OK


def test_kernels_that_cannot_be_kept_are_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checks, "CACHE", None)
    assert found(checks.check_kernels).state == WARNING
    monkeypatch.setattr(checks, "CACHE", tmp_path)
    assert "keeper compile" in found(checks.check_kernels).found


def test_a_memory_without_a_recent_backup_is_told(own_home: Path) -> None:
    assert found(checks.check_backups).found == "nothing to back up yet"
    Store.open(own_home).close()
    assert found(checks.check_backups).state == OK
    assert found(checks.check_backups, keeper_backups=0).state == WARNING
    (own_home / "backups").mkdir()
    path = own_home / "backups" / "daily-2027-01-01.backup"
    path.write_text("x")
    for days, state in ((2, OK), (9, WARNING)):
        then = NOW.now() - days * 86_400 * 10**9
        os.utime(path, ns=(then, then))
        assert found(checks.check_backups).state == state
        assert f"{days}.0 days old" in found(checks.check_backups).found
