"""The hash chain over memory: every batch is sealed by a link to everything before it.

A link names, for each table, the last row that it covers and a hash of the rows since the link
before; its own hash takes in that link's. So no sealed row can be changed, removed, exchanged or
slipped in without a link that no longer fits. What may still change of a row (when it ended or
was retired) is not sealed. Who cuts the end off together with its links leaves a shorter but
whole chain: compare its head, which `keeper memory verify` tells, with one that was kept elsewhere.

A column that a row leaves empty is not part of its hash, so a new column changes no old link.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson

from memory.codec import canonical
from memory.connection import connect_reader, unusable
from memory.schema import METADATA
from memory.schema_views import VIEWS
from tools.domain.errors import StoreUnusable

LINKS = "link"
TABLES = tuple(sorted(name for name in METADATA.tables if name != LINKS and name not in VIEWS))
CHANGING = {
    "run": {"ts_ended"},
    "parameter": {"ts_retired"},
    "lesson": {"ts_retired"},
    "pattern": {"ts_retired", "why_retired"},
    "profile": {"ts_retired"},
    "strategy": {"ts_retired"},
    "experiment": {"ts_retired"},
    "job": {"state", "attempts", "ts", "ts_known", "ts_done"},
}
AT_ONCE = 5_000  # rows fetched at a time
SHOWN = 5  # faults told one by one
CHANGED = "changed"
TOLD_EACH = 1_000  # links


class Bulk(Protocol):
    """What left the database; see ``memory.archives``."""

    def emptied(self, source: str, row: int) -> Mapping[str, object] | None:
        """The bulky columns of a row that left; None for one that did not."""
        ...


class Sealed(NamedTuple):
    """What a link says of one table."""

    upto: int  # rowid of the last row
    digest: str  # of the rows since the link before


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain.

    Attributes:
        upto: Last sealed rowid by table.
    """

    number: int = 0
    digest: str = ""
    upto: Mapping[str, int] = field(default_factory=dict)


def read_head(connection: sqlite3.Connection) -> Head:
    """The end of the chain as it is in the database."""
    row = connection.execute("SELECT number, digest FROM link ORDER BY number DESC LIMIT 1").fetchone()
    if row is None:
        return Head()
    # Every row is sealed by the transaction that wrote it. A row that somebody slipped in is passed over
    # here, so that the next link does not make it good: the check finds it between two links.
    upto = {name: _last_row(connection, name) for name in TABLES}
    return Head(row[0], row[1], upto)


def _last_row(connection: sqlite3.Connection, name: str) -> int:
    query = f'SELECT MAX(rowid) FROM "{name}"'  # noqa: S608 (a table of ours)
    return int(connection.execute(query).fetchone()[0] or 0)


def seal(connection: sqlite3.Connection, head: Head, written: Set[str] = frozenset(TABLES)) -> Head:
    """Add a link for the rows since ``head`` in the open transaction; the new end.

    The caller keeps it once the transaction is committed, and forgets it otherwise.

    Args:
        connection: In a transaction.
        head: The end of the chain before it.
        written: The tables that it added to; no other is looked at, as most commits touch one of some twenty.
    """
    parts: dict[str, Sealed] = {}
    for name in sorted(written - set(VIEWS)):
        part = _hash_rows(connection, name, head.upto.get(name, 0), None)
        if part is not None:
            parts[name] = part
    if not parts:
        return head
    words = canonical({name: list(part) for name, part in parts.items()})
    number, digest = head.number + 1, _link_digest(head.digest, words)
    connection.execute("INSERT INTO link (number, sealed, digest) VALUES (?, ?, ?)", (number, words, digest))
    return replace(
        head, number=number, digest=digest, upto={**head.upto, **{n: p.upto for n, p in parts.items()}}
    )


def check_chain(
    path: Path, told: Callable[[int, int], None] = lambda _done, _total: None, bulk: Bulk | None = None
) -> tuple[Head, list[str]]:
    """The end of the chain of the database at ``path``, and every fault in a line.

    Args:
        path: The database.
        told: Hears how many links were looked at, of how many.
        bulk: What left the database, which the links cover as well.

    Raises:
        StoreUnusable: The database cannot be read.
    """
    try:
        with closing(connect_reader(path)) as reader:
            reader.execute("BEGIN")  # one state of the database, whoever writes beside us
            faults: list[str] = []
            for fault in _faults(reader, told, bulk):
                faults.append(fault)
                if len(faults) > SHOWN:
                    return read_head(reader), [*faults[:SHOWN], "and more links that do not fit"]
            return read_head(reader), faults
    except sqlite3.Error as error:
        raise unusable("read", path, error) from error


