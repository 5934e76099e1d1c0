"""Realised volatility from one-second mids (Andersen & Bollerslev 1998)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.features.flow import MID, SECONDS
from tools.market.kernel import kernel

WINDOW = 60  # seconds
LEAST = 10  # returns needed before anything is said


@kernel
def realised_volatility(flow: Any, rows: npt.NDArray[np.float64]) -> float:
    """Square root of the summed squared 1 s log returns of the last minute.

    A fraction per square-root minute (0.001 is 10 bps); NaN below ten returns.
    """
    last = flow.seconds
    total = 0.0
    n = 0
    for k in range(max(1, last - WINDOW), last):
        before = rows[(k - 1) & (SECONDS - 1), MID]
        after = rows[k & (SECONDS - 1), MID]
        if before > 0 and after > 0:
            step = np.log(after / before)
            total += step * step
            n += 1
    if n < LEAST:
        return np.nan
    volatility: float = np.sqrt(total * WINDOW / n)
    return volatility


@kernel
def minute_return(flow: Any, rows: npt.NDArray[np.float64]) -> float:
    """Log return of the mid over the last minute, or over what there is of it; NaN if unknown."""
    last = flow.seconds
    if last < LEAST:
        return np.nan
    first = max(0, last - 1 - WINDOW)
    before = rows[first & (SECONDS - 1), MID]
    after = rows[(last - 1) & (SECONDS - 1), MID]
    if before > 0 and after > 0:
        move: float = np.log(after / before)
        return move
    return np.nan
