"""Indicators over candles: each value is of its own bar and those before it, NaN until enough are there.

Few-line recursions in machine code, seeded as TA-Lib seeds them, so that the figures can be held against
another implementation. Inputs are finite float64 arrays in time order, shape (n,).

Source:
    Wilder, New Concepts in Technical Trading Systems (1978); Bollinger, Bollinger on Bollinger Bands (2001).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]


@kernel
def simple_average(values: Reals, length: int) -> Reals:
    """Mean of the last ``length`` values."""
    found = np.full(len(values), np.nan)
    total = 0.0
    for i in range(len(values)):
        total += values[i]
        if i >= length:
            total -= values[i - length]
        if i >= length - 1:
            found[i] = total / length
    return found


@kernel
def exponential_average(values: Reals, length: int, first: int) -> Reals:
    """Mean with weights falling by 1 - 2 / (length + 1), begun at ``first`` with the mean up to it."""
    found = np.full(len(values), np.nan)
    start = max(first, length - 1)
    if len(values) <= start:
        return found
    level = values[start - length + 1 : start + 1].mean()
    found[start] = level
    for i in range(start + 1, len(values)):
        level += (values[i] - level) * 2.0 / (length + 1)
        found[i] = level
    return found


@kernel
def relative_strength(close: Reals, length: int) -> Reals:
    """Wilder's RSI in [0, 100]; 50 where nothing moved at all."""
    found = np.full(len(close), np.nan)
    up = 0.0
    down = 0.0
    for i in range(1, len(close)):
        move = close[i] - close[i - 1]
        rise, fall = max(move, 0.0), max(-move, 0.0)
        if i <= length:
            up += rise / length
            down += fall / length
        else:
            up += (rise - up) / length
            down += (fall - down) / length
        if i >= length:
            found[i] = 100.0 * up / (up + down) if up + down > 0.0 else 50.0
    return found


@kernel
def average_true_range(high: Reals, low: Reals, close: Reals, length: int) -> Reals:
    """Wilder's ATR, in quote per base."""
    found = np.full(len(close), np.nan)
    level = 0.0
    for i in range(1, len(close)):
        reach = max(high[i], close[i - 1]) - min(low[i], close[i - 1])
        level += reach / length if i <= length else (reach - level) / length
        if i >= length:
            found[i] = level
    return found


@kernel
def moving_deviation(values: Reals, length: int) -> Reals:
    """Population standard deviation of the last ``length`` values.

    Taken about the window's own mean: running sums of squares lose all digits where prices hardly move.
    """
    found = np.full(len(values), np.nan)
    for i in range(length - 1, len(values)):
        mean = 0.0
        for k in range(i - length + 1, i + 1):
            mean += values[k]
        mean /= length
        total = 0.0
        for k in range(i - length + 1, i + 1):
            total += (values[k] - mean) * (values[k] - mean)
        found[i] = np.sqrt(total / length)
    return found


@kernel
def convergence(close: Reals, fast: int, slow: int, signal: int) -> tuple[Reals, Reals, Reals]:
    """MACD: line, signal and histogram, in quote per base."""
    line = exponential_average(close, fast, slow - 1) - exponential_average(close, slow, slow - 1)
    average = np.full(len(close), np.nan)
    if len(close) >= slow:
        average[slow - 1 :] = exponential_average(line[slow - 1 :], signal, signal - 1)
    return line, average, line - average


@kernel
def band_position(close: Reals, length: int) -> Reals:
    """Distance from the moving average in standard deviations; 0 where the price stood still.

    Bollinger's bands lie at -2 and 2.
    """
    mean, spread = simple_average(close, length), moving_deviation(close, length)
    found = np.full(len(close), np.nan)
    for i in range(length - 1, len(close)):
        found[i] = (close[i] - mean[i]) / spread[i] if spread[i] > 1e-9 * close[i] else 0.0
    return found
