"""One writer, readers that cannot write, and two classes of durability."""

from __future__ import annotations

import signal as signals
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.sql.compiler import SQLCompiler

from memory import store as store_module
from memory.connection import DATABASE
from memory.episodes import EpisodeLog
from memory.migrations import FOLDER, HEAD, REVISIONS
from memory.rows import decision_row, fill_row, intent_row, outcome_row, record_of, signal_row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import InvariantBroken, NotInRecord, StoreUnusable
from tools.domain.trading import Decision, Fill, Intent, OrderStatus, Outcome, Signal

TABLES = METADATA.tables


def count(store: Store, table: str) -> int:
    return int(store.read(select(func.count().label("n")).select_from(TABLES[table]))[0]["n"])


def test_a_whole_episode_reads_back_as_it_was_recorded(store: Store, log: EpisodeLog, make: Any) -> None:
    signal, decision = make.signal(1), make.decision(make.signal(1))
    intent = make.intent(decision)
    make.episode(log, 1)
    for kind, table, expected in (
        (Signal, "signal", signal),
        (Decision, "decision", decision),
        (Intent, "intent", intent),
        (Fill, "fill", make.fill(intent, "t1")),
        (Outcome, "outcome", make.outcome(decision)),
    ):
        (row,) = store.read(select(TABLES[table]))
        assert record_of(kind, row) == expected
        assert row["run_id"] == make.run_id
        assert row["world"] == "recorded"


def test_what_the_venue_says_of_an_order_is_kept_in_sequence(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    make.episode(log, 1)
    rows = store.read(select(TABLES["order"]).order_by(TABLES["order"].c.sequence))
    assert [(row["sequence"], row["status"]) for row in rows] == [(0, "open"), (1, "filled")]


def test_an_order_update_after_the_end_or_a_restart_is_numbered_on(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    decision = make.episode(log, 1)
    late = make.update(make.intent(decision), OrderStatus.CANCELLED)
    EpisodeLog(store).record_order(late)
    log.record_order(late)
    rows = store.read(select(TABLES["order"].c.sequence).order_by(TABLES["order"].c.sequence))
    assert [row["sequence"] for row in rows] == [0, 1, 2, 3]


def test_an_update_of_an_unknown_order_is_refused(log: EpisodeLog, make: Any) -> None:
    with pytest.raises(NotInRecord, match="expected an intent"):
        log.record_order(make.update(make.intent(make.decision(make.signal(1)))))


def test_an_outcome_of_an_unknown_signal_is_refused(log: EpisodeLog, make: Any) -> None:
    with pytest.raises(NotInRecord, match="to be recorded before"):
        log.record_outcome(make.outcome(make.decision(make.signal(1))))


def test_the_alembic_head_equals_the_tables_in_code(store: Store) -> None:
    context = MigrationContext.configure(store._connection, opts={"compare_type": True})
    assert compare_metadata(context, METADATA) == []
    assert context.get_current_revision() == HEAD


def test_the_listed_revisions_are_those_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_only_the_owner_can_read_the_home(home: Path, store: Store, log: EpisodeLog) -> None:
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}


def test_a_loose_home_is_made_private(home: Path) -> None:
    home.mkdir(mode=0o755)
    (home / DATABASE).touch(mode=0o644)
    Store.open(home).close()
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / DATABASE).stat().st_mode & 0o777 == 0o600


def test_a_reader_cannot_write_while_a_writer_is_open(
    home: Path, store: Store, log: EpisodeLog, make: Any
) -> None:
    make.episode(log, 1)
    store.flush()
    with Store.open(home, read_only=True) as reader:
        assert count(reader, "decision") == 1
        with pytest.raises(StoreUnusable, match="read-only"):
            reader.write([signal_row(make.signal(2))])
        with pytest.raises(StoreUnusable, match="read-only"):
            reader.commit_durable([signal_row(make.signal(2))])
        for statement in (
            "DELETE FROM run",
            "DROP TABLE run",
            "ATTACH ':memory:' AS x",
            "PRAGMA user_version=3",
        ):
            with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
                reader._driver.execute(statement)
        make.episode(log, 2)
        store.flush()
        assert count(reader, "decision") == 2


