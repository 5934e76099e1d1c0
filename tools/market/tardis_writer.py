"""Events back into recordings in the Tardis layout: what a recorder keeps, a replay reads.

The bytes depend on the events alone. Prices and amounts are written with all eight
decimals, so nothing is lost on the way. In the layout snapshot rows in a row are one snapshot:
between two the last row of the first is said again as a change, which changes nothing.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from tools.market.amounts import decimals
from tools.market.events import BOOK, GAP, LAST, RESET, SNAPSHOT, Events
from tools.market.tables import PACKED_AS, suffix_of
from tools.market.tapes import TapeFiles, tape_name
from tools.market.tardis import BOOK_COLUMNS, BOOK_SIDES, TRADE_COLUMNS, TRADE_SIDES


def write_recording(
    folder: Path, events: Events, *, symbol: str, venue: str, suffix: str = "csv.gz", first_id: int = 1
) -> TapeFiles:
    """Write ``events`` as the two files of one recording, named after its first receiver stamp.

    Args:
        folder: Where to; made if it is missing.
        events: Book rows and prints ordered by ``ts_init``; stamps in whole microseconds.
        symbol: Written to every row.
        venue: Written to every row.
        suffix: ``csv.gz``, ``csv`` or ``parquet``.
        first_id: Id of the first print; the others count on, leaving one out at each ``GAP``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = int(events["ts_init"][0])
    stem = folder / tape_name(venue, symbol, start)
    book, trades = (stem.with_name(f"{stem.name}.{half}.{suffix}") for half in ("book", "trades"))
    is_book = events["kind"] == BOOK
    write_book(book, events[is_book], symbol=symbol, venue=venue)
    prints = events[~is_book]
    write_trades(trades, prints, _counted_ids(prints, first_id), symbol=symbol, venue=venue)
    return TapeFiles(venue, symbol, start - start % 60_000_000_000, book, trades)


def book_header() -> bytes:
    """The first line of a CSV file of book rows."""
    return ",".join(BOOK_COLUMNS).encode() + b"\n"


def trades_header() -> bytes:
    """The first line of a CSV file of prints."""
    return ",".join(TRADE_COLUMNS).encode() + b"\n"


def book_lines(rows: Events, *, symbol: str, venue: str) -> bytes:
    """Book rows as CSV without header, to be added to a file that is growing."""
    return _lines(_book_table(_parted(rows, before_more=True), symbol, venue))


def trade_lines(prints: Events, ids: Sequence[str], *, symbol: str, venue: str) -> bytes:
    """Prints as CSV without header, to be added to a file that is growing."""
    return _lines(_trade_table(prints, ids, symbol, venue))


def write_book(path: Path, rows: Events, *, symbol: str, venue: str) -> None:
    """Write book rows to ``path``; its ending chooses the format."""
    _write(path, _book_table(_parted(rows, before_more=False), symbol, venue))


def write_trades(path: Path, prints: Events, ids: Sequence[str], *, symbol: str, venue: str) -> None:
    """Write prints to ``path``, with the venue's ids; its ending chooses the format."""
    _write(path, _trade_table(prints, ids, symbol, venue))


def _counted_ids(prints: Events, first_id: int) -> list[str]:
    holes = np.cumsum((prints["flags"] & GAP) != 0)
    return [str(number) for number in (first_id + np.arange(len(prints)) + holes).tolist()]


def _parted(rows: Events, *, before_more: bool) -> Events:
    """``rows`` with a change after each snapshot that another follows, or may where more is to come."""
    is_end = rows["flags"] & (SNAPSHOT | LAST) == SNAPSHOT | LAST
    is_before_reset = np.append((rows["flags"][1:] & RESET) != 0, before_more)
    ends = np.flatnonzero(is_end & is_before_reset[: len(rows)])
    changes = rows[ends]
    changes["flags"] = LAST
    return np.insert(rows, ends + 1, changes)


def _book_table(rows: Events, symbol: str, venue: str) -> pa.Table:
    own = {"is_snapshot": pa.array((rows["flags"] & SNAPSHOT) != 0), "side": _sides(rows, BOOK_SIDES)}
    return _table(rows, symbol, venue, own).select(BOOK_COLUMNS)


def _trade_table(prints: Events, ids: Sequence[str], symbol: str, venue: str) -> pa.Table:
    own = {"id": pa.array(ids, pa.string()), "side": _sides(prints, TRADE_SIDES)}
    return _table(prints, symbol, venue, own).select(TRADE_COLUMNS)


def _table(rows: Events, symbol: str, venue: str, own: Mapping[str, pa.Array]) -> pa.Table:
    common = {
        "exchange": pa.repeat(venue, len(rows)),
        "symbol": pa.repeat(symbol, len(rows)),
        "timestamp": pa.array(rows["ts_event"] // 1000),
        "local_timestamp": pa.array(rows["ts_init"] // 1000),
        "price": decimals(rows["price"]),
        "amount": decimals(rows["size"]),
    }
    return pa.table({**common, **own})


def _sides(rows: Events, names: Mapping[str, int]) -> pa.Array:
    by_code = {code: name for name, code in names.items()}
    return pa.array([by_code[code] for code in rows["side"].tolist()], pa.string())


def _write(path: Path, table: pa.Table) -> None:
    suffix = suffix_of(path)
    with path.open("wb") as file:
        if suffix == "parquet":
            pa_parquet.write_table(table, file)
        elif suffix == "csv":
            _write_csv(table, file)
        else:
            # no name and no time in the header: the same events give the same bytes
            with gzip.GzipFile("", "wb", PACKED_AS, mtime=0, fileobj=file) as packed:
                _write_csv(table, cast("IO[bytes]", packed))


def _write_csv(table: pa.Table, file: IO[bytes]) -> None:
    file.write(",".join(table.schema.names).encode() + b"\n" + _lines(table))


def _lines(table: pa.Table) -> bytes:
    for name in ("price", "amount"):
        # Arrow would write 0.00000001 as 1E-8
        plain = pa.array([f"{value:f}" for value in table[name].to_pylist()], pa.string())
        table = table.set_column(table.schema.get_field_index(name), name, plain)
    text = pa.BufferOutputStream()
    pa_csv.write_csv(table, text, pa_csv.WriteOptions(include_header=False, quoting_style="none"))
    return bytes(text.getvalue())
