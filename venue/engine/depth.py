"""The best levels of a book, for snapshots."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from venue.engine.ladder import next_below, price_of
from venue.kernel import kernel


@kernel
def best_levels(markets: Any, number: int, side: int, rows: npt.NDArray[np.int64]) -> int:
    """Write price and size of the best levels into ``rows``, best first; returns how many."""
    market = markets[number]
    ladder = market.ladders[side]
    key = ladder.best
    n = 0
    while key >= 0 and n < len(rows):
        rows[n, 0] = price_of(market, side, key)
        rows[n, 1] = ladder.levels[key].size
        key = next_below(ladder, key)
        n += 1
    return n
