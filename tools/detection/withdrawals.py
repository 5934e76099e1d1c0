"""Whose order was withdrawn: the one that has the size, and what is said where none has.

The youngest of equal orders, two that add up, one that gave way to another of a usual size, or the
youngest; each with how often that was right.
"""

from __future__ import annotations

from typing import Any

from tools.detection.order_pool import CANCEL, append, end_order, forget_order, held_at, oldest_of, record_end
from tools.detection.usual_sizes import RARE, is_replacement, may_be_replacement, rarity
from tools.market.kernel import kernel

HURRIED = 0.05  # share of such messages from which the feed shows every event, each one order's
PAIR = 24  # youngest orders of a level among which two are looked for that add up
# how often the order named was the one withdrawn, on the first half of a day with known ids
ALONE_SHOWN, ALONE = 0.99, 0.85  # no other had its size; every event shown, only buckets
BESIDE_BLOCK = 0.87  # of that, where some rested before anybody looked
EQUALS_SHOWN = (0.56, 0.56, 0.5)  # of that, the youngest of two, of three, of more
EQUALS = (0.8, 0.65, 0.6)
BOTH = 0.67  # two that add up
GUESSED = 0.64  # a sum taken apart, a replacement, the youngest
UNMATCHED = 0.25  # every event shown, yet no order has the size


@kernel
def cancel_all(pool: Any, key: int, resting: int, ts: int, ts_event: int) -> None:
    """Everything at a level was withdrawn."""
    held, _ = held_at(pool, key)
    if resting > held:
        record_end(pool, key, 0, ts, ts_event, resting - held, resting - held, CANCEL, 1.0)
    while True:
        slot = oldest_of(pool, key)
        if slot < 0:
            return
        end_order(pool, slot, ts, ts_event, CANCEL, ALONE)


@kernel
def youngest_of_size(pool: Any, first: int, units: int) -> int:
    """Slot of the youngest order of a level with just ``units`` left; ``first`` is its oldest; -1 is none."""
    if first < 0:
        return -1
    slot: int = pool.orders[first].last
    while True:
        if pool.orders[slot].left == units:
            return slot
        if slot == first:
            return -1
        slot = pool.orders[slot].last


@kernel
def equals_of(pool: Any, first: int, units: int) -> Any:
    """Units left of the known orders of a level whose oldest is at ``first``, and how many have ``units``."""
    slot = first
    held = 0
    equals = 0
    while True:
        left = pool.orders[slot].left
        held += left
        if left == units:
            equals += 1
        slot = pool.orders[slot].next
        if slot == first:
            return held, equals


@kernel
def right_of_equals(orders: Any, equals: int) -> float:
    """How often the youngest of so many equal orders is the one that goes."""
    if equals < 2:
        return 1.0
    i = min(equals, len(EQUALS) + 1) - 2
    return EQUALS_SHOWN[i] if orders.hurry > HURRIED else EQUALS[i]


@kernel
def share_doubt(orders: Any, key: int, units: int, equals: int) -> None:
    """One of ``equals`` equal orders went, and it may be another than the one named: doubt the rest."""
    pool = orders.pool
    kept = 1.0 - (1.0 - right_of_equals(orders, equals)) / (equals - 1)
    slot = oldest_of(pool, key)
    _, n = held_at(pool, key)
    for _ in range(n):
        if pool.orders[slot].left == units:
            pool.orders[slot].sure *= kept
        slot = pool.orders[slot].next


@kernel
def chance_of_youngest(orders: Any, slot: int, equals: int, block: int) -> float:
    """That the order at ``slot``, youngest of ``equals`` equal ones beside a block, is the one withdrawn."""
    order = orders.pool.orders[slot]
    chance: float = order.sure * right_of_equals(orders, equals)
    chance *= ALONE_SHOWN if orders.hurry > HURRIED else ALONE
    return chance * BESIDE_BLOCK if block >= order.left else chance


@kernel
def cancel_youngest_equal(orders: Any, first: int, slot: int, resting: int, ts: int, ts_event: int) -> None:
    """Withdraw the order at ``slot``, the youngest of its size; ``first`` is the oldest of its level."""
    pool = orders.pool
    order = pool.orders[slot]
    key, units = order.key, order.left
    held, equals = equals_of(pool, first, units)
    chance = chance_of_youngest(orders, slot, equals, resting - held)
    end_order(pool, slot, ts, ts_event, CANCEL, chance)
    if equals > 1:
        share_doubt(orders, key, units, equals)


