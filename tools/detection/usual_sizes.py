"""Sizes that orders of a symbol often have, to take apart what a bucket has added up.

Two orders placed at one price in one bucket show as their sum, and an order replaced by another
as their difference. Where sum and difference are rare and their parts are common, the parts are
the better story. Where sizes hardly repeat nothing is ever common and nothing is taken apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.book import home
from tools.market.kernel import kernel

SIZES = 64
INDEX = 256  # places of the hash table; a quarter full at most
MEMORY = 4096.0  # adds after which all counts are halved
RARE = 0.5  # what a size counts that is none of the usual ones
TWO = 0.05  # chance that a level gets two orders in one bucket rather than one
REPLACED = 0.01  # chance that an order is replaced at its price within one bucket
SURELY = 1.0 - 1e-9  # far more than what four roundings may change

USUAL = np.dtype(
    [
        ("n", np.float64),
        ("most", np.float64),  # the greatest count
        ("least", np.float64),  # no other count than that of ``rarest`` is less; before it all are greater
        ("rarest", np.int64),  # where the search for the first of the rarest goes on
        ("size", np.int64, (SIZES,)),
        ("count", np.float64, (SIZES,)),
        ("index", np.uint8, (INDEX,)),  # where a size is counted + 1; 0 is empty
    ],
    align=True,
)


@kernel
def start_of(size: int) -> int:
    """Where the probe for ``size`` starts."""
    return home(size) >> 8


@kernel
def index_of(usual: Any, size: int) -> int:
    """Index position of ``size``, or of the empty place where it would go."""
    i = start_of(size)
    while True:
        at = usual.index[i]
        if at == 0 or usual.size[at - 1] == size:
            return i
        i = (i + 1) & (INDEX - 1)


@kernel
def drop_size(usual: Any, at: int) -> None:
    """Take the size counted at ``at`` out of the index, if it is in it (linear probing, Knuth 6.4 R)."""
    state = usual
    i = index_of(state, state.size[at])
    if state.index[i] != at + 1:  # a place that nothing has been counted at
        return
    j = i
    while True:
        j = (j + 1) & (INDEX - 1)
        other = state.index[j]
        if other == 0:
            break
        start = start_of(state.size[other - 1])
        if ((j - start) & (INDEX - 1)) >= ((j - i) & (INDEX - 1)):
            state.index[i] = other
            i = j
    state.index[i] = 0


@kernel
def search_rarest(usual: Any) -> None:
    """Look at every count for the first of the least."""
    state = usual
    at = 0
    least = state.count[0]
    for i in range(1, SIZES):
        if state.count[i] < least:
            least = state.count[i]
            at = i
    state.rarest = at
    state.least = least


@kernel
def first_rarest(usual: Any) -> int:
    """The first of the places with the least count.

    Counts only grow until the next halving, but for the one found here. So where the least of the others
    is known, its next place is further on, and all are searched only when none is left.
    """
    state = usual
    at = state.rarest
    if state.count[at] <= state.least:
        return int(at)
    for i in range(at + 1, SIZES):
        if state.count[i] == state.least:
            state.rarest = i
            return i
    search_rarest(state)
    return int(state.rarest)


@kernel
def learn_usual(usual: Any, size: int) -> None:
    """Count an add; a size that is new takes the place of the rarest once that has faded.

    Source:
        Misra and Gries, Finding repeated elements (1982).
    """
    state = usual
    state.n += 1.0
    if state.n > MEMORY:
        state.n *= 0.5
        state.most *= 0.5
        for i in range(SIZES):
            state.count[i] *= 0.5
        search_rarest(state)
    known = state.index[index_of(state, size)]
    if known > 0:
        state.count[known - 1] += 1.0
        state.most = max(state.most, state.count[known - 1])
        return
    rarest = first_rarest(state)
    if state.count[rarest] < 1.0:
        drop_size(state, rarest)
        state.size[rarest] = size
        state.count[rarest] = 1.0
        state.index[index_of(state, size)] = rarest + 1
        state.most = max(state.most, 1.0)
    else:
        # where this was the greatest count all are equal, and it stays that of the others
        state.count[rarest] -= 1.0


@kernel
def count_of(usual: Any, size: int) -> float:
    """How often ``size`` was added lately; 0 where it is none of the usual ones."""
    at = usual.index[index_of(usual, size)]
    if at == 0:
        return 0.0
    count: float = usual.count[at - 1]
    return count


@kernel
def rarity(usual: Any, size: int) -> float:
    """How often ``size`` was added lately, but what one counts that is none of the usual ones at least."""
    return max(count_of(usual, size), RARE)


@kernel
def first_of_two(usual: Any, size: int) -> int:
    """Size of one of the two orders that ``size`` is likelier the sum of; 0 where it is likelier one."""
    best = rarity(usual, size)
    found = 0
    # Nothing is commoner than the commonest, and rounding keeps the order: nothing best is left out.
    if not usual.most * usual.most / usual.n * TWO > best:
        return found
    least = SURELY * best * usual.n / (usual.most * TWO)
    for i in range(SIZES):
        if usual.count[i] >= least and usual.count[i] >= 2.0 and 0 < usual.size[i] < size:
            both = usual.count[i] * count_of(usual, size - usual.size[i]) / usual.n * TWO
            if both > best:
                best = both
                found = usual.size[i]
    return found


@kernel
def is_replacement(usual: Any, size: int, rare: float) -> bool:
    """Whether a new order of ``size`` in place of another is likelier than a change of such ``rarity``."""
    return bool(count_of(usual, size) * REPLACED > rare)


@kernel
def may_be_replacement(usual: Any, rare: float) -> bool:
    """Whether a size is common enough to explain a change as ``is_replacement`` does, whichever it is."""
    return bool(usual.most * REPLACED > rare)
