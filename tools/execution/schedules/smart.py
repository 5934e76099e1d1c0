"""The maker-conditioned schedule: wait in front of the maker, take only what it has placed anew.

A slice rests a tick ahead of the best bid while the clock allows. What falls behind the clock is
taken, but only from quotes that were refreshed since our last fill, so that the maker is not swept.
Where slices may not take, they rest at the cap, and the refresh alone says when the next is due.
"""

from __future__ import annotations

from tools.domain.market import NANOS
from tools.execution.schedules.paced import Paced
from tools.execution.schedules.schedule import LOOK_NS, Parent, Sight, Slice

PATIENCE_NS = 8 * NANOS  # so long a refresh is waited for; then the maker is taken to quote unseen
SLACK = 0.5  # see docs/decisions/0034-execution.md for what was tried
MOVED_NS = 2 * NANOS  # a resting slice is moved after the best bid no sooner


class Smart(Paced):
    """Patient ahead of the clock, careful behind it.

    Args:
        slack: Share of an interval by which a slice may be late before it is taken.
    """

    def __init__(self, parent: Parent, slack: float = SLACK) -> None:
        super().__init__(parent)
        self._slack = slack
        self.watches_order = parent.takes

    def wanted(self, sight: Sight) -> float:
        """What must be taken by now: the clock, ``slack`` intervals late."""
        parent = self.parent
        passed = (sight.ts - parent.start) / (parent.end - parent.start)
        return parent.size * max(0.0, passed - self._slack / parent.slices)

    def due(self, sight: Sight) -> Slice | None:
        """A slice at rest ahead of the clock; one that takes behind it."""
        if self.is_over:
            return None
        parent, left = self.parent, self.parent.size - sight.bought
        if self.is_done(sight.ts, left):
            self.stop()
            return None
        self.next_look = max(sight.ts + LOOK_NS, self._free_from)
        size = parent.slice_of(parent.largest, left)
        if sight.ts < self._free_from or not size or not self.is_refreshed(sight):
            return None
        if not parent.takes:
            return self.sent(sight, size)
        if self.is_late(sight):
            return self.sent(sight, size) if self.is_affordable(sight) else None
        price = self.resting_price(sight)
        if price <= 0:
            return None
        self.sent(sight, size)
        return Slice(size, price)

    def is_late(self, sight: Sight) -> bool:
        """Whether a whole slice is behind, or what is left must be placed now to be in time."""
        parent = self.parent
        behind = self.wanted(sight) - sight.bought
        is_last = self.latest(sight.ts) > sight.bought
        return is_last or behind >= min(parent.largest, parent.size - sight.bought) / 2

    def is_refreshed(self, sight: Sight) -> bool:
        """Whether the maker has placed its quotes anew since our last fill, or was waited for long enough."""
        if not sight.ts_fill or sight.ts_refresh > sight.ts_fill:
            return True
        return sight.ts - sight.ts_fill >= PATIENCE_NS or self.latest(sight.ts) > sight.bought

    def resting_price(self, sight: Sight) -> int:
        """A tick ahead of the best bid, but never at the ask and never above the cap; 0 is none."""
        if sight.bid <= 0 or sight.ask <= sight.bid:
            return 0
        return min(sight.bid + sight.tick, sight.ask - sight.tick, self.parent.cap)

    def is_stale(self, sight: Sight, sent: int, price: int | None) -> bool:
        """Whether the clock has overtaken the resting slice, or the best bid has left it behind."""
        self.next_look = sight.ts + LOOK_NS
        if price is None:
            return False
        is_behind = sight.ts - sent >= MOVED_NS and price < min(sight.bid, self.parent.cap)
        return self.is_late(sight) or is_behind
