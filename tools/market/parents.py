"""Prints put together again: parent orders, wash suspects, large orders, and the tape's pace.

A taking order that meets several makers leaves several prints of one venue stamp and one side,
whose price only walks away from the touch. Two prints of equal size and opposite side within
seconds, at one price or both strictly inside the spread, took nothing from anybody's queue: a
hand trading with itself. Both are left out of the robust aggressor ratio.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel
from tools.market.quantile import QUANTILE, learn_quantile, quantile_value

RING = 1 << 13  # prints remembered; a power of two so that an index is a mask
LOOKED = 512  # prints looked back for the other half of a wash
WASH_NS = 2_000_000_000  # its halves lie no further apart
UNLIKE = 0.1  # its halves differ by no more than this share of the larger
EXTREME = 0.99  # of parent values: from here an order is large
LEAST_PARENTS = 200  # before that nothing is called large
PACE_S = 10.0  # time constant of the intensity
UNIT = 1e-8

SEEN = np.dtype(
    [
        ("ts", np.int64),
        ("price", np.int64),
        ("size", np.int64),
        ("side", np.int64),
        ("is_inside", np.int64),
        ("is_wash", np.int64),
    ],
    align=True,
)

PARENTS = np.dtype(
    [
        ("count", np.int64),  # prints ever
        ("ts_event", np.int64),  # of the open parent
        ("side", np.int64),
        ("price", np.int64),  # last of the open parent
        ("value", np.float64),  # of the open parent, quote
        ("n_parents", np.int64),  # begun ever
        ("n_large", np.int64),  # large ones ever
        ("is_large", np.int64),  # the open parent is
        ("ts_pace", np.int64),
        ("pace", np.float64),  # prints a second, forgetting
        ("extreme", QUANTILE),
        ("ring", SEEN, (RING,)),
    ],
    align=True,
)


@kernel
def continues_parent(parents: Any, ts_event: int, price: int, side: int) -> bool:
    """Whether a print belongs to the taking order of the print before it."""
    return bool(
        parents.count > 0
        and ts_event == parents.ts_event
        and side == parents.side
        and side * (price - parents.price) >= 0
    )


@kernel
def judge_parent(parents: Any) -> None:
    """Call the open parent large once its value passes what so far was extreme."""
    state = parents
    limit = quantile_value(state.extreme)
    if state.is_large == 0 and state.extreme.n >= LEAST_PARENTS and state.value > limit:
        state.is_large = 1
        state.n_large += 1


@kernel
def is_alike(a: int, b: int) -> bool:
    """Whether two sizes could be the halves of a wash: within ``UNLIKE`` of the larger."""
    return bool(abs(a - b) <= UNLIKE * max(a, b))


@kernel
def mark_wash(parents: Any, at: int) -> None:
    """Look for the print that the one at ``at`` undoes, and suspect both."""
    state = parents
    here = state.ring[at & (RING - 1)]
    i = at - 1
    oldest = max(0, at - LOOKED)
    while i >= oldest:
        other = state.ring[i & (RING - 1)]
        if here.ts - other.ts > WASH_NS:
            return
        is_opposite = other.side == -here.side and is_alike(other.size, here.size) and here.side != 0
        is_idle = other.price == here.price or (other.is_inside == 1 and here.is_inside == 1)
        if is_opposite and is_idle and other.is_wash == 0:
            other.is_wash = 1
            here.is_wash = 1
            return
        i -= 1


@kernel
def learn_print(
    parents: Any, ts: int, ts_event: int, price: int, size: int, side: int, is_inside: bool
) -> bool:
    """Take a print in; whether it began a new parent.

    Args:
        parents: The state.
        ts: When it was received, ns.
        ts_event: The venue's stamp, ns.
        price: Units.
        size: Units.
        side: The aggressor, 0 where unknown.
        is_inside: Whether its price lay strictly between the quotes.
    """
    state = parents
    begins = not continues_parent(state, ts_event, price, side)
    if begins:
        if state.count > 0:
            learn_quantile(state.extreme, state.value, EXTREME)
        state.n_parents += 1
        state.ts_event = ts_event
        state.side = side
        state.value = 0.0
        state.is_large = 0
    state.price = price
    state.value += (price * UNIT) * (size * UNIT)
    judge_parent(state)
    row = state.ring[state.count & (RING - 1)]
    row.ts = ts
    row.price = price
    row.size = size
    row.side = side
    row.is_inside = 1 if is_inside else 0
    row.is_wash = 0
    mark_wash(state, state.count)
    state.count += 1
    state.pace = tape_intensity(state, ts) + 1.0 / PACE_S
    state.ts_pace = ts
    return begins


@kernel
def tape_intensity(parents: Any, ts: int) -> float:
    """Prints a second as of ``ts``, each weighing less the longer it is past (exponential kernel)."""
    now: float = parents.pace * np.exp(-max(ts - parents.ts_pace, 0) * 1e-9 / PACE_S)
    return now


@kernel
def robust_ratio(parents: Any, ts: int, window_ns: int, out: npt.NDArray[np.float64]) -> None:
    """Of the window's prints: bought share without suspects, suspects' share of all volume.

    ``out`` is shape (2,) and gets NaN where there is no volume to speak of.
    """
    bought = 0
    clean = 0
    total = 0
    i = parents.count - 1
    oldest = max(0, parents.count - RING)
    while i >= oldest:
        row = parents.ring[i & (RING - 1)]
        if row.ts <= ts - window_ns:
            break
        total += row.size
        if row.is_wash == 0:
            clean += row.size
            if row.side > 0:
                bought += row.size
        i -= 1
    out[0] = bought / clean if clean > 0 else np.nan
    out[1] = 1.0 - clean / total if total > 0 else np.nan
