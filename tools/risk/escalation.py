"""Which decisions a brain is asked about: the most doubtful few, where an answer can pay for itself.

An answer can be worth at most what knowing the result would be: the unit normal loss of the
distance to the least edge, times the stake. Of the decisions where a share of that, less the
delay, beats the price of the call, only the highest few of a sliding window are asked. The
share asked is bounded by counting, not by tuning: never above 5 % of the decisions so far,
and never above 5 % of any window.

Source: Raiffa and Schlaifer, Applied Statistical Decision Theory (1961), unit normal loss.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tools.domain.identity import decision_id, unit_draw
from tools.domain.parameter import ParameterSet
from tools.risk.routing import WORTHLESS, Settlement

MOST_ASKED = 0.05  # of all decisions, audits included
MOST_ESCALATED = 0.03  # leaves room for audits, so that their coin alone decides
MOST_PROPENSITY = 0.5  # of an audit, where nearly everything is refused by a rule
WINDOW = 1_000  # decisions


class Purpose(StrEnum):
    """Why a brain is asked."""

    DECIDE = "decide"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a decision is sent to a brain, and why.

    Attributes:
        purpose: None where it is not sent.
        propensity: How likely it was to be sent, in (0, 1]; 1 where a rule decided.
    """

    purpose: Purpose | None
    reason: str
    propensity: float = 1.0


class Chooser(Protocol):
    """Chooses what a brain is asked about."""

    def choose(
        self, settlements: Sequence[Settlement], signal_ids: Sequence[str], parameters: ParameterSet
    ) -> tuple[Verdict, ...]:
        """One verdict a settlement, in order."""
        ...


def perfect_information_bps(expected_bps: float, error_bps: float, edge_bps: float) -> float:
    """What knowing the result is worth before acting, basis points of the stake, never negative.

    The estimate is taken as normal with mean ``expected_bps`` and deviation ``error_bps``; acting
    pays above ``edge_bps``.

    >>> round(perfect_information_bps(0.5, 2.0, 0.5), 3)
    0.798
    """
    if not error_bps > 0:
        return 0.0
    distance = abs(expected_bps - edge_bps) / error_bps
    density = math.exp(-(distance**2) / 2) / math.sqrt(2 * math.pi)
    return max(0.0, error_bps * (density - distance * math.erfc(distance / math.sqrt(2)) / 2))


def worth_usd(settlement: Settlement, parameters: ParameterSet, price_usd: float) -> float:
    """What asking is expected to earn, US dollars, after the price of the call and the delay."""
    if settlement.expected_bps is None or settlement.error_bps is None:
        return -price_usd
    known = perfect_information_bps(settlement.expected_bps, settlement.error_bps, parameters["min_edge_bps"])
    stake = min(parameters["default_order_size_usd"], parameters["max_order_size_usd"])
    gain = parameters["consult_usefulness"] * known - parameters["consult_delay_bps"]
    return gain * stake / 1e4 - price_usd


@dataclass(slots=True)
class Quota:
    """Counts of a sliding window: how doubtful its decisions were, and how many were asked."""

    size: int = WINDOW
    _asked: deque[tuple[bool, bool, bool, float]] = field(default_factory=deque)
    _sorted: list[float] = field(default_factory=list)
    _n_asked: int = 0
    _n_escalated: int = 0
    _n_open: int = 0

    def open_share(self) -> float:
        """Which share of the window, the next one included, could be audited."""
        return (self._n_open + 1) / (len(self._asked) + 1)

    def is_high(self, worth: float, share: float) -> bool:
        """Whether fewer than ``share`` of the window's decisions were worth more."""
        above = len(self._sorted) - bisect_right(self._sorted, worth)
        return above < share * (len(self._sorted) + 1)

    def has_room(self, most: float, *, escalated_only: bool = False) -> bool:
        """Whether one more may be asked now, so that at most ``most`` of the window are."""
        leaving = self._asked[0] if len(self._asked) >= self.size else (False, False, False, 0.0)
        count = self._n_escalated - leaving[1] if escalated_only else self._n_asked - leaving[0]
        return count + 1 <= most * min(self.size, len(self._asked) + 1)

    def count(self, worth: float, *, is_asked: bool, is_escalated: bool, is_open: bool) -> None:
        """Take one decision in, and let the oldest go when the window is full."""
        if len(self._asked) >= self.size:
            was_asked, was_escalated, was_open, old = self._asked.popleft()
            self._n_asked -= was_asked
            self._n_escalated -= was_escalated
            self._n_open -= was_open
            del self._sorted[bisect_left(self._sorted, old)]
        self._asked.append((is_asked, is_escalated, is_open, worth))
        insort(self._sorted, worth)
        self._n_open += is_open
        self._n_asked += is_asked
        self._n_escalated += is_escalated


