"""A copied record is the written one, row for row, but for ids and times, and as whole."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.memory.copies import LEFT_ONCE, copy_record, times_of
from benchmarks.memory.record import A_DAY, DAY_NS, LongRecord
from graphs.explanation import explain
from memory.chain import TABLES
from memory.connection import DATABASE
from memory.store import Store
from memory.verify import verify

COPIES = 2
ID = re.compile(r"(?<=_)[0-9a-f]{2}|(?<=^kp)[0-9a-f]{2}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("long") / "home"
    with Store.open(made, is_throwaway=True) as store:
        LongRecord(store, 40, A_DAY).write(lambda _: None)
    copy_record(made, COPIES, DAY_NS, lambda _: None)
    return made


def rows(home: Path, name: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        connection.row_factory = sqlite3.Row
        query = f'SELECT * FROM "{name}" ORDER BY rowid'  # noqa: S608 (a table of ours)
        return [dict(row) for row in connection.execute(query)]


def plain(row: dict[str, Any], name: str, copy: int) -> dict[str, Any]:
    """A row without what may differ: two digits of its ids, its copy's mark, and its times put back."""
    found = dict(row)
    for column, value in row.items():
        if column in times_of(name) and value is not None:
            found[column] = value - copy * DAY_NS
        elif column.endswith("_id") and isinstance(value, str) and column != "policy_id":
            found[column] = ID.sub("..", value.removesuffix(f"-{copy}"), count=1)
        elif column == "trade_id":
            found[column] = str(value).removesuffix(f"-{copy}")
    found.pop("day", None)
    return found


def copied() -> Iterator[str]:
    return (name for name in TABLES if name not in LEFT_ONCE)


def test_every_row_of_a_copy_is_a_written_one_but_for_ids_and_times(home: Path) -> None:
    seen = 0
    for name in copied():
        held = rows(home, name)
        n = len(held) // (COPIES + 1)
        for copy in range(1, COPIES + 1):
            there = [plain(row, name, copy) for row in held[copy * n : (copy + 1) * n]]
            assert there == [plain(row, name, 0) for row in held[:n]], name
        seen += n
    assert seen > 4 * A_DAY


def test_a_copied_record_is_whole(home: Path) -> None:
    assert verify(home).faults == ()


def test_a_copied_decision_is_explained_like_the_written_one(home: Path) -> None:
    names = [row["decision_id"] for row in rows(home, "decision")]
    with Store.open(home, read_only=True) as store:
        first, second = (explain(store, names[place]) for place in (A_DAY - 1, 2 * A_DAY - 1))
    assert first["decision_id"] != second["decision_id"]
    assert first["known_then"]["votes"] == second["known_then"]["votes"]
    assert first["known_then"]["recalled"] == second["known_then"]["recalled"]
