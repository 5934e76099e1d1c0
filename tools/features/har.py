"""Variance ahead by heterogeneous autoregression: three horizons of realised variance, weighted.

The horizons stand to each other as minutes to half hours: one, five and thirty windows of twelve
returns (a minute, five and thirty minutes live). There is no constant, so the weights have no unit.

Source:
    Corsi, A simple approximate long-memory model of realized volatility (2009).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.features.returns import EVERY, mean_square
from tools.market.kernel import kernel

AHEAD = 12  # returns that the forecast is for
HORIZONS = (12, 60, 360)  # returns
LEAST = 12  # returns before anything is said
MINUTE = 60 / (EVERY * AHEAD)  # forecast horizons a minute


@kernel
def variance_ahead(returns: Any, weights: npt.NDArray[np.float64]) -> float:
    """Forecast of the summed squared returns of the next ``AHEAD``; ``weights`` has shape (3,).

    Horizons longer than what was seen use what was seen. NaN below ``LEAST`` returns, or where none of
    them moved: of a market that stood still there is nothing to weigh.
    """
    if returns.count < LEAST:
        return np.nan
    total = 0.0
    for i in range(3):
        total += weights[i] * mean_square(returns, HORIZONS[i])
    return AHEAD * total if total > 0 else np.nan
