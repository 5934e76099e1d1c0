"""One column of a recorded file into whole numbers, exactly.

Columns are converted at once, for speed. Prices and amounts never pass through a float
unless the file itself holds floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.domain.market import UNITS
from tools.market.cells import (
    CellFault,
    cell_of,
    converted,
    exact_units,
    refuse,
    refuse_nulls,
    require_kind,
    shown,
    too_fine,
    too_large,
    why_no_integer,
)

Ints: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int8]
DECIMAL = pa.decimal128(38, 8)
EARLIEST_US = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
LATEST_US = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_ABSENT = -128  # no code
_LONGEST_NUMBER = 30  # characters
_EXACT_BELOW = 2.0**48  # larger scaled doubles are taken from their shortest text
_FLOAT_ERROR = 2.0**-51  # relative: a decimal rounded to a double and multiplied once


def codes(column: pa.Array, name: str, known: Mapping[str, int]) -> Codes:
    """Each text of ``column`` as its number in ``known``, shape (n_rows,).

    Raises:
        CellFault: A text is not in ``known``.
    """
    refuse_nulls(column, name)
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.string())
    if not pa.types.is_dictionary(column.type):
        require_kind(_is_text(column.type), column, name, "text")
        column = column.dictionary_encode()
    table = np.array([known.get(str(text), _ABSENT) for text in column.dictionary.to_pylist()], np.int8)
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


def units(column: pa.Array, name: str, *, at_least: int) -> Ints:
    """Decimals as units of 1e-8, exact, shape (n_rows,).

    Args:
        column: Text, decimal, whole or double cells.
        name: The column's name, for messages.
        at_least: Least units allowed: 0, or 1 for what must be positive.

    Raises:
        CellFault: A cell is no finite number, finer than 1e-8, too large for int64 or too small.
    """
    refuse_nulls(column, name)
    if pa.types.is_float64(column.type):
        found = _units_of_doubles(column.to_numpy(zero_copy_only=False), name)
    else:
        found = _units_of_others(column, name)
    bound = "above 0" if at_least else "0 or more"
    refuse(found < at_least, lambda row: f"{name} must be {bound}, was {shown(cell_of(column, row))}")
    return found


def decimals(amounts: Ints) -> pa.Array:
    """Units of 1e-8 as an Arrow decimal column, the way back of ``units``."""
    words = np.column_stack([amounts, amounts >> 63]).astype("<i8")
    return pa.Array.from_buffers(DECIMAL, len(amounts), [None, pa.py_buffer(words.tobytes())])


def _units_of_decimals(column: pa.Array, name: str) -> Ints:
    # a decimal128 is two little-endian words; the upper one is all sign where the value fits in int64
    words = np.frombuffer(column.buffers()[1], "<i8", 2 * len(column), 16 * column.offset).reshape(-1, 2)
    low, high = words.T
    refuse(high != low >> 63, lambda row: too_large(name, cell_of(column, row)))
    return low.astype(np.int64)


def _units_of_doubles(values: npt.NDArray[np.float64], name: str) -> Ints:
    refuse(~np.isfinite(values), lambda row: f"{name} must be a finite number, was {shown(values[row])}")
    scaled = values * UNITS
    refuse(np.abs(scaled) >= 2.0**63, lambda row: too_large(name, values[row]))
    nearest = np.rint(scaled)
    is_between = np.abs(scaled - nearest) > np.abs(scaled) * _FLOAT_ERROR
    refuse(is_between, lambda row: too_fine(name, values[row]))
    found: Ints = nearest.astype(np.int64)
    for row in np.flatnonzero(np.abs(scaled) >= _EXACT_BELOW):
        found[row] = int((Decimal(repr(float(values[row]))) * UNITS).to_integral_value())
    return found


def _units_of_others(column: pa.Array, name: str) -> Ints:
    column = _plain(column)
    kind = column.type
    if _is_text(kind):
        return _units_of_texts(column, name)
    is_number = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    require_kind(is_number, column, name, "text, double, decimal or integer")
    try:
        return _units_of_decimals(pc.cast(column, DECIMAL), name)
    except pa.ArrowInvalid:  # some cell does not fit; one by one the first is found
        return _one_by_one(column, name, np.zeros(len(column), np.int64), np.arange(len(column)))


def _units_of_texts(column: pa.Array, name: str) -> Ints:
    is_odd = _is_odd(column)
    tame = pc.if_else(pa.array(is_odd), pa.scalar("0", column.type), column) if is_odd.any() else column
    try:
        found, rows = _units_of_decimals(pc.cast(tame, DECIMAL), name), np.flatnonzero(is_odd)
    except pa.ArrowInvalid:
        found, rows = np.zeros(len(column), np.int64), np.arange(len(column))
    return _one_by_one(column, name, found, rows)


def _is_odd(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Where a text is long or has an exponent; on some of these Arrow reads beyond its own tables."""
    lengths = pc.binary_length(column).to_numpy(zero_copy_only=False)
    is_odd: npt.NDArray[np.bool_] = lengths > _LONGEST_NUMBER
    letters = np.frombuffer(column.buffers()[2] or b"", np.uint8)
    if letters.max(initial=0) > ord("9"):
        is_odd = is_odd | pc.match_substring_regex(column, "[^0-9.+-]").to_numpy(zero_copy_only=False)
    return is_odd


def _one_by_one(column: pa.Array, name: str, found: Ints, rows: Ints) -> Ints:
    for row, cell in zip(rows.tolist(), column.take(pa.array(rows)).to_pylist(), strict=True):
        try:
            found[row] = exact_units(name, cell)
        except ValueError as error:
            raise CellFault(row, str(error)) from None
    return found


def _integers(column: pa.Array, name: str) -> Ints:
    column = _plain(column)
    require_kind(pa.types.is_integer(column.type) or _is_text(column.type), column, name, "integer or text")
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


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.utf8_trim_whitespace(column) if _is_text(column.type) else column


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _likely_unit(stamp: int) -> str:
    for factor, unit in ((1_000_000, "seconds"), (1_000, "milliseconds"), (0.001, "nanoseconds")):
        if EARLIEST_US <= stamp * factor < LATEST_US:
            return f" (looks like {unit})"
    return ""
