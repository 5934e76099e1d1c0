"""What the book did second by second: adds, lifetimes, touch changes, spread and mid.

Each second closes one row of a ring; windows are sums of closed rows plus the open one,
so their edges move in steps of a second and never into the future.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

SECONDS = 128  # rows of the ring
MID = 0  # mid price at the end of the second, quote per base; NaN while the book is broken
SPREAD = 1  # spread at the end of the second, quote per base
LIFE_SUM = 2  # seconds lived by level orders near the touch that ended in this second
LIFE_N = 3  # how many ended
TOUCH = 4  # changes of best price or size
COLUMNS = 5

FLOW = np.dtype([("seconds", np.int64), ("next_second", np.int64)], align=True)


@kernel
def open_row(flow: Any, rows: Reals) -> None:
    """Empty the row of the second that begins."""
    i = flow.seconds & (SECONDS - 1)
    for c in range(COLUMNS):
        rows[i, c] = 0.0
    rows[i, MID] = np.nan
    rows[i, SPREAD] = np.nan


@kernel
def close_row(flow: Any, rows: Reals, mid: float, spread: float) -> None:
    """End the open second with the book as it stood, and open the next."""
    i = flow.seconds & (SECONDS - 1)
    rows[i, MID] = mid
    rows[i, SPREAD] = spread
    flow.seconds += 1
    open_row(flow, rows)


@kernel
def lifetime_mean(flow: Any, rows: Reals, window: int) -> float:
    """Mean seconds lived by level orders that ended in the last ``window`` seconds; NaN if none."""
    total = 0.0
    n = 0.0
    last = flow.seconds
    for k in range(max(0, last - window), last + 1):
        total += rows[k & (SECONDS - 1), LIFE_SUM]
        n += rows[k & (SECONDS - 1), LIFE_N]
    return total / n if n > 0 else np.nan


@kernel
def touch_rate(flow: Any, rows: Reals, window: int) -> float:
    """Changes of the best quotes per second over the last ``window`` closed seconds, Hz."""
    last = flow.seconds
    first = max(0, last - window)
    if last == first:
        return np.nan
    total = 0.0
    for k in range(first, last):
        total += rows[k & (SECONDS - 1), TOUCH]
    rate: float = total / (last - first)
    return rate


@kernel
def spread_stability(flow: Any, rows: Reals, window: int) -> float:
    """1 minus the spread's coefficient of variation over ``window`` seconds, in [0, 1]."""
    last = flow.seconds
    n = 0
    mean = 0.0
    squares = 0.0
    for k in range(max(0, last - window), last):
        value = rows[k & (SECONDS - 1), SPREAD]
        if not np.isnan(value):
            n += 1
            step = value - mean
            mean += step / n
            squares += step * (value - mean)
    if n < 5 or mean <= 0:
        return np.nan
    steady: float = 1.0 - np.sqrt(squares / n) / mean
    return max(0.0, steady)
