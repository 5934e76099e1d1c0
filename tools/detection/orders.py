"""What happened at a price level: an add, a cancel or a fill, and to which of its orders.

A feed of levels says only that a quantity is another one now. Prints at that price up to the
message explain a decrease first, from the front of the queue; what is left is an order of just
that size, the youngest where several have it. Levels that leave or enter the window of a feed
that shows only its best ones were neither cancelled nor added.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection.order_pool import (
    FILL,
    POOL,
    append,
    end_order,
    forget_level,
    held_at,
    held_from,
    look_up,
    oldest_of,
    record_end,
)
from tools.detection.usual_sizes import USUAL, first_of_two, learn_usual
from tools.detection.withdrawals import HURRIED, cancel_units, replace, replaced_by
from tools.market.book import VIEW
from tools.market.kernel import kernel

ROWS = 1024  # changes of one message; more, and the message is taken in parts
PRINTS = 512  # prints waiting for their message; a power of two so that an index is a mask
AT_ONCE_NS = 5_000_000  # no feed of buckets sends messages closer together than this
AHEAD = 6  # changes of a message: so far ahead the memory is asked for what they will need
PACE = 0.005  # weight of one message in that share

ROW = np.dtype([("key", np.int64), ("before", np.int64), ("after", np.int64)])
WAITING = np.dtype([("key", np.int64), ("ts_event", np.int64), ("left", np.int64)])

ORDERS = np.dtype(
    [
        ("is_asked", np.int64),  # 0: nobody reads level orders, so none are inferred
        ("n_rows", np.int64),
        ("looked_up", np.int64),  # nothing that is read
        ("n_prints", np.int64),  # ever
        ("ts_event", np.int64),  # venue time of the last whole message
        ("hurry", np.float64),  # share of messages that follow the one before at once
        ("depth", np.int64, (2,)),  # most levels a side ever shown, where all are in view
        ("count", np.int64, (2,)),  # levels a side after the last whole message
        ("worst", np.int64, (2,)),  # key of the worst of them
        ("usual", USUAL),
        ("rows", ROW, (ROWS,)),
        ("prints", WAITING, (PRINTS,)),
        ("pool", POOL),
    ],
    align=True,
)


@kernel
def note_print(orders: Any, ts_event: int, price: int, size: int, side: int) -> None:
    """A print waits for the message that shows what it took; ``side`` is the aggressor's, 0 unknown."""
    state = orders
    row = state.prints[state.n_prints & (PRINTS - 1)]
    row.key = -price * side
    row.ts_event = ts_event
    row.left = size if side != 0 else 0
    state.n_prints += 1


@kernel
def take_prints(orders: Any, key: int, ts_event: int, most: int) -> int:
    """Up to ``most`` units printed at the level since the last message and until ``ts_event``."""
    state = orders
    taken = 0
    i = state.n_prints - 1
    oldest = max(0, state.n_prints - PRINTS)
    while i >= oldest and taken < most:
        row = state.prints[i & (PRINTS - 1)]
        if row.ts_event <= state.ts_event:
            break
        if row.key == key and row.ts_event <= ts_event:
            units = min(row.left, most - taken)
            row.left -= units
            taken += units
        i -= 1
    return taken


@kernel
def eat_front(pool: Any, key: int, resting: int, units: int, ts: int, ts_event: int) -> None:
    """``units`` of the ``resting`` ones at a level were filled: the block first, then the oldest orders."""
    held, _ = held_at(pool, key)
    block = min(max(resting - held, 0), units)
    if block > 0:
        record_end(pool, key, 0, ts, ts_event, block, block, FILL, 1.0)
    rest = units - block
    while rest > 0:
        slot = oldest_of(pool, key)
        if slot < 0:
            return
        order = pool.orders[slot]
        if order.left > rest:
            order.left -= rest
            return
        rest -= order.left
        end_order(pool, slot, ts, ts_event, FILL, 1.0)


@kernel
def place_orders(orders: Any, key: int, units: int, ts: int, ts_event: int) -> None:
    """A level grew: a new order at the end of its queue, or what in a bucket looks like one."""
    pool = orders.pool
    oldest = oldest_of(pool, key)
    if orders.hurry <= HURRIED:
        slot = replaced_by(orders, oldest, units)
        if slot >= 0:
            replace(pool, key, slot, units, ts, ts_event)
            return
        first = first_of_two(orders.usual, units)
        if first > 0:
            _, n = held_from(pool, oldest)
            append(pool, key, ts, first, n)
            units -= first
            oldest = oldest_of(pool, key)
    learn_usual(orders.usual, units)
    _, n = held_from(pool, oldest)
    append(pool, key, ts, units, n)


@kernel
def change_level(orders: Any, key: int, before: int, after: int, ts: int, ts_event: int) -> None:
    """One change of a level that is in sight before and after."""
    pool = orders.pool
    if before == 0:
        forget_level(pool, key)
        place_orders(orders, key, after, ts, ts_event)
    elif after > before:
        place_orders(orders, key, after - before, ts, ts_event)
    elif after < before:
        filled = take_prints(orders, key, ts_event, before - after)
        if filled > 0:
            eat_front(pool, key, before, filled, ts, ts_event)
        if before - filled > after:
            cancel_units(orders, key, before - filled, before - filled - after, ts, ts_event)


@kernel
def note_row(orders: Any, key: int, before: int, after: int) -> bool:
    """Keep a change until its message is whole; whether there is room for another."""
    state = orders
    row = state.rows[state.n_rows]
    row.key = key
    row.before = before
    row.after = after
    state.n_rows += 1
    return bool(state.n_rows < ROWS)


@kernel
def confirm_level(orders: Any, key: int, size: int) -> None:
    """A snapshot says what rests at a level: known orders stay if they can be part of it."""
    held, _ = held_at(orders.pool, key)
    if held > size:
        forget_level(orders.pool, key)


@kernel
def judge_rows(orders: Any, ladders: Any, ts: int, ts_event: int) -> None:
    """The message is whole: say what each of its changes was."""
    state = orders
    for i in range(state.n_rows):
        row = state.rows[i]
        if i + AHEAD < state.n_rows:
            state.looked_up = look_up(state.pool, state.rows[i + AHEAD].key)
        j = 0 if row.key > 0 else 1
        is_window = state.count[j] == state.depth[j] and ladders[j].count == state.depth[j]
        if is_window and row.after == 0 and row.key < ladders[j].view_keys[0]:
            continue
        if is_window and row.before == 0 and row.key < state.worst[j]:
            held, _ = held_at(state.pool, row.key)
            if held > row.after:
                forget_level(state.pool, row.key)
            continue
        change_level(state, row.key, row.before, row.after, ts, ts_event)
    state.n_rows = 0


@kernel
def measure_window(orders: Any, ladders: Any) -> None:
    """How many levels each side shows now, and the worst of them."""
    state = orders
    for j in range(2):
        count = ladders[j].count
        state.count[j] = count
        if 0 < count <= VIEW:
            state.depth[j] = max(state.depth[j], count)
            state.worst[j] = ladders[j].view_keys[0]
        else:
            state.depth[j] = -1


@kernel
def end_orders_message(orders: Any, ladders: Any, ts: int, ts_event: int) -> None:
    """Take in a whole message; ``ladders`` is bids and asks as they stand after it."""
    state = orders
    judge_rows(state, ladders, ts, ts_event)
    measure_window(state, ladders)
    is_at_once = 1.0 if ts_event - state.ts_event < AT_ONCE_NS else 0.0
    state.hurry += PACE * (is_at_once - state.hurry)
    state.ts_event = ts_event
