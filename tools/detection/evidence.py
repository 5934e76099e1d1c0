"""What is known of the market maker that is followed: its pace, its size, and what speaks for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.maker import GAPS, LEAST_GAPS, PACES, SIZES, UNSEEN
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]


@kernel
def median_of(values: Reals, n: int, scratch: Reals) -> float:
    """Median of the first ``n`` of ``values``; NaN below three. ``scratch`` is at least as long."""
    if n < LEAST_GAPS:
        return np.nan
    for i in range(n):
        x = values[i]
        j = i
        while j > 0 and scratch[j - 1] > x:
            scratch[j] = scratch[j - 1]
            j -= 1
        scratch[j] = x
    middle: float = 0.5 * (scratch[(n - 1) // 2] + scratch[n // 2])
    return middle


@kernel
def usual_rate(maker: Any, scratch: Reals) -> float:
    """Refreshes a second, from the gaps about the usual one; NaN where fewer than five are known.

    Missed refreshes make gaps of several periods, coincidences make gaps of parts of one;
    neither lies about the median while most gaps are whole.
    """
    n = min(maker.n_gaps, GAPS)
    if n < 5:
        return np.nan
    middle = median_of(maker.gaps, n, scratch)
    total = 0.0
    kept = 0
    for i in range(n):
        if 0.4 * middle < maker.gaps[i] < 1.6 * middle:
            total += maker.gaps[i]
            kept += 1
    return kept / total if total > 0 else np.nan


@kernel
def usual_size(maker: Any, scratch: Reals) -> float:
    """Value of the maker's usual order, quote; NaN below three."""
    size: float = np.exp(median_of(maker.sizes, min(maker.n_sizes, SIZES), scratch))
    return size


@kernel
def weigh(maker: Any, ts: int, signature: float, scratch: Reals, out: Reals) -> None:
    """The evidence for a maker that quotes at ``ts`` into ``out``, shape (EVIDENCE,).

    ``signature`` is what speaks for one order size that keeps coming back on both sides, in [0, 1].
    """
    gap = median_of(maker.link_gaps, min(maker.n_links, GAPS), scratch)
    excess = maker.excess
    out[0] = np.log1p(excess)
    out[1] = np.log1p(excess / np.sqrt(maker.background + 1.0))
    out[2] = excess / (min(maker.placed[0], maker.placed[1]) + 1.0)
    silence = UNSEEN
    gone = UNSEEN
    if maker.ts_linked > 0 and gap > 0:
        silence = min(UNSEEN, (ts - maker.ts_linked) * 1e-9 / gap)
        gone = min(UNSEEN, (ts - maker.ts_gone) * 1e-9 / gap) if maker.ts_gone > 0 else 0.0
    out[3] = np.log1p(silence)
    out[4] = np.log1p(gone)
    out[5] = 1.0 if maker.is_standing[0] != maker.is_standing[1] else 0.0
    out[6] = np.log(gap) if gap > 0 else 2.0
    for k in range(PACES):
        out[7 + k] = np.log(maker.paces[k] + 0.05)
    out[10] = signature
