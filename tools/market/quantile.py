"""A quantile of a stream in five numbers, without keeping the stream.

Source: Jain, Chlamtac (1985), The P² algorithm for dynamic calculation of quantiles and
histograms without storing observations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.market.kernel import kernel

MARKERS = 5

QUANTILE = np.dtype(
    [
        ("n", np.int64),
        ("height", np.float64, (MARKERS,)),
        ("place", np.float64, (MARKERS,)),
        ("wanted", np.float64, (MARKERS,)),
    ],
    align=True,
)


@kernel
def begin_quantile(quantile: Any, value: float, share: float) -> None:
    """Keep one of the first five values in order."""
    state = quantile
    i = state.n
    while i > 0 and state.height[i - 1] > value:
        state.height[i] = state.height[i - 1]
        i -= 1
    state.height[i] = value
    state.n += 1
    for k in range(MARKERS):
        state.place[k] = k + 1.0
    state.wanted[0] = 1.0
    state.wanted[1] = 1.0 + 2.0 * share
    state.wanted[2] = 1.0 + 4.0 * share
    state.wanted[3] = 3.0 + 2.0 * share
    state.wanted[4] = 5.0


@kernel
def moved_height(quantile: Any, i: int, step: float) -> float:
    """Height of marker ``i`` one place on: on a parabola, on a line where that would disorder them."""
    h = quantile.height
    p = quantile.place
    up = (p[i] - p[i - 1] + step) * (h[i + 1] - h[i]) / (p[i + 1] - p[i])
    down = (p[i + 1] - p[i] - step) * (h[i] - h[i - 1]) / (p[i] - p[i - 1])
    curved: float = h[i] + step / (p[i + 1] - p[i - 1]) * (up + down)
    if h[i - 1] < curved < h[i + 1]:
        return curved
    j = i + int(step)
    straight: float = h[i] + step * (h[j] - h[i]) / (p[j] - p[i])
    return straight


@kernel
def learn_quantile(quantile: Any, value: float, share: float) -> None:
    """Take a value in; ``share`` in (0, 1) is the quantile wanted, the same at every call."""
    state = quantile
    if state.n < MARKERS:
        begin_quantile(state, value, share)
        return
    state.n += 1
    if value < state.height[0]:
        state.height[0] = value
    if value > state.height[4]:
        state.height[4] = value
    for k in range(1, MARKERS):
        if value < state.height[k] or k == 4:
            for later in range(k, MARKERS):
                state.place[later] += 1.0
            break
    state.wanted[1] += share / 2.0
    state.wanted[2] += share
    state.wanted[3] += (1.0 + share) / 2.0
    state.wanted[4] += 1.0
    for i in range(1, 4):
        gap = state.wanted[i] - state.place[i]
        if (gap >= 1.0 and state.place[i + 1] - state.place[i] > 1.0) or (
            gap <= -1.0 and state.place[i - 1] - state.place[i] < -1.0
        ):
            step = 1.0 if gap > 0 else -1.0
            state.height[i] = moved_height(state, i, step)
            state.place[i] += step


@kernel
def quantile_value(quantile: Any) -> float:
    """The estimate; NaN below five values."""
    return quantile.height[2] if quantile.n >= MARKERS else np.nan
