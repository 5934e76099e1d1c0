"""How large a fill a market maker bears before it leaves: a threshold that nobody tells, learned.

Every reaction to a fill of ours says on which side of that fill the threshold may lie. A grid over
the threshold carries the posterior; what was seen fades, so that a maker that has changed is met
anew. With nothing seen, the size that is safe is the conservative share: the prior's ``risk`` quantile.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from tools.domain.parameter import ParameterSet
from tools.domain.reaction import Reaction

Reals = npt.NDArray[np.float64]

LOW, HIGH, CELLS = 0.05, 20.0, 192  # the grid: ratios to the maker's average order
LOGS: Reals = np.linspace(math.log(LOW), math.log(HIGH), CELLS)
PRIOR_SIGMA = 0.7  # of the log threshold: a factor of two either way is usual
SOFTNESS = 0.12  # of the log ratio: the maker's size varies, and so does what it bears
BACKGROUND = 0.02  # chance that a maker leaves in so short a time for reasons of its own
ANSWERED = 0.9  # chance that one whose threshold was passed is seen to leave
TOLD = ("mm_tolerated_share", "mm_tolerance", "mm_reactions", "mm_reactions_left")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is believed of a market maker's tolerance; ratios to its average order.

    Attributes:
        safe: The size that passes the threshold with the chance of ``risk`` at most.
        median: Of the threshold.
        low, high: Its central 90 %.
        seen: Reactions it rests on.
        left: After how many of them the maker left.
        risk: The chance that ``safe`` stands for.
    """

    safe: float
    median: float
    low: float
    high: float
    seen: int
    left: int
    risk: float

    def told(self) -> dict[str, float]:
        """The figures beside a signal's features, by the names of ``TOLD``."""
        return dict(zip(TOLD, (self.safe, self.median, float(self.seen), float(self.left)), strict=True))


@dataclass(slots=True)
class Belief:
    """A posterior over one maker's threshold.

    ``weights`` are log likelihoods by cell, shape (CELLS,), as faded to ``ts``.
    """

    half_life_ns: int
    weights: Reals = field(default_factory=lambda: np.zeros(CELLS))
    ts: int = 0
    seen: int = 0
    left: int = 0

    def learn(self, reaction: Reaction) -> None:
        """Take in a reaction; older ones fade to its time first."""
        self.weights = self._faded(reaction.ts_known)
        self.ts = max(self.ts, reaction.ts_known)
        self.weights += log_likelihood(reaction.ratio, has_left=reaction.has_left)
        self.seen += 1
        self.left += reaction.has_left

    def tolerance(self, ts: int, *, anchor: float, risk: float) -> Tolerance:
        """What is believed at ``ts``, ns; ``anchor`` is the size that is safe while nothing was seen."""
        mass = np.exp(log_prior(anchor, risk) + self._faded(ts))
        below = np.cumsum(mass)
        below /= below[-1]
        wanted = (risk, 0.5, 0.05, 0.95)
        safe, median, low, high = np.exp(np.interp(wanted, below, LOGS)).tolist()
        return Tolerance(safe, median, low, high, self.seen, self.left, risk)

    def _faded(self, ts: int) -> Reals:
        age = max(0, ts - self.ts)
        return self.weights * (0.5 ** (age / self.half_life_ns) if self.half_life_ns and self.ts else 1.0)


def log_likelihood(ratio: float, *, has_left: bool) -> Reals:
    """Log chance of a reaction to a fill of ``ratio``, for every threshold of the grid, shape (CELLS,).

    Raises:
        ValueError: The ratio is not positive.
    """
    if not ratio > 0:
        raise ValueError(f"ratio must be positive, was {ratio}")
    passed = 1.0 / (1.0 + np.exp(np.clip((LOGS - math.log(ratio)) / SOFTNESS, -50.0, 50.0)))
    leaves = BACKGROUND + (ANSWERED - BACKGROUND) * passed
    found: Reals = np.log(leaves if has_left else 1.0 - leaves)
    return found


@lru_cache(maxsize=64)
def log_prior(anchor: float, risk: float) -> Reals:
    """Log prior by cell up to a constant: log-normal, with ``risk`` of its mass below ``anchor``."""
    centre = math.log(anchor) - PRIOR_SIGMA * NormalDist().inv_cdf(risk)
    found: Reals = -0.5 * ((LOGS - centre) / PRIOR_SIGMA) ** 2
    found.flags.writeable = False  # shared
    return found


class Tolerances:
    """What is believed of every symbol's maker, told as of a time.

    A fill that took from the maker and one that only stood beside it say different things, and what is
    entered must be sold again: the lesser of the two holds.

    Args:
        reactions: What was known before, oldest first.
        half_life_ns: After which what was seen counts half.
    """

    def __init__(self, reactions: Iterable[Reaction] = (), *, half_life_ns: int) -> None:
        self._half_life_ns = half_life_ns
        self._beliefs: dict[tuple[str, bool], Belief] = {}
        for reaction in reactions:
            self.learn(reaction)

    def learn(self, reaction: Reaction) -> None:
        """Take in a reaction."""
        key = (reaction.symbol, reaction.is_taken)
        self._beliefs.setdefault(key, Belief(self._half_life_ns)).learn(reaction)

    def of(self, symbol: str, ts: int, parameters: ParameterSet) -> Tolerance:
        """What ``symbol``'s maker is believed to bear at ``ts``; the prior where nothing was seen."""
        anchor, risk = parameters["conservative_multiplier"], parameters["tolerance_risk"]
        known = [self._beliefs[key] for key in ((symbol, True), (symbol, False)) if key in self._beliefs]
        found = [one.tolerance(ts, anchor=anchor, risk=risk) for one in known or [Belief(0)]]
        least = min(found, key=lambda one: one.safe)
        seen, left = sum(one.seen for one in found), sum(one.left for one in found)
        return Tolerance(least.safe, least.median, least.low, least.high, seen, left, risk)


def tolerated_share(features: Mapping[str, float | None]) -> float | None:
    """The share that was told with a signal; None where nobody learned."""
    return features.get("mm_tolerated_share")
