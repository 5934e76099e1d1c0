"""When orders of a symbol end, by size and distance: the hazards of a cancel and of a fill.

Competing exponential risks in cells of size and distance as placed. A cell's rate is its ends over the
time its orders rested, shrunk towards all cells' by so many ends; halved every half hour, so that it is
of about the last hour. Only ended orders are known: what still rests makes both rates a little too high.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

HALVED_NS = 1_800_000_000_000
SIZES, DISTANCES = 3, 5
CELLS = SIZES * DISTANCES
USUAL, LARGE = 1.0, 3.0  # in usual values: where the classes of size begin
SHRUNK = 5.0  # ends of all cells that count in each
CANCELS, FILLS = 0, 1
LEAST_P = 1e-6

HAZARDS = np.dtype(
    [
        ("ts_halved", np.int64),
        ("rested", np.float64, (CELLS + 1,)),  # seconds; the last is of all cells
        ("ends", np.float64, (CELLS + 1, 2)),
    ],
    align=True,
)


@kernel
def cell_of(size: float, distance_bps: float) -> int:
    """The cell of an order, ``size`` in usual values."""
    i = 0 if size < USUAL else (1 if size < LARGE else 2)
    j = 4
    if distance_bps < 1.0:
        j = 0
    elif distance_bps < 4.0:
        j = 1
    elif distance_bps < 12.0:
        j = 2
    elif distance_bps < 30.0:
        j = 3
    return i * DISTANCES + j


@kernel
def learn_end(hazards: Any, ts: int, cell: int, cause: int, life_s: float) -> None:
    """Take in an order that ended at ``ts`` after ``life_s`` by CANCELS or FILLS."""
    state = hazards
    if state.ts_halved == 0:
        state.ts_halved = ts
    while ts - state.ts_halved >= HALVED_NS:
        state.ts_halved += HALVED_NS
        for i in range(CELLS + 1):
            state.rested[i] *= 0.5
            state.ends[i, CANCELS] *= 0.5
            state.ends[i, FILLS] *= 0.5
    state.rested[cell] += life_s
    state.rested[CELLS] += life_s
    state.ends[cell, cause] += 1.0
    state.ends[CELLS, cause] += 1.0


@kernel
def hazard(hazards: Any, cell: int, cause: int) -> float:
    """Ends a second by ``cause`` of an order in ``cell``."""
    n = hazards.ends[CELLS, CANCELS] + hazards.ends[CELLS, FILLS]
    if n < 1.0 or hazards.rested[CELLS] <= 0.0:
        return 0.0
    share = SHRUNK / n
    ends = hazards.ends[cell, cause] + share * hazards.ends[CELLS, cause]
    rate: float = ends / (hazards.rested[cell] + share * hazards.rested[CELLS])
    return rate


@kernel
def ended_by(hazards: Any, cell: int, cause: int, life_s: float) -> float:
    """Chance that ``cause`` alone would have ended an order of ``cell`` by ``life_s``, in [1e-6, 1]."""
    p: float = 1.0 - np.exp(-hazard(hazards, cell, cause) * life_s)
    return max(p, LEAST_P)