def test_even_without_its_guard_a_reader_cannot_write(home: Path, store: Store) -> None:
    with Store.open(home, read_only=True) as reader:
        reader._driver.set_authorizer(None)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._driver.execute("CREATE TABLE x (y)")


def test_the_writer_uses_wal_foreign_keys_and_no_memory_map(home: Path) -> None:
    with Store.open(home) as store:
        read = store._driver.execute
        assert read("PRAGMA journal_mode").fetchone() == ("wal",)
        assert read("PRAGMA foreign_keys").fetchone() == (1,)
        assert read("PRAGMA mmap_size").fetchone() in (None, (0,))


def test_a_durable_commit_is_full_and_a_batch_is_normal(home: Path, make: Any) -> None:
    with Store.open(home) as store:
        log, seen = EpisodeLog(store), []
        make.begin(log)
        store._driver.set_trace_callback(seen.append)
        make.episode(log, 1)
        store.flush()
        modes = [line for line in seen if line.startswith("PRAGMA synchronous")]
        assert modes == ["PRAGMA synchronous=FULL"] * 2 + ["PRAGMA synchronous=NORMAL"]


def test_a_durable_commit_carries_what_was_queued_before_it(
    home: Path, store: Store, log: EpisodeLog, make: Any
) -> None:
    signal = make.signal(1)
    decision = make.decision(signal)
    log.record_signal(signal)
    log.record_decision(decision)
    with Store.open(home, read_only=True) as reader:
        assert count(reader, "decision") == 0
        log.record_intent(make.intent(decision))
        assert count(reader, "decision") == count(reader, "intent") == 1


def test_a_full_queue_is_written_unasked(
    home: Path, store: Store, log: EpisodeLog, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "QUEUE_ROWS", 3)
    with Store.open(home, read_only=True) as reader:
        for n in range(4):
            log.record_signal(make.signal(n))
        assert count(reader, "signal") == 3


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import Maker
from memory.episodes import EpisodeLog
from memory.store import Store
log, make = EpisodeLog(Store.open(Path({home!r}))), Maker()
make.begin(log)
one = make.signal(1)
decision = make.decision(one)
intent = make.intent(decision)
log.record_signal(one)
log.record_decision(decision)
log.record_intent(intent)
log.record_fill(make.fill(intent))
log.record_order(make.update(intent))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_committed_durably_survives_kill_nine(home: Path) -> None:
    script = KILLED.format(tests=str(Path(__file__).parent), home=str(home))
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, cwd=Path.cwd())
    assert done.returncode == -signals.SIGKILL, done.stderr.decode()
    with Store.open(home) as store:
        assert [count(store, name) for name in ("signal", "decision", "intent", "fill")] == [1, 1, 1, 1]
        assert count(store, "order") == 0
        assert store._driver.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_telling_the_same_twice_is_harmless(store: Store, log: EpisodeLog, make: Any) -> None:
    make.episode(log, 1)
    decision = make.decision(make.signal(1))
    log.record_signal(make.signal(1))
    log.record_intent(make.intent(decision))
    log.record_outcome(make.outcome(decision))
    store.flush()
    assert [count(store, name) for name in ("signal", "intent", "outcome", "pattern")] == [1, 1, 1, 1]


