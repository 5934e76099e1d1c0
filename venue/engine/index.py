"""A hash table from a pair of numbers to one, with linear probing and no tombstones."""

from __future__ import annotations

from typing import Any

import numpy as np

from venue.engine.layout import INDEX_SLOTS
from venue.kernel import kernel

_MASK = INDEX_SLOTS - 1


@kernel
def home(group: int, key: int) -> int:
    """Where the probe for a pair starts (Fibonacci hashing)."""
    mixed = (np.uint64(key) ^ (np.uint64(group) << np.uint64(40))) * np.uint64(0x9E3779B97F4A7C15)
    return int(np.int64(mixed >> np.uint64(45)))


@kernel
def probe(index: Any, group: int, key: int) -> int:
    """Position of the pair, or of the empty place where it would go."""
    i = home(group, key)
    while True:
        entry = index.slots[i]
        if entry.value == 0 or (entry.key == key and entry.group == group):
            return i
        i = (i + 1) & _MASK


@kernel
def look_up(index: Any, group: int, key: int) -> int:
    """The value of the pair; 0 where there is none."""
    value: int = index.slots[probe(index, group, key)].value
    return value


@kernel
def insert(index: Any, group: int, key: int, value: int) -> None:
    """Add a pair that is not there; ``value`` is not 0."""
    entry = index.slots[probe(index, group, key)]
    entry.group = group
    entry.key = key
    entry.value = value
    index.count += 1


@kernel
def remove(index: Any, group: int, key: int) -> None:
    """Delete a pair that is there and close the gap behind it (Knuth 6.4 R)."""
    i = probe(index, group, key)
    j = i
    while True:
        j = (j + 1) & _MASK
        entry = index.slots[j]
        if entry.value == 0:
            break
        if ((j - home(entry.group, entry.key)) & _MASK) >= ((j - i) & _MASK):
            gap = index.slots[i]
            gap.group = entry.group
            gap.key = entry.key
            gap.value = entry.value
            i = j
    index.slots[i].value = 0
    index.count -= 1
