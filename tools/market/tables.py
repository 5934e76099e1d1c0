"""Rows of a recorded file in batches, whatever holds them: CSV, gzip CSV or Parquet.

Every way in which a file can be unreadable ends here as one line naming file and place.
A batch knows the place of its first row, so that a later check can name a line.
"""

from __future__ import annotations

import csv
import gzip
import re
import stat
import zlib
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from tools.domain.errors import BadInput
from tools.market.gzip_faults import why_no_gzip

SUFFIXES = ("csv.gz", "csv", "parquet")
PACKED_AS = 6  # gzip's level for what is recorded: 9 takes four times as long for a hundredth of the size
PART = ".part"  # ends a file that its recorder has not named yet
BATCH_ROWS = 1 << 17
BLOCK_BYTES = 1 << 20  # of a CSV's text at a time, which no line is longer than
_WORDS = pa.dictionary(pa.int32(), pa.string())
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")  # a frame's row labels; not the recording's
_FAST_TYPES = {
    **dict.fromkeys(("exchange", "symbol", "side", "is_snapshot"), _WORDS),
    **dict.fromkeys(("timestamp", "local_timestamp"), pa.int64()),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows of ``path``; ``first`` is the index of the first of them, from 0."""

    path: Path
    first: int
    rows: pa.RecordBatch

    def fault(self, row: int | None, what: str) -> BadInput:
        """What is wrong with ``row`` of this batch (with the whole file where None)."""
        return BadInput(
            f"{self.path}: {what}" if row is None else f"{place(self.path, self.first + row)}: {what}"
        )


def place(path: Path, row: int) -> str:
    """Where data row ``row``, from 0, stands: a CSV's line (its header is line 1) or a Parquet file's row."""
    return f"{path} row {row + 1}" if suffix_of(path) == "parquet" else f"{path} line {row + 2}"


def suffix_of(path: Path) -> str:
    """The one of ``SUFFIXES`` that ``path`` ends with, be it followed by ``.part`` or not.

    Raises:
        BadInput: It ends with none of them.
    """
    for suffix in SUFFIXES:
        if path.name.removesuffix(PART).endswith(f".{suffix}"):
            return suffix
    raise BadInput(f"{path}: expected a file ending in {', '.join('.' + suffix for suffix in SUFFIXES)}")


def batches(path: Path, columns: Sequence[str], *, as_text: bool = False) -> Iterator[Batch]:
    """The rows of ``path`` in order; its columns are exactly ``columns``, in any order.

    Args:
        path: A file ending in one of ``SUFFIXES``.
        columns: The columns it must have.
        as_text: Leave a CSV's stamps as text, which is slower but lets the failing cell be found.

    Raises:
        BadInput: The file is missing, unreadable, cut off, or its columns are not ``columns``.
        pyarrow.ArrowInvalid: A CSV's row does not fit (never with ``as_text``, which says why).
    """
    suffix = suffix_of(path)
    _require_file(path)
    first = 0
    for rows in _parquet_rows(path, columns) if suffix == "parquet" else _csv_rows(path, columns, as_text):
        if rows.num_rows:
            yield Batch(path, first, rows)
        first += rows.num_rows


def _require_file(path: Path) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise BadInput(f"{path}: expected a file, was a folder")
    if found.st_size == 0:
        raise BadInput(f"{path}: the file is empty")


def _parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    try:
        with pa_parquet.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if not _PANDAS_INDEX.fullmatch(name)]
            _check_columns(path, names, columns)
            yield from file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path}: not a readable Parquet file: {_first_line(error)}") from error


def _csv_rows(path: Path, columns: Sequence[str], as_text: bool) -> Iterator[pa.RecordBatch]:
    try:
        with _opened(path) as stream:
            names = _header(path, stream.readline(), columns)
            yield from _parsed(path, stream, names, as_text)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{path}: {why_no_gzip(path, _first_line(error))}") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _parsed(path: Path, stream: IO[bytes], names: list[str], as_text: bool) -> Iterator[pa.RecordBatch]:
    """Arrow parses text already read: its own threads must never call Python, or they may as Python ends."""
    types = {name: _WORDS if _FAST_TYPES.get(name) == _WORDS else pa.string() for name in names}
    read = pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=2 * BLOCK_BYTES)
    parse = pa_csv.ParseOptions(ignore_empty_lines=False)
    convert = pa_csv.ConvertOptions(column_types=types if as_text else types | _FAST_TYPES, null_values=[])
    try:
        for text in _whole_lines(path, stream):
            yield from pa_csv.read_csv(pa.BufferReader(text), read, parse, convert).to_batches()
    except pa.ArrowInvalid as error:
        if not as_text:
            raise
        raise BadInput(_why_unreadable(path, len(names), error)) from error


def _whole_lines(path: Path, stream: IO[bytes]) -> Generator[bytes]:
    """The rest of ``stream`` in blocks that each end with a line's end, the last of them maybe not."""
    rest = b""
    number = 2
    for block in _ahead(stream):
        end = block.rfind(b"\n") + 1
        if end:
            text = rest + block[:end]
            yield text
            number += text.count(b"\n")
            rest = block[end:]
        else:
            rest += block
        if len(rest) > BLOCK_BYTES:
            raise BadInput(f"{path} line {number}: longer than {BLOCK_BYTES} bytes")
    if rest:
        yield rest


def _ahead(stream: IO[bytes]) -> Generator[bytes]:
    """The rest of ``stream`` in blocks; the next is unpacked while the caller is at work on one.

    Closing it waits for nothing: a reader that was left in the middle may be closed by the garbage collector
    while another thread is being started, and to wait for a thread there is to wait for ever.
    """
    worker = ThreadPoolExecutor(1, "unpacking")
    try:
        coming = worker.submit(stream.read, BLOCK_BYTES)
        while block := coming.result():
            coming = worker.submit(stream.read, BLOCK_BYTES)
            yield block
    finally:
        worker.shutdown(wait=False)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if suffix_of(path) == "csv":
        with path.open("rb") as plain:
            yield plain
    else:
        with gzip.open(path) as unpacked:
            yield cast("IO[bytes]", unpacked)


def _header(path: Path, line: bytes, columns: Sequence[str]) -> list[str]:
    if not line:
        raise BadInput(f"{path}: the file is empty")
    text = line.decode("utf-8-sig", errors="replace").strip()
    names = text.split(",")
    if not set(names) & set(columns):
        raise BadInput(f"{path} line 1: expected the header {','.join(columns)}, was {text[:80]!r}")
    _check_columns(path, names, columns)
    return names


def _check_columns(path: Path, names: Sequence[str], columns: Sequence[str]) -> None:
    expected = f"; expected {', '.join(columns)}"
    for name in columns:
        if name not in names:
            raise BadInput(f"{path}: column {name} is missing{expected}")
    for name in names:
        if name not in columns:
            raise BadInput(f"{path}: unknown column {name[:40]!r}{expected}")
    if len(names) > len(columns):
        raise BadInput(f"{path}: a column is there twice{expected}")


def _why_unreadable(path: Path, n_columns: int, error: pa.ArrowInvalid) -> str:
    with _opened(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                cells = next(csv.reader([line.decode()]), [])
            except UnicodeDecodeError:
                return f"{path} line {number}: not UTF-8 text"
            except csv.Error as fault:
                return f"{path} line {number}: not readable as CSV: {_first_line(fault)}"
            if cells and len(cells) != n_columns:
                return f"{path} line {number}: expected {n_columns} columns, was {len(cells)}"
    return f"{path}: not readable as CSV: {_first_line(error)}"


def _unreadable(path: Path, error: Exception) -> BadInput:
    return BadInput(f"{path}: cannot be read: {getattr(error, 'strerror', None) or _first_line(error)}")


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
