"""Reading what left the database: compressed files with the bulky columns of old rows.

A file in ``home/archives`` holds them for consecutive rows of one table, as lines of JSON in small gzip
pieces, so that one row costs one piece. The table ``archive`` names each file with its hash, and is itself
sealed by the audit chain. A row whose bulky columns are empty and that an archive covers has left.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import LargeBinary, select

from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import StoreUnusable

FOLDER = "archives"
BULKY = {"signal": ("features", "vector"), "bundle": ("account",), "consultation": ("request", "answer")}
ROWS_A_PIECE = 100
KEPT_PIECES = 64  # pieces held unpacked


class ArchiveUnreadable(StoreUnusable):
    """An archive is missing or not what it was; what stands in it cannot be told."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of the table ``source``, rows ``first_row`` to ``last_row``.

    Attributes:
        members: First row of each piece, and the byte it begins at.
    """

    file: str
    source: str
    first_row: int
    last_row: int
    sha256: str
    size_bytes: int
    members: tuple[tuple[int, int], ...]

    def piece(self, folder: Path, row: int) -> dict[int, dict[str, Any]]:
        """The bulky columns of the rows in the piece that holds ``row``, by row.

        Raises:
            ArchiveUnreadable: The file is missing or damaged.
        """
        place = bisect_right([first for first, _ in self.members], row) - 1
        starts = [*(start for _, start in self.members), self.size_bytes]
        begin, end = list(pairwise(starts))[place]
        path = folder / self.file
        try:
            with path.open("rb") as file:
                file.seek(begin)
                lines = gzip.decompress(file.read(end - begin)).splitlines()
            told = [orjson.loads(line) for line in lines]
            return {int(one.pop("rowid")): values_of(self.source, one) for one in told}
        except FileNotFoundError:
            raise ArchiveUnreadable(
                f"the archive {self.file} is not in {folder}: bring it back there to read what it holds"
            ) from None
        except (OSError, EOFError, zlib.error, ValueError, KeyError) as error:
            raise ArchiveUnreadable(f"the archive {path} is damaged: {error}") from error


class Archives:
    """The archives of one home, found through its database."""

    def __init__(self, folder: Path, archives: Iterable[Archive]) -> None:
        self.folder = folder
        self._by_source: dict[str, list[Archive]] = {}
        for one in sorted(archives, key=lambda one: one.first_row):
            self._by_source.setdefault(one.source, []).append(one)
        self._last = {source: listed[-1].last_row for source, listed in self._by_source.items()}
        self._pieces: OrderedDict[tuple[str, int], dict[str, Any]] = OrderedDict()

    @classmethod
    def of(cls, store: Store) -> Archives:
        """Those that ``store`` lists."""
        listed = store.read(select(METADATA.tables["archive"]))
        return cls(store.path.parent / FOLDER, (archive_of(row) for row in listed))

    def covering(self, source: str, row: int) -> Archive | None:
        """The archive that ``row`` of ``source`` went to."""
        listed = self._by_source.get(source, [])
        place = bisect_right([one.first_row for one in listed], row) - 1
        return listed[place] if place >= 0 and row <= listed[place].last_row else None

    def listed(self, source: str) -> Sequence[Archive]:
        """The archives of a table, oldest rows first."""
        return self._by_source.get(source, [])

    def upto(self, source: str) -> int:
        """The last row of ``source`` that left."""
        return self._last.get(source, 0)

    def emptied(self, source: str, row: int) -> Mapping[str, Any] | None:
        """As ``bulk``, for a table that may have nothing bulky."""
        return self.bulk(source, row) if row <= self._last.get(source, 0) else None

    def bulk(self, source: str, row: int) -> Mapping[str, Any] | None:
        """The bulky columns of a row that left; None for one that did not.

        Raises:
            ArchiveUnreadable: Its file is missing or damaged.
        """
        held = self._pieces.get((source, row))
        if held is not None:
            return held
        archive = self.covering(source, row)
        if archive is None:
            return None
        for name, values in archive.piece(self.folder, row).items():
            self._pieces[(source, name)] = values
        while len(self._pieces) > KEPT_PIECES * ROWS_A_PIECE:
            self._pieces.popitem(last=False)
        if (source, row) not in self._pieces:
            raise ArchiveUnreadable(f"the archive {archive.file} lacks row {row} of {source}")
        return self._pieces[(source, row)]


def archive_of(row: Mapping[str, Any]) -> Archive:
    """The archive kept in a row of its table."""
    members = tuple((int(first), int(start)) for first, start in orjson.loads(row["members"]))
    kept = ("file", "source", "first_row", "last_row", "sha256", "size_bytes")
    return Archive(**{name: row[name] for name in kept}, members=members)


def is_emptied(source: str, values: Mapping[str, Any]) -> bool:
    """Whether the bulky columns of a row are empty."""
    return all(not values[name] for name in BULKY[source] if name in values)


def values_of(source: str, told: Mapping[str, str]) -> dict[str, Any]:
    """Bulky columns as the table holds them: bytes were written as hexadecimal text."""
    columns = METADATA.tables[source].c
    return {
        name: bytes.fromhex(told[name]) if isinstance(columns[name].type, LargeBinary) else told[name]
        for name in BULKY[source]
    }


def filled(store: Store, source: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``rows`` of ``source`` with what left the database put back in; each holds its primary key.

    Raises:
        ArchiveUnreadable: A file is missing or damaged.
    """
    found = [dict(row) for row in rows]
    gone = [row for row in found if is_emptied(source, row)]
    if not gone:
        return found
    (key,) = METADATA.tables[source].primary_key.columns
    archives = Archives.of(store)
    query = f'SELECT rowid FROM "{source}" WHERE "{key.name}" = :key'  # noqa: S608 (a table of ours)
    for row in gone:
        ((number,),) = store.fetch(query, {"key": row[key.name]})
        bulk = archives.bulk(source, number) or {}
        row.update({name: value for name, value in bulk.items() if name in row})
    return found
