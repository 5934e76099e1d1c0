"""What taking costs: basis points beyond the mid against size, fitted on our own fills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tools.domain.reaction import Reaction

PRIOR = (5.0, 2.0)  # half spread, and slip a maker's order taken at once, basis points
PRIOR_SIGMA = (10.0, 2.0)
NOISE_BPS = 5.0  # of one fill about the line
LEAST_SLOPE = 0.05  # a book that costs nothing more for more does not exist


@dataclass(frozen=True, slots=True)
class Impact:
    """The fitted line: slip = half_spread_bps + per_order_bps × ratio.

    Attributes:
        per_order_bps: A market maker's average order more, taken at once.
        error_bps: One standard deviation of ``per_order_bps``.
        n: Fills it was fitted on.
    """

    half_spread_bps: float
    per_order_bps: float
    error_bps: float
    n: int


def fit_impact(reactions: Iterable[Reaction]) -> Impact:
    """The posterior mean of a linear impact, by Bayesian regression on fills that took.

    With no fills the prior stands. The slope is never below ``LEAST_SLOPE``.

    Source:
        Almgren, Thum, Hauptmann & Li, Direct estimation of equity market impact (2005), in its linear form.
    """
    rows = [(r.ratio, r.slip_bps) for r in reactions if r.is_taken and r.slip_bps is not None]
    design = np.array([[1.0, ratio] for ratio, _ in rows]).reshape(-1, 2)
    slips = np.array([slip for _, slip in rows])
    prior = np.diag(1.0 / np.square(PRIOR_SIGMA))
    precision = prior + design.T @ design / NOISE_BPS**2
    covariance = np.linalg.inv(precision)
    half, slope = covariance @ (prior @ np.array(PRIOR) + design.T @ slips / NOISE_BPS**2)
    return Impact(float(half), max(LEAST_SLOPE, float(slope)), float(np.sqrt(covariance[1, 1])), len(rows))
