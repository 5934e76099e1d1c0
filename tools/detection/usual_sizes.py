"""Sizes that orders of a symbol often have, to take apart what a bucket has added up.

Two orders placed at one price in one bucket show as their sum, and an order replaced by another
as their difference. Where sum and difference are rare and their parts are common, the parts are
the better story. Where sizes hardly repeat nothing is ever common and nothing is taken apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

SIZES = 64
MEMORY = 4096.0  # adds after which all counts are halved
RARE = 0.5  # what a size counts that is none of the usual ones
TWO = 0.05  # chance that a level gets two orders in one bucket rather than one
REPLACED = 0.01  # chance that an order is replaced at its price within one bucket

USUAL = np.dtype(
    [("n", np.float64), ("size", np.int64, (SIZES,)), ("count", np.float64, (SIZES,))], align=True
)


@kernel
def learn_usual(usual: Any, size: int) -> None:
    """Count an add; a size that is new takes the place of the rarest once that has faded."""
    state = usual
    state.n += 1.0
    if state.n > MEMORY:
        state.n *= 0.5
        for i in range(SIZES):
            state.count[i] *= 0.5
    rarest = 0
    for i in range(SIZES):
        if state.size[i] == size:
            state.count[i] += 1.0
            return
        if state.count[i] < state.count[rarest]:
            rarest = i
    if state.count[rarest] < 1.0:
        state.size[rarest] = size
        state.count[rarest] = 1.0
    else:
        state.count[rarest] -= 1.0


@kernel
def count_of(usual: Any, size: int) -> float:
    """How often ``size`` was added lately; 0 where it is none of the usual ones."""
    for i in range(SIZES):
        if usual.size[i] == size:
            count: float = usual.count[i]
            return count
    return 0.0


@kernel
def commonest(usual: Any) -> float:
    """How often the commonest of the usual sizes was added lately."""
    most = 0.0
    for i in range(SIZES):
        most = max(most, usual.count[i])
    return most


@kernel
def first_of_two(usual: Any, size: int) -> int:
    """Size of one of the two orders that ``size`` is likelier the sum of; 0 where it is likelier one."""
    best = max(count_of(usual, size), RARE)
    found = 0
    most = commonest(usual)
    for i in range(SIZES):
        # No partner is commoner than the commonest, and rounding keeps the order: nothing best is left out.
        if (
            0 < usual.size[i] < size
            and usual.count[i] >= 2.0
            and usual.count[i] * most / usual.n * TWO > best
        ):
            both = usual.count[i] * count_of(usual, size - usual.size[i]) / usual.n * TWO
            if both > best:
                best = both
                found = usual.size[i]
    return found


@kernel
def is_replacement(usual: Any, size: int, change: int) -> bool:
    """Whether a new order of ``size`` in place of another explains a ``change`` better than an add of it."""
    return bool(count_of(usual, size) * REPLACED > max(count_of(usual, change), RARE))


@kernel
def may_be_replacement(usual: Any, change: int) -> bool:
    """Whether a size is common enough to explain a ``change`` as ``is_replacement`` does, whichever it is."""
    return bool(commonest(usual) * REPLACED > max(count_of(usual, change), RARE))
