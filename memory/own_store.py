"""The memory of one session that nobody else reads and that goes with it: rows reach the file in batches.

What the session itself asks for is written before it is read, as always; no row waits for the disk, so
what differs from another store is when rows are written and how many a link of the chain covers. As
nobody else writes either, it knows which tables nothing is in, and these need not be read again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, select

from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store


class OwnStore(Store):
    """A throwaway store with one reader, the session that writes it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._empty: set[str] = set()  # tables that were looked at, and nothing was written to since
        self._filled: set[str] = set()

    def write(self, rows: Iterable[Row]) -> None:
        """Queue ``rows``; they reach the database with the next batch."""
        rows = list(rows)
        if self._empty:
            self._empty.difference_update(row.table for row in rows)
        super().write(rows)

    def commit_durable(self, rows: Iterable[Row]) -> None:
        """Queue ``rows`` with what was queued before: there is no crash that they would have to outlive."""
        self.write(rows)

    def execute(self, statements: Iterable[Executable]) -> None:
        """Run changes other than inserts of rows, after the queue."""
        self._empty.clear()
        super().execute(statements)

    def maintain(self, statements: Iterable[str], rows: Sequence[Row] = ()) -> None:
        """Run constant statements of upkeep and keep ``rows``."""
        self._empty.clear()
        super().maintain(statements, rows)

    def is_surely_empty(self, table: str) -> bool:
        """Whether nothing is in ``table``, queued rows included."""
        if table in self._empty:
            return True
        if table in self._filled:  # rows are never taken out
            return False
        is_empty = not self.read(select(METADATA.tables[table]).limit(1))
        (self._empty if is_empty else self._filled).add(table)
        return is_empty


class ForgetfulStore(OwnStore):
    """A store that keeps nothing, for a session of which only the results are wanted.

    What the session's own parts have at hand while it lasts (patterns, skill, the account) is with them and
    not here. Whoever reads a row that was to be kept finds nothing, so it begins without a memory.
    """

    forgets = True

    def write(self, rows: Iterable[Row]) -> None:
        """Let ``rows`` go without even making them, where they are made as they are taken."""
        self._require_writer()

    def execute(self, statements: Iterable[Executable]) -> None:
        """Nothing: there is nothing to change."""
        self._require_writer()
