"""Writes the memory of a Keeper of its time as SQL text: ``python write.py CHECKOUT > 000N.sql``.

It is run in a checkout of an earlier commit, so that earlier code makes the tables, writes the rows and seals
them. Three whole episodes come from the episodes that commit's own tests used; every table that is then still
empty gets a row of its kind.
"""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

# What a reader of the column would choke on when it were just any text.
MEANT = {
    "name": "stop_bps",
    "world": "recorded",
    "symbol": "BTCUSDT",
    "day": "2024-08-08",
    "date": "2024-08-08",
    "kind": "daily",
    "scope": "{}",
    "context": "{}",
    "statistics": "{}",
    "evidence": "[]",
    "rules": '{"conditions":[{"feature":"imbalance","high":null,"low":0.2}]}',
    "content": "{}",
    "account": "{}",
    "weights": "{}",
    "impact": "{}",
    "state": "done",
    "stage": "settled",
    "standing": "active",
    "amount_usd": "0.0015",
    "cost_usd": "0.0015",
    "value_quote": "-0.0420900000000000001",
    "low_quote": "-1",
    "high_quote": "1",
}


ELSEWHERE = ("link", "archive", "evidence", "open_order")  # sealing, files beside the database, derived


def main(checkout: Path) -> None:
    """Print the dump."""
    sys.path.insert(0, str(checkout))
    place = checkout / "tests" / "unit" / "memory" / "conftest.py"
    spec = importlib.util.spec_from_file_location("made", place)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["made"] = made
    spec.loader.exec_module(made)
    with tempfile.TemporaryDirectory() as scratch:
        fill(Path(scratch), made)
        with sqlite3.connect(Path(scratch) / "keeper.sqlite") as reader:
            sys.stdout.write("\n".join(reader.iterdump()) + "\n")


def fill(home: Path, made: Any) -> None:
    """A memory with something in every table."""
    from memory.episodes import EpisodeLog  # the checkout's
    from memory.rows import Row
    from memory.schema import METADATA
    from memory.store import Store

    with Store.open(home) as store:
        log, make = EpisodeLog(store), made.Maker()
        make.begin(log)
        for n in range(3):
            make.episode(log, n)
            store.flush()
        for table in METADATA.sorted_tables:
            if table.name not in ELSEWHERE and not store.read(table.select()):
                store.write([Row(str(table.name), values(store, table))])
                store.flush()


def values(store: Any, table: Any) -> dict[str, Any]:
    """One row of ``table``: references to rows that are there, else something of the column's kind."""
    found: dict[str, Any] = {}
    for column in table.columns:
        parent = next(iter(column.foreign_keys), None)
        if parent is not None:
            found[column.name] = store.read(parent.column.table.select())[0][parent.column.name]
        elif column.name == "ts_retired":
            found[column.name] = None
        else:
            found[column.name] = MEANT.get(column.name, a_value(table.name, column))
    return found


def a_value(table: str, column: Any) -> Any:
    """Something of the column's kind."""
    kind = column.type.python_type
    if kind is str:
        return f"{table}_{column.name}"
    if kind is bytes:
        return b"\x01\x02\x03"
    if kind is bool:
        return True
    return 0.25 if kind is float else 1_723_161_000_000_000_000 if column.name.startswith("ts") else 1


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
