"""POV: a fixed share of what trades, so that one is never more of the market than that."""

from __future__ import annotations

from tools.execution.schedules.paced import Paced
from tools.execution.schedules.schedule import Parent, Sight


class Pov(Paced):
    """Buys ``share`` of all volume, its own included, until what is left must be placed to be in time.

    Raises:
        ValueError: The share is not between 0 and 1.
    """

    def __init__(self, parent: Parent, share: float) -> None:
        if not 0 < share < 1:
            raise ValueError(f"share must be between 0 and 1, was {share}")
        super().__init__(parent)
        self._share = share

    def wanted(self, sight: Sight) -> float:
        """The share of what others have traded: ours is s / (1 - s) of theirs."""
        others = max(0, sight.traded(self.parent.start) - sight.bought)
        return min(float(self.parent.size), others * self._share / (1 - self._share))
