"""A backup is the whole truth of a home at one moment, in a file that is whole or not there."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from memory import backup as module
from memory.backup import (
    BACKUPS,
    Wish,
    back_up,
    daily_backups,
    daily_path,
    retire_daily,
)
from memory.chain import check_chain
from memory.connection import DATABASE
from memory.episodes import EpisodeLog
from memory.packing import read
from memory.sealed import Secret
from memory.store import Store
from tests.support.file_steps import changes_of, killed_before_change
from tools.domain.errors import BadUsage, HomeLocked, NotInRecord, StoreUnusable

WISH = Wish(ts=1_723_161_000_000_000_000, code_version="test", settings={"keeper_seed": 7})
SECRET = Secret("correct horse battery staple")


@pytest.fixture
def filled(home: Path, store: Store, log: EpisodeLog, make: Any) -> Path:
    for n in range(3):
        make.episode(log, n)
    store.flush()
    (home / "models" / "outcome").mkdir(parents=True)
    (home / "models" / "outcome" / "current").write_text("v1\n")
    (home / "models" / "outcome" / ".new-v2").write_text("half")
    (home / "strategies.key").write_text("0" * 64)
    return home


def unpacked(path: Path, into: Path, secret: Secret | None = None) -> dict[str, bytes]:
    into.mkdir()
    read(path, secret, into)
    return {
        file.relative_to(into).as_posix(): file.read_bytes() for file in into.rglob("*") if file.is_file()
    }


def rows(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
        names = [name for (name,) in reader.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        query = 'SELECT rowid, * FROM "{}" ORDER BY rowid'
        return {name: reader.execute(query.format(name)).fetchall() for name in names}


def test_it_holds_the_truth_and_says_what_it_leaves_out(filled: Path, tmp_path: Path) -> None:
    made = back_up(filled, tmp_path / "one.backup", WISH)
    found = unpacked(made.path, tmp_path / "out")
    assert sorted(found) == [DATABASE, "models/outcome/current"]
    assert rows(tmp_path / "out" / DATABASE) == rows(filled / DATABASE)
    manifest = read(made.path, None)
    assert manifest["counts"]["decision"] == 3
    assert manifest["audit_chain"]["head"] == check_chain(filled / DATABASE)[0].digest
    assert manifest["settings"] == {"keeper_seed": 7}
    assert {"patterns", "snapshots", "strategies.key"} <= set(manifest["left_out"])
    assert not list((filled / BACKUPS).glob(".*"))


def test_a_plain_one_opens_without_keeper(filled: Path, tmp_path: Path) -> None:
    made = back_up(filled, tmp_path / "one.backup", WISH)
    with tarfile.open(made.path) as tar:
        assert tar.getnames() == ["manifest.json", DATABASE, "models/outcome/current"]
        assert orjson.loads(tar.extractfile("manifest.json").read())["format"] == "keeper-backup-1"  # type: ignore[union-attr]


def test_a_sealed_one_holds_the_signing_key_too(filled: Path, tmp_path: Path) -> None:
    sealed = Wish(ts=WISH.ts, code_version="test", secret=SECRET)
    made = back_up(filled, tmp_path / "one.backup", sealed)
    assert "strategies.key" in unpacked(made.path, tmp_path / "out", SECRET)
    assert "strategies.key" not in made.manifest["left_out"]


def test_it_is_private_whatever_the_umask(filled: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = back_up(filled, tmp_path / "one.backup", WISH)
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE((filled / BACKUPS).stat().st_mode) == 0o700


def test_it_is_one_state_of_a_database_that_is_written_to(
    filled: Path, store: Store, log: EpisodeLog, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer commits between any two steps of the copy; small steps make many of them."""
    monkeypatch.setattr(module, "PAGES", 2)
    seen: list[int] = []

    def tell(phase: str, done: int, total: int) -> None:
        if phase == "copying" and len(seen) < 40:
            make.episode(log, 100 + len(seen))
            store.flush()
            seen.append(total)

    head = check_chain(filled / DATABASE)[0]
    wish = Wish(ts=WISH.ts, code_version="test", tell=tell)
    made = back_up(filled, tmp_path / "one.backup", wish)
    assert len(seen) >= 20
    assert made.manifest["counts"]["decision"] == 3
    assert made.manifest["audit_chain"] == {"links": head.number, "head": head.digest}
    assert len(rows(filled / DATABASE)["decision"]) == 3 + len(seen)


