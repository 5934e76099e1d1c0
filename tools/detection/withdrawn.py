"""What a message withdrew, level by level.

Parts are added up, so that it does not matter into which orders a change was taken apart. A level is found
by its key in a hash table that is emptied again when the message has been judged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection.order_pool import CANCEL, ENDED, oldest_of
from tools.market.book import home
from tools.market.kernel import kernel

TABLE = 1 << 14  # places; half full at most
DIVISOR = 4  # of what ``home`` says, to be within the table

GONE = np.dtype(
    [
        ("key", np.int64),
        ("units", np.int64),
        ("most", np.int64),  # of its parts
        ("birth", np.int64),  # of the order of which that part was
        ("ts_first", np.int64),  # when the order of the first part was placed
        ("place", np.int64),  # in the table
    ]
)
WITHDRAWN = np.dtype(
    [("n", np.int64), ("levels", GONE, (ENDED,)), ("table", np.int16, (TABLE,))],  # index + 1; 0 is empty
    align=True,
)


@kernel
def level_of(withdrawn: Any, key: int) -> int:
    """Where the level of ``key`` is; it is new where nothing of it has been added."""
    state = withdrawn
    place = home(key) // DIVISOR
    while True:
        at = state.table[place]
        if at == 0:
            break
        if state.levels[at - 1].key == key:
            return int(at - 1)
        place = (place + 1) & (TABLE - 1)
    new = state.levels[state.n]
    state.n += 1
    state.table[place] = state.n
    new.key = key
    new.units = 0
    new.most = 0
    new.birth = 0
    new.ts_first = 0
    new.place = place
    return int(state.n - 1)


@kernel
def add_withdrawals(withdrawn: Any, pool: Any, n_seen: int) -> None:
    """Add up what was withdrawn of known orders since the end ``n_seen``, levels by their first part."""
    for i in range(max(n_seen, pool.n_ended - ENDED), pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.ended != CANCEL or row.ts_add == 0:
            continue
        level = withdrawn.levels[level_of(withdrawn, row.key)]
        if level.ts_first == 0:
            level.ts_first = row.ts_add
        level.units += row.gone
        if row.gone > level.most:
            level.most = row.gone
            level.birth = row.ts_add


@kernel
def forget_withdrawals(withdrawn: Any) -> None:
    """Empty it for the next message."""
    state = withdrawn
    for i in range(state.n):
        state.table[state.levels[i].place] = 0
    state.n = 0


@kernel
def placed_just_now(pool: Any, key: int, ts: int) -> int:
    """Units of a level's orders that this same message showed: what was replaced has not gone."""
    first = oldest_of(pool, key)
    units = 0
    if first < 0:
        return units
    slot = pool.orders[first].last
    while pool.orders[slot].ts == ts:
        units += pool.orders[slot].left
        if slot == first:
            break
        slot = pool.orders[slot].last
    return units
