"""Memories of every earlier Keeper are brought up to date: backed up first, and nothing is lost."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from memory import store as store_module
from memory.backup import BACKUPS
from memory.chain import check_chain
from memory.connection import DATABASE
from memory.migrations import HEAD, REVISIONS, upgrade
from memory.packing import read
from memory.restore import restore
from memory.store import Store
from memory.verify import verify
from tests.support.kills import run_killed_at, steps
from tests.support.memories import MemoryBuilder, at
from tests.support.old_homes import OLD, content, make_old_home
from tools.domain.errors import NotInRecord, StoreUnusable
from tools.domain.trading import Action

EARLIER = REVISIONS[:-1]
WRITTEN = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0011",
    "0013",
)  # every one that was ever in use
ELSEWHERE = ("archive", "evidence", "open_order")  # rows that name files, or are made of others


def open_and_close(home: Path) -> None:
    Store.open(home).close()


def lost(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Every row that is not there any more with all it held; the revision and further links may differ."""
    found = []
    for name, rows in before.items():
        kept = after.get(name, [])
        if name not in ("alembic_version", "link") and len(rows) != len(kept):
            found.append(f"{name}: {len(rows)} rows became {len(kept)}")
        for row, now in zip(rows, kept, strict=False):
            if name != "alembic_version" and not row.items() <= now.items():
                found.append(f"{name}: {row} became {now}")
    return found


def whole(home: Path) -> tuple[object, object]:
    """All rows and all tables of a home."""
    with closing(sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)) as reader:
        tables = reader.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return content(home / DATABASE), tables


def only_backup(home: Path) -> Path:
    (path,) = (home / BACKUPS).glob("*.backup")
    return path


def test_there_is_a_memory_of_every_revision_in_use_with_something_in_every_table(tmp_path: Path) -> None:
    assert set(WRITTEN) <= set(OLD)
    for revision in OLD:
        found = content(make_old_home(tmp_path / revision, revision) / DATABASE)
        assert found["alembic_version"][0]["version_num"] == revision
        assert [name for name, rows in found.items() if not rows and name not in ELSEWHERE] == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_nothing_is_lost_and_the_chain_is_sound(revision: str, tmp_path: Path) -> None:
    home = make_old_home(tmp_path / "home", revision)
    before = content(home / DATABASE)
    open_and_close(home)
    after = content(home / DATABASE)
    assert after["alembic_version"] == [{"rowid of it": 1, "version_num": HEAD}]
    assert lost(before, after) == []
    assert after["link"][: len(before.get("link", []))] == before.get("link", [])
    assert check_chain(home / DATABASE)[1] == []
    assert verify(home).is_whole


def test_the_comparison_sees_what_is_lost(tmp_path: Path) -> None:
    home = make_old_home(tmp_path / "home", OLD[0])
    before = content(home / DATABASE)
    for harm in ("DELETE FROM outcome WHERE rowid=2", "UPDATE fill SET price=price+1", "DELETE FROM lesson"):
        other = Path(shutil.copytree(home, tmp_path / "other"))
        with closing(sqlite3.connect(other / DATABASE)) as writer:
            writer.execute(harm)
            writer.commit()
        assert lost(before, content(other / DATABASE)) != []
        shutil.rmtree(other)


