"""Adaptation to a losing streak and to the market: bounded factors on parameters, said on every decision.

Off unless ``adapt`` is 1: the factors are a claim, and the memory ledger says what each would have been
worth. A condition is left later than it is entered, so that nothing flaps, and a decision is taken with
what was known when its signal was raised. Volatile is a volatility above twice the usual one; an uptrend
and a choppy market are told by how much of its way the mid kept (Kaufman's efficiency ratio).

Source:
    Kaufman, Smarter Trading (1995), on the efficiency ratio.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from statistics import fmean, pstdev

from tools.domain.market import NANOS
from tools.domain.parameter import SPECS, ParameterSet
from tools.domain.regime import Regime
from tools.domain.trading import Clamp

WINDOW = 20  # round trips that are looked back on
ENTER_BELOW, LEAVE_FROM = 0.45, 0.55  # share won
HELD_NS = 120 * NANOS  # how long a state of the market is held after it was last seen
LOOK_NS, LEAST_MIDS = 300 * NANOS, 8
TRENDS_FROM, CHOPS_BELOW = 0.5, 0.25  # efficiency ratio
STRICT_CONFIDENCE = 0.70
ADAPTED = "adapted from "
SIZE, STOP, TARGET, CONFIDENCE = (
    "default_order_size_usd",
    "stop_bps",
    "take_profit_buffer_bps",
    "mm_min_confidence",
)


class Condition(StrEnum):
    """What is adapted to."""

    LOSING = "losing streak"
    VOLATILE = "volatile market"
    UPTREND = "uptrend"
    CHOPPY = "choppy market"


FACTORS: Mapping[Condition, Mapping[str, float]] = {
    Condition.LOSING: {SIZE: 0.7},
    Condition.VOLATILE: {SIZE: 0.8, STOP: 1.5, TARGET: 1.3},
    Condition.UPTREND: {SIZE: 1.2},
    Condition.CHOPPY: {STOP: 0.8},
}


@dataclass(frozen=True, slots=True)
class Streak:
    """The last round trips: how many of them won, their Sharpe ratio a trade, their drawdown."""

    n: int
    wins: int
    sharpe: float
    drawdown_bps: float

    @property
    def text(self) -> str:
        """The streak in words."""
        return (
            f"{self.wins} of the last {self.n} round trips won, Sharpe {self.sharpe:+.2f} a trade, "
            f"drawdown {self.drawdown_bps:.1f} bps"
        )


def streak_of(results: Sequence[float]) -> Streak:
    """Figures of the last ``WINDOW`` results, basis points.

    >>> streak_of([1.0, -1.0, -2.0, 5.0]).drawdown_bps
    3.0
    """
    last = list(results)[-WINDOW:]
    total = peak = fall = 0.0
    for one in last:
        total += one
        peak = max(peak, total)
        fall = max(fall, peak - total)
    spread = pstdev(last) if len(last) > 1 else 0.0
    return Streak(len(last), sum(one > 0 for one in last), fmean(last) / spread if spread else 0.0, fall)


def is_losing(results: Sequence[float], was_losing: bool) -> bool:
    """Whether the account is in a losing streak; it must win more to leave one than to stay out of it."""
    streak = streak_of(results)
    if streak.n < WINDOW:
        return False
    return streak.wins / streak.n < (LEAVE_FROM if was_losing else ENTER_BELOW)


def efficiency(mids: Sequence[float]) -> float | None:
    """Share of its way that the mid kept, signed; None for fewer than ``LEAST_MIDS`` or none.

    >>> efficiency([1, 2, 3, 4, 5, 6, 7, 8]), efficiency([1, 2, 1, 2, 1, 2, 1, 2])
    (1.0, 0.14285714285714285)
    """
    way = sum(abs(after - before) for before, after in pairwise(mids))
    return (mids[-1] - mids[0]) / way if len(mids) >= LEAST_MIDS and way > 0 else None


class Adaptation:
    """What decisions are adapted to; shared by the cycles of an account.

    Args:
        results: Net results of earlier round trips, oldest first, basis points.
    """

    def __init__(self, results: Iterable[float] = ()) -> None:
        self._results: deque[float] = deque(results, maxlen=WINDOW)
        self._is_losing = is_losing(list(self._results), was_losing=False)
        self._mids: dict[str, deque[tuple[int, float]]] = {}
        self._seen: dict[tuple[str, Condition], int] = {}
        self._active: dict[str, tuple[Condition, ...]] = {}
        self._made: dict[str, tuple[ParameterSet, tuple[Condition, ...], str, ParameterSet]] = {}

    def learn(self, net_bps: float) -> None:
        """Count a finished round trip."""
        self._results.append(net_bps)
        self._is_losing = is_losing(list(self._results), self._is_losing)

    def observe(self, symbol: str, ts: int, regime: Regime, mid: float) -> None:
        """See the market at a signal; it bears on the next one."""
        mids = self._mids.setdefault(symbol, deque())
        mids.append((ts, mid))
        while ts - mids[0][0] > LOOK_NS:
            mids.popleft()
        kept = efficiency([one for _, one in mids])
        if regime in (Regime.VOLATILE, Regime.PANIC):
            self._seen[(symbol, Condition.VOLATILE)] = ts
        if regime is Regime.TRENDING and kept is not None and kept >= TRENDS_FROM:
            self._seen[(symbol, Condition.UPTREND)] = ts
        if regime is Regime.CALM and kept is not None and abs(kept) < CHOPS_BELOW:
            self._seen[(symbol, Condition.CHOPPY)] = ts
        self._active[symbol] = tuple(
            one for one in Condition if ts - self._seen.get((symbol, one), -HELD_NS - 1) <= HELD_NS
        )

    def conditions(self, symbol: str) -> tuple[Condition, ...]:
        """What holds on ``symbol`` now."""
        losing = (Condition.LOSING,) if self._is_losing else ()
        return losing + self._active.get(symbol, ())

    def adapted(self, symbol: str, parameters: ParameterSet) -> ParameterSet:
        """``parameters`` for the next signal on ``symbol``: the same object until something changes."""
        found = self.conditions(symbol) if parameters["adapt"] else ()
        if not found:
            return parameters
        streak = streak_of(list(self._results)).text if Condition.LOSING in found else ""
        made = self._made.get(symbol)
        if made is None or made[0] is not parameters or made[1:3] != (found, streak):
            made = (parameters, found, streak, adapt(parameters, found, streak))
            self._made[symbol] = made
        return made[3]


def adapt(parameters: ParameterSet, found: Sequence[Condition], streak: str = "") -> ParameterSet:
    """``parameters`` with the factors of all conditions, within their bounds, and who asked for it."""
    factors: dict[str, float] = {}
    why: dict[str, list[str]] = {}
    for one in found:
        reason = f"{one.value} ({streak})" if one is Condition.LOSING and streak else one.value
        for name, factor in FACTORS[one].items():
            factors[name] = factors.get(name, 1.0) * factor
            why.setdefault(name, []).append(f"x {factor:g} in a {reason}")
    values = {name: _bounded(name, parameters[name] * factor) for name, factor in factors.items()}
    if Condition.LOSING in found and parameters[CONFIDENCE] < STRICT_CONFIDENCE:
        values[CONFIDENCE] = STRICT_CONFIDENCE
        why[CONFIDENCE] = [f"at least {STRICT_CONFIDENCE:g} in a {Condition.LOSING.value}"]
    said = {name: f"{ADAPTED}{parameters[name]:g}: {', '.join(why[name])}" for name in values}
    return replace(parameters, values={**parameters.values, **values}, origin={**parameters.origin, **said})


def adaptation_clamps(parameters: ParameterSet) -> tuple[Clamp, ...]:
    """What an adaptation changed of the parameters a decision is taken with, for its record."""
    told = [
        (name, said[len(ADAPTED) :]) for name, said in parameters.origin.items() if said.startswith(ADAPTED)
    ]
    return tuple(
        Clamp(f"adaptation.{name}", said.partition(": ")[0], f"{parameters[name]:g}", said.partition(": ")[2])
        for name, said in sorted(told)
    )


def _bounded(name: str, value: float) -> float:
    return min(max(value, SPECS[name].low), SPECS[name].high)