class Escalator:
    """Chooses what a brain is asked about; remembers its window, so it sees each decision once.

    Args:
        seed: Seed of the coin that draws audits.
        price_usd: What a call is expected to cost now, US dollars.
        has_budget: Whether a call would be allowed now.
    """

    def __init__(self, seed: int, price_usd: Callable[[], float], has_budget: Callable[[], bool]) -> None:
        self._seed = seed
        self._price_usd = price_usd
        self._has_budget = has_budget
        self._quota = Quota()

    def choose(
        self, settlements: Sequence[Settlement], signal_ids: Sequence[str], parameters: ParameterSet
    ) -> tuple[Verdict, ...]:
        """One verdict a settlement, in order."""
        pairs = zip(settlements, signal_ids, strict=True)
        return tuple(self._choose(settlement, signal_id, parameters) for settlement, signal_id in pairs)

    def _choose(self, settlement: Settlement, signal_id: str, parameters: ParameterSet) -> Verdict:
        price = self._price_usd()
        worth = worth_usd(settlement, parameters, price) if settlement.is_ambiguous else -price
        verdict = self._judge(settlement, worth, parameters)
        if verdict.purpose is None:
            verdict = self._audit(settlement, signal_id, parameters, verdict)
        self._quota.count(
            max(worth, 0.0),
            is_asked=verdict.purpose is not None,
            is_escalated=verdict.purpose is Purpose.DECIDE,
            is_open=verdict.purpose is not Purpose.DECIDE and _is_open(settlement),
        )
        return verdict

    def _judge(self, settlement: Settlement, worth: float, parameters: ParameterSet) -> Verdict:
        if not settlement.is_ambiguous:
            return Verdict(None, "settled without a brain")
        if settlement.error_bps is None:
            return Verdict(None, "nothing that a brain could weigh")
        if worth <= 0:
            return Verdict(None, f"{WORTHLESS} {worth:+.6f} USD")
        if not self._quota.is_high(worth, parameters["consult_share"]):
            return Verdict(None, "others were more doubtful")
        if not self._quota.has_room(MOST_ESCALATED, escalated_only=True) or not self._quota.has_room(
            MOST_ASKED
        ):
            return Verdict(None, f"{MOST_ESCALATED:.0%} of the last decisions were asked")
        if not self._has_budget():
            return Verdict(None, "the budget is spent")
        return Verdict(Purpose.DECIDE, f"{WORTHLESS} {worth:+.6f} USD")

    def _audit(
        self, settlement: Settlement, signal_id: str, parameters: ParameterSet, told: Verdict
    ) -> Verdict:
        if not _is_open(settlement):
            return told
        chance = min(MOST_PROPENSITY, parameters["audit_share"] / self._quota.open_share())
        if unit_draw(self._seed, "audit", signal_id) >= chance:
            return told
        if not self._quota.has_room(MOST_ASKED) or not self._has_budget():
            return told
        return Verdict(Purpose.AUDIT, told.reason, chance)  # an audit changes nothing of what is told


def _is_open(settlement: Settlement) -> bool:
    """Whether a brain could have had a say: no rule refused, and somebody had an opinion."""
    return settlement.error_bps is not None


class RecordedChoices:
    """Sends what was sent before and nothing else: a replayed decision is asked about as it was.

    Args:
        sent: What was sent, by decision id: why, and how likely it was.
        reason: What is said of those that were not asked before they were decided.
        reasons: What is said of some of them instead, by decision id.
    """

    def __init__(
        self,
        sent: Mapping[str, tuple[Purpose, float]],
        reason: str = "nobody was asked",
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        self._sent = sent
        self._reason = reason
        self._reasons = reasons or {}

    def choose(
        self, settlements: Sequence[Settlement], signal_ids: Sequence[str], parameters: ParameterSet
    ) -> tuple[Verdict, ...]:
        """One verdict a settlement, in order."""
        return tuple(self._choose(decision_id(signal_id)) for signal_id in signal_ids)

    def _choose(self, name: str) -> Verdict:
        reason = self._reasons.get(name, self._reason)
        purpose, propensity = self._sent.get(name, (None, 1.0))
        return Verdict(purpose, reason, propensity)


class AskAll:
    """Sends everything ambiguous, for graphs without a quota."""

    def choose(
        self, settlements: Sequence[Settlement], signal_ids: Sequence[str], parameters: ParameterSet
    ) -> tuple[Verdict, ...]:
        """One verdict a settlement, in order."""
        return tuple(
            Verdict(Purpose.DECIDE if settlement.is_ambiguous else None, "everything ambiguous is asked")
            for settlement in settlements
        )


ASK_ALL = AskAll()
