"""Whether a kind of signal is acted on at all: a chance by what signals of its kind came to, and the coin.

A bandit stands after rules, votes and brain. It withholds an entry they want and never makes one, so it
adds no risk. What its chance is made of is told beside the features of a signal (``TOLD``), so that the same
signal and parameters give the same draw for ever. Without anything told the prior alone speaks.

Source:
    Thompson, On the likelihood that one unknown probability exceeds another (1933); Chapelle and Li, An
    empirical evaluation of Thompson sampling (2011); Li, Chu, Langford and Schapire, A contextual-bandit
    approach to personalized news article recommendation (2010), algorithm 1; Russac, Vernade and Cappé,
    Weighted linear bandits for non-stationary environments (2019), for the discount.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tools.domain.identity import unit_draw
from tools.domain.parameter import ParameterSet
from tools.domain.regime import Regime
from tools.domain.trading import Action, Signal, Vote
from tools.risk.routing import Settlement

TOLD = ("bandit_won", "bandit_lost", "bandit_mean_bps", "bandit_error_bps")
PRIOR_SD_BPS = 10.0  # of one result, before any was seen
PRIOR_RESULTS = 5.0  # so many results the prior of the spread counts as
CONTEXT = ("1", "mm_confidence", "spread", "spoofing", "imbalance", "range")
Floats = NDArray[np.float64]


class BanditKind(IntEnum):
    """Values of the parameter ``bandit``."""

    OFF = 0
    THOMPSON = 1
    LINUCB = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """Discounted results of one kind of signal: a Beta(1 + won, 1 + lost) posterior of its win rate.

    >>> Counts().after(True, ts=0, half_life_ns=10).after(False, ts=10, half_life_ns=10)
    Counts(won=0.5, lost=1.0, ts=10)
    """

    won: float = 0.0
    lost: float = 0.0
    ts: int = 0

    def at(self, ts: int, half_life_ns: int) -> Counts:
        """The same as it counts at ``ts``, ns."""
        kept = _kept(self.ts, ts, half_life_ns)
        return Counts(self.won * kept, self.lost * kept, max(ts, self.ts))

    def after(self, has_won: bool, *, ts: int, half_life_ns: int) -> Counts:
        """With one more result, known at ``ts``."""
        now = self.at(ts, half_life_ns)
        return Counts(now.won + has_won, now.lost + (not has_won), now.ts)


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Discounted ridge regression of results, basis points, on ``CONTEXT``; d is its length.

    Attributes:
        precision: Identity plus the sum of x xᵀ, without the identity, shape (d, d).
        moment: Sum of x times the result, shape (d,).
        squares: Sum of the squared results.
        n: Sum of the weights.
    """

    precision: Floats = field(default_factory=lambda: np.zeros((len(CONTEXT), len(CONTEXT))))
    moment: Floats = field(default_factory=lambda: np.zeros(len(CONTEXT)))
    squares: float = 0.0
    n: float = 0.0
    ts: int = 0

    def at(self, ts: int, half_life_ns: int) -> Regression:
        """The same as it counts at ``ts``, ns."""
        kept = _kept(self.ts, ts, half_life_ns)
        return Regression(
            self.precision * kept, self.moment * kept, self.squares * kept, self.n * kept, max(ts, self.ts)
        )

    def after(self, x: Floats, net_bps: float, *, ts: int, half_life_ns: int) -> Regression:
        """With one more result of context ``x``, shape (d,), known at ``ts``."""
        now = self.at(ts, half_life_ns)
        return Regression(
            now.precision + np.outer(x, x),
            now.moment + x * net_bps,
            now.squares + net_bps**2,
            now.n + 1,
            now.ts,
        )

    def expects(self, x: Floats) -> tuple[float, float]:
        """Mean and standard error of the expected result of context ``x``, basis points."""
        whole = np.eye(len(x)) + self.precision
        weights = np.linalg.solve(whole, self.moment)
        left = max(0.0, self.squares - float(weights @ self.moment))
        spread = (PRIOR_RESULTS * PRIOR_SD_BPS**2 + left) / (PRIOR_RESULTS + self.n)
        return float(x @ weights), math.sqrt(spread * float(x @ np.linalg.solve(whole, x)))


