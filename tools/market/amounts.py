"""Prices and amounts of a recorded file as units of 1e-8, exactly.

A number never passes through a float unless the file itself holds floats. Those are taken
for the decimal they were written as: within the error of one rounding and one product they
must be a multiple of 1e-8.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.domain.market import UNITS
from tools.market.cells import (
    CellFault,
    Ints,
    cell_of,
    exact_units,
    is_text,
    plain,
    refuse,
    refuse_nulls,
    require_kind,
    shown,
    too_fine,
    too_large,
)

DECIMAL = pa.decimal128(38, 8)
_LONGEST_NUMBER = 30  # characters
_EXACT_BELOW = 2.0**48  # larger scaled doubles are taken from their shortest text
_FLOAT_ERROR = 2.0**-51  # relative: a decimal rounded to a double and multiplied once


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
    column = plain(column)
    kind = column.type
    if is_text(kind):
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
