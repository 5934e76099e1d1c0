"""Prices and amounts of a recorded file as units of 1e-8, exactly.

A number never passes through a float unless the file itself holds floats. Those are taken
for the decimal they were written as: doubles must be, within the error of one rounding and
one product, a multiple of 1e-8; singles are their shortest text. Amounts may be finer, as
those of a simulator are, and are then rounded; the exact way is tried first, so that a file
without such amounts pays nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.domain.market import UNITS
from tools.market.cells import (
    FINEST,
    CellFault,
    Ints,
    cell_of,
    exact_units,
    is_text,
    nearest_units,
    plain,
    refuse,
    refuse_nulls,
    require_kind,
    shown,
    too_fine,
    too_large,
)

Bools: TypeAlias = npt.NDArray[np.bool_]
DECIMAL = pa.decimal128(38, 8)
FINE_DECIMAL = pa.decimal128(38, 20)
_LONGEST_NUMBER = 30  # characters
_EXACT_BELOW = 2.0**48  # larger scaled doubles are taken from their shortest text
_FLOAT_ERROR = 2.0**-51  # relative: a decimal rounded to a double and multiplied once


def units(column: pa.Array, name: str, *, at_least: int) -> Ints:
    """Decimals as units of 1e-8, exact, shape (n_rows,).

    Args:
        column: Text, decimal, whole, double or single cells.
        name: The column's name, for messages.
        at_least: Least units allowed: 0, or 1 for what must be positive.

    Raises:
        CellFault: A cell is no finite number, finer than 1e-8, too large for int64 or too small.
    """
    refuse_nulls(column, name)
    found = _exact(column, name)
    bound = "above 0" if at_least else "0 or more"
    refuse(found < at_least, lambda row: f"{name} must be {bound}, was {shown(cell_of(column, row))}")
    return found


def rounded_units(column: pa.Array, name: str, *, at_least: int) -> tuple[Ints, Bools]:
    """Decimals as the nearest units of 1e-8, half to even, and where they were finer; shapes (n_rows,).

    Args:
        column: Text, decimal, whole, double or single cells.
        name: The column's name, for messages.
        at_least: Least units allowed after rounding; what is below 0 does not become 0.

    Raises:
        CellFault: A cell is no finite number, too large for int64 or too small.
    """
    refuse_nulls(column, name)
    try:
        found, is_rounded = _exact(column, name), np.zeros(len(column), bool)
    except CellFault as fault:
        if fault.row is None:
            raise
        found, is_rounded = _nearest(column, name)

    def explain(row: int) -> str:
        least = f"{FINEST:f} or more" if is_rounded[row] else "above 0"
        return f"{name} must be {least if at_least else '0 or more'}, was {shown(cell_of(column, row))}"

    refuse(found < at_least, explain)
    return found, is_rounded


def decimals(amounts: Ints) -> pa.Array:
    """Units of 1e-8 as an Arrow decimal column, the way back of ``units``."""
    words = np.column_stack([amounts, amounts >> 63]).astype("<i8")
    return pa.Array.from_buffers(DECIMAL, len(amounts), [None, pa.py_buffer(words.tobytes())])


def _exact(column: pa.Array, name: str) -> Ints:
    if pa.types.is_float64(column.type):
        return _units_of_doubles(column.to_numpy(zero_copy_only=False), name)
    return _units_of_others(column, name)


def _nearest(column: pa.Array, name: str) -> tuple[Ints, Bools]:
    if pa.types.is_float64(column.type):
        values = column.to_numpy(zero_copy_only=False)
        is_rounded = _is_between(values)
        nearest = np.where(is_rounded, np.rint(values * UNITS) / UNITS, values)
        return _below_zero(_units_of_doubles(nearest, name), is_rounded & (values < 0)), is_rounded
    column = _without_singles(plain(column))
    found, is_rounded, rows = _nearest_at_once(column, name)
    for row, cell in zip(rows.tolist(), column.take(pa.array(rows)).to_pylist(), strict=True):
        try:
            found[row], is_exact = nearest_units(name, cell)
        except ValueError as error:
            raise CellFault(row, str(error)) from None
        is_rounded[row] = not is_exact
    return found, is_rounded


def _nearest_at_once(column: pa.Array, name: str) -> tuple[Ints, Bools, Ints]:
    """The nearest units, where they were finer, and the rows that are still to be read one by one."""
    tame, is_odd = _tamed(column) if is_text(column.type) else (column, np.zeros(len(column), bool))
    try:
        fine = pc.cast(tame, FINE_DECIMAL) if is_text(column.type) else tame
        nearest = pc.round(fine, 8, "half_to_even")
        found = _units_of_decimals(pc.cast(nearest, DECIMAL), name)
        is_rounded = pc.not_equal(fine, nearest).to_numpy(zero_copy_only=False)
        is_below = pc.less(fine, pa.scalar(Decimal(0), fine.type)).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, CellFault):  # some cell does not fit; one by one the first is found
        rows = np.arange(len(column))
        return np.zeros(len(rows), np.int64), np.zeros(len(rows), bool), rows
    return _below_zero(found, is_rounded & is_below), is_rounded.copy(), np.flatnonzero(is_odd)


def _below_zero(found: Ints, is_below: Bools) -> Ints:
    """``found``, where what was below zero was not rounded up to it."""
    return np.where(is_below & (found == 0), -1, found)


def _without_singles(column: pa.Array) -> pa.Array:
    return pc.cast(column, pa.string()) if pa.types.is_float32(column.type) else column


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
    refuse(_is_between(values), lambda row: too_fine(name, values[row]))
    found: Ints = np.rint(scaled).astype(np.int64)
    for row in np.flatnonzero(np.abs(scaled) >= _EXACT_BELOW):
        found[row] = int((Decimal(repr(float(values[row]))) * UNITS).to_integral_value())
    return found


def _is_between(values: npt.NDArray[np.float64]) -> Bools:
    """Where a double is farther from a multiple of 1e-8 than it would be for having been one."""
    scaled = values * UNITS
    with np.errstate(invalid="ignore"):
        found: Bools = np.abs(scaled - np.rint(scaled)) > np.abs(scaled) * _FLOAT_ERROR
    return found


def _units_of_others(column: pa.Array, name: str) -> Ints:
    column = _without_singles(plain(column))
    kind = column.type
    if is_text(kind):
        return _units_of_texts(column, name)
    is_number = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    require_kind(is_number, column, name, "text, double, single, decimal or integer")
    try:
        return _units_of_decimals(pc.cast(column, DECIMAL), name)
    except pa.ArrowInvalid:  # some cell does not fit; one by one the first is found
        return _one_by_one(column, name, np.zeros(len(column), np.int64), np.arange(len(column)))


def _units_of_texts(column: pa.Array, name: str) -> Ints:
    tame, is_odd = _tamed(column)
    try:
        found, rows = _units_of_decimals(pc.cast(tame, DECIMAL), name), np.flatnonzero(is_odd)
    except pa.ArrowInvalid:
        found, rows = np.zeros(len(column), np.int64), np.arange(len(column))
    return _one_by_one(column, name, found, rows)


def _tamed(column: pa.Array) -> tuple[pa.Array, Bools]:
    """``column`` with 0 where a text is odd, and where that is."""
    is_odd = _is_odd(column)
    if not is_odd.any():
        return column, is_odd
    return pc.if_else(pa.array(is_odd), pa.scalar("0", column.type), column), is_odd


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
