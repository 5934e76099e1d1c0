"""TWAP: equal slices at equal intervals, whatever the market does."""

from __future__ import annotations

from tools.execution.schedules.paced import Paced
from tools.execution.schedules.schedule import Sight


class Twap(Paced):
    """The first slice at once, the last an interval before the end."""

    def wanted(self, sight: Sight) -> float:
        """As many equal parts as intervals have begun."""
        parent = self.parent
        passed = max(0, sight.ts - parent.start)
        begun = passed * parent.slices // (parent.end - parent.start) + 1
        return min(1.0, begun / parent.slices) * parent.size
