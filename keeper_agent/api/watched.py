"""A reader of the record that tells what it reads while it reads, and can be told to read no further."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select, Table
from sqlalchemy.sql.visitors import iterate

from memory.schema import METADATA
from memory.store import Store

NAMED = re.compile(r"\b(?:FROM|JOIN)\s+\"?(\w+)", re.IGNORECASE)
OnRead: TypeAlias = Callable[[Sequence[str], int | None], None]
"""Told the tables of each read: before it with None, after it with how many rows came."""


def _nobody(tables: Sequence[str], rows: int | None) -> None:
    """Nobody listens."""


class WatchedStore(Store):
    """A store whose reads are told to ``on_read``, which may end them by raising.

    Attributes:
        on_read: Called in the thread that reads.
    """

    on_read: OnRead = staticmethod(_nobody)

    def read(self, statement: Select[Any]) -> Sequence[Mapping[str, Any]]:
        """As of ``Store``, and told."""
        tables = _tables(one.name for one in iterate(statement) if isinstance(one, Table))
        self.on_read(tables, None)
        found = super().read(statement)
        self.on_read(tables, len(found))
        return found

    def fetch(self, statement: str, values: Mapping[str, str | int | None]) -> list[tuple[Any, ...]]:
        """As of ``Store``, and told."""
        tables = _tables(NAMED.findall(statement))
        self.on_read(tables, None)
        found = super().fetch(statement, values)
        self.on_read(tables, len(found))
        return found


def _tables(names: Any) -> tuple[str, ...]:
    """Of ``names`` those that are tables of the record, each once, in order of the alphabet."""
    return tuple(sorted({name for name in names if name in METADATA.tables}))