def _faults(reader: sqlite3.Connection, told: Callable[[int, int], None], bulk: Bulk | None) -> Iterator[str]:
    upto: dict[str, int] = {}
    unreadable = {""}
    digest, expected = "", 1
    (last_number,) = reader.execute("SELECT COALESCE(MAX(number), 0) FROM link").fetchone()
    for number, words, kept in reader.execute("SELECT number, sealed, digest FROM link ORDER BY number"):
        if number != expected:
            yield f"link {expected} of the audit chain is missing"
        expected = number + 1
        if number % TOLD_EACH == 0:
            told(number, last_number)
        if _link_digest(digest, words) != kept:
            yield f"link {number} of the audit chain does not follow from the one before"
        digest = kept
        for name, (last, rows) in orjson.loads(words).items():
            fault = _fault(reader, name, upto.get(name, 0), Sealed(last, rows), bulk)
            if fault == CHANGED:
                yield f"link {number} of the audit chain does not fit its rows of {name}: they were changed"
            elif fault not in unreadable:  # one line a file, however many links it holds rows of
                unreadable.add(fault)
                yield fault
            upto[name] = last
    for name in TABLES:
        query = f'SELECT COUNT(*) FROM "{name}" WHERE rowid > ?'  # noqa: S608 (a table of ours)
        (beyond,) = reader.execute(query, (upto.get(name, 0),)).fetchone()
        if beyond:
            yield f"{beyond} rows of {name} are not in the audit chain"


def _fault(reader: sqlite3.Connection, name: str, after: int, sealed: Sealed, bulk: Bulk | None) -> str:
    """Why the rows of a table do not fit what was sealed of them; empty where they do."""
    if name not in TABLES:
        return CHANGED
    try:
        return "" if _hash_rows(reader, name, after, sealed.upto, bulk) == sealed else CHANGED
    except StoreUnusable as error:
        return str(error)


def _hash_rows(
    connection: sqlite3.Connection, name: str, after: int, upto: int | None, bulk: Bulk | None = None
) -> Sealed | None:
    """The rows with ``after`` < rowid (≤ ``upto``), in order; None where there are none."""
    columns = _columns(name)
    listed = ", ".join(f'"{column}"' for column in columns)
    until = "" if upto is None else f" AND rowid <= {upto:d}"
    query = f'SELECT rowid, {listed} FROM "{name}" WHERE rowid > ?{until} ORDER BY rowid'  # noqa: S608 (as above)
    cursor = connection.execute(query, (after,))
    digest, last = hashlib.sha256(), 0
    while rows := cursor.fetchmany(AT_ONCE):
        for row in rows:
            left = None if bulk is None else bulk.emptied(name, row[0])
            values = row[1:] if left is None else _put_back(columns, row[1:], left)
            digest.update(_row_bytes(columns, values))
        last = rows[-1][0]
    return Sealed(last, digest.hexdigest()) if last else None


def _put_back(
    columns: Sequence[str], values: Sequence[object], left: Mapping[str, object]
) -> Sequence[object]:
    """The values of a row as it was sealed; what is still there, or there again, must fit by itself."""
    return [value or left.get(name, value) for name, value in zip(columns, values, strict=True)]


def _row_bytes(columns: Sequence[str], values: Sequence[object]) -> bytes:
    held = {column: value for column, value in zip(columns, values, strict=True) if value is not None}
    return orjson.dumps(held, default=bytes.hex, option=orjson.OPT_APPEND_NEWLINE)


@cache
def _columns(name: str) -> tuple[str, ...]:
    changing = CHANGING.get(name, set())
    return tuple(
        sorted(column.name for column in METADATA.tables[name].columns if column.name not in changing)
    )


def _link_digest(before: str, words: str) -> str:
    return hashlib.sha256(f"{before}\n{words}".encode()).hexdigest()
