"""Which followed states are promoted from the episodes to the pattern library, and which leave it.

Every follow stays an episode for ever. It becomes a pattern if what it adds is worth a place; when the
library is full, the least valuable pattern is retired for a more valuable one. Value is importance, halved
with every half-life: so the order of two patterns never changes, and the least valuable is found at once.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from memory.recall import PatternRecall
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour, ParameterSource, Where
from tools.domain.sources import MM_RANGE
from tools.domain.trading import Outcome

CROWDED = "the library was full and this was worth least"
FADED = "it had become too old for its importance"


class Appraised(Protocol):
    """What an appraisal says of a follow; see ``tools.models.importance``."""

    @property
    def surprise(self) -> float:
        """How far the result was from what was expected, in [0, 1]."""
        ...

    @property
    def uniqueness(self) -> float:
        """How much of its stretch of market nobody else saw, in [0, 1]."""
        ...

    @property
    def clarity(self) -> float:
        """How straight the price went to the result, in [0, 1]."""
        ...

    @property
    def importance(self) -> float:
        """What is made of them, in [0, 1]."""
        ...


Appraiser = Callable[[Outcome, int, Sequence[Neighbour], int], Appraised]


@dataclass(frozen=True, slots=True)
class Retirement:
    """A pattern leaves the library; it stays in the table."""

    outcome_id: str
    ts: int
    why: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of a follow: whether it is promoted, and who leaves."""

    is_promoted: bool
    appraisal: Appraised
    retired: tuple[Retirement, ...]


class Promotion:
    """The rule of promotion over the mirror ``recall``, which it only reads.

    Args:
        recall: The patterns in force.
        appraise: Says what a follow adds to its neighbours.
        parameters: Capacity, half-life and least importance, as known at each time.
    """

    def __init__(self, recall: PatternRecall, appraise: Appraiser, parameters: ParameterSource) -> None:
        self._recall = recall
        self._appraise = appraise
        self._parameters = parameters
        self._half_life_ns = 0
        self._ranked: list[tuple[float, str]] = []  # a heap: the least valuable first
        self._ahead: list[tuple[int, float, str]] = []  # known only later, the earliest last
        self._is_ranked = False

    def admit(
        self, outcome: Outcome, vector: tuple[float, ...], ts: int, source: str = MM_RANGE
    ) -> Admission:
        """What becomes of a follow of a state ``vector`` seen at ``ts``, as of when its outcome was known.

        ``source`` is that of its signal: states of another one are none of its neighbours.
        """
        now = outcome.ts_known
        parameters = self._parameters.snapshot(now)
        self._rank(parameters)
        while self._ahead and self._ahead[-1][0] <= now:
            heapq.heappush(self._ranked, self._ahead.pop()[1:])
        appraisal = self._appraisal(outcome, vector, ts, source, parameters)
        key = self._key(appraisal.importance, now)
        least = parameters["pattern_min_importance"]
        is_worth = appraisal.importance > 0 and appraisal.importance >= least
        retired = [*self._faded(least, now), *self._crowded(parameters.whole("pattern_capacity"), now)]
        is_full = len(self._ranked) >= parameters.whole("pattern_capacity")
        if is_worth and is_full:
            is_worth = self._ranked[0] < (key, outcome.outcome_id)
            if is_worth:
                retired.append(Retirement(heapq.heappop(self._ranked)[1], now, CROWDED))
        if is_worth:
            heapq.heappush(self._ranked, (key, outcome.outcome_id))
        return Admission(is_worth, appraisal, tuple(retired))

    def _appraisal(
        self, outcome: Outcome, vector: tuple[float, ...], ts: int, source: str, parameters: ParameterSet
    ) -> Appraised:
        (near,) = self._recall.neighbours(
            [vector],
            outcome.ts_known,
            parameters.whole("pattern_neighbours"),
            parameters["pattern_min_similarity"],
            where=Where(symbol=outcome.symbol, source=source),
        )
        return self._appraise(outcome, ts, near, parameters.whole("pattern_min_neighbours"))

    def _rank(self, parameters: ParameterSet) -> None:
        """Put what is in force in order, where that was not done under this half-life."""
        half_life_ns = parameters.days_ns("pattern_half_life_days")
        if self._is_ranked and half_life_ns == self._half_life_ns:
            return
        self._half_life_ns, self._is_ranked = half_life_ns, True
        self._ranked = []
        # A replay of the past may begin with a memory of what comes after.
        self._ahead = sorted(
            (
                (one.ts_known, self._key(one.importance, one.ts_known), one.outcome_id)
                for one in self._recall.active()
            ),
            reverse=True,
        )

    def _key(self, importance: float, ts_known: int) -> float:
        """What orders by value at any time: the logarithm of importance, plus half-lives since the epoch."""
        if importance <= 0:
            return -math.inf
        halvings = ts_known / self._half_life_ns if self._half_life_ns else 0.0
        return math.log2(importance) + halvings

    def _faded(self, least: float, now: int) -> list[Retirement]:
        """What has lost so much to age that it would no longer be promoted."""
        floor = self._key(least, now)
        faded = []
        while self._ranked and self._ranked[0][0] < floor:
            faded.append(Retirement(heapq.heappop(self._ranked)[1], now, FADED))
        return faded

    def _crowded(self, capacity: int, now: int) -> list[Retirement]:
        """What is beyond a capacity that was lowered, or that a killed process had no time to retire."""
        beyond = len(self._ranked) - capacity
        return [Retirement(heapq.heappop(self._ranked)[1], now, CROWDED) for _ in range(max(0, beyond))]
