"""Recordings in the Tardis layout: order-book changes and prints as events.

Rows that share both stamps are one message and the book is whole after the last of them.
A run of snapshot rows is one snapshot whatever its stamps: until its last row the book is not
whole. Changes with that row's stamps belong to its message: the stamps cannot tell them apart,
and waiting for the last row never shows a book that was not there. Changes a venue buffered
while the snapshot was fetched carry another venue stamp and are messages of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tools.domain.errors import BadInput
from tools.domain.market import Instrument
from tools.market import columns
from tools.market.amounts import rounded_units, units
from tools.market.cells import CellFault
from tools.market.events import BOOK, EVENT, GAP, LAST, PRINT, RESET, SNAPSHOT, Events, merge
from tools.market.instruments import venue_profile
from tools.market.repeats import repeats
from tools.market.tables import Batch, batches, place

BOOK_COLUMNS = (
    "exchange",
    "symbol",
    "timestamp",
    "local_timestamp",
    "is_snapshot",
    "side",
    "price",
    "amount",
)
TRADE_COLUMNS = ("exchange", "symbol", "timestamp", "local_timestamp", "id", "side", "price", "amount")
BOOK_SIDES = {"bid": 1, "ask": -1}
TRADE_SIDES = {"buy": 1, "sell": -1, "unknown": 0}
TRUTHS = {"false": 0, "true": 1}

Column: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.int8] | pa.ChunkedArray
Flags: TypeAlias = npt.NDArray[np.int16]
Part: TypeAlias = Mapping[str, Column]
Convert: TypeAlias = Callable[[Batch], Part]


@dataclass(frozen=True, slots=True)
class Recording:
    """Both streams of one recording, merged as they were received.

    Attributes:
        events: Shape (n_book + n_prints,), ordered by ``ts_init``.
        book_sha256: Hash of the book file as it lies on disk.
        trades_sha256: Hash of the trades file as it lies on disk.
        duplicates: Rows of the trades file that repeat an earlier print; they are no events.
        rounded_amounts: Events whose amount was finer than 1e-8.
    """

    events: Events
    n_book: int
    n_prints: int
    book_sha256: str
    trades_sha256: str
    duplicates: int
    rounded_amounts: int


@dataclass(frozen=True, slots=True)
class _Half:
    """What one file holds; ``id`` and what else the layout has beside the events is used up."""

    events: Events
    duplicates: int
    rounded: int


def read_recording(trades: Path, book: Path, instrument: Instrument) -> Recording:
    """The recording of ``instrument`` in the two files.

    Raises:
        BadInput: A file is missing, malformed or of another symbol or venue.
    """
    changes = _load_book(book, instrument.symbol, instrument.venue)
    prints = _load_trades(trades, instrument.symbol, instrument.venue)
    return Recording(
        events=merge(changes.events, prints.events),
        n_book=len(changes.events),
        n_prints=len(prints.events),
        book_sha256=_sha256(book),
        trades_sha256=_sha256(trades),
        duplicates=prints.duplicates,
        rounded_amounts=changes.rounded + prints.rounded,
    )


def read_book(path: Path, *, symbol: str, venue: str) -> Events:
    """Order-book rows of ``path``, shape (n_rows,); ``size`` is the level's new absolute quantity.

    An amount finer than 1e-8 is rounded; one below half of that clears the level.

    Raises:
        BadInput: See ``read_recording``, or there is no row; the message names line and column.
    """
    return _load_book(path, symbol, venue).events


def _load_book(path: Path, symbol: str, venue: str) -> _Half:
    def convert(batch: Batch) -> Part:
        rows = batch.rows
        return {
            **_stamps(rows, symbol, venue),
            "is_snapshot": columns.codes(rows["is_snapshot"], "is_snapshot", TRUTHS, any_case=True),
            "side": columns.codes(rows["side"], "side", BOOK_SIDES),
            "price": units(rows["price"], "price", at_least=1),
            **_amounts(rows, at_least=0),
        }

    part = _read(path, BOOK_COLUMNS, convert)
    events = _events(part, BOOK)
    events["flags"] = _book_flags(part["ts_event"], part["ts_init"], part["is_snapshot"] == 1)
    return _Half(events, 0, int(part["is_rounded"].sum()))


def read_trades(path: Path, *, symbol: str, venue: str) -> Events:
    """Prints of ``path``, shape (n_prints,); ``GAP`` where the venue counts its prints and some are missing.

    A print that is there again under the same id is left out. There may be none at all: a market
    without trades is a market. An amount finer than 1e-8 is rounded, but not to nothing.

    Raises:
        BadInput: See ``read_recording``; the message names line and column.
    """
    return _load_trades(path, symbol, venue).events


def _load_trades(path: Path, symbol: str, venue: str) -> _Half:
    is_dense = venue_profile(venue).has_dense_trade_ids

    def convert(batch: Batch) -> Part:
        rows = batch.rows
        return {
            **_stamps(rows, symbol, venue),
            "id": columns.trade_ids(rows["id"], "id") if is_dense else rows["id"],
            "side": columns.codes(rows["side"], "side", TRADE_SIDES),
            "price": units(rows["price"], "price", at_least=1),
            **_amounts(rows, at_least=1),
        }

    part = _read(path, TRADE_COLUMNS, convert, may_be_empty=True)
    events = _events(part, PRINT)
    is_kept = ~repeats(path, part["id"], events)
    events = events[is_kept]
    events["flags"] = LAST
    if is_dense:
        events["flags"][1:][np.diff(part["id"][is_kept]) != 1] |= GAP
    return _Half(events, len(is_kept) - len(events), int(part["is_rounded"][is_kept].sum()))


def _amounts(rows: pa.RecordBatch, *, at_least: int) -> dict[str, Column]:
    found, is_rounded = rounded_units(rows["amount"], "amount", at_least=at_least)
    return {"size": found, "is_rounded": is_rounded.view(np.int8)}


def _stamps(rows: pa.RecordBatch, symbol: str, venue: str) -> dict[str, Column]:
    columns.codes(rows["exchange"], "exchange", {venue: 0})
    columns.codes(rows["symbol"], "symbol", {symbol: 0})
    return {
        "ts_event": columns.times_ns(rows["timestamp"], "timestamp"),
        "ts_init": columns.times_ns(rows["local_timestamp"], "local_timestamp"),
    }


def _read(path: Path, names: tuple[str, ...], convert: Convert, *, may_be_empty: bool = False) -> Part:
    try:
        parts = list(_parts(batches(path, names), convert))
    except pa.ArrowInvalid:  # the fast way says that a cell is bad, the slow way says which
        parts = list(_parts(batches(path, names, as_text=True), convert))
    if not parts and not may_be_empty:
        raise BadInput(f"{path}: expected rows below the header, there are none")
    parts = parts or [convert(Batch(path, 0, _no_rows(names)))]
    joined = {name: _joined([part[name] for part in parts]) for name in parts[0]}
    _refuse_backwards(path, joined["ts_init"])
    return joined


def _joined(pieces: list[Column]) -> Column:
    return np.concatenate(pieces) if isinstance(pieces[0], np.ndarray) else pa.chunked_array(pieces)


def _no_rows(names: tuple[str, ...]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in names})


def _parts(found: Iterator[Batch], convert: Convert) -> Iterator[Part]:
    for batch in found:
        try:
            yield convert(batch)
        except CellFault as fault:
            raise batch.fault(fault.row, fault.what) from None
        except UnicodeDecodeError as error:  # Parquet does not check what it calls text
            raise batch.fault(None, f"not UTF-8 text: {error.reason}") from None


def _refuse_backwards(path: Path, ts_init: Column) -> None:
    is_back = ts_init[1:] < ts_init[:-1]
    if is_back.any():
        row = int(np.argmax(is_back)) + 1
        before, after = int(ts_init[row - 1]) // 1000, int(ts_init[row]) // 1000
        raise BadInput(
            f"{place(path, row)}: local_timestamp must not run backwards, was {after} after {before}"
        )


def _events(part: Part, kind: int) -> Events:
    events = np.zeros(len(part["price"]), EVENT)
    for name in ("ts_event", "ts_init", "price", "size", "side"):
        events[name] = part[name]
    events["kind"] = kind
    return events


def _book_flags(ts_event: Column, ts_init: Column, is_snapshot: npt.NDArray[np.bool_]) -> Flags:
    goes_on = np.zeros(len(ts_event) + 1, bool)  # as the snapshot of the row before
    goes_on[1:-1] = is_snapshot[1:] & is_snapshot[:-1]
    is_reset = is_snapshot & ~goes_on[:-1]
    ends = np.ones(len(ts_event), bool)
    ends[:-1] = (ts_event[1:] != ts_event[:-1]) | (ts_init[1:] != ts_init[:-1]) | is_reset[1:]
    flags: Flags = is_snapshot * np.int16(SNAPSHOT)
    flags |= is_reset * np.int16(RESET)
    flags |= (ends & ~goes_on[1:]) * np.int16(LAST)
    return flags


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