@pytest.mark.parametrize("revision", EARLIER)
def test_a_backup_is_made_first_and_told_and_can_be_restored(
    revision: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = make_old_home(tmp_path / "home", revision)
    before = content(home / DATABASE)
    with caplog.at_level(logging.WARNING):
        open_and_close(home)
    path = only_backup(home)
    assert str(path) in caplog.text
    manifest = read(path, None)
    assert manifest["revision"] == revision
    assert manifest["counts"]["decision"] == 3
    links = before.get("link", [])
    assert manifest["audit_chain"] == ({"links": len(links), "head": links[-1]["digest"]} if links else None)
    fresh = tmp_path / "fresh"
    restore(path, fresh, stamp="now", is_forced=False, secret=None, tell=lambda *_: None)
    assert content(fresh / DATABASE) == before
    open_and_close(fresh)
    assert verify(fresh).is_whole


def test_a_memory_of_today_is_not_backed_up(tmp_path: Path) -> None:
    open_and_close(tmp_path / "home")
    open_and_close(tmp_path / "home")
    assert not (tmp_path / "home" / BACKUPS).exists()


def test_a_replay_in_a_scratch_folder_makes_none(tmp_path: Path) -> None:
    home = make_old_home(tmp_path / "home", EARLIER[0])
    Store.open(home, is_throwaway=True).close()
    assert not (home / BACKUPS).exists()


@pytest.mark.parametrize("revision", EARLIER)
def test_the_agent_goes_on_with_it(revision: str, tmp_path: Path) -> None:
    home = make_old_home(tmp_path / "home", revision)
    with Store.open(home) as store:
        build = MemoryBuilder(store)
        build.begin("run_later", ts=at("12:00:00"))
        build.trade(build.decide(at("12:00:01"), action=Action.ENTER), 1.0)
    assert check_chain(home / DATABASE)[1] == []
    assert len(content(home / DATABASE)["decision"]) == 4


@pytest.mark.parametrize("revision", [EARLIER[0], EARLIER[-1]])
def test_killed_at_any_step_it_is_the_old_database_or_the_new_one(revision: str, tmp_path: Path) -> None:
    old = make_old_home(tmp_path / "old", revision)
    before = whole(old)
    counted = Path(shutil.copytree(old, tmp_path / "counted"))
    counts: list[int] = []
    with steps(counts.append):
        open_and_close(counted)
    wanted = whole(counted)
    died = 0
    # Every step, and on the long way from the first revision every fifth.
    for step in range(1, len(counts) + 1, 1 if revision == EARLIER[-1] else 5):
        home = Path(shutil.copytree(old, tmp_path / "home"))
        died += run_killed_at(step, lambda: open_and_close(tmp_path / "home"))
        assert whole(home) in (before, wanted), f"killed before step {step} of {len(counts)}"
        if step % 6 == 1:
            open_and_close(home)
            assert whole(home) == wanted
            assert check_chain(home / DATABASE)[1] == []
        shutil.rmtree(home)
    assert died >= 10


def test_an_upgrade_outside_its_transaction_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant commits each revision by itself."""

    def loose(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")
        upgrade(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    monkeypatch.setattr(store_module, "upgrade", loose)
    with pytest.raises(AssertionError, match="killed before step"):
        test_killed_at_any_step_it_is_the_old_database_or_the_new_one(EARLIER[-1], tmp_path)


def broken_disk(connection: Connection) -> None:
    upgrade(connection)
    connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")


def broken_code(connection: Connection) -> None:
    upgrade(connection)
    raise ZeroDivisionError


@pytest.mark.parametrize(("fault", "error"), [(broken_disk, StoreUnusable), (broken_code, ZeroDivisionError)])
def test_an_upgrade_that_fails_leaves_the_old_database_usable(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Connection], None],
    error: type[Exception],
) -> None:
    home = make_old_home(tmp_path / "home", EARLIER[0])
    before = content(home / DATABASE)
    with monkeypatch.context() as broken:
        broken.setattr(store_module, "upgrade", fault)
        for _ in range(2):
            with pytest.raises(error):
                Store.open(home)
    assert content(home / DATABASE) == before
    assert len(list((home / BACKUPS).glob("*.backup"))) == 2, "the first backup was overwritten"
    open_and_close(home)
    assert verify(home).is_whole


def test_without_a_backup_there_is_no_upgrade(tmp_path: Path) -> None:
    home = make_old_home(tmp_path / "home", EARLIER[0])
    before = content(home / DATABASE)
    (home / BACKUPS).write_text("a file where the folder should be")
    with pytest.raises(StoreUnusable, match="backup"):
        Store.open(home)
    assert content(home / DATABASE) == before


def test_a_reader_upgrades_nothing(tmp_path: Path) -> None:
    home = make_old_home(tmp_path / "home", EARLIER[0])
    with pytest.raises((StoreUnusable, NotInRecord), match="older Keeper"):
        Store.open(home, read_only=True)
    assert not (home / BACKUPS).exists()
