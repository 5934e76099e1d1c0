"""A candidate value beside the one in force: who gets it, and when enough was seen.

For what no stored path can answer, such as the size of a slice, which changes what fills. Each decision
gets the candidate with the chance that it is the better one (Thompson sampling, both means normal), within
bounds. Every outcome is weighed by the chance its arm had, so that the estimate holds however the shares
moved and however neighbouring outcomes follow each other: only the draw of the arm must be fair. Its
interval holds at all times at once, so that looking daily costs nothing.

Source:
    Thompson, On the likelihood that one unknown probability exceeds another (1933); Waudby-Smith, Arbour,
    Sinha, Kennedy, Ramdas, Time-uniform central limit theory and asymptotic confidence sequences (2024),
    theorem 2.2; Robins, Rotnitzky, Zhao, Estimation of regression coefficients when some regressors are not
    always observed (1994).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import NormalDist

from tools.domain.errors import InvariantBroken
from tools.domain.identity import unit_draw
from tools.models.validation import Estimate

PRIOR_SD_BPS = 20.0  # of an arm's mean, before anything was seen
TUNED_FOR = 500.0  # outcomes at which the interval is tightest


class Ending(StrEnum):
    """Why an experiment is over."""

    BETTER = "better"
    WORSE = "worse"
    HARMFUL = "harmful"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was laid down before the first outcome; nothing of it moves later.

    Attributes:
        level: Of the interval that holds at all times.
        least: Outcomes each arm must have before the candidate may be called better.
        most: Outcomes after which it ends undecided.
        share_low: Least chance of the candidate while it runs.
        share_high: Most chance of it: what a candidate is allowed before it has proven itself.
        most_harm_bps: What the candidate may have cost against the other arm, basis points of a usual entry
            added up over its outcomes; beyond it, it is withdrawn, significant or not.
    """

    level: float
    least: int = 100
    most: int = 5_000
    share_low: float = 0.1
    share_high: float = 0.5
    most_harm_bps: float = 1_000.0

    def __post_init__(self) -> None:
        """Refuse terms that decide nothing or give a draw no chance."""
        if not 0 < self.share_low <= self.share_high < 1:
            raise InvariantBroken(f"shares must be within (0, 1), were {self.share_low} to {self.share_high}")
        if not (0 < self.level < 1 and 0 < self.least <= self.most and self.most_harm_bps > 0):
            raise InvariantBroken(f"expected terms that can end, were {self}")


@dataclass(slots=True)
class _Arm:
    """Outcomes of one arm."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        moved = value - self.mean
        self.mean += moved / self.n
        self.squares += moved * (value - self.mean)

    def belief(self, spread: float) -> tuple[float, float]:
        """Mean and variance of what is believed of the arm's mean."""
        precision = self.n / spread + 1 / PRIOR_SD_BPS**2
        return self.n * self.mean / spread / precision, 1 / precision


@dataclass(slots=True)
class Experiment:
    """One candidate against the value in force; two verbs: ``share`` now, ``learn`` later.

    >>> one = Experiment(Terms(level=0.95))
    >>> one.share()
    0.5
    >>> for _ in range(50):
    ...     one.learn(is_candidate=True, share=0.5, net_bps=-9.0)
    ...     one.learn(is_candidate=False, share=0.5, net_bps=1.0)
    >>> one.share(), one.ending().value
    (0.1, 'worse')
    """

    terms: Terms
    _candidate: _Arm = field(default_factory=_Arm)
    _present: _Arm = field(default_factory=_Arm)
    _gains: _Arm = field(default_factory=_Arm)

    @property
    def n(self) -> int:
        """Outcomes of both arms."""
        return self._gains.n

    @property
    def n_candidate(self) -> int:
        """Outcomes of the candidate."""
        return self._candidate.n

    def share(self) -> float:
        """Chance of the candidate on the next decision."""
        spread = self._spread()
        mine, my_doubt = self._candidate.belief(spread)
        other, its_doubt = self._present.belief(spread)
        chance = NormalDist().cdf((mine - other) / math.sqrt(my_doubt + its_doubt))
        return min(max(chance, self.terms.share_low), self.terms.share_high)

    def learn(self, *, is_candidate: bool, share: float, net_bps: float) -> None:
        """Count an outcome whose arm was drawn with the chance ``share``."""
        if not 0 < share < 1 or not math.isfinite(net_bps):
            raise InvariantBroken(f"expected a share within (0, 1) and a number, were {share} and {net_bps}")
        base = self._candidate.mean - self._present.mean
        if is_candidate:
            self._gains.add(base + (net_bps - self._candidate.mean) / share)
            self._candidate.add(net_bps)
        else:
            self._gains.add(base - (net_bps - self._present.mean) / (1 - share))
            self._present.add(net_bps)

    def gain(self) -> Estimate | None:
        """Gain a decision, with an interval that holds at all times; None before two outcomes."""
        n = self._gains.n
        if n < 2:
            return None
        reach = math.sqrt(self._gains.squares / (n - 1)) * sequence_reach(n, 1 - self.terms.level)
        return Estimate(self._gains.mean, self._gains.mean - reach, self._gains.mean + reach, n)

    def harm_bps(self) -> float:
        """What the candidate has cost so far against the other arm's mean; below 0 it has earned."""
        return self._candidate.n * (self._present.mean - self._candidate.mean)

    def ending(self) -> Ending | None:
        """Why it is over; None while it goes on."""
        gain = self.gain()
        has_enough = min(self._candidate.n, self._present.n) >= self.terms.least
        if gain is not None and has_enough and gain.low > 0:
            return Ending.BETTER
        if gain is not None and self.n >= self.terms.least and gain.high < 0:
            return Ending.WORSE
        if self.harm_bps() > self.terms.most_harm_bps:
            return Ending.HARMFUL
        return Ending.UNDECIDED if self.n >= self.terms.most else None

    def _spread(self) -> float:
        """Variance of an outcome, of both arms together; that of the prior until some were seen."""
        n = self._candidate.n + self._present.n
        if n < 10:
            return PRIOR_SD_BPS**2
        return max(1e-6, (self._candidate.squares + self._present.squares) / (n - 2))


def sequence_reach(n: int, chance: float) -> float:
    """Half-width, in standard deviations, of an interval right at all n at once but for ``chance``.

    >>> round(sequence_reach(500, 0.05), 3), round(sequence_reach(5000, 0.05), 4)
    (0.136, 0.0458)
    """
    tightness = (-2 * math.log(chance) + math.log(-2 * math.log(chance) + 1)) / TUNED_FOR
    grown = n * tightness + 1
    return math.sqrt(2 * grown / (n * n * tightness) * math.log(math.sqrt(grown) / chance))


def draws_candidate(experiment_id: str, decision_id: str, share: float) -> bool:
    """Whether the decision gets the candidate; the same ids and share always say the same.

    >>> sum(draws_candidate("x", f"decision {n}", 0.3) for n in range(10_000))
    3035
    """
    return unit_draw(0, "arm", experiment_id, decision_id) < share
