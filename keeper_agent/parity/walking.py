"""One pass of a run's senses over what it saw of a symbol: every candidate again, every follow again.

Nothing is traded here. Whatever starts from a moment of the pass, such as an entry under other delays, is
forked off there, so that the day is read once however much is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision, Outcome, Signal
from tools.execution.market import SymbolMarket
from tools.execution.outcomes import shadow_outcome
from tools.execution.stream import FOLLOWED, SIGNALLED, WAKE
from tools.market.events import Events


class Candidate(NamedTuple):
    """A trade that the senses propose; prices in units."""

    entry_price: int
    take_profit: int
    stop: int
    features: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class _Followed:
    decision: Decision
    size: int


class Walk:
    """The senses of one symbol, led through its events.

    Args:
        instrument: What is traded.
        events: All that is kept of it, in the order in which it came in.
        parameters: Those in force at a time.

    Attributes:
        index: Of the next event.
        candidates: By the time they were raised, ns.
        outcomes: Of follows that ended, by signal; None where the book was unusable at the end.
    """

    def __init__(
        self, instrument: Instrument, events: Events, parameters: Callable[[int], ParameterSet]
    ) -> None:
        self.events = events
        self.index = 0
        self.candidates: dict[int, Candidate] = {}
        self.outcomes: dict[str, Outcome | None] = {}
        self._parameters = parameters
        self._tuned = parameters(0)
        self.market = SymbolMarket(instrument, self._tuned)
        self._followed: dict[str, _Followed] = {}

    def to(self, ts: int) -> None:
        """Take everything received up to and including ``ts``, ns."""
        while True:
            self.index, reasons = self.market.advance(self.events, self.index, ts)
            if reasons & FOLLOWED:
                for signal, follow in self.market.take_followed():
                    self._end(signal, follow)
            if reasons & SIGNALLED:
                self._raise()
            if not reasons & ~WAKE:
                return

    def follow(self, signal: Signal, decision: Decision, *, waited: bool) -> None:
        """Follow a recorded signal on paper from now on, as its run did.

        Args:
            signal: What was raised.
            decision: What was decided on it.
            waited: Whether that waited for an answer: the size was not known when the follow began.
        """
        plan = None if waited else decision.plan
        size = plan.size if plan else self.market.instrument.lot
        if self.market.follow(signal, size):
            self._followed[signal.signal_id] = _Followed(decision, size)

    def _raise(self) -> None:
        ts = self.market.ts
        self.candidates[ts] = Candidate(*self.market.raised(), self.market.last_features())
        parameters = self._parameters(ts)
        if parameters is not self._tuned:
            self._tuned = parameters
            self.market.tune(parameters)

    def _end(self, signal: Signal, follow: np.void) -> None:
        kept = self._followed.pop(signal.signal_id)
        made = shadow_outcome(signal, kept.decision, follow, kept.size, self.market.instrument)
        self.outcomes[signal.signal_id] = made