def arm_of(source: str, features: Mapping[str, float | None]) -> str:
    """The kind of a signal: where it is from and the regime it was raised in."""
    regime = features.get("regime")
    return f"{source}/{(Regime.UNKNOWN if regime is None else Regime(int(regime))).label}"


def context_of(features: Mapping[str, float | None]) -> Floats:
    """The bounded numbers a result is regressed on, each in [-1, 1], shape (d,); what is unavailable is 0."""
    mid = features.get("mid") or math.nan
    width = _number(features, "mm_upper_bound", math.nan) - _number(features, "mm_lower_bound", math.nan)
    found = (
        1.0,
        _number(features, "mm_confidence"),
        _number(features, "spread_bps") / 20,
        _number(features, "spoofing_score"),
        _number(features, "imbalance"),
        width / mid * 1e4 / 50,
    )
    return np.array([min(1.0, max(-1.0, one)) if math.isfinite(one) else 0.0 for one in found])


def chance_of_acting(signal: Signal, parameters: ParameterSet) -> float | None:
    """The chance with which an entry on ``signal`` goes through; None where no bandit is on."""
    kind = BanditKind(parameters.whole("bandit"))
    if kind is BanditKind.OFF:
        return None
    least = parameters["bandit_explore"]
    wanted = _thompson(signal, parameters) if kind is BanditKind.THOMPSON else _linucb(signal, parameters)
    return min(1 - least, max(least, wanted))


def win_chance_above(base: float, won: float, lost: float) -> float:
    """Chance that a draw of the Beta(1 + won, 1 + lost) posterior exceeds ``base``.

    >>> win_chance_above(0.25, 0, 0), round(win_chance_above(0.5, 3, 0), 4)
    (0.75, 0.9375)
    """
    # SciPy takes a moment to load, and only a bandit that is on needs it.
    from scipy.special import betainc  # type: ignore[import-untyped]

    return 1.0 - float(betainc(1 + won, 1 + lost, min(1.0, max(0.0, base))))


def withhold(
    settlements: Sequence[Settlement], signals: Sequence[Signal], parameters: ParameterSet, seed: int
) -> tuple[Settlement, ...]:
    """``settlements``, with entries withheld where the coin says so; each draw is a vote ``bandit``.

    The vote's probability is the chance the entry had of going through: the propensity of what was done is
    that, or 1 less that.
    """
    pairs = zip(settlements, signals, strict=True)
    return tuple(_drawn(one, signal, parameters, seed) for one, signal in pairs)


def _drawn(settlement: Settlement, signal: Signal, parameters: ParameterSet, seed: int) -> Settlement:
    if settlement.action is not Action.ENTER:
        return settlement
    chance = chance_of_acting(signal, parameters)
    if chance is None:
        return settlement
    acts = unit_draw(seed, "bandit", signal.signal_id) < chance
    name = BanditKind(parameters.whole("bandit")).name.lower()
    reason = f"{name}: acts with a chance of {chance:.3f}"
    vote = Vote("bandit", "enter" if acts else "skip", chance, None, None, reason)
    told = replace(settlement, votes=(*settlement.votes, vote))
    if acts:
        return told
    return replace(told, action=Action.SKIP, reason=f"withheld, {reason} (wanted: {settlement.reason})")


def _thompson(signal: Signal, parameters: ParameterSet) -> float:
    won, lost = (_number(signal.features, name) for name in TOLD[:2])
    return win_chance_above(parameters["bandit_base"] or signal.breakeven, won, lost)


def _linucb(signal: Signal, parameters: ParameterSet) -> float:
    mean = _number(signal.features, TOLD[2])
    error = _number(signal.features, TOLD[3], math.inf)  # nothing told is nothing known
    return float(mean + parameters["bandit_width"] * error > parameters["min_edge_bps"])


def _kept(before: int, now: int, half_life_ns: int) -> float:
    return float(0.5 ** (max(0, now - before) / half_life_ns))


def _number(features: Mapping[str, float | None], name: str, absent: float = 0.0) -> float:
    value = features.get(name)
    return absent if value is None else float(value)