@kernel
def cancel_pair(pool: Any, key: int, units: int, n: int, ts: int, ts_event: int) -> bool:
    """End the youngest two orders that add up to ``units``, if there are such."""
    first = oldest_of(pool, key)
    if n < 2:
        return False
    slot = pool.orders[first].last
    for i in range(min(n, PAIR)):
        other = pool.orders[slot].last
        for _ in range(i + 1, min(n, PAIR)):
            if pool.orders[slot].left + pool.orders[other].left == units:
                end_order(pool, slot, ts, ts_event, CANCEL, BOTH)
                end_order(pool, other, ts, ts_event, CANCEL, BOTH)
                return True
            other = pool.orders[other].last
        slot = pool.orders[slot].last
    return False


@kernel
def cancel_youngest(pool: Any, key: int, units: int, ts: int, ts_event: int) -> None:
    """No order has the size: the youngest were withdrawn, the last of them in part."""
    rest = units
    while rest > 0:
        first = oldest_of(pool, key)
        if first < 0:
            return
        slot = pool.orders[first].last
        order = pool.orders[slot]
        if order.left > rest:
            order.left -= rest
            record_end(pool, key, order.ts, ts, ts_event, order.size, rest, CANCEL, GUESSED)
            return
        rest -= order.left
        end_order(pool, slot, ts, ts_event, CANCEL, GUESSED)


@kernel
def replaced_by(orders: Any, first: int, change: int) -> int:
    """Slot of the youngest order that another of a usual size replaced, ``change`` larger; -1 for none.

    ``first`` is the oldest order of the level, -1 where none is known.
    """
    pool = orders.pool
    if first < 0 or not may_be_replacement(orders.usual, RARE):
        return -1
    rare = rarity(orders.usual, abs(change))
    if not may_be_replacement(orders.usual, rare):
        return -1
    slot: int = pool.orders[first].last
    for _ in range(PAIR):
        size = pool.orders[slot].left + change
        if size > 0 and is_replacement(orders.usual, size, rare):
            return slot
        if slot == first:
            return -1
        slot = pool.orders[slot].last
    return -1


@kernel
def replace(pool: Any, key: int, slot: int, change: int, ts: int, ts_event: int) -> None:
    """An order gave way to another at its price, larger by ``change``."""
    size = pool.orders[slot].left + change
    end_order(pool, slot, ts, ts_event, CANCEL, GUESSED)
    _, n = held_at(pool, key)
    append(pool, key, ts, size, n)


@kernel
def cancel_several(orders: Any, key: int, resting: int, units: int, ts: int, ts_event: int) -> None:
    """No order has the size, and several may have gone: two that add up to it, else the youngest."""
    pool = orders.pool
    if units >= resting:
        cancel_all(pool, key, resting, ts, ts_event)
        return
    held, n = held_at(pool, key)
    if cancel_pair(pool, key, units, n, ts, ts_event):
        return
    slot = replaced_by(orders, oldest_of(pool, key), -units)
    if slot >= 0:
        replace(pool, key, slot, -units, ts, ts_event)
        return
    block = min(max(resting - held, 0), units)
    if block > 0:
        record_end(pool, key, 0, ts, ts_event, block, block, CANCEL, 1.0)
    cancel_youngest(pool, key, units - block, ts, ts_event)


@kernel
def cancel_one(pool: Any, key: int, resting: int, units: int, ts: int, ts_event: int) -> None:
    """No order has the size, but only one has gone: a part of the only one, else one nobody knew."""
    held, n = held_at(pool, key)
    if n == 1 and held == resting:
        cancel_youngest(pool, key, units, ts, ts_event)
        return
    record_end(pool, key, 0, ts, ts_event, units, units, CANCEL, UNMATCHED)
    while held > resting - units:
        slot = pool.orders[oldest_of(pool, key)].last
        held -= pool.orders[slot].left
        forget_order(pool, slot)


@kernel
def cancel_units(orders: Any, key: int, resting: int, units: int, ts: int, ts_event: int) -> None:
    """``units`` of the ``resting`` ones at a level were withdrawn: find whose."""
    pool = orders.pool
    first = oldest_of(pool, key)
    slot = youngest_of_size(pool, first, units)
    if slot >= 0:
        cancel_youngest_equal(orders, first, slot, resting, ts, ts_event)
    elif orders.hurry > HURRIED:
        cancel_one(pool, key, resting, units, ts, ts_event)
    else:
        cancel_several(orders, key, resting, units, ts, ts_event)
