"""Spoof score by rule: a huge order that vanished fast from a busily updated book.

The rule is kept as a named baseline; waiting a second defeats it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

FADE_S = 10.0  # time constant of the score, seconds
NORMAL = 0.01  # weight of one add in the normal size

SPOOF = np.dtype(
    [
        ("normal", np.float64),  # usual add near the touch, quote
        ("score", np.float64),
        ("ts_score", np.int64),
        ("suspects", np.int64),  # cancels that met all three clauses
    ],
    align=True,
)


@kernel
def learn_size(spoof: Any, value_quote: float) -> None:
    """Take an add's value into the normal size."""
    state = spoof
    if state.normal <= 0:
        state.normal = value_quote
    else:
        state.normal += NORMAL * (value_quote - state.normal)


@kernel
def faded(spoof: Any, ts: int) -> float:
    """The score as it stands at ``ts``, in [0, 1]."""
    state = spoof
    if state.score <= 0:
        return 0.0
    left: float = state.score * np.exp(-(ts - state.ts_score) * 1e-9 / FADE_S)
    return left


@kernel
def is_huge(spoof: Any, value_quote: float, size_ratio: float) -> bool:
    """Whether an order of that value is suspect against the normal size."""
    return bool(spoof.normal > 0 and value_quote > size_ratio * spoof.normal)


@kernel
def judge_cancel(
    spoof: Any,
    ts: int,
    lifetime_s: float,
    update_hz: float,
    lifetime_max_s: float,
    update_min_hz: float,
) -> None:
    """Score a huge level that vanished without a print; the other two clauses add a third each."""
    state = spoof
    met = 1.0
    if lifetime_s < lifetime_max_s:
        met += 1.0
    if update_hz > update_min_hz:
        met += 1.0
    if met == 3.0:
        state.suspects += 1
    score = met / 3.0
    if score >= faded(spoof, ts):
        state.score = score
        state.ts_score = ts
