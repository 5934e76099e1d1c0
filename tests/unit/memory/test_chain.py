"""The audit chain: nothing that was sealed can be changed without a link that no longer fits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from memory.chain import CHANGING, TABLES, check_chain
from memory.connection import DATABASE
from memory.migrations import FOLDER, HEAD
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.store import Store
from memory.verify import verify
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.errors import StoreUnusable
from tools.domain.trading import Action

FORGED = (
    "INSERT INTO run SELECT 'run_forged', world, command, config, code_version, input_hash, seed, "
    "ts_started, ts_known, ts_ended FROM run LIMIT 1"
)


@pytest.fixture
def sealed(home: Path) -> Path:
    """A memory of a dozen trades, closed in order; the database's path."""
    with a_memory(home) as build:
        trades(build, 12)
    return home / DATABASE


def trades(build: MemoryBuilder, count: int) -> None:
    for n in range(count):
        build.trade(build.decide(at("10:00:00") + n * SECOND, action=Action.ENTER), 1.0 - n)
        build.store.flush()


def change(path: Path, statement: str) -> int:
    """What somebody does to the file behind Keeper's back; rows touched."""
    with closing(sqlite3.connect(path)) as intruder:
        count = intruder.execute(statement).rowcount
        intruder.commit()
    return count


def filled_columns(path: Path) -> Iterator[tuple[str, str]]:
    """Every sealed column that holds something in the first row of its table."""
    with closing(sqlite3.connect(path)) as reader:
        reader.row_factory = sqlite3.Row
        for name in TABLES:
            query = f'SELECT * FROM "{name}" ORDER BY rowid LIMIT 1'  # noqa: S608 (a table of ours)
            row = reader.execute(query).fetchone()
            for column in [] if row is None else row.keys():
                if row[column] is not None and column not in CHANGING.get(name, set()):
                    yield name, column


def test_a_memory_that_nobody_touched_is_whole(sealed: Path) -> None:
    head, faults = check_chain(sealed)
    assert faults == []
    assert head.number >= 12
    assert len(head.digest) == 64


def test_a_commit_looks_only_at_the_tables_it_wrote_to(home: Path) -> None:
    looked: list[str] = []
    with a_memory(home) as build:
        build.store.flush()
        build.store._driver.set_trace_callback(looked.append)
        build.decide(at("10:00:00"))
        build.store.flush()
        build.store._driver.set_trace_callback(None)
    hashed = {text.split(" FROM ")[1].split()[0].strip('"') for text in looked if "rowid >" in text}
    assert hashed == {"signal", "decision"}
    assert check_chain(home / DATABASE)[1] == []


def test_what_is_changed_by_statements_is_sealed_like_what_is_written(home: Path) -> None:
    with a_memory(home) as build:
        ParameterStore(build.store).change(
            "stop_bps", 25, reason="r", evidence=[], ts=at("10:00:00"), run_id=build.run_id, world="recorded"
        )
        with pytest.raises(TypeError, match="of one table"):
            build.store.execute([text("DELETE FROM parameter")])
    assert check_chain(home / DATABASE)[1] == []
    change(home / DATABASE, "UPDATE parameter SET value = 26")
    assert check_chain(home / DATABASE)[1] != []


def test_a_change_of_any_column_of_any_table_is_found(sealed: Path) -> None:
    whole = sealed.read_bytes()
    tried = list(filled_columns(sealed))
    assert {name for name, _ in tried} >= {"run", "signal", "decision", "intent", "order", "fill", "outcome"}
    for name, column in tried:
        kind = METADATA.tables[name].columns[column].type.python_type
        text_like = f"\"{column}\" || 'x'"
        new = {bytes: f"CAST({text_like} AS BLOB)", str: text_like}.get(kind, f'"{column}" + 1')
        words = f'UPDATE "{name}" SET "{column}" = {new} WHERE rowid = 1'  # noqa: S608 (ours, too)
        assert change(sealed, words) == 1
        _, faults = check_chain(sealed)
        assert any(f"its rows of {name}" in fault for fault in faults), (name, column)
        sealed.write_bytes(whole)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM outcome WHERE rowid = 3", "its rows of outcome"),
        ("DELETE FROM link WHERE number = 4", "link 4 of the audit chain is missing"),
        ("UPDATE link SET digest = 'x' || substr(digest, 2) WHERE number = 5", "does not follow"),
        ("UPDATE link SET sealed = replace(sealed, 'outcome', 'x') WHERE number = 6", "does not follow"),
        (FORGED, "1 rows of run are not in the audit chain"),
        ("UPDATE fill SET rowid = -rowid WHERE rowid IN (2, 3)", "its rows of fill"),
    ],
)  # fmt: skip
def test_what_is_removed_exchanged_or_slipped_in_is_found(sealed: Path, statement: str, fault: str) -> None:
    change(sealed, "UPDATE link SET number = number")
    assert change(sealed, statement) >= 1
    _, faults = check_chain(sealed)
    assert any(fault in line for line in faults), faults


