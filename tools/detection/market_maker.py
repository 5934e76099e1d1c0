"""Market maker by size signature: the order size that keeps coming back on both sides.

First version: adds near the touch fill a log-size histogram a side that forgets with the
boundary window; the size with the greatest two-sided excess over its neighbourhood is the
signature. Bounds are where the tape says the range was bought and sold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel
from tools.market.tape import RING

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BINS = 256
PER_OCTAVE = 8.0  # bins a doubling: 9 % wide
OFFSET = 96.0  # bin of 1 quote unit
LEAST_WATCHED_S = 5.0  # a rate is per at least so many seconds
REACH = 12  # bins each way that make the background
MEMORY_S = 60.0  # time constant of the histogram, seconds
CLUSTERS = 512  # 1 bp price clusters around the last print
TAIL = 0.1  # share of a side's volume outside its bound
ROUNDING = 1e-9  # of a volume-weighted price, relative, with room to spare


@kernel
def size_bin(value_quote: float) -> int:
    """Histogram bin of an order worth ``value_quote``."""
    if value_quote <= 0:
        return 0
    b = int(np.floor(np.log2(value_quote) * PER_OCTAVE + OFFSET))
    return min(max(b, 0), BINS - 1)


@kernel
def bin_value(b: float) -> float:
    """Quote value at the middle of bin ``b``."""
    value: float = 2.0 ** ((b + 0.5 - OFFSET) / PER_OCTAVE)
    return value


@kernel
def forget(histogram: Reals, watched: Reals, is_watching: bool) -> None:
    """Let one second pass over both sides' histograms, shape (2, BINS).

    ``watched[0]`` is how many seconds they hold, aged as they are: adds are counted only
    while the book is sound.
    """
    keep = np.exp(-1.0 / MEMORY_S)
    watched[0] *= keep
    if is_watching:
        watched[0] += 1.0
    for side in range(2):
        for b in range(BINS):
            histogram[side, b] *= keep


@kernel
def signature(histogram: Reals, watched: float, out: Reals) -> None:
    """The strongest two-sided size in ``watched`` seconds of the book.

    ``out`` gets: quote value (NaN if none), adds per second and side at that size, its
    share of itself and its background, and the balance of the two sides in [0, 1].
    """
    best = -1
    best_excess = 0.0
    best_background = 0.0
    for b in range(1, BINS - 1):
        bid = histogram[0, b - 1] + histogram[0, b] + histogram[0, b + 1]
        ask = histogram[1, b - 1] + histogram[1, b] + histogram[1, b + 1]
        both = min(bid, ask)
        if both <= best_excess:
            continue
        around = 0.0
        n = 0
        for k in range(max(0, b - REACH), min(BINS, b + REACH + 1)):
            if k < b - 1 or k > b + 1:
                around += min(histogram[0, k], histogram[1, k])
                n += 1
        background = 3.0 * around / n if n else 0.0
        if both - background > best_excess:
            best = b
            best_excess = both - background
            best_background = background
    if best < 0:
        out[0] = np.nan
        out[1] = np.nan
        out[2] = 0.0
        out[3] = 0.0
        return
    bid = histogram[0, best - 1] + histogram[0, best] + histogram[0, best + 1]
    ask = histogram[1, best - 1] + histogram[1, best] + histogram[1, best + 1]
    weight = 0.0
    centre = 0.0
    for k in range(best - 1, best + 2):
        mass = histogram[0, k] + histogram[1, k]
        weight += mass
        centre += mass * k
    out[0] = bin_value(centre / weight)
    out[1] = 0.5 * (bid + ask) / max(watched, LEAST_WATCHED_S)
    out[2] = best_excess / (best_excess + 2.0 * best_background + 1.0)
    out[3] = 2.0 * min(bid, ask) / (bid + ask)


@kernel
def tape_bounds(tape: Any, ring: Ints, ts: int, window_ns: int, scratch: Reals, out: Reals) -> None:
    """Where the window's sells hit and its buys lifted, in 1 bp clusters.

    ``out`` gets the lower bound (the cluster that leaves TAIL of the sold volume below it)
    and the upper bound (the same for bought volume above), quote per base; NaN if a side
    has no print. ``scratch`` has shape (4, CLUSTERS): volume and price-volume a side.
    """
    out[0] = np.nan
    out[1] = np.nan
    count = tape.count
    if count == 0:
        return
    anchor = tape.last_price * 1e-8
    width = anchor * 1e-4
    for c in range(CLUSTERS):
        for k in range(4):
            scratch[k, c] = 0.0
    sold = 0.0
    bought = 0.0
    i = count - 1
    oldest = max(0, count - RING)
    while i >= oldest:
        j = i & (RING - 1)
        if ring[j, 0] <= ts - window_ns:
            break
        price = ring[j, 1] * 1e-8
        volume = ring[j, 2] * 1e-8
        c = int(np.floor((price - anchor) / width)) + CLUSTERS // 2
        c = min(max(c, 0), CLUSTERS - 1)
        if ring[j, 3] < 0:
            scratch[0, c] += volume
            scratch[1, c] += volume * price
            sold += volume
        elif ring[j, 3] > 0:
            scratch[2, c] += volume
            scratch[3, c] += volume * price
            bought += volume
        i -= 1
    if sold > 0:
        seen = 0.0
        for c in range(CLUSTERS):
            seen += scratch[0, c]
            if scratch[0, c] > 0 and seen > TAIL * sold:
                out[0] = scratch[1, c] / scratch[0, c]
                break
    if bought > 0:
        seen = 0.0
        for c in range(CLUSTERS - 1, -1, -1):
            seen += scratch[2, c]
            if scratch[2, c] > 0 and seen > TAIL * bought:
                out[1] = scratch[3, c] / scratch[2, c]
                break


@kernel
def is_range(lower: float, upper: float) -> bool:
    """Whether the bounds are two prices: both known, and apart by more than their rounding."""
    return bool(upper > lower * (1.0 + ROUNDING))


@kernel
def confidence(
    share: float, balance: float, rate: float, rate_min: float, rate_max: float, prints: int, least: int
) -> float:
    """Belief in [0, 1] that one MM quotes both sides; a score, not yet a calibrated probability.

    Product of the signature's share, the sides' balance, how far the rate lies inside its
    range, and how much of the least number of prints was seen.
    """
    if np.isnan(rate) or rate <= 0:
        return 0.0
    inside = 1.0
    if rate < rate_min:
        inside = rate / rate_min
    elif rate > rate_max:
        inside = rate_max / rate
    seen = min(1.0, prints / least) if least > 0 else 1.0
    belief: float = share * np.sqrt(balance) * inside * seen
    return belief
