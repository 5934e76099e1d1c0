"""What it cost not to ask: decisions that stood, beside what a brain said of them afterwards.

An audited decision earns its signal's result on paper if it entered, else nothing; the brain's
word would have earned its fraction of the same result. The mean difference over audits,
weighted by one over their propensity, estimates the regret of a decision that was not asked.

Source: Hájek, Comment on "An essay on the logical foundations of survey sampling" (1971), the
ratio estimator for unequal probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.models.validation.resampling import Estimate, block_bootstrap, block_length


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision, a brain's word on it, and what came of its signal.

    Attributes:
        is_entered: Whether the decision entered.
        fraction: Share of the usual size that the brain would have taken, in [0, 1].
        net_bps: The signal's result on paper after costs; 0 where it was never filled.
        propensity: How likely the decision was to be sent to the brain, in (0, 1].
    """

    is_entered: bool
    fraction: float
    net_bps: float
    propensity: float

    @property
    def regret_bps(self) -> float:
        """What the brain's word would have earned above the decision."""
        return (self.fraction - self.is_entered) * self.net_bps


def mean_regret(judged: Sequence[Judged], rng: np.random.Generator) -> Estimate | None:
    """Regret of not asking, basis points of the stake a decision, with its 95 % interval.

    Args:
        judged: In the order of decision.
        rng: Seeded generator of the resampling.

    Returns:
        None where nothing was judged.
    """
    n = len(judged)
    if n == 0:
        return None
    values = np.array([one.regret_bps for one in judged])
    weights = np.array([1 / one.propensity for one in judged])

    def ratio(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
        return float(values[rows] @ weights[rows] / weights[rows].sum())

    return block_bootstrap(ratio, n, rng, block=block_length(n))
