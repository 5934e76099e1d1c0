"""Everything at once: the baseline that every algorithm is held against."""

from __future__ import annotations

from tools.execution.schedules.paced import Paced
from tools.execution.schedules.schedule import Sight, Slice


class AtOnce(Paced):
    """One order for all of it, whatever the market maker bears; what it leaves is not asked for again."""

    def wanted(self, sight: Sight) -> float:
        """All of it."""
        return float(self.parent.size)

    def due(self, sight: Sight) -> Slice | None:
        """All of it, as soon as it can be had within the cap."""
        if self.is_over or not self.is_affordable(sight):
            return super().due(sight)
        self.stop()
        left = self.parent.size - sight.bought
        left -= left % self.parent.lot
        return Slice(left, None if self.parent.takes else self.parent.cap) if left else None
