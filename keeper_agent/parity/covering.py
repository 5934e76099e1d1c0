"""Which of the market data that is kept is what the agent saw: every decision sealed how much it had seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.execution.seen import MarketSlice


@dataclass(slots=True)
class Coverage:
    """The stretches from decision to decision on one symbol that are not as they were seen.

    A hash over all that was seen since the run began tells whether everything up to a decision is the same.
    After a first fault it cannot say so any more; then the number of events of each stretch tells.
    """

    broken: list[tuple[int, int]] = field(default_factory=list)
    _ts: int = 0
    _seen: int = 0
    _kept: int = 0

    def look(self, ts: int, seen: MarketSlice, kept: MarketSlice) -> bool:
        """Take in a decision at ``ts``, ns; whether everything up to it is what was seen."""
        is_same = seen == kept
        is_first_fault = not is_same and not self.broken
        if is_first_fault or seen.events - self._seen != kept.events - self._kept:
            self.broken.append((self._ts, ts))
        self._ts, self._seen, self._kept = ts, seen.events, kept.events
        return is_same

    def is_exact(self, ts: int) -> bool:
        """Whether everything up to ``ts``, ns, is what was seen, as far as decisions tell."""
        return not any(low < ts for low, _ in self.broken)

    def is_intact(self, start: int, end: int) -> bool:
        """Whether nothing is known to be wrong between ``start`` and ``end``, ns."""
        return not any(low < end and start <= high for low, high in self.broken)
