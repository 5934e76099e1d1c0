"""The pattern library mirrors SQL, and its loss stops nothing."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memory.connection import DATABASE
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.patterns import FOLDER, PatternLibrary
from memory.recall import PatternRecall
from memory.store import Store
from memory.verify import rebuild, verify
from tools.domain.errors import HomeLocked, InvariantBroken, StoreUnusable
from tools.domain.ports import Where


@pytest.fixture
def lock(home: Path) -> Iterator[HomeLock]:
    with HomeLock.acquire(home, "keeper run") as held:
        yield held


@pytest.fixture
def filled(store: Store, log: EpisodeLog, make: Any) -> Store:
    for n in range(6):
        make.episode(log, n)
    store.flush()
    return store


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def replace_by_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a library")


def spoil_the_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(os.urandom(5_000))


def cut_the_database(folder: Path) -> None:
    os.truncate(folder / "chroma.sqlite3", 20_000)


def test_the_library_equals_the_table(lock: HomeLock, filled: Store, make: Any) -> None:
    with PatternLibrary(lock, filled) as library:
        assert len(library.verify()) == 6
        assert library.sync() == 6
        assert library.sync() == 0
        assert len(library) == 6
        assert library.verify() == []


def test_the_library_keeps_every_result_to_the_last_bit(
    lock: HomeLock, store: Store, log: EpisodeLog, make: Any
) -> None:
    draw = random.Random(7)  # noqa: S311 (test data)
    results = [-10.268447499117325, 5e-324, -1.7976931348623157e308, 0.1 + 0.2]
    results += [draw.gauss(0, 10.0 ** draw.randrange(-3, 4)) for _ in range(400)]
    for n, net_bps in enumerate(results):
        make.episode(log, n, net_bps=net_bps)
    store.flush()
    with PatternLibrary(lock, store) as library:
        assert library.sync() == len(results)
        assert library.verify() == []
        found = library.nearest(make.vector(0), 2**62, len(results))
        assert sorted(one.net_bps for one in found) == sorted(results)


def test_a_library_that_kept_results_as_numbers_is_told_and_made_anew(lock: HomeLock, filled: Store) -> None:
    with PatternLibrary(lock, filled) as library:
        library.sync()
        names = library._collection.get()["ids"]
        library._collection.update(ids=names, metadatas=[{"net_bps": -6.9} for _ in names])
        assert len(library.verify()) == 6
        assert library.rebuild() == 6
        assert library.verify() == []


def test_the_library_finds_what_exact_recall_finds(lock: HomeLock, filled: Store, make: Any) -> None:
    exact, query = PatternRecall.load(filled), make.vector(3)
    with PatternLibrary(lock, filled) as library:
        library.sync()
        found = library.nearest(query, 2**62, 3)
        (expected,) = exact.neighbours([query], 2**62, 3, -1)
        assert [one.outcome_id for one in found] == [one.outcome_id for one in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.similarity == pytest.approx(other.similarity, abs=1e-6)
            assert (one.ts_known, one.net_bps, one.result) == (other.ts_known, other.net_bps, other.result)


def test_a_pattern_known_later_is_invisible(lock: HomeLock, filled: Store, make: Any) -> None:
    with PatternLibrary(lock, filled) as library:
        library.sync()
        known = sorted(one.ts_known for one in library.nearest(make.vector(0), 2**62, 6))
        assert len(known) == 6
        for i, ts in enumerate(known):
            assert sorted(one.ts_known for one in library.nearest(make.vector(0), ts, 6)) == known[: i + 1]
            assert len(library.nearest(make.vector(0), ts - 1, 6)) == i


def test_patterns_of_another_symbol_can_be_left_out(lock: HomeLock, filled: Store, make: Any) -> None:
    with PatternLibrary(lock, filled) as library:
        library.sync()
        assert library.nearest(make.vector(0), 2**62, 6, where=Where(symbol="ETHUSDT")) == []
        assert len(library.nearest(make.vector(0), 2**62, 6, where=Where(symbol="BTCUSDT"))) == 6
        with pytest.raises(ValueError, match="expected no source"):
            library.nearest(make.vector(0), 2**62, 6, where=Where(source="mm_range"))


@pytest.mark.parametrize("harm", [remove, replace_by_a_file, spoil_the_database, cut_the_database])
def test_a_library_harmed_between_two_runs_is_made_anew(
    lock: HomeLock, filled: Store, harm: Callable[[Path], None]
) -> None:
    with PatternLibrary(lock, filled) as library:
        library.sync()
    harm(lock.home / FOLDER)
    with PatternLibrary(lock, filled) as library:
        library.sync()
        assert len(library) == 6
        assert library.verify() == []


def test_a_library_deleted_during_a_run_is_made_anew(lock: HomeLock, filled: Store, make: Any) -> None:
    with PatternLibrary(lock, filled) as library:
        library.sync()
        shutil.rmtree(lock.home / FOLDER)
        assert len(library.nearest(make.vector(0), 2**62, 6)) == 6
        assert library.verify() == []


def test_differences_from_the_table_are_told_one_by_one(lock: HomeLock, filled: Store) -> None:
    with PatternLibrary(lock, filled) as library:
        library.sync()
        first, second, third = library._collection.get(limit=3)["ids"]
        library._collection.delete(ids=[first])
        library._collection.update(ids=[second], metadatas=[{"net_bps": 99.0}])
        library._collection.upsert(ids=["o_foreign"], embeddings=[[1.0] * 16], metadatas=[{"symbol": "X"}])
        library._collection.update(ids=[third], embeddings=[[1.0] * 16])
        assert sorted(library.verify()) == sorted(
            [
                f"{first} is in memory but not in the library",
                f"{second} has net_bps 99.0 in the library, expected '-6.9'",
                f"{third} has another vector in the library",
                "o_foreign is in the library but not in memory",
            ]
        )
        assert library.rebuild() == 6
        assert library.verify() == []


def test_only_the_owner_of_the_home_opens_the_library(home: Path, filled: Store) -> None:
    with HomeLock.acquire(home, "keeper run") as lock, PatternLibrary(lock, filled) as library:
        library.sync()
        report = verify(home)
        assert report.is_whole
        assert report.patterns is None
        assert report.library.endswith("(keeper run); only one process may write there")
        assert report.counts["decision"] == 6
        with pytest.raises(HomeLocked):
            rebuild(home)
    with pytest.raises(InvariantBroken, match="lock of"):
        PatternLibrary(lock, filled)


def test_verify_tells_damage_and_rebuild_repairs_it(home: Path, filled: Store) -> None:
    filled.close()
    assert rebuild(home).is_whole
    report = verify(home)
    assert report.is_whole
    assert (report.counts["pattern"], report.counts["decision"], report.patterns) == (6, 6, 6)
    spoil_the_database(home / FOLDER)
    (fault,) = verify(home).faults
    assert fault.startswith(f"the patterns in {home / FOLDER} are damaged: ")
    assert rebuild(home).is_whole


def test_verify_tells_a_pattern_unlike_its_outcome_and_a_lost_reference(home: Path, filled: Store) -> None:
    filled._driver.executescript(
        """
        PRAGMA foreign_keys=OFF;
        UPDATE pattern SET ts_known = ts_known - 1 WHERE ts_known = (SELECT MIN(ts_known) FROM pattern);
        DELETE FROM intent WHERE client_order_id = (SELECT client_order_id FROM fill WHERE trade_id = 't2');
        """
    )
    filled.close()
    rebuild(home)
    faults = verify(home).faults
    assert sum("differs from its outcome" in line for line in faults) == 1
    assert sum("refers to intent, which is not there" in line for line in faults) == 3


def test_a_home_without_a_library_is_whole_when_its_database_is(home: Path, filled: Store) -> None:
    filled.close()
    report = verify(home)
    assert report.is_whole
    assert report.patterns is None
    assert report.library.startswith("none yet")
    assert not (home / FOLDER).exists(), "looking made something"
    assert rebuild(home).patterns == 6
    assert verify(home).patterns == 6


def test_verify_tells_damage_of_the_database(home: Path, filled: Store) -> None:
    filled.close()
    path = home / DATABASE
    whole = path.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    path.write_bytes(whole[:middle] + bytes(range(1, 251)) * 12 + whole[middle + 3000 :])
    for look in (verify, rebuild):
        with pytest.raises(StoreUnusable, match=rf"the database {path} is damaged \(.*begin anew"):
            look(home)


def test_verify_of_no_memory_is_refused(home: Path) -> None:
    with pytest.raises(StoreUnusable, match="readable database"):
        verify(home)
    with pytest.raises(StoreUnusable, match="readable database"):
        rebuild(home)
