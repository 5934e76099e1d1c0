"""Price levels in a dense band: first in, first out within a level, the best found by a tree of bits.

Keys count from the worst to the best price, so that on every ladder the best level has the
greatest key and one code serves bids, asks and both kinds of stops.
"""

from __future__ import annotations

from typing import Any

from venue.engine.layout import ASKS, LEVELS, TREE_OFFSETS
from venue.kernel import kernel


@kernel
def key_of(market: Any, ladder: int, price: int) -> int:
    """Level of ``price`` on a ladder: asks and rising stops are mirrored."""
    k: int = price - market.rules.origin
    return LEVELS - 1 - k if ladder & 1 else k


@kernel
def price_of(market: Any, ladder: int, key: int) -> int:
    """Price of a level, ticks."""
    price: int = market.rules.origin + (LEVELS - 1 - key if ladder & 1 else key)
    return price


@kernel
def is_in_band(market: Any, price: int) -> bool:
    """Whether the book has a level for ``price``."""
    return bool(0 <= price - market.rules.origin < LEVELS)


@kernel
def highest_bit(word: int) -> int:
    """Number of the highest bit that is set; ``word`` is positive and below 2**32."""
    n = 0
    if word >= 1 << 16:
        word >>= 16
        n += 16
    if word >= 1 << 8:
        word >>= 8
        n += 8
    if word >= 1 << 4:
        word >>= 4
        n += 4
    if word >= 1 << 2:
        word >>= 2
        n += 2
    return n + (word >> 1)


@kernel
def mark(ladder: Any, key: int) -> None:
    """Note that a level is in use."""
    i = key
    for depth in range(4):
        at = TREE_OFFSETS[depth] + (i >> 5)
        word = ladder.tree[at]
        ladder.tree[at] = word | (1 << (i & 31))
        if word != 0:
            return
        i >>= 5


@kernel
def unmark(ladder: Any, key: int) -> None:
    """Note that a level is empty."""
    i = key
    for depth in range(4):
        at = TREE_OFFSETS[depth] + (i >> 5)
        word = ladder.tree[at] & ~(1 << (i & 31))
        ladder.tree[at] = word
        if word != 0:
            return
        i >>= 5


@kernel
def next_below(ladder: Any, key: int) -> int:
    """Greatest level in use below ``key``; -1 where there is none."""
    i = key
    for depth in range(4):
        word = ladder.tree[TREE_OFFSETS[depth] + (i >> 5)] & ((1 << (i & 31)) - 1)
        i >>= 5
        if word != 0:
            i = (i << 5) + highest_bit(word)
            for down in range(depth):
                i = (i << 5) + highest_bit(ladder.tree[TREE_OFFSETS[depth - 1 - down] + i])
            return i
    return -1


@kernel
def touch(market: Any, command: int, ladder: int, key: int) -> None:
    """Note that a level of the book changed, once a command."""
    level = market.ladders[ladder].levels[key]
    if level.touched != command:
        level.touched = command
        market.touched[market.n_touched] = ladder * LEVELS + key
        market.n_touched += 1


@kernel
def push(market: Any, command: int, ladder: int, slot: int) -> None:
    """Put an order at the end of its level's queue."""
    order = market.orders[slot]
    key = key_of(market, ladder, order.price if ladder <= ASKS else order.stop)
    side = market.ladders[ladder]
    level = side.levels[key]
    order.next = 0
    order.previous = level.tail
    if level.tail == 0:
        level.head = slot + 1
        mark(side, key)
        side.best = max(side.best, key)
    else:
        market.orders[level.tail - 1].next = slot + 1
    level.tail = slot + 1
    level.size += order.left
    if ladder <= ASKS:
        touch(market, command, ladder, key)


@kernel
def unlink(market: Any, command: int, ladder: int, slot: int) -> None:
    """Take an order out of its level's queue."""
    order = market.orders[slot]
    key = key_of(market, ladder, order.price if ladder <= ASKS else order.stop)
    side = market.ladders[ladder]
    level = side.levels[key]
    if order.previous == 0:
        level.head = order.next
    else:
        market.orders[order.previous - 1].next = order.next
    if order.next == 0:
        level.tail = order.previous
    else:
        market.orders[order.next - 1].previous = order.previous
    level.size -= order.left
    if level.head == 0:
        unmark(side, key)
        if key == side.best:
            side.best = next_below(side, key)
    if ladder <= ASKS:
        touch(market, command, ladder, key)


@kernel
def shrink(market: Any, command: int, ladder: int, slot: int, lots: int) -> None:
    """Take ``lots`` off a queued order, which keeps its place."""
    order = market.orders[slot]
    key = key_of(market, ladder, order.price if ladder <= ASKS else order.stop)
    order.left -= lots
    market.ladders[ladder].levels[key].size -= lots
    if ladder <= ASKS:
        touch(market, command, ladder, key)