def test_a_known_fill_is_ignored_but_its_contradiction_is_not(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    decision = make.episode(log, 1)
    fill = make.fill(make.intent(decision), "t1")
    log.record_fill(replace(fill, ts=fill.ts + 5))
    assert count(store, "fill") == 1
    with pytest.raises(InvariantBroken, match="fill binance, t1 is in memory with size"):
        log.record_fill(replace(fill, size=fill.size + 1))


def test_another_fact_under_a_known_id_is_refused(log: EpisodeLog, make: Any) -> None:
    decision = make.episode(log, 1)
    with pytest.raises(InvariantBroken, match="is in memory with price"):
        log.record_intent(make.intent(decision, price=5))


@pytest.mark.parametrize("kind", ["signal", "decision", "outcome"])
def test_two_facts_that_share_an_id_are_one_clear_error_and_nothing_is_overwritten(
    store: Store, log: EpisodeLog, make: Any, kind: str
) -> None:
    first, second = make.episode(log, 1), make.decision(make.signal(2))
    store.flush()
    rows = {
        "signal": signal_row(make.signal(2, signal_id=first.signal_id)),
        "decision": decision_row(replace(second, decision_id=first.decision_id)),
        "outcome": outcome_row(
            replace(make.outcome(second), outcome_id=make.outcome(first).outcome_id, signal_id="s_2")
        ),
    }
    before = store.read(select(TABLES[kind]))
    with pytest.raises(
        InvariantBroken, match=rf"^{kind} [sdo]_[0-9a-f]{{24}} is in memory with \w+ .+, was "
    ):
        store.commit_durable([rows[kind]])
    assert store.read(select(TABLES[kind])) == before


def test_a_reference_to_nothing_is_refused_and_named(store: Store, log: EpisodeLog, make: Any) -> None:
    intent = make.intent(make.decision(make.signal(1)))
    with pytest.raises(
        InvariantBroken, match=f"intent .client_order_id {intent.client_order_id}. refers to decision"
    ):
        store.commit_durable([intent_row(intent)])
    assert count(store, "intent") == 0
    make.episode(log, 1)
    assert count(store, "intent") == 1


def test_a_refused_batch_is_kept_so_that_nothing_is_lost(store: Store, log: EpisodeLog, make: Any) -> None:
    signal = make.signal(1)
    decision = make.decision(signal)
    store.write([outcome_row(make.outcome(decision))])
    with pytest.raises(InvariantBroken, match="refers to"):
        store.flush()
    log.record_signal(signal)
    log.record_decision(decision)
    assert count(store, "outcome") == 1


def test_a_batch_may_arrive_in_any_order(store: Store, log: EpisodeLog, make: Any) -> None:
    decision = make.decision(make.signal(1))
    intent = make.intent(decision)
    log.record_decision(decision)
    log.record_signal(make.signal(1))
    store.commit_durable([fill_row(make.fill(intent)), intent_row(intent)])
    assert count(store, "fill") == 1


def test_a_full_disk_is_said_in_one_line_and_loses_nothing(home: Path, make: Any) -> None:
    with Store.open(home) as store:
        log = EpisodeLog(store)
        make.begin(log)
        pages = store._driver.execute("PRAGMA page_count").fetchone()[0]
        store._driver.execute(f"PRAGMA max_page_count={pages}")
        store.write([signal_row(make.signal(n)) for n in range(500)])
        with pytest.raises(StoreUnusable, match="full") as caught:
            store.flush()
        assert "\n" not in str(caught.value)
        assert str(home / DATABASE) in str(caught.value)
        store._driver.execute("PRAGMA max_page_count=1000000")
        store.flush()
        assert count(store, "signal") == 500


def test_what_one_reader_has_compiled_no_other_compiles_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    compiled = SQLCompiler.__init__

    def counting(self: SQLCompiler, *args: Any, **words: Any) -> None:
        made.append("once")
        compiled(self, *args, **words)

    monkeypatch.setattr(SQLCompiler, "__init__", counting)
    statement = select(func.count().label("a_name_of_this_test")).select_from(TABLES["run"])
    found = []
    for _ in range(3):
        with Store.open(store.path.parent, read_only=True) as reader:
            found.append(reader.read(statement))
    assert found == [found[0]] * 3
    assert made == ["once"]
