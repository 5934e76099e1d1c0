"""Errors of bounds, size and rate where a market maker quotes as usual, pooled over whole markets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.figures import clustered, resampled_medians
from benchmarks.detection.looking import Moment

Reals = npt.NDArray[np.float64]

NEAR_RATE = 0.2
A_TICK = 1.0 + 1e-6


@dataclass(frozen=True, slots=True)
class Errors:
    """Of the looks at one market at which a market maker stood, against its nearest pair.

    Attributes:
        off: How far the farther bound is off, in ticks; NaN is no bound.
        size: Absolute logarithm of the size said over the true one; NaN where none is said.
        rate: The rate said over the true one, less one; NaN where it is unknown.
    """

    off: Reals
    size: Reals
    rate: Reals


def errors(moments: Sequence[Moment], tick: int) -> Errors:
    """What the looks at one market got wrong; ``tick`` in units of 1e-8."""
    rows = []
    for one in moments:
        if one.standing:
            bid, ask = (round(price * 1e8) if price == price else 0 for price in one.bounds)
            near = min(one.standing, key=lambda at: max(abs(bid - at.bid), abs(ask - at.ask)))
            off = max(abs(bid - near.bid), abs(ask - near.ask)) / tick
            rows.append((off, abs(np.log(one.size / near.size)), one.rate_hz / near.rate_hz - 1))
    return Errors(*np.array(rows, np.float64).reshape(-1, 3).T)


def pooled(found: Sequence[Errors]) -> dict[str, Any]:
    """The shares that are near enough and the median error of the size, with intervals over markets."""
    kept = [one for one in found if len(one.off)]
    if not kept:
        return {"n": 0}
    known = [one.rate[~np.isnan(one.rate)] for one in kept]
    return {
        "n": sum(len(one.off) for one in kept),
        "bounds_within_a_tick": clustered([one.off <= A_TICK for one in kept]),
        "size_error": resampled_medians([one.size[~np.isnan(one.size)] for one in kept]),
        "rate_within_20_percent": clustered([np.abs(rate) <= NEAR_RATE for rate in known]),
        "rate_unknown": sum(int(np.isnan(one.rate).sum()) for one in kept),
    }
