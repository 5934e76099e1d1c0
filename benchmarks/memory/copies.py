"""A long record from a short one: every row that the writers made, again, later and under other ids.

Only ids and times differ between a copy and what it was copied from; text that names other rows (what was
recalled, what a lesson rests on) goes on naming the first, which was known earlier. The rows are sealed
as they come, in batches as large as the writer's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from memory.chain import TABLES, read_head, seal
from memory.connection import DATABASE
from memory.schema import METADATA

IDS = {"run_id", "signal_id", "decision_id", "outcome_id", "client_order_id", "lesson_id", "consultation_id"}
NAMES = {"reservation_id", "trade_id"}  # ids with another beginning
LEFT_ONCE = {"policy", "parameter"}  # named by their content or counted
WRITTEN_AT_ONCE = 2_000
COPIED_AT_ONCE = 20_000


def times_of(table: str) -> set[str]:
    """Columns of ``table`` that hold a moment."""
    return {column.name for column in METADATA.tables[table].columns if column.name.startswith("ts")}


def copy_record(home: Path, copies: int, span_ns: int, told: Callable[[int], None]) -> None:
    """Add ``copies`` copies of all that is in ``home``, each ``span_ns`` later than the one before.

    Args:
        home: A record that nobody has open.
        copies: How many, fewer than 256.
        span_ns: The time that the record covers, whole days.
        told: Hears the number of the copy that was made.
    """
    connection = sqlite3.connect(home / DATABASE, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        ends = {name: _rows(connection, name) for name in TABLES if name not in LEFT_ONCE}
        for copy in range(1, copies + 1):
            for name, end in ends.items():
                _copy_table(connection, name, end, copy, span_ns)
            told(copy)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _copy_table(connection: sqlite3.Connection, name: str, end: int, copy: int, span_ns: int) -> None:
    columns = [column.name for column in METADATA.tables[name].columns]
    listed = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(_value(name, column, copy, span_ns) for column in columns)
    statement = (
        f'INSERT INTO "{name}" ({listed}) SELECT {values} FROM "{name}" '  # noqa: S608 (tables of ours)
        "WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
    )
    for start in range(0, end, COPIED_AT_ONCE):
        # A link is made after each of the writer's batches, as if they had come one by one.
        for first in range(start, min(start + COPIED_AT_ONCE, end), WRITTEN_AT_ONCE):
            connection.execute("BEGIN IMMEDIATE")
            head = read_head(connection)
            connection.execute(statement, (first, min(first + WRITTEN_AT_ONCE, end)))
            seal(connection, head, {name})
            connection.execute("COMMIT")


def _value(table: str, column: str, copy: int, span_ns: int) -> str:
    """The expression that a copy's column comes from."""
    if column in IDS:
        # Two digits of the id are moved on by the number of the copy.
        kind = f"instr({column}, '_')" if column != "client_order_id" else "2"
        digits = f"substr({column}, {kind} + 3)"
        return f"substr({column}, 1, {kind}) || {_digits(column, kind, copy)} || {digits}"
    if column in NAMES:
        return f"{column} || '-{copy}'"
    if column == "day":
        return f"date({column}, '+{copy * span_ns // 86_400_000_000_000} days')"
    return f'"{column}" + {copy * span_ns}' if column in times_of(table) else f'"{column}"'


def _digits(column: str, kind: str, copy: int) -> str:
    """Two hexadecimal digits of an id, plus ``copy``, in SQL."""
    digit = "instr('0123456789abcdef', substr({column}, {place}, 1)) - 1"
    high = digit.format(column=column, place=f"{kind} + 1")
    low = digit.format(column=column, place=f"{kind} + 2")
    return f"printf('%02x', ((({high}) * 16 + {low}) + {copy}) % 256)"


def _rows(connection: sqlite3.Connection, name: str) -> int:
    query = f'SELECT COALESCE(MAX(rowid), 0) FROM "{name}"'  # noqa: S608 (a table of ours)
    return int(connection.execute(query).fetchone()[0])
