"""CPU time from candles to signals, beside whole-array numpy on the same bars.

The baseline computes fewer things the usual way (windows by strides, loops for recursions left out).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.signals.candle_scores import score_candles

Reals = npt.NDArray[np.float64]
BARS = 5 * 365 * 288


def measure_speed(symbols: int) -> dict[str, Any]:
    """CPU seconds for five years of five-minute candles of ``symbols`` symbols, compiled beforehand."""
    rng = np.random.default_rng(0)
    high, low, close = _walk(rng, 200)
    score_candles(high, low, close, 0.05)
    ours = windows = 0.0
    for _ in range(symbols):
        high, low, close = _walk(rng, BARS)
        begun = time.process_time()
        score_candles(high, low, close, 0.05)
        ours += time.process_time() - begun
    high, low, close = _walk(rng, BARS)
    begun = time.process_time()
    _numpy_windows(high, low, close)
    windows = (time.process_time() - begun) * symbols
    return {
        "symbols": symbols,
        "bars": symbols * BARS,
        "keeper_cpu_s": ours,
        "numpy_cpu_s": windows,
        "numpy_symbols_measured": 1,
        "numpy_over_keeper": windows / ours,
    }


def _walk(rng: np.random.Generator, n: int) -> tuple[Reals, Reals, Reals]:
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.001, n)))
    return close * 1.001, close * 0.999, close


def _numpy_windows(high: Reals, low: Reals, close: Reals) -> list[Reals]:
    """Averages, deviation, RSI and range by plain windows: no recursion, so no Wilder smoothing."""
    view = np.lib.stride_tricks.sliding_window_view
    moves = np.diff(close)
    reach = np.maximum(high[1:], close[:-1]) - np.minimum(low[1:], close[:-1])
    found = [view(close, length).mean(axis=1) for length in (5, 20, 50)]
    found.append(view(close, 20).std(axis=1))
    found.append(view(np.maximum(moves, 0), 14).mean(axis=1))
    found.append(view(np.maximum(-moves, 0), 14).mean(axis=1))
    found.append(view(reach, 14).mean(axis=1))
    return found