def test_verify_names_the_break_and_a_broken_chain_is_not_whole(sealed: Path) -> None:
    change(sealed, "UPDATE fill SET price = price + 1 WHERE rowid = 2")
    report = verify(sealed.parent)
    assert not report.is_whole
    assert any("its rows of fill: they were changed" in fault for fault in report.faults)


def test_what_may_still_change_does_not_break_the_chain(sealed: Path) -> None:
    assert change(sealed, "UPDATE run SET ts_ended = 1") >= 1
    assert check_chain(sealed)[1] == []


def test_the_chain_goes_on_over_a_restart(sealed: Path) -> None:
    before, _ = check_chain(sealed)
    with Store.open(sealed.parent) as store:
        build = MemoryBuilder(store)
        build.begin("run_0000000002", ts=at("12:00:00"))
        build.decide(at("12:00:01"))
    after, faults = check_chain(sealed)
    assert faults == []
    assert after.number > before.number


def test_what_was_slipped_in_is_not_made_good_by_the_next_session(sealed: Path) -> None:
    assert change(sealed, FORGED) == 1
    with Store.open(sealed.parent) as store:
        build = MemoryBuilder(store)
        build.begin("run_0000000002", ts=at("12:00:00"))
        build.decide(at("12:00:01"))
    _, faults = check_chain(sealed)
    assert any("its rows of run" in fault for fault in faults), faults


def test_a_fact_told_twice_adds_no_link(home: Path) -> None:
    with a_memory(home) as build:
        build.decide(at("10:00:00"))
        build.store.flush()
        before, _ = check_chain(home / DATABASE)
        build.log.begin_run(
            **{
                name: value
                for name, value in the_run(build.store).items()
                if name not in ("ts_known", "ts_ended")
            }
        )
        build.store.flush()
        assert check_chain(home / DATABASE) == (before, [])


def the_run(store: Store) -> dict[str, object]:
    row = dict(store.read(METADATA.tables["run"].select())[0])
    row["ts"] = row.pop("ts_started")
    row["config"] = {}
    return row


def test_a_batch_that_fails_leaves_the_chain_where_it_was(home: Path) -> None:
    with a_memory(home) as build:
        trades(build, 2)
        store = build.store
        before, _ = check_chain(home / DATABASE)
        with pytest.raises(StoreUnusable):
            store.execute([text("INSERT INTO no_such_table VALUES (1)")])
        assert check_chain(home / DATABASE) == (before, [])
        build.decide(at("11:00:00"))
        store.flush()
        after, faults = check_chain(home / DATABASE)
        assert (after.number, faults) == (before.number + 1, [])


def step_back(path: Path, revision: str) -> None:
    """Leave the database as an older Keeper had it."""
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()


def test_a_database_from_before_the_chain_is_sealed_when_it_is_brought_up_to_date(sealed: Path) -> None:
    step_back(sealed, "0003")
    Store.open(sealed.parent).close()
    head, faults = check_chain(sealed)
    assert (head.number, faults) == (1, [])
    change(sealed, "UPDATE outcome SET net_bps = 99 WHERE rowid = 5")
    assert check_chain(sealed)[1] != []
    assert HEAD >= "0004"


def test_a_copy_has_the_same_head(sealed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(sealed.read_bytes())
    assert check_chain(copy)[0] == check_chain(sealed)[0]
