"""Where the mid went, for whoever holds it against another symbol's: moments at which it was elsewhere.

At most one a second, taken by the clock alone and never by the price, so that a busy book's flicker
between two quotes weighs no more than a thin one's steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

APART_NS = 1_000_000_000
POINTS = 2_048  # kept; a power of two

PATH = np.dtype(
    [
        ("count", np.int64),  # points so far
        ("doubled", np.int64),  # best bid plus best ask at the last, units
        ("last_ts", np.int64),
        ("stamps", np.int64, (POINTS,)),
        ("logs", np.float64, (POINTS,)),  # of the mid, units
    ],
    align=True,
)


@kernel
def note_mid(path: Any, ts: int, bid: int, ask: int) -> None:
    """A whole and sound book shows ``bid`` and ``ask``, units, at ``ts``, ns."""
    doubled = bid + ask
    if doubled == path.doubled or ts - path.last_ts < APART_NS:
        return
    at = path.count & (POINTS - 1)
    path.stamps[at] = ts
    path.logs[at] = np.log(0.5 * doubled)
    path.count += 1
    path.doubled = doubled
    path.last_ts = ts