def test_a_copy_without_a_transaction_around_it_is_caught(
    filled: Path, store: Store, log: EpisodeLog, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant holds no read transaction, and what it copied is no longer what was there."""
    monkeypatch.setattr(module, "PAGES", 2)
    whole_connect = module.connect_reader

    class Loose:
        def __init__(self, path: Path) -> None:
            self.inner = whole_connect(path)

        def execute(self, text: str) -> Any:
            return self.inner.execute("SELECT 1" if text == "BEGIN" else text)

        def backup(self, *words: Any, **more: Any) -> None:
            self.inner.backup(*words, **more)

        def close(self) -> None:
            self.inner.close()

    count = 0

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal count
        count += 1
        if phase == "copying" and count < 40:
            make.episode(log, 100 + count)
            store.flush()

    copy = tmp_path / "copy.sqlite"
    monkeypatch.setattr(module, "connect_reader", Loose)
    module.copy_database(filled / DATABASE, copy, tell)
    assert len(rows(copy)["decision"]) > 3


def test_changed_memory_is_not_backed_up(filled: Path, store: Store, tmp_path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(filled / DATABASE)) as writer:
        writer.execute("UPDATE decision SET reason='better' WHERE rowid=1")
        writer.commit()
    with pytest.raises(StoreUnusable, match=r"audit chain of memory is broken: link .* of decision"):
        back_up(filled, tmp_path / "one.backup", WISH)
    assert list(tmp_path.glob("*one*")) == []


def test_damaged_memory_is_not_backed_up(filled: Path, store: Store, tmp_path: Path) -> None:
    store.close()
    whole = (filled / DATABASE).read_bytes()
    middle = len(whole) // 2
    (filled / DATABASE).write_bytes(whole[:middle] + bytes(range(1, 251)) * 12 + whole[middle + 3000 :])
    with pytest.raises(StoreUnusable, match="damaged"):
        back_up(filled, tmp_path / "one.backup", WISH)
    assert list(tmp_path.glob("*one*")) == []


def test_a_file_that_changes_meanwhile_is_noticed(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled / "models" / "outcome" / "current"
    for other in ("v2\n", "v10\n", "v"):
        path.write_text("v1\n")

        def tell(phase: str, done: int, total: int, other: str = other) -> None:
            if phase == "packing":
                path.write_text(other)

        with pytest.raises(StoreUnusable, match="changed while it was backed up"):
            back_up(filled, tmp_path / "one.backup", Wish(ts=WISH.ts, code_version="test", tell=tell))
    assert list(tmp_path.glob("*one*")) == []


def test_nothing_is_overwritten(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "one.backup").write_text("mine")
    with pytest.raises(BadUsage, match=r"one\.backup exists"):
        back_up(filled, tmp_path / "one.backup", WISH)
    assert (tmp_path / "one.backup").read_text() == "mine"


def test_without_a_memory_there_is_nothing_to_back_up(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotInRecord, match="nothing is remembered"):
        back_up(home, tmp_path / "one.backup", WISH)
    assert not home.exists()


def test_two_at_once_take_turns(filled: Path, tmp_path: Path) -> None:
    found: list[BaseException] = []

    def second() -> None:
        try:
            back_up(filled, tmp_path / "two.backup", WISH)
        except HomeLocked as error:
            found.append(error)

    def tell(phase: str, done: int, total: int) -> None:
        if not found:
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()

    back_up(filled, tmp_path / "one.backup", Wish(ts=WISH.ts, code_version="test", tell=tell))
    assert "another backup" in str(found[0])
    assert not (tmp_path / "two.backup").exists()


def test_a_folder_that_is_not_there_is_named(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"cannot write the backup .*nowhere.*No such file"):
        back_up(filled, tmp_path / "nowhere" / "one.backup", WISH)


def test_killed_at_any_step_it_is_whole_or_not_there_and_the_next_one_clears_up(
    filled: Path, store: Store, tmp_path: Path
) -> None:
    store.close()
    target = filled / BACKUPS / "one.backup"
    work = lambda: back_up(filled, target, WISH)  # noqa: E731
    count = changes_of(work, tmp_path)
    target.unlink()
    assert count > 8
    was_there = 0
    for number in range(1, count + 1):
        assert killed_before_change(number, work, tmp_path)
        if target.exists():
            read(target, None)
            target.unlink()
            was_there += 1
        assert back_up(filled, target, WISH).manifest["counts"]["decision"] == 3
        assert sorted(path.name for path in (filled / BACKUPS).iterdir()) == ["lock", "one.backup"]
        target.unlink()
    assert 0 < was_there < count


def test_the_live_database_is_never_opened_as_a_plain_file(filled: Path, tmp_path: Path) -> None:
    """Closing it would drop the locks that a writer in this very process holds on it."""
    live = {str(filled / f"{DATABASE}{ending}") for ending in ("", "-wal", "-shm")}

    def opened(work: Callable[[], object]) -> int:
        child = os.fork()
        if child == 0:
            seen: list[str] = []
            sys.addaudithook(lambda event, words: seen.append(str(words[0])) if event == "open" else None)
            work()
            os._exit(len(live & set(seen)))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert opened(lambda: back_up(filled, tmp_path / "one.backup", WISH)) == 0
    assert opened((filled / DATABASE).read_bytes) == 1, "the check sees nothing"


@pytest.mark.parametrize("most", [1_000, 60_000, 300_000])
def test_a_full_disk_is_one_line_and_leaves_nothing_behind(filled: Path, tmp_path: Path, most: int) -> None:
    """Files may grow to so many bytes: too few for the backup, for the whole copy, or for a half of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        try:
            back_up(filled, tmp_path / "one.backup", WISH)
            os.write(writing, b"made")
        except StoreUnusable as error:
            os.write(writing, str(error).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    told = os.read(reading, 4096).decode()
    os.close(reading)
    assert told.startswith(("cannot write the backup", "cannot back up"))
    assert list(tmp_path.glob("*one*")) == []
    assert [path.name for path in (filled / BACKUPS).iterdir()] == ["lock"]
    assert back_up(filled, tmp_path / "one.backup", WISH).size > 1_000


def test_the_last_daily_ones_are_kept_and_others_are_left_alone(filled: Path) -> None:
    folder = filled / BACKUPS
    folder.mkdir()
    for day in range(1, 6):
        daily_path(filled, f"2024-08-0{day}").write_text("x")
    (folder / "keeper-2024-08-01T00-00-00Z.backup").write_text("by hand")
    gone = retire_daily(filled, 2)
    assert [path.name for path in gone] == [f"daily-2024-08-0{day}.backup" for day in (1, 2, 3)]
    assert [date for date, _ in daily_backups(filled)] == ["2024-08-04", "2024-08-05"]
    assert (folder / "keeper-2024-08-01T00-00-00Z.backup").exists()
    assert retire_daily(filled, 2) == []
