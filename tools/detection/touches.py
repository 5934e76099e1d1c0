"""Best bid and ask after each of the latest messages, to say where an order lay when it was placed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.book import home
from tools.market.kernel import kernel

TOUCHES = 2048  # messages whose touch is remembered; a power of two so that an index is a mask
MOMENTS = 4096  # moments whose touch was asked for; as many as ``home`` divided by DIVISOR
DIVISOR = 16

TOUCH = np.dtype([("ts", np.int64), ("bid", np.int64), ("ask", np.int64)])
MOMENT = np.dtype([("ts", np.int64), ("low", np.int64)])  # touches up to ``ts``, ever


@kernel
def note_touch(alerts: Any, ts: int, bid: int, ask: int) -> None:
    """Remember the touch after a message; ``ts`` never falls."""
    state = alerts
    row = state.touches[state.n_touches & (TOUCHES - 1)]
    row.ts = ts
    row.bid = bid
    row.ask = ask
    state.n_touches += 1


@kernel
def touches_until(alerts: Any, ts: int, floor: int) -> int:
    """How many touches, ever, were noted up to ``ts``; ``floor`` where none that is remembered was."""
    low = alerts.n_touches
    high = low
    step = 1
    while low > floor:  # most that is asked for is recent
        low = max(floor, high - step)
        if alerts.touches[low & (TOUCHES - 1)].ts <= ts:
            low += 1
            break
        high = low
        step *= 2
    while low < high:
        middle = (low + high) // 2
        if alerts.touches[middle & (TOUCHES - 1)].ts <= ts:
            low = middle + 1
        else:
            high = middle
    return int(low)


@kernel
def touch_key(alerts: Any, ts: int, side: int) -> int:
    """Key (price times side) of the touch after the last message up to ``ts``; 0 is not known.

    A message places many orders, so what was found is kept until another moment needs its place. It holds
    for good once a later touch was noted.
    """
    state = alerts
    floor = max(0, state.n_touches - TOUCHES)
    moment = state.moments[home(ts) // DIVISOR]
    if moment.ts == ts and moment.low > 0:
        low = moment.low
    else:
        low = touches_until(state, ts, floor)
        if floor < low < state.n_touches:
            moment.ts = ts
            moment.low = low
    if low <= floor:
        return 0
    row = state.touches[(low - 1) & (TOUCHES - 1)]
    key: int = row.bid if side > 0 else -row.ask
    return key
