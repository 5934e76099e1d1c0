"""How two prices moved together between two moments, of any length, from when each was seen.

The window of ``hayashi_yoshida`` is laid over the span: the estimate takes of time only its order and, for
the interval, which sixtieth of the span a move fell into. Neither changes when time is stretched evenly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tools.features.hayashi_yoshida import (
    BUCKET_NS,
    BUCKETS,
    LEAST_REFRESHES,
    REFRESHES,
    Correlation,
    correlation,
    new_link,
    see_all,
)

WINDOW_NS = BUCKET_NS * BUCKETS - 1

Stamps = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comovement:
    """The correlation of two prices.

    Attributes:
        found: With its 95 % interval; None where nothing can be said.
        n: Moments at which both had moved since the last such moment.
        why: Why nothing can be said: fewer than ``LEAST_REFRESHES`` such moments, or they fall into too small
            a part of the span or one side stood still.
    """

    found: Correlation | None
    n: int
    why: Literal["too few", "too short or still"] | None


def comovement(
    first: tuple[Stamps, Reals], second: tuple[Stamps, Reals], since: int, until: int
) -> Comovement:
    """The correlation of ``first`` and ``second`` from ``since`` to ``until``, ns.

    Args:
        first: Times, ns, of shape (n,), not falling and within the span, and prices, above 0.
        second: The other side's, of shape (m,).
        since: Where the span begins.
        until: Where it ends, after ``since``.
    """
    stamps = np.concatenate([first[0], second[0]])
    order = np.argsort(stamps, kind="stable")
    sides = np.repeat(np.arange(2), [len(first[0]), len(second[0])])[order]
    stretched = ((stamps[order] - since) * (WINDOW_NS / (until - since))).astype(np.int64)
    logs = np.log(np.concatenate([first[1], second[1]])[order])
    link = new_link()
    see_all(link, sides, stretched, logs)
    found = correlation(link, WINDOW_NS)
    n = int(link["sums"][0, :, REFRESHES].sum())
    if found is not None:
        return Comovement(found, n, None)
    return Comovement(None, n, "too few" if n < LEAST_REFRESHES else "too short or still")
