"""Market regime by filtered rules on volatility and trend; updated once a second.

Every quantity is causal: the slow volatility is an exponential average of the past, and a
new regime must persist before it is announced, so nothing is ever smoothed backwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

CALM, VOLATILE, TRENDING, PANIC = 1, 2, 3, 4

SLOW = 1.0 / 600.0  # weight of a second in the slow volatility (about ten minutes)
PERSIST = 5  # seconds a new regime must hold before it is announced

REGIME = np.dtype(
    [
        ("slow", np.float64),
        ("current", np.int64),
        ("candidate", np.int64),
        ("held", np.int64),
    ],
    align=True,
)


@kernel
def classify_regime(volatility: float, slow: float, move: float) -> int:
    """Regime of one second: panic, volatile, trending or calm; 0 where unknown.

    ``volatility`` and ``slow`` are fractions per square-root minute, ``move`` the last
    minute's log return.
    """
    if np.isnan(volatility) or np.isnan(move) or slow <= 0:
        return 0
    if volatility > 3.0 * slow and move < -2.0 * slow:
        return PANIC
    if volatility > 2.0 * slow:
        return VOLATILE
    if abs(move) > 2.0 * volatility and volatility > 0:
        return TRENDING
    return CALM


@kernel
def update_regime(regime: Any, volatility: float, move: float) -> None:
    """Take in one second."""
    state = regime
    if not np.isnan(volatility):
        state.slow = volatility if state.slow <= 0 else state.slow + SLOW * (volatility - state.slow)
    seen = classify_regime(volatility, state.slow, move)
    if seen == state.current or seen == 0:
        state.held = 0
        return
    if seen == state.candidate:
        state.held += 1
    else:
        state.candidate = seen
        state.held = 1
    if state.held >= PERSIST or state.current == 0:
        state.current = seen
        state.held = 0
