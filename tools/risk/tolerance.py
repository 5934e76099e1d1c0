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
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tools.domain.parameter import ParameterSet
from tools.domain.reaction import Reaction
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]

LOW, HIGH, CELLS = 0.05, 20.0, 192  # the grid: ratios to the maker's average order
LOGS: Reals = np.linspace(math.log(LOW), math.log(HIGH), CELLS)
PRIOR_SIGMA = 0.7  # of the log threshold: a factor of two either way is usual
SOFTNESS = 0.12  # of the log ratio: the maker's size varies, and so does what it bears
BACKGROUND = 0.02  # chance that a maker leaves in so short a time for reasons of its own
ANSWERED = 0.9  # chance that one whose threshold was passed is seen to leave
FAINT = 1e-250  # a belief of so little mass, after thousands of fills, is told against its own peak
TOLD = ("mm_tolerated_share", "mm_tolerance", "mm_reactions", "mm_reactions_left")


class Tolerance(NamedTuple):
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
        return {
            "mm_tolerated_share": self.safe,
            "mm_tolerance": self.median,
            "mm_reactions": float(self.seen),
            "mm_reactions_left": float(self.left),
        }


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
        mass = self._faded(ts)
        mass += log_prior(anchor, risk)
        safe, median, low, high = quantiles(mass, risk)
        return Tolerance(safe, median, low, high, self.seen, self.left, risk)

    def _faded(self, ts: int) -> Reals:
        age = max(0, ts - self.ts)
        return self.weights * (0.5 ** (age / self.half_life_ns) if self.half_life_ns and self.ts else 1.0)


def quantiles(mass: Reals, risk: float) -> tuple[float, float, float, float]:
    """Thresholds below which ``risk``, a half, 5 and 95 % of the belief lie.

    What ``np.interp`` says of the cumulated belief, bit for bit, at a fraction of its cost.

    Args:
        mass: Log belief by cell up to a constant, shape (CELLS,).
        risk: In (0, 1).
    """
    found = _asked(risk).copy()
    if _place(np.exp(mass), LOGS, found) < FAINT:
        found = _asked(risk).copy()
        _place(np.exp(mass - mass.max()), LOGS, found)
    safe, median, low, high = np.exp(found, found).tolist()
    return safe, median, low, high


@lru_cache(maxsize=64)
def _asked(risk: float) -> Reals:
    """The shares that ``quantiles`` asks for, shape (4,)."""
    found: Reals = np.array((risk, 0.5, 0.05, 0.95))
    found.flags.writeable = False  # shared
    return found


@kernel
def _place(chance: Reals, cells: Reals, shares: Reals) -> float:
    """Put in place of each of ``shares`` the value of ``cells`` below which it lies; the whole of ``chance``.

    ``chance``, shape (n,), is spent; between cells the way is straight, beyond the last there is nothing.
    """
    last = len(chance) - 1
    for i in range(last):
        chance[i + 1] += chance[i]
    whole: float = chance[last]
    for i in range(last + 1):
        chance[i] /= whole
    for k in range(len(shares)):
        share = shares[k]
        after = np.searchsorted(chance, share, side="right")
        if after == 0 or after > last:
            shares[k] = cells[0 if after == 0 else last]
            continue
        before = chance[after - 1]
        slope = (cells[after] - cells[after - 1]) / (chance[after] - before)
        shares[k] = slope * (share - before) + cells[after - 1]
    return whole


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


@lru_cache(maxsize=64)
def unseen(anchor: float, risk: float) -> Tolerance:
    """What is believed where nothing was seen, at any time."""
    return Belief(0).tolerance(0, anchor=anchor, risk=risk)


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
        quantiles(LOGS, 0.5)  # so that the first answer does not wait for its kernel
        for reaction in reactions:
            self.learn(reaction)

    def learn(self, reaction: Reaction) -> None:
        """Take in a reaction."""
        key = (reaction.symbol, reaction.is_taken)
        self._beliefs.setdefault(key, Belief(self._half_life_ns)).learn(reaction)

    def of(self, symbol: str, ts: int, parameters: ParameterSet) -> Tolerance:
        """What ``symbol``'s maker is believed to bear at ``ts``; the prior where nothing was seen."""
        anchor, risk = parameters["conservative_multiplier"], parameters["tolerance_risk"]
        taken, rested = self._beliefs.get((symbol, True)), self._beliefs.get((symbol, False))
        if taken is None or rested is None:
            alone = taken or rested
            return unseen(anchor, risk) if alone is None else alone.tolerance(ts, anchor=anchor, risk=risk)
        one = taken.tolerance(ts, anchor=anchor, risk=risk)
        other = rested.tolerance(ts, anchor=anchor, risk=risk)
        least = other if other.safe < one.safe else one
        seen, left = one.seen + other.seen, one.left + other.left
        return Tolerance(least.safe, least.median, least.low, least.high, seen, left, risk)


def tolerated_share(features: Mapping[str, float | None]) -> float | None:
    """The share that was told with a signal; None where nobody learned."""
    return features.get("mm_tolerated_share")
