"""Candle signals: continuation and reversal scores, momentum and RSI with a confidence, bar by bar.

Rules without a model: what they say is a candidate, and whether it pays is asked of its record, not of its
score. Direction is 1 for up, -1 for down, 0 for no signal. Beside the signals stands what they were made of:
the ATR (quote per base), the RSI, the place in the bands (deviations) and the change over twelve bars. Each
row is of its own bar and those before it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.features.indicators import (
    average_true_range,
    band_position,
    relative_strength,
    simple_average,
)
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

RANGE_BARS, STRENGTH_BARS, BAND_BARS, MOMENTUM_BARS = 14, 14, 20, 12
COLUMNS = (
    "continuation_direction",
    "continuation_score",
    "reversal_direction",
    "reversal_score",
    "momentum_direction",
    "momentum_confidence",
    "strength_direction",
    "strength_confidence",
    "range",
    "rsi",
    "band",
    "change",
)


@kernel
def score_candles(high: Reals, low: Reals, close: Reals, momentum_threshold: float) -> Reals:
    """All four signals of every bar, shape (n, len(COLUMNS)); rows are 0 until all averages are there.

    Args:
        high: Highest prices, shape (n,).
        low: Lowest prices, shape (n,).
        close: Last prices, shape (n,).
        momentum_threshold: Change over twelve bars from which there is momentum, a fraction.
    """
    found = np.zeros((len(close), 12))
    fast, middle, slow = simple_average(close, 5), simple_average(close, 20), simple_average(close, 50)
    reach = average_true_range(high, low, close, RANGE_BARS)
    strength, band = relative_strength(close, STRENGTH_BARS), band_position(close, BAND_BARS)
    for i in range(49, len(close)):
        if reach[i] <= 0.0:
            continue
        row = found[i]
        change = close[i] / close[i - MOMENTUM_BARS] - 1.0
        row[8], row[9], row[10], row[11] = reach[i], strength[i], band[i], change
        row[0], row[1] = _continuation(close[i], fast[i], middle[i], slow[i], reach[i])
        row[2], row[3] = _reversal(band[i], strength[i])
        row[4], row[5] = _momentum(change, momentum_threshold)
        row[6], row[7] = _strength(strength[i])
    return found


@kernel
def _continuation(close: float, fast: float, middle: float, slow: float, reach: float) -> tuple[float, float]:
    """40 for averages in order, up to 30 for their distance, up to 30 for a price ahead of them."""
    way = 1.0 if fast > middle > slow else (-1.0 if fast < middle < slow else 0.0)
    if way == 0.0:
        return 0.0, 0.0
    apart = min(1.0, abs(middle - slow) / (2.0 * reach))
    ahead = min(1.0, max(0.0, way * (close - middle) / (2.0 * reach)))
    return way, 40.0 + 30.0 * apart + 30.0 * ahead


@kernel
def _reversal(band: float, strength: float) -> tuple[float, float]:
    """Half for how far outside one deviation the price is, half for how extreme the RSI is."""
    way = -1.0 if band > 1.0 and strength > 50.0 else (1.0 if band < -1.0 and strength < 50.0 else 0.0)
    if way == 0.0:
        return 0.0, 0.0
    outside = min(1.0, (abs(band) - 1.0) / 1.5)
    extreme = min(1.0, abs(strength - 50.0) / 30.0)
    return way, 50.0 * outside + 50.0 * extreme


@kernel
def _momentum(change: float, threshold: float) -> tuple[float, float]:
    """Confidence 0.5 at the threshold, 1 at twice of it and beyond."""
    if abs(change) < threshold:
        return 0.0, 0.0
    return (1.0 if change > 0.0 else -1.0), min(1.0, 0.5 * abs(change) / threshold)


@kernel
def _strength(strength: float) -> tuple[float, float]:
    """Against an RSI below 30 or above 70: confidence 0.5 there, 1 at 0 and 100."""
    if strength <= 30.0:
        return 1.0, 1.0 - strength / 60.0
    if strength >= 70.0:
        return -1.0, 1.0 - (100.0 - strength) / 60.0
    return 0.0, 0.0
