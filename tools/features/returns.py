"""Returns of the mid on an even grid: five seconds live, a bar on candles.

Whatever is built on them counts returns, not seconds, so that what was fitted on the bars of a year
can be held against the seconds of a session. A mid is read where a second ends; nothing is filled in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

EVERY = 5  # seconds a return
HELD = 512  # returns kept; a power of two
STALE = 12  # grid points without a mid after which the next return would span a hole

RETURNS = np.dtype(
    [
        ("count", np.int64),  # returns so far
        ("waited", np.int64),  # seconds since the grid's last point
        ("missed", np.int64),  # points in a row without a mid
        ("last", np.float64),  # log mid at the last point that had one
        ("is_open", np.int64),  # whether there is one
        ("ring", np.float64, (HELD,)),
    ],
    align=True,
)


@kernel
def add_return(returns: Any, step: float) -> None:
    """Take in one log return."""
    returns.ring[returns.count & (HELD - 1)] = step
    returns.count += 1


@kernel
def pass_mid(returns: Any, mid: float) -> bool:
    """Take in the mid at the end of a second, NaN where the book is broken; whether a return came of it."""
    state = returns
    state.waited += 1
    if state.waited < EVERY:
        return False
    state.waited = 0
    if np.isnan(mid) or mid <= 0:
        state.missed += 1
        if state.missed >= STALE:
            state.is_open = 0
        return False
    at = np.log(mid)
    before = state.last
    was_open = state.is_open
    state.last = at
    state.is_open = 1
    state.missed = 0
    if was_open:
        add_return(state, at - before)
    return bool(was_open)


@kernel
def mean_square(returns: Any, n: int) -> float:
    """Mean square of the last ``n`` returns, or of as many as there are; NaN if none."""
    have = min(n, returns.count, HELD)
    total = 0.0
    for k in range(returns.count - have, returns.count):
        step = returns.ring[k & (HELD - 1)]
        total += step * step
    return total / have if have > 0 else np.nan
