"""Databases that cannot be used are refused in one line; the tables keep their promises."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from memory.connection import DATABASE, check_pages
from memory.schema import METADATA
from memory.schema_views import VIEWS
from memory.store import Store
from tests.support.memories import SECOND, a_memory, at
from tools.domain.errors import NotInRecord, StoreUnusable
from tools.domain.trading import Action

TABLES = METADATA.tables
NOISE = bytes(range(1, 251)) * 32  # more than a page: never only its unused part


def test_a_newer_database_is_refused(home: Path) -> None:
    with Store.open(home) as store:
        store._connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    for read_only in (False, True):
        with pytest.raises(StoreUnusable, match=r"keeper\.sqlite was written by a newer Keeper.*9999"):
            Store.open(home, read_only=read_only)


def test_what_is_not_sqlite_is_refused_and_left_alone(home: Path) -> None:
    home.mkdir()
    (home / DATABASE).write_bytes(b"these are my holiday notes, do not touch them")
    for read_only in (False, True):
        with pytest.raises(StoreUnusable, match=r"SQLite database at .*keeper\.sqlite"):
            Store.open(home, read_only=read_only)
    assert (home / DATABASE).read_bytes().startswith(b"these are my holiday notes")


def test_a_damaged_database_is_refused(home: Path, make: Any) -> None:
    Store.open(home).close()
    path = home / DATABASE
    path.write_bytes(path.read_bytes()[:100] + os.urandom(4000) + path.read_bytes()[4100:])
    with pytest.raises(StoreUnusable, match=r"the database .*keeper\.sqlite is damaged \(.*move the whole"):
        Store.open(home)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_noise_in_the_middle_is_noticed_before_anything_is_read_or_written(home: Path, share: float) -> None:
    with a_memory(home) as build:
        for n in range(240):  # the first pages are those of tables that are still empty
            build.trade(build.decide(at("10:00:00") + n * SECOND, action=Action.ENTER), 1.0)
    path = home / DATABASE
    whole = path.read_bytes()
    place = int(len(whole) * share)
    harmed = whole[:place] + NOISE + whole[place + len(NOISE) :]
    path.write_bytes(harmed)
    for read_only in (True, False):
        with pytest.raises(StoreUnusable, match=r"keeper\.sqlite is damaged \(") as caught:
            Store.open(home, read_only=read_only)
        assert "\n" not in str(caught.value)
    assert path.read_bytes() == harmed


def test_a_look_through_the_pages_ends_when_its_time_is_up(home: Path) -> None:
    Store.open(home).close()
    rows = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 300000) SELECT zeroblob(150) FROM n"
    with closing(sqlite3.connect(home / DATABASE, check_same_thread=False)) as connection:
        connection.execute(f"CREATE TABLE large AS {rows}")
        assert check_pages(connection, home / DATABASE, 60.0)
        in_time = [check_pages(connection, home / DATABASE, 0.004) for _ in range(20)]
        assert not all(in_time), "a timer may be late on a busy machine, but not always"
        assert connection.execute("SELECT COUNT(*) FROM large").fetchone() == (300_000,)


def test_a_database_of_another_program_is_refused(home: Path) -> None:
    home.mkdir()
    other = sqlite3.connect(home / DATABASE)
    other.execute("CREATE TABLE recipes (x)")
    other.close()
    with pytest.raises(StoreUnusable, match=r"expected Keeper's tables in .*found recipes"):
        Store.open(home)


def test_a_home_that_is_a_file_and_a_missing_database_are_refused(home: Path) -> None:
    with pytest.raises(NotInRecord, match=rf"nothing is remembered in {home} yet; keeper run"):
        Store.open(home, read_only=True)
    assert not home.exists()
    home.write_text("a file")
    with pytest.raises(StoreUnusable, match="Not a directory"):
        Store.open(home, read_only=True)
    with pytest.raises(StoreUnusable, match="folder that can be written"):
        Store.open(home)


def test_an_empty_database_has_nothing_for_a_reader(home: Path) -> None:
    home.mkdir()
    (home / DATABASE).touch()
    with pytest.raises(NotInRecord, match="nothing is remembered"):
        Store.open(home, read_only=True)


def test_a_database_whose_tables_are_not_made_yet_has_nothing_for_a_reader(home: Path) -> None:
    home.mkdir()
    with closing(sqlite3.connect(home / DATABASE)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("CREATE TABLE alembic_version (version_num)")
        for _ in range(2):
            with pytest.raises(NotInRecord, match="nothing is remembered"):
                Store.open(home, read_only=True)
            if writer.in_transaction:
                writer.execute("COMMIT")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "SELECT * FROM decision WHERE symbol='X' AND ts<9 ORDER BY ts DESC LIMIT 50",
            "ix_decision_symbol_ts",
        ),
        ("SELECT * FROM decision WHERE run_id='X' AND ts<9", "ix_decision_run_ts"),
        ("SELECT * FROM outcome WHERE ts_known<9 ORDER BY ts_known", "ix_outcome_ts_known"),
        ("SELECT * FROM fill WHERE client_order_id='X'", "ix_fill_client_order"),
        ("SELECT * FROM fill WHERE venue='X' AND trade_id='Y'", "sqlite_autoindex_fill_1"),
        ("SELECT * FROM pattern WHERE ts_known<9 ORDER BY ts_known", "ix_pattern_ts_known"),
        ("SELECT * FROM lesson WHERE ts_known<9", "ix_lesson_ts_known"),
        ("SELECT * FROM parameter WHERE name='X' AND ts_known<9", "ix_parameter_name_ts_known"),
    ],
)
def test_the_questions_asked_most_use_an_index_and_sort_nothing(store: Store, query: str, index: str) -> None:
    plan = [row[3] for row in store._driver.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert len(plan) == 1
    assert index in plan[0]


def test_no_booked_amount_has_a_floating_column() -> None:
    floating = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if column.type.python_type is float
    }
    assert not {name for name in floating if name.endswith(("_quote", "price", "size", "filled", "stop"))}
    assert {"signal.cost_bps", "outcome.net_bps"} <= floating


def test_every_fact_has_its_run_world_and_time_known() -> None:
    for table in TABLES.values():
        if table.name in ("link", "archive", *VIEWS):
            continue  # no fact, but the seal on all of them, where they went, and what follows from them
        assert {"run_id", "world", "ts_known"} <= set(table.columns.keys()), table.name
