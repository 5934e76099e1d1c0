"""A table as CSV or Parquet: written row by row beside the place it takes at the end; money stays exact."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from keeper_agent.series_file import replacing
from tools.domain.errors import BadUsage
from tools.domain.market import plain

FORMATS = ("csv", "parquet")
GROUP = 5_000  # rows
DIGITS, PLACES = 38, 20  # of money in Parquet
Types = Mapping[str, type]


def write_table(path: Path, form: str, types: Types, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write ``rows`` with the columns of ``types``, in their order; empty is unavailable.

    Raises:
        BadUsage: ``path`` does not end in ``form``, or is there and was not made by this.
        BadInput: It cannot be written.
    """
    if form not in FORMATS or path.suffix != f".{form}":
        raise BadUsage(f"--out expects a file ending in .{form}, was {str(path)!r}")
    if path.exists() and not _is_own(path, form, types):
        raise BadUsage(f"--out expects a new file or an export of the same table, {str(path)!r} is neither")
    with replacing(path) as fresh:
        fresh.touch(mode=0o600)
        (_write_csv if form == "csv" else _write_parquet)(fresh, types, iter(rows))


def _write_csv(path: Path, types: Types, rows: Iterator[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(types)
        for row in rows:
            writer.writerow([_text(row[name]) for name in types])


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return str(value).lower() if isinstance(value, bool) else value


def _write_parquet(path: Path, types: Types, rows: Iterator[Mapping[str, Any]]) -> None:
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {int: pa.int64(), str: pa.string(), float: pa.float64(), bool: pa.bool_()}
    kinds[Decimal] = pa.decimal128(DIGITS, PLACES)
    schema = pa.schema([(name, kinds[kind]) for name, kind in types.items()])
    with pq.ParquetWriter(path, schema) as writer:
        while group := list(islice(rows, GROUP)):
            columns = {name: [row[name] for row in group] for name in types}
            writer.write_table(pa.table(columns, schema=schema))


def _is_own(path: Path, form: str, types: Types) -> bool:
    if form == "csv":
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return next(csv.reader(file), None) == list(types)
    # As above.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names) == list(types)
    except (pa.ArrowException, OSError):
        return False
