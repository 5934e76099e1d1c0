"""Whether a gauge grows: a straight line through the least values of blocks, with an interval.

The least, because changes that wait for a book come and go, and what leaks never goes. Blocks,
because neighbouring samples are alike and a line through all of them would look far more
certain than it is (batch means; Law, Simulation Modeling and Analysis, 2015, 9.5.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from benchmarks.soak.gauges import GAUGES, Reals

BLOCKS = 12
SURE = 0.99
WARM_SHARE = 0.25  # of the run, left out at its beginning
# growth over the measured part of a run that is no leak: pages that come and go, tasks under way
ALLOWED = {"rss_kib": 2048.0, "blocks": 3000.0, "files": 2.0, "tasks": 3.0, "threads": 0.5}


@dataclass(frozen=True, slots=True)
class Slope:
    """How a gauge moved after the warm-up.

    Attributes:
        median: Of its samples.
        per_minute: Slope, with its 99 % interval ``low`` to ``high``.
        span_minutes: How long was measured.
        grows: Whether even the low end exceeds what is allowed over the span.
    """

    gauge: str
    median: float
    per_minute: float
    low: float
    high: float
    span_minutes: float
    grows: bool


def slope(gauge: str, minutes: Reals, values: Reals) -> Slope:
    """The slope of one gauge, shapes (n,), with at least two samples a block."""
    if len(values) < 2 * BLOCKS:
        raise ValueError(f"expected at least {2 * BLOCKS} samples, were {len(values)}")
    at = np.array([part.mean() for part in np.array_split(minutes, BLOCKS)])
    least = np.array([part.min() for part in np.array_split(values, BLOCKS)])
    line = stats.linregress(at, least)
    is_constant = bool((least == least[0]).all())  # there the error of the slope is 0 / 0
    reach = 0.0 if is_constant else float(stats.t.ppf(0.5 + SURE / 2, BLOCKS - 2) * line.stderr)
    span = float(minutes[-1] - minutes[0])
    low, high = float(line.slope) - reach, float(line.slope) + reach
    median = float(np.median(values))
    return Slope(gauge, median, float(line.slope), low, high, span, bool(low * span > ALLOWED[gauge]))


def slopes(samples: Reals) -> list[Slope]:
    """Every gauge after the warm-up; ``samples`` as ``Samples.taken`` gives them."""
    settled = samples[samples[:, 0] >= samples[-1, 0] * WARM_SHARE]
    return [slope(name, settled[:, 0] / 60, settled[:, 1 + at]) for at, name in enumerate(GAUGES)]
