"""One UTC day of trades on its way into a file: collected under a hidden name, published whole.

The hidden file grows by whole gzip members, so that what a kill tears off is at most the last of them;
the file with the day's name is only ever replaced by a longer one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.domain.errors import BadInput, StoreUnusable
from tools.market import columns
from tools.market.archive import whole_members
from tools.market.cells import CellFault
from tools.market.history.files import publish
from tools.market.history.prints import NS_A_MS, Page
from tools.market.tables import batches
from tools.market.tapes import tape_name
from tools.market.tardis import TRADE_COLUMNS
from tools.market.tardis_writer import trade_lines, trades_header

MICROS = 1_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file of trades holds; ids and stamps (ms) are None where it has no row.

    Attributes:
        last_ms: The venue's stamp of the last trade.
        until: Up to where it is known to be complete.
    """

    rows: int = 0
    first_id: int | None = None
    last_id: int | None = None
    last_ms: int | None = None
    until: int | None = None


class DayFile:
    """The trades of one symbol on the UTC day that begins at ``start_ms``."""

    def __init__(self, folder: Path, venue: str, symbol: str, start_ms: int) -> None:
        stem = tape_name(venue, symbol, start_ms * 1_000_000)
        self.path = folder / f"{stem}.trades.csv.gz"
        self._part = folder / f".{stem}.trades.part.csv.gz"
        self._venue = venue
        self._symbol = symbol

    def begin(self, published: Contents) -> Contents:
        """Get ready to add to what is ``published``, or to a longer rest of a broken-off download."""
        with _cannot_write(self.path):
            rest = self._rest()
            if rest is not None and (rest.rows > published.rows or not self.path.exists()):
                return rest
            if self.path.exists():
                shutil.copyfile(self.path, self._part)
            else:
                self._part.write_bytes(gzip.compress(trades_header(), mtime=0))
        return published

    def add(self, page: Page) -> None:
        """Add trades that come after all that are there.

        Raises:
            StoreUnusable: The disk is full.
        """
        if len(page.ids) == 0:
            return
        ids = [str(number) for number in page.ids.tolist()]
        lines = trade_lines(page.events, ids, symbol=self._symbol, venue=self._venue)
        with _cannot_write(self._part), self._part.open("ab") as file:
            file.write(gzip.compress(lines, mtime=0))

    def publish(self) -> str:
        """Give the file its name; returns its SHA-256."""
        with _cannot_write(self.path):
            digest = sha256_of(self._part)
            publish(self._part, self.path)
        return digest

    def _rest(self) -> Contents | None:
        """What an interrupted download left, its torn end cut off; None where that is nothing usable."""
        if not self._part.exists():
            return None
        os.truncate(self._part, whole_members(self._part))
        try:
            return contents_of(self._part, self._venue, self._symbol)
        except BadInput:
            self._part.unlink()
            return None


def contents_of(path: Path, venue: str, symbol: str) -> Contents:
    """What the file of trades holds, every row and checksum read.

    Raises:
        BadInput: It cannot be read, is of another venue or symbol, or its ids or stamps do not rise.
    """
    rows, first, last, last_us, last_ms = 0, None, None, 0, None
    for batch in batches(path, TRADE_COLUMNS, as_text=True):
        try:
            columns.codes(batch.rows["exchange"], "exchange", {venue: 0})
            columns.codes(batch.rows["symbol"], "symbol", {symbol: 0})
            ids = columns.trade_ids(batch.rows["id"], "id")
            stamps = columns.times_ns(batch.rows["local_timestamp"], "local_timestamp") // MICROS
            last_ms = int(columns.times_ns(batch.rows["timestamp"], "timestamp")[-1]) // NS_A_MS
        except CellFault as fault:
            raise batch.fault(fault.row, fault.what) from None
        if (last is not None and ids[0] <= last) or (ids[1:] <= ids[:-1]).any():
            raise batch.fault(None, "ids must rise")
        if stamps[0] < last_us or (stamps[1:] < stamps[:-1]).any():
            raise batch.fault(None, "local_timestamp must not run backwards")
        rows += len(ids)
        first = int(ids[0]) if first is None else first
        last, last_us = int(ids[-1]), int(stamps[-1])
    return Contents(rows, first, last, last_ms, last_us // MICROS if rows else None)


def sha256_of(path: Path) -> str:
    """Hash of a file as it lies on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _cannot_write(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnusable(f"cannot write {path}: {error.strerror or error}") from error
