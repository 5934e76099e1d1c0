"""A snapshot is a whole memory, and stays what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from memory.connection import DATABASE
from memory.episodes import EpisodeLog
from memory.schema import METADATA
from memory.snapshots import find_snapshot, freeze, open_snapshot_copy
from memory.store import Store
from tools.domain.errors import BadUsage, NotInRecord, StoreUnusable


def decisions(store: Store) -> int:
    return int(store.read(select(func.count().label("n")).select_from(METADATA.tables["decision"]))[0]["n"])


@pytest.fixture
def filled(home: Path, store: Store, log: EpisodeLog, make: Any) -> Path:
    make.episode(log, 1)
    store.flush()
    (home / "models" / "outcome").mkdir(parents=True)
    (home / "models" / "outcome" / "model.json").write_text("{}")
    return home


def test_a_snapshot_is_what_was_known_then(
    filled: Path, store: Store, log: EpisodeLog, make: Any, tmp_path: Path
) -> None:
    frozen = freeze(filled, "day-1")
    make.episode(log, 2)
    store.flush()
    for named in ("day-1", frozen.folder):
        into = tmp_path / f"replay-{type(named).__name__}"
        copied = open_snapshot_copy(named, into, home=filled)
        assert copied == frozen
        assert copied.fingerprint == frozen.fingerprint
        assert (into / "models" / "outcome" / "model.json").read_text() == "{}"
        with Store.open(into) as copy:
            assert decisions(copy) == 1
            make.episode(EpisodeLog(copy), 3)
            assert decisions(copy) == 2
    assert find_snapshot("day-1", filled) == frozen
    assert decisions(store) == 2


def test_a_snapshot_is_read_only_and_whole_in_one_file(filled: Path) -> None:
    frozen = freeze(filled, "day-1")
    assert sorted(frozen.files) == [DATABASE, "models/outcome/model.json"]
    modes = {path.stat().st_mode & 0o777 for path in frozen.folder.rglob("*") if path.is_file()}
    assert modes == {0o400}


@pytest.mark.parametrize("harm", ["change", "add", "remove"])
def test_a_changed_snapshot_is_refused(filled: Path, tmp_path: Path, harm: str) -> None:
    path = freeze(filled, "day-1").folder / "models" / "outcome" / "model.json"
    if harm == "change":
        path.chmod(0o600)
        path.write_text("{ }")
    elif harm == "add":
        path.with_name("other.json").write_text("{}")
    else:
        path.unlink()
    with pytest.raises(StoreUnusable, match=r"not as it was frozen: models/outcome/.* changed"):
        open_snapshot_copy("day-1", tmp_path / "replay", home=filled)
    assert not (tmp_path / "replay").exists()


def test_a_snapshot_name_is_used_once_and_stays_in_its_folder(filled: Path) -> None:
    freeze(filled, "day-1")
    with pytest.raises(BadUsage, match="day-1 is already in"):
        freeze(filled, "day-1")
    for name in ("../escape", "", ".hidden", "a/b"):
        with pytest.raises(BadUsage, match="expected a snapshot name"):
            freeze(filled, name)


def test_what_is_no_snapshot_is_refused(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(NotInRecord, match="no snapshot of that name"):
        open_snapshot_copy("day-9", tmp_path / "replay", home=filled)
    freeze(filled, "day-1")
    with pytest.raises(StoreUnusable, match="home without a memory"):
        open_snapshot_copy("day-1", filled, home=filled)
    manifest = filled / "snapshots" / "day-1" / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text("[]")
    with pytest.raises(StoreUnusable, match="hashes of a snapshot"):
        find_snapshot("day-1", filled)


def test_the_memory_of_a_home_is_copied_whole_beside_its_writer(
    filled: Path, store: Store, log: EpisodeLog, make: Any, tmp_path: Path
) -> None:
    make.episode(log, 2)
    store.flush()  # still in the write-ahead log, not in the file
    one = open_snapshot_copy(filled, tmp_path / "one", home=tmp_path)
    same = open_snapshot_copy(str(filled), tmp_path / "same", home=tmp_path)
    assert one.folder == tmp_path / "one"
    assert one.fingerprint == same.fingerprint
    assert sorted(one.files) == [DATABASE, "models/outcome/model.json"]
    with Store.open(one.folder) as copy:
        assert decisions(copy) == 2
        make.episode(EpisodeLog(copy), 3)
    assert decisions(store) == 2
    make.episode(log, 4)
    store.flush()
    later = open_snapshot_copy(filled, tmp_path / "later", home=tmp_path)
    assert later.fingerprint != one.fingerprint


def test_a_damaged_memory_is_neither_frozen_nor_copied(filled: Path, store: Store, tmp_path: Path) -> None:
    store.close()
    path = filled / DATABASE
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(range(1, 251)) * 12 + whole[middle + 3000 :])
    with pytest.raises(StoreUnusable, match=rf"{path} is damaged"):
        freeze(filled, "day-1")
    assert not list((filled / "snapshots").iterdir())
    with pytest.raises(StoreUnusable, match=rf"{path} is damaged"):
        open_snapshot_copy(filled, tmp_path / "replay", home=tmp_path)


def test_there_is_nothing_to_freeze_without_a_memory(home: Path) -> None:
    with pytest.raises(StoreUnusable, match="readable database"):
        freeze(home, "day-1")
