"""Moving bulky columns of old rows to compressed files, so that the disk a home takes stays within a budget.

Each file is on disk, and has been read back, before one transaction lists it and empties the rows; a kill
at any moment leaves rows that are whole and at most a file that nobody lists, which is written again.
Decisions, outcomes and lessons never leave.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Column, LargeBinary

from memory.archives import BULKY, FOLDER, ROWS_A_PIECE, Archive, Archives
from memory.connection import DATABASE
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import InvariantBroken, StoreUnusable
from tools.domain.identity import content_hash

ROWS_A_FILE = 2_000  # emptied at once: some 50 ms in which nobody else writes
FULL, EASED = 0.9, 0.8  # of the budget: when archiving begins, and down to where it goes on


@dataclass(frozen=True, slots=True)
class Archived:
    """What left, or would.

    Attributes:
        rows: Rows by table.
        files: The files they went to.
        packed_bytes: Size of those files.
        used_before: Bytes that the home used before.
        used_after: Bytes that it uses now, without what the database has free inside.
    """

    rows: dict[str, int]
    files: tuple[str, ...]
    packed_bytes: int
    used_before: int
    used_after: int


class Archivist:
    """Moves old rows of one home; the caller owns it.

    Args:
        store: The writer.
        now: When what it does becomes known.
    """

    def __init__(self, store: Store, now: int) -> None:
        self._store, self._now = store, now
        self._folder = store.path.parent / FOLDER

    def before(self, ts: int, *, dry: bool = False, part: bool = True) -> Archived:
        """Let everything leave that was written before the first row known at ``ts`` or later.

        Args:
            ts: Nanoseconds.
            dry: Only tell what would leave.
            part: Whether a file may hold fewer rows than it could; a daily job waits until it is full.
        """
        return self._archive(ts, lambda: True, dry=dry, part=part)

    def within(self, budget_bytes: int, ts: int, *, dry: bool = False) -> Archived:
        """Let the oldest rows leave until the home is well within its budget; none from ``ts`` on."""
        if used_bytes(self._store) <= FULL * budget_bytes:
            return self._archive(0, lambda: False, dry=dry, part=False)
        goes_on = (lambda: True) if dry else lambda: used_bytes(self._store) > EASED * budget_bytes
        return self._archive(ts, goes_on, dry=dry, part=True)

    def _archive(self, ts: int, goes_on: Callable[[], bool], *, dry: bool, part: bool) -> Archived:
        used, rows, made = used_bytes(self._store), dict.fromkeys(BULKY, 0), []
        for source, first, last in self._blocks(ts, part):
            if not goes_on():
                break
            rows[source] += last - first + 1
            if not dry:
                made.append(self._move(source, first, last))
        names = tuple(one.file for one in made)
        return Archived(rows, names, sum(one.size_bytes for one in made), used, used_bytes(self._store))

    def _blocks(self, ts: int, part: bool) -> Iterator[tuple[str, int, int]]:
        """Tables with the first and last row of a file, the oldest of each table in turn."""
        queues = {source: list(self._of_table(source, ts, part)) for source in BULKY}
        while any(queues.values()):
            for source, queue in queues.items():
                if queue:
                    yield source, *queue.pop(0)

    def _of_table(self, source: str, ts: int, part: bool) -> Iterator[tuple[int, int]]:
        start = Archives.of(self._store).upto(source) + 1
        # Rows are in the order they were written in: nothing leaves from behind a row that stays.
        stays = f'SELECT MIN(rowid) FROM "{source}" WHERE ts_known >= :ts'  # noqa: S608 (a table of ours)
        every = f'SELECT MAX(rowid) + 1 FROM "{source}"'  # noqa: S608 (as above)
        end = self._store.fetch(stays, {"ts": ts})[0][0] or self._store.fetch(every, {})[0][0] or 1
        for first in range(start, end, ROWS_A_FILE):
            last = min(first + ROWS_A_FILE, end) - 1
            if part or last - first + 1 == ROWS_A_FILE:
                yield first, last

    def _move(self, source: str, first: int, last: int) -> Archive:
        columns = ", ".join(BULKY[source])
        query = (
            f'SELECT rowid, {columns} FROM "{source}" '  # noqa: S608 (a table of ours)
            "WHERE rowid >= :first AND rowid <= :last ORDER BY rowid"
        )
        rows = self._store.fetch(query, {"first": first, "last": last})
        if len(rows) != last - first + 1:
            raise InvariantBroken(
                f"expected {last - first + 1} rows of {source} from {first}, was {len(rows)}"
            )
        archive = self._pack(source, rows)
        self._read_back(archive, rows)
        self._store.maintain(_emptying(source, first, last), [_listed(archive, self._now)])
        return archive

    def _pack(self, source: str, rows: Sequence[tuple[Any, ...]]) -> Archive:
        pieces: list[bytes] = []
        members: list[tuple[int, int]] = []
        for start in range(0, len(rows), ROWS_A_PIECE):
            members.append((rows[start][0], sum(len(piece) for piece in pieces)))
            lines = b"".join(_line(source, row) for row in rows[start : start + ROWS_A_PIECE])
            pieces.append(gzip.compress(lines, 6, mtime=0))
        data = b"".join(pieces)
        first, last = rows[0][0], rows[-1][0]
        name = f"{source}-{first:012d}-{last:012d}.jsonl.gz"
        _put(self._folder, name, data)
        return Archive(name, source, first, last, content_hash(data), len(data), tuple(members))

    def _read_back(self, archive: Archive, rows: Sequence[tuple[Any, ...]]) -> None:
        archives = Archives(self._folder, [archive])
        for number, *values in rows:
            there = archives.bulk(archive.source, number)
            if there is None or list(there.values()) != values:
                raise StoreUnusable(f"the archive {archive.file} did not come back as it was written")


def used_bytes(store: Store) -> int:
    """What a home takes on disk, without what its database has free inside and will fill first."""
    home = store.path.parent
    total = home_bytes(home)
    free, size = (store.fetch(f"PRAGMA {name}", {})[0][0] for name in ("freelist_count", "page_size"))
    return int(total - free * size - _log_bytes(home))


def home_bytes(home: Path) -> int:
    """What all files of a home take; one that goes away meanwhile takes nothing."""
    total = 0
    for path in home.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def archive_faults(store: Store) -> list[str]:
    """Files that are not as they were written, a line each; those that are missing the audit chain tells."""
    archives = Archives.of(store)
    listed = [one for source in BULKY for one in archives.listed(source)]
    there = [one for one in listed if (archives.folder / one.file).exists()]
    return [
        f"the archive {archives.folder / one.file} is not as it was written"
        for one in there
        if _sha256(archives.folder / one.file) != one.sha256
    ]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StoreUnusable(f"cannot read the archive {path}: {error.strerror}") from error


def _emptying(source: str, first: int, last: int) -> tuple[str, ...]:
    """Statements that take rows out and put them back shorter, so that the pages they filled become free."""
    columns = METADATA.tables[source].columns
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(
        _empty(column) if column.name in BULKY[source] else f'"{column.name}"' for column in columns
    )
    within = f"rowid BETWEEN {first:d} AND {last:d}"
    kept = f'SELECT rowid AS place, {values} FROM "{source}" WHERE {within}'  # noqa: S608 (a table of ours)
    return (
        f"CREATE TEMP TABLE leaving AS {kept}",
        f'DELETE FROM "{source}" WHERE {within}',  # noqa: S608 (as above)
        f'INSERT INTO "{source}" (rowid, {names}) SELECT * FROM leaving ORDER BY place',  # noqa: S608 (as above)
        "DROP TABLE leaving",
    )


def _empty(column: Column[Any]) -> str:
    """What an emptied column holds, in SQL."""
    return "X''" if isinstance(column.type, LargeBinary) else "''"


def _line(source: str, row: Sequence[Any]) -> bytes:
    told = {"rowid": row[0], **dict(zip(BULKY[source], row[1:], strict=True))}
    return orjson.dumps(told, default=bytes.hex, option=orjson.OPT_APPEND_NEWLINE)


def _listed(archive: Archive, ts: int) -> Row:
    kept = ("file", "source", "first_row", "last_row", "sha256", "size_bytes")
    values: dict[str, Any] = {name: getattr(archive, name) for name in kept}
    members = orjson.dumps([list(member) for member in archive.members]).decode()
    return Row("archive", values | {"members": members, "ts_known": ts})


def _put(folder: Path, name: str, data: bytes) -> None:
    """Write ``folder/name`` whole and private, on disk when this returns."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        fresh = folder / f".{name}.unfinished"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / name)
        _sync_folder(folder)
    except OSError as error:
        raise StoreUnusable(f"cannot write the archive {folder / name}: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _log_bytes(home: Path) -> int:
    """The write-ahead log: it is emptied when the memory is closed."""
    log = home / f"{DATABASE}-wal"
    return log.stat().st_size if log.exists() else 0
