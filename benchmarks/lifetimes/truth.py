"""What became of every order of a LOBSTER day, from its order-by-order messages."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tools.domain.market import NANOS

Truth: TypeAlias = npt.NDArray[np.void]

NEW, REDUCED, DELETED, EXECUTED = 1, 2, 3, 4
PRICE_UNITS = 10_000  # of a price in the file
SIZE_UNITS = 100_000_000
MICRO = 1_000

ENDS = np.dtype(
    [
        ("key", np.int64),  # price times side, units
        ("ts_add", np.int64),  # ns UTC, cut to microseconds as in the book; 0 is not in the file
        ("ts_end", np.int64),
        ("gone", np.int64),  # units
        ("is_cancel", np.bool_),
        ("is_whole", np.bool_),  # the order is over
    ]
)


def stamp(text: str, midnight_ns: int) -> int:
    """Seconds after midnight as ns UTC, cut to microseconds."""
    seconds, _, rest = text.partition(".")
    return midnight_ns + int(seconds) * NANOS + int(rest[:6].ljust(6, "0")) * MICRO


def read_truth(path: Path, midnight_ns: int) -> Truth:
    """Every cancel, whole or in part, and every complete fill of a visible order, in order of time."""
    alive: dict[int, list[int]] = {}
    out: list[tuple[int, int, int, int, bool, bool]] = []
    with gzip.open(path, "rt", encoding="ascii") as lines:
        for when, *numbers in csv.reader(lines):
            kind, order, size, price, side = map(int, numbers)
            ts = stamp(when, midnight_ns)
            if kind == NEW:
                alive[order] = [ts, size]
            elif kind in (REDUCED, DELETED, EXECUTED):
                born, left = alive.get(order, [0, 0])
                is_over = kind == DELETED or (born > 0 and left <= size)
                if kind != EXECUTED or is_over:
                    key = price * PRICE_UNITS * side
                    out.append((key, born, ts, size * SIZE_UNITS, kind != EXECUTED, is_over))
                if is_over:
                    alive.pop(order, None)
                elif born > 0:
                    alive[order][1] = left - size
    return np.array(out, ENDS)
