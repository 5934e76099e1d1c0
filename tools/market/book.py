"""One side of an L2 book: every level in a hash table, the best ones also in a sorted view.

Bids are keyed by price and asks by minus price, so that on both sides the best level has
the greatest key and one code serves both. A feed changes far levels most of the time; they
cost one probe. The view holds the best levels, best last, and is refilled from the table
when it runs low.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

CAPACITY = 16_384  # levels a side; when full the level farthest from the touch is dropped
TABLE = 1 << 16  # hash slots; a quarter full at most
VIEW = 128  # best levels kept sorted
LOW = 16  # fewer than this in the view and more in the table: refill

LADDER = np.dtype(
    [
        ("count", np.int64),
        ("used", np.int64),  # slots ever taken
        ("freed", np.int64),  # slots given back
        ("shown", np.int64),  # levels in the view
        ("dropped", np.int64),
        ("keys", np.int64, (CAPACITY,)),
        ("sizes", np.int64, (CAPACITY,)),
        ("births", np.int64, (CAPACITY,)),
        ("free", np.int32, (CAPACITY,)),
        ("table", np.int32, (TABLE,)),  # slot + 1, 0 is empty
        ("view_keys", np.int64, (VIEW,)),
        ("view_slots", np.int32, (VIEW,)),
    ],
    align=True,
)


@kernel
def home(key: int) -> int:
    """Where the probe for ``key`` starts (Fibonacci hashing)."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return int(np.int64(mixed >> np.uint64(48)))


@kernel
def probe(ladder: Any, key: int) -> int:
    """Table position of ``key``, or of the empty place where it would go."""
    i = home(key)
    while True:
        slot = ladder.table[i]
        if slot == 0 or ladder.keys[slot - 1] == key:
            return i
        i = (i + 1) & (TABLE - 1)


@kernel
def find(ladder: Any, key: int) -> int:
    """Slot of the level at ``key``; -1 where there is none."""
    slot: int = ladder.table[probe(ladder, key)] - 1
    return slot


@kernel
def clear(ladder: Any) -> None:
    """Empty the side."""
    ladder.count = 0
    ladder.used = 0
    ladder.freed = 0
    ladder.shown = 0
    for i in range(TABLE):
        ladder.table[i] = 0


@kernel
def show(ladder: Any, key: int, slot: int) -> None:
    """Put a level into the sorted view; a full view loses its worst."""
    n = ladder.shown
    i = n
    while i > 0 and ladder.view_keys[i - 1] > key:
        i -= 1
    if n == VIEW:
        if i == 0:
            return
        for j in range(1, i):
            ladder.view_keys[j - 1] = ladder.view_keys[j]
            ladder.view_slots[j - 1] = ladder.view_slots[j]
        i -= 1
    else:
        for j in range(n, i, -1):
            ladder.view_keys[j] = ladder.view_keys[j - 1]
            ladder.view_slots[j] = ladder.view_slots[j - 1]
        ladder.shown = n + 1
    ladder.view_keys[i] = key
    ladder.view_slots[i] = slot


@kernel
def hide(ladder: Any, key: int) -> None:
    """Take a level out of the view, if it is in it."""
    n = ladder.shown
    i = n - 1
    while i >= 0 and ladder.view_keys[i] > key:
        i -= 1
    if i < 0 or ladder.view_keys[i] != key:
        return
    for j in range(i, n - 1):
        ladder.view_keys[j] = ladder.view_keys[j + 1]
        ladder.view_slots[j] = ladder.view_slots[j + 1]
    ladder.shown = n - 1


@kernel
def refill(ladder: Any) -> None:
    """Rebuild the view from the table."""
    ladder.shown = 0
    for i in range(ladder.used):
        if ladder.sizes[i] > 0 and (ladder.shown < VIEW or ladder.keys[i] > ladder.view_keys[0]):
            show(ladder, ladder.keys[i], i)


@kernel
def vacate(ladder: Any, position: int) -> None:
    """Empty a table position and close the gap behind it (linear probing, Knuth 6.4 R)."""
    i = position
    j = i
    while True:
        j = (j + 1) & (TABLE - 1)
        slot = ladder.table[j]
        if slot == 0:
            break
        start = home(ladder.keys[slot - 1])
        if ((j - start) & (TABLE - 1)) >= ((j - i) & (TABLE - 1)):
            ladder.table[i] = slot
            i = j
    ladder.table[i] = 0


@kernel
def remove(ladder: Any, key: int) -> None:
    """Delete the level at ``key``, which must exist."""
    position = probe(ladder, key)
    slot = ladder.table[position] - 1
    vacate(ladder, position)
    ladder.sizes[slot] = 0
    ladder.free[ladder.freed] = slot
    ladder.freed += 1
    ladder.count -= 1
    if ladder.shown > 0 and key >= ladder.view_keys[0]:
        hide(ladder, key)
        if ladder.shown < LOW and ladder.count > ladder.shown:
            refill(ladder)


@kernel
def make_room(ladder: Any, key: int) -> bool:
    """Drop the level farthest from the touch; False where that is ``key``, which is not in yet."""
    worst = 0
    for i in range(1, ladder.used):
        if ladder.keys[i] < ladder.keys[worst]:
            worst = i
    ladder.dropped += 1
    if key < ladder.keys[worst]:
        return False
    remove(ladder, ladder.keys[worst])
    return True


@kernel
def insert(ladder: Any, key: int, size: int, birth: int) -> None:
    """Add a level at ``key``, which must not exist; ``size`` must be positive."""
    if ladder.count == CAPACITY and not make_room(ladder, key):
        return
    if ladder.freed > 0:
        ladder.freed -= 1
        slot = int(ladder.free[ladder.freed])
    else:
        slot = ladder.used
        ladder.used += 1
    ladder.keys[slot] = key
    ladder.sizes[slot] = size
    ladder.births[slot] = birth
    ladder.table[probe(ladder, key)] = slot + 1
    whole = ladder.count == ladder.shown
    ladder.count += 1
    if ladder.shown == 0 or key > ladder.view_keys[0] or (whole and ladder.shown < VIEW):
        show(ladder, key, slot)


@kernel
def depth_at(ladder: Any, key: int) -> int:
    """Size units resting at ``key``; 0 where there is no level."""
    slot = find(ladder, key)
    return ladder.sizes[slot] if slot >= 0 else 0


@kernel
def depth_top(ladder: Any, levels: int) -> int:
    """Size units in the best ``levels`` levels; ``levels`` must not exceed LOW."""
    total = 0
    for i in range(max(0, ladder.shown - levels), ladder.shown):
        total += ladder.sizes[ladder.view_slots[i]]
    return total


@kernel
def best_key(ladder: Any) -> int:
    """Key of the best level; the side must not be empty."""
    key: int = ladder.view_keys[ladder.shown - 1]
    return key


@kernel
def best_size(ladder: Any) -> int:
    """Size units at the best level; the side must not be empty."""
    size: int = ladder.sizes[ladder.view_slots[ladder.shown - 1]]
    return size


@kernel
def common_divisor(a: int, b: int) -> int:
    """Greatest common divisor of two positive integers (Euclid)."""
    while b:
        a, b = b, a % b
    return a
