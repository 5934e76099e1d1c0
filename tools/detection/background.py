"""What orders of this symbol are like at this time: robust quantiles of their values and lifetimes.

Histograms over octaves, halved every half hour, so that they are of about the last hour: a single
huge order moves a quantile by one order, where it would move a mean by its size.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

HALVED_NS = 1_800_000_000_000
VALUES, AN_OCTAVE, VALUE_ZERO = 160, 4, 64  # bins of value: 2^-16 to 2^24 quote
LIVES, LIFE_OCTAVE, LIFE_ZERO = 48, 2, 24  # bins of lifetime: 2^-12 to 2^12 s
FEWEST = 100.0  # orders before which nothing is usual
RENEWED = 32  # orders between two looks at the quantiles
USUAL_SHARE, LARGE_SHARE = 0.5, 0.9

BACKGROUND = np.dtype(
    [
        ("ts_halved", np.int64),
        ("since", np.int64),  # orders since the quantiles were looked at
        ("n", np.float64),
        ("usual", np.float64),  # median value, quote; 0 is not known yet
        ("large", np.float64),  # value that a tenth exceeds, quote
        ("values", np.float64, (VALUES,)),
        ("lives", np.float64, (LIVES,)),
    ],
    align=True,
)


@kernel
def octave_bin(x: float, an_octave: int, zero: int, bins: int) -> int:
    """The bin of a positive ``x``; the first and the last take what lies beyond."""
    if x <= 0:
        return 0
    return int(min(max(np.floor(an_octave * np.log2(x)) + zero, 0.0), bins - 1.0))


@kernel
def value_below(background: Any, share: float) -> float:
    """The value, quote, that ``share`` of the orders do not exceed; the middle of its bin."""
    wanted = share * background.n
    passed = 0.0
    for i in range(VALUES):
        passed += background.values[i]
        if passed >= wanted:
            middle: float = 2.0 ** ((i - VALUE_ZERO + 0.5) / AN_OCTAVE)
            return middle
    return np.inf


@kernel
def learn_order(background: Any, ts: int, value_quote: float, life_s: float) -> None:
    """Take in an order that is over."""
    state = background
    if state.ts_halved == 0:
        state.ts_halved = ts
    while ts - state.ts_halved >= HALVED_NS:
        state.ts_halved += HALVED_NS
        state.n *= 0.5
        for i in range(VALUES):
            state.values[i] *= 0.5
        for i in range(LIVES):
            state.lives[i] *= 0.5
    state.values[octave_bin(value_quote, AN_OCTAVE, VALUE_ZERO, VALUES)] += 1.0
    state.lives[octave_bin(life_s, LIFE_OCTAVE, LIFE_ZERO, LIVES)] += 1.0
    state.n += 1.0
    state.since += 1
    if state.n >= FEWEST and (state.since >= RENEWED or state.usual == 0):
        state.since = 0
        state.usual = value_below(state, USUAL_SHARE)
        state.large = value_below(state, LARGE_SHARE)


@kernel
def share_shorter(background: Any, life_s: float) -> float:
    """Share of the orders that lived no longer than the bin of ``life_s``, in (0, 1] (Laplace's rule)."""
    passed = 1.0
    for i in range(octave_bin(life_s, LIFE_OCTAVE, LIFE_ZERO, LIVES) + 1):
        passed += background.lives[i]
    share: float = passed / (background.n + 1.0)
    return share
