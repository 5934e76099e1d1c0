"""The feature series of a recording: one row a step, each as of the end of its step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tools.features.names import FEATURES

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def steps(first_ts: int, last_ts: int, step_ns: int) -> Ints:
    """Multiples of ``step_ns`` from the first at or after ``first_ts`` to ``last_ts``, shape (n,)."""
    start = -(-first_ts // step_ns) * step_ns
    return np.arange(start, last_ts + 1, step_ns, dtype=np.int64)


def series(
    stamps: Ints, sense_until: Callable[[int], None], evaluate: Callable[[int, Reals], object]
) -> Reals:
    """Features at each of ``stamps``, shape (n, len(FEATURES)); NaN is unavailable.

    ``sense_until`` takes every event received up to and including a time, ``evaluate``
    writes the features as of it.
    """
    rows = np.full((len(stamps), len(FEATURES)), np.nan)
    for row, ts in zip(rows, stamps.tolist(), strict=True):
        sense_until(ts)
        evaluate(ts, row)
    return rows
