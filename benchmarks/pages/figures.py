"""Intervals by bootstrap over what was measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
DRAWS = 2_000
LEAST = 5


def interval(values: Reals, statistic: Callable[[Reals], float], seed: int = 7) -> list[float] | None:
    """95 % interval of ``statistic`` of ``values``, shape (n,); None where n is too small to say."""
    if len(values) < LEAST:
        return None
    rng = np.random.default_rng(seed)
    drawn = [statistic(rng.choice(values, len(values))) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return [float(low), float(high)]
