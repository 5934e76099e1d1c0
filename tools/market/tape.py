"""The tape: a ring of recent prints and what a window of it says.

Windows are summed at the moment of asking, in integers, so that a live run and a replay
agree to the last bit however the events were batched.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

RING = 1 << 16  # prints remembered; a power of two so that an index is a mask
UNIT = 1e-8

TAPE = np.dtype(
    [
        ("count", np.int64),  # prints ever seen
        ("last_price", np.int64),
        ("last_side", np.int64),
        ("gaps", np.int64),  # holes in trade ids
        ("ts_gap", np.int64),  # receive time of the last hole; 0 if none
    ],
    align=True,
)


@kernel
def classify(price: int, best_bid: int, best_ask: int, last_price: int, last_side: int) -> int:
    """Aggressor of a print without flag: quote rule, then tick rule (Lee & Ready 1991).

    Returns +1, -1 or 0 where neither says anything.
    """
    if best_bid > 0 and best_ask > best_bid:
        twice_mid = best_bid + best_ask
        if 2 * price > twice_mid:
            return 1
        if 2 * price < twice_mid:
            return -1
    if last_price > 0:
        if price > last_price:
            return 1
        if price < last_price:
            return -1
    return last_side


@kernel
def add_print(tape: Any, ring: Ints, ts: int, price: int, size: int, side: int) -> None:
    """Remember a print; ``ring`` has shape (RING, 4): ts, price, size, side."""
    state = tape
    i = state.count & (RING - 1)
    ring[i, 0] = ts
    ring[i, 1] = price
    ring[i, 2] = size
    ring[i, 3] = side
    state.count += 1
    state.last_price = price
    state.last_side = side


@kernel
def was_taken(tape: Any, ring: Ints, ts: int, within_ns: int, side: int, price: int) -> bool:
    """Whether a print of the last ``within_ns`` reached ``price`` of the book's ``side``."""
    i = tape.count - 1
    oldest = max(0, tape.count - RING)
    while i >= oldest:
        j = i & (RING - 1)
        if ts - ring[j, 0] > within_ns:
            return False
        if ring[j, 3] == -side and (ring[j, 1] - price) * side <= 0:
            return True
        i -= 1
    return False


@kernel
def window_stats(
    tape: Any,
    ring: Ints,
    ts: int,
    window_ns: int,
    velocity_ns: int,
    large_quote: float,
    out: Reals,
) -> int:
    """Tape statistics of the prints in (ts - window, ts]; returns how many there were.

    ``out`` gets: aggressor ratio (buy volume over all volume, NaN if none), number of
    prints of at least ``large_quote`` (NaN if that is NaN), variance of the print value
    (quote units squared, NaN below two prints), prints per second in the velocity window.
    """
    bought = 0
    total = 0
    large = 0
    n = 0
    recent = 0
    mean = 0.0
    squares = 0.0
    count = tape.count
    oldest = max(0, count - RING)
    i = count - 1
    while i >= oldest:
        j = i & (RING - 1)
        t = ring[j, 0]
        if t <= ts - window_ns:
            break
        size = ring[j, 2]
        total += size
        if ring[j, 3] > 0:
            bought += size
        value = (ring[j, 1] * UNIT) * (size * UNIT)
        if value >= large_quote:
            large += 1
        if t > ts - velocity_ns:
            recent += 1
        n += 1
        step = value - mean
        mean += step / n
        squares += step * (value - mean)
        i -= 1
    out[0] = bought / total if total > 0 else np.nan
    out[1] = np.nan if np.isnan(large_quote) else float(large)
    out[2] = squares / n if n > 1 else np.nan
    out[3] = recent / (velocity_ns * 1e-9)
    return n
