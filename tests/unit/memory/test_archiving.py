"""What leaves the database is never lost: by kills, by a damaged file, or to whoever asks for it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.memory.record import LongRecord
from graphs.explanation import explain
from memory import archiving
from memory.archives import FOLDER, Archives, ArchiveUnreadable
from memory.archiving import Archived, Archivist
from memory.bundles import Bundle, BundleBook, read_bundle
from memory.chain import check_chain
from memory.connection import DATABASE
from memory.followed import followed_signals
from memory.lookup import DecisionFilter
from memory.paths import path_facts
from memory.snapshots import freeze, open_snapshot_copy
from memory.statistics import decision_facts
from memory.store import Store
from memory.strategies import examples
from memory.verify import verify
from tests.support.kills import run_killed_at
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.trading import Action

FOREVER = 1 << 62
DECISIONS = 12


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "ROWS_A_FILE", 5)
    monkeypatch.setattr(archiving, "ROWS_A_PIECE", 2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return a_home(tmp_path / "home", DECISIONS)


def a_home(home: Path, decisions: int) -> Path:
    with a_memory(home) as build:
        for n in range(decisions):
            episode(build, at("10:00:00") + n * SECOND)
    return home


def episode(build: MemoryBuilder, ts: int) -> None:
    decision = build.decide(ts, action=Action.ENTER)
    build.follow(decision, 1.0)
    bundle = Bundle(
        decision_id=decision.decision_id,
        run_id=decision.run_id,
        world=decision.world,
        ts=ts,
        policy={"seed": 7},
        account={"ts": ts, "entries": []},
        market_events=3,
        market_hash="0" * 64,
        weights={},
    )
    BundleBook(build.store).record(bundle)


def archive(home: Path, ts: int = FOREVER, **options: bool) -> Archived:
    with Store.open(home) as store:
        return Archivist(store, at("23:00:00")).before(ts, **options)


def told(home: Path) -> Any:
    """Everything that readers say of the record."""
    with Store.open(home, read_only=True) as store:
        names = [fact.decision_id for fact in decision_facts(store, DecisionFilter())]
        return (
            [explain(store, name) for name in names],
            [read_bundle(store, name) for name in names],
            followed_signals(store),
            path_facts(store, "recorded", ts_from=0, as_of=FOREVER),
            examples(store, "recorded", as_of=FOREVER),
        )


def broken(home: Path) -> list[str]:
    """What the audit chain says of rows and archives."""
    with Store.open(home, read_only=True) as store:
        return check_chain(home / DATABASE, bulk=Archives.of(store))[1]


def query(home: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        return connection.execute(statement).fetchall()


def test_what_left_is_told_as_before_and_the_chain_is_whole(home: Path) -> None:
    before = told(home)
    found = archive(home)
    assert found.rows == {"signal": DECISIONS, "bundle": DECISIONS, "consultation": 0}
    assert len(found.files) == 6
    assert query(home, "SELECT DISTINCT features, vector FROM signal") == [("", b"")]
    assert query(home, "SELECT DISTINCT account FROM bundle") == [("",)]
    assert told(home) == before
    assert verify(home).faults == ()


def test_archiving_again_moves_only_what_is_new(home: Path) -> None:
    archive(home)
    with Store.open(home) as store:
        build = MemoryBuilder(store, count=DECISIONS)
        episode(build, at("11:00:00"))
    assert archive(home).rows == {"signal": 1, "bundle": 1, "consultation": 0}
    assert verify(home).faults == ()


def test_nothing_leaves_from_the_given_moment_on_nor_from_behind_it(home: Path) -> None:
    assert archive(home, at("10:00:00") + 7 * SECOND).rows["signal"] == 7
    assert archive(home, at("10:00:00") + 7 * SECOND).rows["signal"] == 0
    assert query(home, "SELECT COUNT(*) FROM signal WHERE features <> ''") == [(5,)]


def test_a_dry_run_changes_nothing(home: Path) -> None:
    held = (home / DATABASE).read_bytes()
    assert archive(home, dry=True).rows["signal"] == DECISIONS
    assert not (home / FOLDER).exists()
    assert (home / DATABASE).read_bytes() == held


def test_a_daily_job_waits_until_a_file_is_full(home: Path) -> None:
    assert archive(home, part=False).rows["signal"] == 10


def test_a_kill_between_any_two_steps_loses_nothing(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home", 2)
    before, step, died = told(home), 1, True
    while died:
        work = tmp_path / "killed"
        shutil.copytree(home, work)
        died = run_killed_at(step, lambda there=work: archive(there))  # type: ignore[misc]
        assert broken(work) == [], step
        assert told(work) == before, step
        archive(work)
        assert broken(work) == [], step
        assert query(work, "SELECT COUNT(*) FROM signal WHERE features <> ''") == [(0,)]
        shutil.rmtree(work)
        step += 1
    assert step > 20


def test_a_missing_archive_is_one_clear_line_and_bringing_it_back_mends_it(
    home: Path, tmp_path: Path
) -> None:
    before = told(home)
    (name, *_) = [one for one in archive(home).files if one.startswith("signal")]
    shutil.move(home / FOLDER / name, tmp_path / name)
    with Store.open(home, read_only=True) as store:
        first = decision_facts(store, DecisionFilter())[0].decision_id
        with pytest.raises(
            ArchiveUnreadable, match=rf"^the archive {name} is not in .*: bring it back there"
        ):
            explain(store, first)
    (fault,) = verify(home).faults
    assert fault.startswith(f"the archive {name} is not in ")
    shutil.move(tmp_path / name, home / FOLDER / name)
    assert verify(home).faults == ()
    assert told(home) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE signal SET symbol = 'ETHUSDT' WHERE rowid = 3",
        "UPDATE signal SET features = '{}' WHERE rowid = 3",
        "UPDATE archive SET first_row = 2 WHERE first_row = 1 AND source = 'signal'",
        "UPDATE archive SET sha256 = 'x' WHERE first_row = 1 AND source = 'signal'",
        "DELETE FROM archive WHERE first_row = 1 AND source = 'signal'",
    ],
)
def test_a_change_of_what_stayed_of_an_archived_row_is_found(home: Path, change: str) -> None:
    archive(home)
    query(home, change)
    assert verify(home).faults != ()


def test_a_changed_archive_is_found(home: Path) -> None:
    (name, *_) = archive(home).files
    other = archiving.gzip.compress(b'{"rowid":1,"features":"{}","vector":""}\n' * 2, mtime=0)
    path = home / FOLDER / name
    path.write_bytes(other + path.read_bytes()[len(other) :])
    assert any("is not as it was written" in fault for fault in verify(home).faults)
    assert any(
        "audit chain does not fit" in fault or "lacks row" in fault or "damaged" in fault
        for fault in verify(home).faults
    )


def test_a_record_above_its_budget_ends_within_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "ROWS_A_FILE", 50)
    monkeypatch.setattr(archiving, "ROWS_A_PIECE", 10)
    home = tmp_path / "home"
    with Store.open(home, is_throwaway=True) as store:
        LongRecord(store, 60, 600).write(lambda _: None)
        store.give_back()
        full = archiving.used_bytes(store)
        budget = int(full * 0.95)
        found = Archivist(store, at("23:00:00")).within(budget, FOREVER)
        store.give_back()
    taken = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    assert found.files
    assert taken <= budget < full
    assert verify(home).faults == ()


def test_a_record_within_its_budget_is_left_alone(home: Path) -> None:
    with Store.open(home) as store:
        assert Archivist(store, at("23:00:00")).within(1 << 40, FOREVER).files == ()


def test_a_snapshot_carries_what_left(home: Path, tmp_path: Path) -> None:
    archive(home)
    before = told(home)
    freeze(home, "kept")
    open_snapshot_copy("kept", tmp_path / "other", home=home)
    assert told(tmp_path / "other") == before
