"""A restored home is the one that was backed up; killed at any step a home is the old one or the new one."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memory import swap as swapping
from memory.backup import Wish, back_up
from memory.chain import check_chain
from memory.connection import DATABASE, check_file
from memory.lock import HomeLock
from memory.packing import Part, measure, pack, read
from memory.restore import Restored, restore
from memory.sealed import Secret
from memory.store import Store
from memory.swap import PLAN, STAGE, stage
from tests.support.file_steps import changes_of, killed_before_change
from tests.support.memories import MemoryBuilder, at
from tests.support.old_homes import content
from tools.domain.errors import BadInput, BadUsage, HomeLocked, StoreUnusable
from tools.domain.trading import Action

SECRET, OTHER = Secret("correct horse battery staple"), Secret("another horse altogether")
TS = 1_723_161_000_000_000_000
CURRENT = Path("models") / "outcome" / "current"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of three episodes and a model called new."""
    home = tmp_path_factory.mktemp("saved")
    fill(home / "home", 3, "new")
    return back_up(home / "home", home / "one.backup", Wish(ts=TS, code_version="test")).path


@pytest.fixture(scope="module")
def sealed(saved: Path) -> Path:
    wish = Wish(ts=TS, code_version="test", secret=SECRET)
    return back_up(saved.parent / "home", saved.with_name("sealed.backup"), wish).path


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose agent was killed: five episodes, some still in its log alone, and a model called old."""
    home = tmp_path_factory.mktemp("killed") / "old"
    child = os.fork()
    if child == 0:
        fill(home, 5, "old", closes=False)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert (home / f"{DATABASE}-wal").stat().st_size > 0
    (home / "kill").write_text("by hand")
    return home


@pytest.fixture
def old(killed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(killed, tmp_path / "old"))


def fill(home: Path, decisions: int, model: str, *, closes: bool = True) -> None:
    """A memory of so many round trips, and a model."""
    store = Store.open(home, is_throwaway=True)
    build = MemoryBuilder(store)
    build.begin(f"run_{model}")
    for n in range(decisions):
        build.trade(build.decide(at("10:00:00") + n * 1_000_000_000, action=Action.ENTER), 1.0)
    store.flush()
    (home / CURRENT).parent.mkdir(parents=True)
    (home / CURRENT).write_text(model)
    if closes:
        store.close()


def put(path: Path, home: Path, *, is_forced: bool = True, secret: Secret | None = None) -> Restored:
    return restore(path, home, stamp="now", is_forced=is_forced, secret=secret, tell=lambda *_: None)


def state(home: Path) -> tuple[int, str]:
    """Decisions and model of a home as any reader finds it; memory must be whole."""
    check_file(home / DATABASE)
    assert check_chain(home / DATABASE)[1] == []
    with closing(sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (count,) = reader.execute("SELECT COUNT(*) FROM decision").fetchone()
    return count, (home / CURRENT).read_text()


OLD, NEW = (5, "old"), (3, "new")


def test_it_is_the_memory_that_was_backed_up_and_the_other_one_is_kept(saved: Path, old: Path) -> None:
    assert state(old) == OLD
    done = put(saved, old)
    assert state(old) == NEW
    assert content(old / DATABASE) == content(saved.parent / "home" / DATABASE)
    assert done.kept == old / "before-restore" / "now"
    assert state(done.kept) == OLD
    assert (old / "kill").read_text() == "by hand", "entries were forbidden and must stay so"
    assert not (old / STAGE).exists()


def test_a_second_restore_keeps_both_memories(saved: Path, old: Path) -> None:
    first, second = put(saved, old), put(saved, old)
    assert first.kept is not None
    assert second.kept == old / "before-restore" / "now-2"
    assert (state(first.kept), state(second.kept)) == (OLD, NEW)


def test_a_new_home_is_made(saved: Path, tmp_path: Path) -> None:
    assert put(saved, tmp_path / "fresh", is_forced=False).kept is None
    assert state(tmp_path / "fresh") == NEW


def test_what_is_restored_is_private_and_can_be_written_to(saved: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        put(saved, tmp_path / "fresh")
    finally:
        os.umask(before)
    for path in (tmp_path / "fresh").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    with Store.open(tmp_path / "fresh") as store:
        MemoryBuilder(store, world="later").begin("run_later")
        store.flush()
    assert check_chain(tmp_path / "fresh" / DATABASE)[1] == []


def test_a_memory_is_only_moved_when_told_to(saved: Path, old: Path) -> None:
    with pytest.raises(BadUsage, match="--force"):
        put(saved, old, is_forced=False)
    assert state(old) == OLD


def test_a_running_agent_is_left_alone(saved: Path, old: Path) -> None:
    with HomeLock.acquire(old, "keeper run"), pytest.raises(HomeLocked, match=r"keeper run"):
        put(saved, old)
    assert state(old) == OLD


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_at_the_end(data: bytes) -> bytes:
    return data[:-1]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def flipped_early(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


def emptied(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("harm", [cut, cut_at_the_end, flipped, flipped_early, emptied])
@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_damaged_backup_changes_nothing(
    saved: Path, sealed: Path, old: Path, tmp_path: Path, harm: Callable[[bytes], bytes], is_sealed: bool
) -> None:
    path = tmp_path / "harmed.backup"
    path.write_bytes(harm((sealed if is_sealed else saved).read_bytes()))
    with pytest.raises(BadInput, match=r"harmed\.backup"):
        put(path, old, secret=SECRET)
    assert state(old) == OLD
    assert not (old / STAGE).exists()
    assert not (old / "before-restore").exists()


def test_every_byte_of_a_sealed_one_is_watched(sealed: Path, old: Path, tmp_path: Path) -> None:
    data, path = sealed.read_bytes(), tmp_path / "harmed.backup"
    for place in range(0, len(data), len(data) // 6):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        with pytest.raises((BadInput, BadUsage)):
            put(path, old, secret=SECRET)
    assert state(old) == OLD


def test_another_key_is_told_from_damage(sealed: Path, old: Path) -> None:
    with pytest.raises(BadUsage, match="another key"):
        put(sealed, old, secret=OTHER)
    with pytest.raises(BadUsage, match="set KEEPER_KEY"):
        put(sealed, old)
    assert state(old) == OLD
    put(sealed, old, secret=SECRET)
    assert state(old) == NEW


def forged(saved: Path, tmp_path: Path, change: str, **said: Any) -> Path:
    """A backup like ``saved`` whose database had ``change`` done to it, or that says something else."""
    folder = tmp_path / "forged"
    folder.mkdir()
    manifest = read(saved, None, folder)
    if change:
        with closing(sqlite3.connect(folder / DATABASE)) as writer:
            writer.execute(change)
            writer.commit()
    manifest |= said
    parts = [measure(DATABASE, folder / DATABASE)]
    with (tmp_path / "forged.backup").open("wb") as file:
        pack(file, manifest, parts, None, lambda *_: None)
    return tmp_path / "forged.backup"


@pytest.mark.parametrize(
    ("change", "said", "error", "words"),
    [
        (
            "UPDATE alembic_version SET version_num='9999'",
            {"revision": "9999"},
            StoreUnusable,
            "newer Keeper",
        ),
        ("UPDATE alembic_version SET version_num='9999'", {}, StoreUnusable, "newer Keeper"),
        ("UPDATE decision SET reason='better'", {}, StoreUnusable, "audit chain"),
        ("DELETE FROM fill", {}, StoreUnusable, "audit chain"),
        ("DROP TABLE spend", {}, StoreUnusable, "spend"),
        ("DROP TABLE alembic_version", {}, StoreUnusable, "Keeper's tables"),
        ("", {"counts": {}}, BadInput, "another counts"),
        ("", {"audit_chain": {"links": 1, "head": "0"}}, BadInput, "another audit chain"),
    ],
)
def test_what_is_no_memory_of_this_program_is_refused(
    saved: Path, old: Path, tmp_path: Path, change: str, said: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        put(forged(saved, tmp_path, change, **said), old)
    assert state(old) == OLD
    assert not (old / STAGE).exists()


def test_a_part_outside_the_home_is_refused(saved: Path, old: Path, tmp_path: Path) -> None:
    real = measure("x", saved)
    for name in ("../evil", "/evil", "models/../../evil", "lock", "kill", "logs/x"):
        path = tmp_path / "evil.backup"
        with path.open("wb") as file:
            pack(file, {"revision": "0007"}, [Part(name, real.path, real.sha256, real.size)], None, print)
        with pytest.raises(BadInput, match=r"outside the home|no backup of a memory"):
            put(path, old)
        assert not (tmp_path / "evil").exists()
        assert (old / "kill").read_text() == "by hand"
    assert state(old) == OLD


def kills(saved: Path, old: Path, tmp_path: Path) -> list[tuple[int, str]]:
    """The state of a home after a kill before each change of a restore; each is then restored whole."""
    found, base = [], tmp_path / "tried"

    def fresh() -> None:
        shutil.rmtree(base, ignore_errors=True)
        shutil.copytree(old, base)

    fresh()
    for number in range(1, changes_of(lambda: put(saved, base), base) + 1):
        fresh()
        assert killed_before_change(number, lambda: put(saved, base), base)
        found.append(state(base))
        if number % 5 == 0:
            put(saved, base)
            assert state(base) == NEW
    return found


def test_killed_at_any_step_the_home_is_the_old_one_or_the_new_one(
    saved: Path, old: Path, tmp_path: Path
) -> None:
    found = kills(saved, old, tmp_path)
    assert set(found) == {OLD, NEW}
    assert found == sorted(found, key=[OLD, NEW].index), "once new, it stays new"
    assert found.count(NEW) >= 5


def test_a_restore_that_moves_without_a_plan_is_caught(
    saved: Path, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(home: Path, names: Any, stamp: str) -> None:
        for name in [name for name in names if (home / name).exists()]:
            (home / STAGE / name).parent.mkdir(exist_ok=True)
            (home / name).replace(home / STAGE / name)
        for path in (home / STAGE / "new").iterdir():
            path.replace(home / path.name)

    monkeypatch.setattr("memory.restore.swap", hasty)
    with pytest.raises((StoreUnusable, AssertionError, OSError)):
        kills(saved, old, tmp_path)


def test_readers_complete_a_restore_that_was_killed_and_wait_for_one_under_way(
    saved: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As good as a kill: nothing catches it."""

    def burst(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(swapping, "_move", burst)
        with pytest.raises(Killed):
            put(saved, old)
    assert (old / STAGE / PLAN).exists()
    held = os.open(old / "lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(HomeLocked, match=r"a restore of .* is under way"):
        Store.open(old, read_only=True)
    os.close(held)
    with Store.open(old, read_only=True):
        assert state(old) == NEW


def test_a_backup_completes_a_restore_that_was_killed(saved: Path, old: Path, tmp_path: Path) -> None:
    stage(old)
    read(saved, None, old / STAGE / "new")
    work = lambda: swapping.swap(old, [DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "models"], "now")  # noqa: E731
    moved = next(
        n for n in range(1, 40) if killed_before_change(n, work, old) and not (old / DATABASE).exists()
    )
    assert moved > 1
    made = back_up(old, tmp_path / "two.backup", Wish(ts=TS, code_version="test"))
    assert made.manifest["counts"]["decision"] == NEW[0]


def test_a_plan_that_cannot_be_followed_says_where_everything_is(old: Path) -> None:
    (old / STAGE).mkdir()
    (old / STAGE / PLAN).write_text("{")
    with pytest.raises(StoreUnusable, match=r"cannot be completed: .*before-restore.*restored one in"):
        HomeLock.acquire(old, "keeper run")
    (old / STAGE / PLAN).write_text('{"away": [], "in": [], "kept": "x"}')
    HomeLock.acquire(old, "keeper run").release()
    assert state(old) == OLD
