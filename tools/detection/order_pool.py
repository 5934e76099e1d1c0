"""Where inferred level orders are kept: a pool of slots, a list a level, and what has ended.

A level's orders form a ring, oldest first, found by its key (price times side) in a hash table.
What rests at a level beyond its known orders was there before anybody looked; it is the level's
block and needs no slot. When the pool is full the slot longest in use is given up, and what it
held joins the block.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

SLOTS = 1 << 14
TABLE = 1 << 16  # a quarter full at most
ENDED = 1 << 13  # a power of two so that an index is a mask
MOST = 128  # known orders a level; more than that and the oldest joins the block
SHIFT = 48  # 64 less the bits of an index into the table

UNSEEN, CANCEL, FILL = 0, 1, 2
CAUSES = ("unseen", "cancel", "fill")

ORDER = np.dtype(
    [
        ("key", np.int64),  # price times side; 0 is a free slot
        ("ts", np.int64),  # receive time of the message that showed it
        ("size", np.int64),  # units when it appeared
        ("left", np.int64),  # units now
        ("sure", np.float64),  # chance that it is still the order that was placed, not an equal of it
        ("next", np.int32),  # younger; the youngest points at the oldest
        ("last", np.int32),  # older; the oldest points at the youngest
    ],
    align=True,
)

END = np.dtype(
    [
        ("ts_add", np.int64),  # 0: it was there before anybody looked
        ("ts_end", np.int64),
        ("ts_event", np.int64),  # venue time of the message that ended it
        ("key", np.int64),
        ("size", np.int64),
        ("gone", np.int64),  # units that ended just now
        ("ended", np.int64),  # UNSEEN, CANCEL or FILL
        ("chance", np.float64),  # that a cancel was of this order; 1 where nothing was chosen
    ],
    align=True,
)

POOL = np.dtype(
    [
        ("hand", np.int64),  # slot to use next
        ("known", np.int64),  # orders resting
        ("crowded", np.int64),  # given up for want of room
        ("n_ended", np.int64),  # ever
        ("n_taken", np.int64),  # of these read by whoever keeps them
        (
            "taken",
            np.uint8,
            (SLOTS,),
        ),  # 0 or 1, beside the orders, so that a search reads bytes instead of them
        ("orders", ORDER, (SLOTS,)),
        ("table", np.int32, (TABLE,)),  # slot of the level's oldest + 1; 0 is empty
        ("ends", END, (ENDED,)),
    ],
    align=True,
)


@kernel
def home(key: int) -> int:
    """Where the probe for ``key`` starts (Fibonacci hashing)."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return int(np.int64(mixed >> np.uint64(SHIFT)))


@kernel
def place_of(pool: Any, key: int) -> int:
    """Table position of the level ``key``, or of the empty place where it would go."""
    i = home(key)
    while True:
        slot = pool.table[i]
        if slot == 0 or pool.orders[slot - 1].key == key:
            return i
        i = (i + 1) & (TABLE - 1)


@kernel
def oldest_of(pool: Any, key: int) -> int:
    """Slot of the level's oldest known order; -1 where none is known."""
    slot: int = pool.table[place_of(pool, key)] - 1
    return slot


@kernel
def look_up(pool: Any, key: int) -> int:
    """Load what the next search for the level will read, so that it need not wait; the result is unused."""
    slot = pool.table[home(key)]
    return int(pool.orders[max(slot - 1, 0)].last)


@kernel
def held_at(pool: Any, key: int) -> Any:
    """Units left and number of the level's known orders."""
    return held_from(pool, oldest_of(pool, key))


@kernel
def held_from(pool: Any, first: int) -> Any:
    """Units left and number of the known orders of a level whose oldest is at ``first``, -1 for none."""
    total = 0
    n = 0
    slot = first
    while slot >= 0:
        total += pool.orders[slot].left
        n += 1
        slot = pool.orders[slot].next
        if slot == first:
            break
    return total, n


@kernel
def vacate(pool: Any, position: int) -> None:
    """Empty a table position and close the gap behind it (linear probing, Knuth 6.4 R)."""
    i = position
    j = i
    while True:
        j = (j + 1) & (TABLE - 1)
        slot = pool.table[j]
        if slot == 0:
            break
        start = home(pool.orders[slot - 1].key)
        if ((j - start) & (TABLE - 1)) >= ((j - i) & (TABLE - 1)):
            pool.table[i] = slot
            i = j
    pool.table[i] = 0


@kernel
def unlink(pool: Any, slot: int) -> None:
    """Take an order out of its level and free its slot."""
    state = pool
    order = state.orders[slot]
    position = place_of(state, order.key)
    if order.next == slot:
        vacate(state, position)
    else:
        state.orders[order.last].next = order.next
        state.orders[order.next].last = order.last
        if state.table[position] == slot + 1:
            state.table[position] = order.next + 1
    order.key = 0
    state.taken[slot] = 0
    state.known -= 1


@kernel
def record_end(
    pool: Any,
    key: int,
    ts_add: int,
    ts: int,
    ts_event: int,
    size: int,
    gone: int,
    ended: int,
    chance: float,
) -> None:
    """Write down that an order, or a part of a block, is over."""
    state = pool
    row = state.ends[state.n_ended & (ENDED - 1)]
    row.ts_add = ts_add
    row.ts_end = ts
    row.ts_event = ts_event
    row.key = key
    row.size = size
    row.gone = gone
    row.ended = ended
    row.chance = chance
    state.n_ended += 1


@kernel
def end_order(pool: Any, slot: int, ts: int, ts_event: int, ended: int, chance: float) -> None:
    """An order is over: write it down and free its slot."""
    order = pool.orders[slot]
    record_end(pool, order.key, order.ts, ts, ts_event, order.size, order.left, ended, chance)
    unlink(pool, slot)


@kernel
def forget_order(pool: Any, slot: int) -> None:
    """Nobody saw how the order ended, nor when."""
    end_order(pool, slot, 0, 0, UNSEEN, 1.0)


@kernel
def forget_level(pool: Any, key: int) -> None:
    """Nobody saw how the level's known orders ended."""
    while True:
        slot = oldest_of(pool, key)
        if slot < 0:
            return
        forget_order(pool, slot)


@kernel
def free_slot(pool: Any) -> int:
    """A slot for a new order; the one longest in use where all are taken."""
    state = pool
    if state.known < SLOTS:
        while state.taken[state.hand] != 0:
            state.hand = (state.hand + 1) & (SLOTS - 1)
    else:
        forget_order(state, state.hand)
        state.crowded += 1
    slot: int = state.hand
    state.hand = (slot + 1) & (SLOTS - 1)
    return slot


@kernel
def append(pool: Any, key: int, ts: int, size: int, n: int) -> None:
    """A new order at the end of a level that has ``n`` known ones."""
    state = pool
    if n >= MOST:
        forget_order(state, oldest_of(state, key))
        state.crowded += 1
    slot = free_slot(state)
    position = place_of(state, key)
    order = state.orders[slot]
    first = state.table[position] - 1
    if first < 0:
        state.table[position] = slot + 1
        order.next = slot
        order.last = slot
    else:
        youngest = state.orders[first].last
        order.next = first
        order.last = youngest
        state.orders[youngest].next = slot
        state.orders[first].last = slot
    state.taken[slot] = 1
    order.key = key
    order.ts = ts
    order.size = size
    order.left = size
    order.sure = 1.0
    state.known += 1
