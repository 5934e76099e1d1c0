"""Stamps, ids, sides and names of a recorded file as whole numbers, a column at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.market.cells import (
    Ints,
    cell_of,
    converted,
    is_text,
    plain,
    refuse,
    refuse_nulls,
    require_kind,
    shown,
    why_no_integer,
)

Codes: TypeAlias = npt.NDArray[np.int8]
EARLIEST_US = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
LATEST_US = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_ABSENT = -128  # no code


def codes(column: pa.Array, name: str, known: Mapping[str, int], *, any_case: bool = False) -> Codes:
    """Each text of ``column`` as its number in ``known``, shape (n_rows,).

    Args:
        column: Text or booleans.
        name: The column's name, for messages.
        known: The texts there may be, in lower case where the case does not matter.
        any_case: Whether True is true.

    Raises:
        CellFault: A text is not in ``known``.
    """
    refuse_nulls(column, name)
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.string())
    if not pa.types.is_dictionary(column.type):
        require_kind(is_text(column.type), column, name, "text")
        column = column.dictionary_encode()
    texts = [str(text).lower() if any_case else str(text) for text in column.dictionary.to_pylist()]
    table = np.array([known.get(text, _ABSENT) for text in texts], np.int8)
    found: Codes = table[column.indices.to_numpy(zero_copy_only=False)]
    expected = " or ".join(known)
    refuse(found == _ABSENT, lambda row: f"{name} must be {expected}, was {shown(cell_of(column, row))}")
    return found


def times_ns(column: pa.Array, name: str) -> Ints:
    """Microseconds since the epoch (or Arrow timestamps of any unit) as nanoseconds, shape (n_rows,).

    Raises:
        CellFault: A cell is no whole number or lies outside the years 2000 to 2099.
    """
    refuse_nulls(column, name)
    micros = _stamps(column, name) if pa.types.is_timestamp(column.type) else _integers(column, name)
    refuse(
        (micros < EARLIEST_US) | (micros >= LATEST_US),
        lambda row: (
            f"{name} must be microseconds since 1970 in the years 2000 to 2099, "
            f"was {micros[row]}{_likely_unit(int(micros[row]))}"
        ),
    )
    return micros * 1000


def trade_ids(column: pa.Array, name: str) -> Ints:
    """Whole-number ids, shape (n_rows,); for venues that count their prints.

    Raises:
        CellFault: An id is not a whole number.
    """
    refuse_nulls(column, name)
    return _integers(column, name)


def _integers(column: pa.Array, name: str) -> Ints:
    column = plain(column)
    require_kind(pa.types.is_integer(column.type) or is_text(column.type), column, name, "integer or text")
    numbers = converted(column, pa.int64(), lambda cell: why_no_integer(name, cell))
    found: Ints = numbers.to_numpy(zero_copy_only=False)
    return found


def _stamps(column: pa.Array, name: str) -> Ints:
    micros = converted(
        column,
        pa.timestamp("us", column.type.tz),
        lambda cell: f"{name} must be whole microseconds, was {shown(cell)}",
    )
    found: Ints = micros.view(pa.int64()).to_numpy(zero_copy_only=False)
    return found


def _likely_unit(stamp: int) -> str:
    for factor, unit in ((1_000_000, "seconds"), (1_000, "milliseconds"), (0.001, "nanoseconds")):
        if EARLIEST_US <= stamp * factor < LATEST_US:
            return f" (looks like {unit})"
    return ""
