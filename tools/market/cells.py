"""Finding and naming the first cell of a column that does not fit.

Whole columns are checked at once; only one that fails is searched, whole numbers by halving
the column with the very conversion that refused it, decimals cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.domain.market import UNITS

Ints: TypeAlias = npt.NDArray[np.int64]
LARGEST = 2**63 - 1
FINEST = Decimal(1) / UNITS
LONGEST_SHOWN = 40
_NUMBER = frozenset("0123456789+-.eE")


class CellFault(Exception):
    """A cell that does not fit; ``row`` counts from 0 in the column, None where the whole column is meant."""

    def __init__(self, row: int | None, what: str) -> None:
        super().__init__(what)
        self.row = row
        self.what = what


def refuse(is_bad: npt.NDArray[np.bool_], explain: Callable[[int], str]) -> None:
    """Raise CellFault for the first row that ``is_bad``, shape (n_rows,)."""
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise CellFault(row, explain(row))


def refuse_nulls(column: pa.Array, name: str) -> None:
    """Raise CellFault for the first missing cell."""
    if column.null_count:
        refuse(pc.is_null(column).to_numpy(zero_copy_only=False), lambda _: f"{name} is empty")


def require_kind(fits: bool, column: pa.Array, name: str, expected: str) -> None:
    """Raise CellFault for the whole column unless its type ``fits``."""
    if not fits:
        raise CellFault(None, f"column {name} must be {expected}, was {column.type}")


def converted(column: pa.Array, target: pa.DataType, explain: Callable[[object], str]) -> pa.Array:
    """``column`` as ``target``; the first cell that cannot be is what ``explain`` is asked about.

    Raises:
        CellFault: A cell is not convertible without loss.
    """
    try:
        return pc.cast(column, target)
    except pa.ArrowInvalid:
        row = _first_refused(column, target)
        raise CellFault(row, explain(cell_of(column, row))) from None


def cell_of(column: pa.Array, row: int) -> object:
    """The cell as a Python value; a stamp as its number and unit, because Python's stop at microseconds."""
    cell = column[row]
    return f"{cell.value} {cell.type.unit}" if pa.types.is_timestamp(cell.type) else cell.as_py()


def exact_units(name: str, cell: object) -> int:
    """``cell``, a number's text, as units of 1e-8.

    Raises:
        ValueError: It is no finite number, finer than 1e-8 or too large; the message says which.
    """
    units, is_exact = nearest_units(name, cell)
    if not is_exact:
        raise ValueError(too_fine(name, cell))
    return units


def nearest_units(name: str, cell: object) -> tuple[int, bool]:
    """``cell``, a number's text, as the nearest units of 1e-8, and whether they are exactly it.

    What is below zero stays below.

    Raises:
        ValueError: It is no finite number or too large; the message says which.
    """
    text = str(cell)
    if not text:
        raise ValueError(f"{name} is empty")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{name} must be a number, was {shown(text)}") from None
    if not value.is_finite():
        raise ValueError(f"{name} must be a finite number, was {shown(text)}")
    if not set(text) <= _NUMBER:
        raise ValueError(f"{name} must be a plain number, was {shown(text)}")
    if value.copy_abs() > Decimal(LARGEST) / UNITS:
        raise ValueError(too_large(name, text))
    nearest = value.quantize(FINEST)
    if not nearest and value < 0:
        return -1, False
    return int(nearest.scaleb(8)), nearest == value


def plain(column: pa.Array) -> pa.Array:
    """Without dictionary, and text without the blanks around it."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.utf8_trim_whitespace(column) if is_text(column.type) else column


def is_text(kind: pa.DataType) -> bool:
    """Whether cells of this type are Python strings."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def why_no_integer(name: str, cell: object) -> str:
    """What keeps ``cell`` from being a whole number."""
    return f"{name} is empty" if cell == "" else f"{name} must be a whole number, was {shown(cell)}"


def too_large(name: str, cell: object) -> str:
    """``cell`` does not fit in int64 units."""
    return f"{name} must be below {LARGEST // UNITS}, was {shown(cell)}"


def too_fine(name: str, cell: object) -> str:
    """``cell`` lies between two units."""
    return f"{name} must be a multiple of {FINEST:f}, was {shown(cell)}"


def shown(cell: object) -> str:
    """``cell`` quoted, on one line, cut where it is long."""
    text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def _first_refused(column: pa.Array, target: pa.DataType) -> int:
    start, length = 0, len(column)
    while length > 1:
        half = length // 2
        if _converts(column.slice(start, half), target):
            start, length = start + half, length - half
        else:
            length = half
    return start


def _converts(column: pa.Array, target: pa.DataType) -> bool:
    try:
        pc.cast(column, target)
    except pa.ArrowInvalid:
        return False
    return True
