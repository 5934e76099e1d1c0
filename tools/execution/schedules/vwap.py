"""VWAP: as much of the whole as of the volume has traded, of that which is expected until the end."""

from __future__ import annotations

from tools.domain.market import NANOS
from tools.execution.schedules.paced import Paced
from tools.execution.schedules.schedule import Parent, Sight

BEFORE_NS = 60 * NANOS


class Vwap(Paced):
    """Follows the volume as it comes; what is still to come is expected at the usual pace.

    Thin coins have no intraday profile worth a name within an entry's minutes, so the pace of the minute
    before it stands for the rest; what has traded meanwhile corrects it by itself.

    Source:
        Kakade, Kearns, Mansour & Ortiz, Competitive algorithms for VWAP and limit order trading (2004).
    """

    def __init__(self, parent: Parent) -> None:
        super().__init__(parent)
        self._pace: float | None = None

    def wanted(self, sight: Sight) -> float:
        """The traded share of all volume until the end; by the clock while there is none."""
        parent = self.parent
        traded = float(sight.traded(parent.start))
        if self._pace is None:
            self._pace = (sight.traded(parent.start - BEFORE_NS) - traded) / BEFORE_NS * NANOS
        left_s = max(0, parent.end - sight.ts) * 1e-9
        whole = traded + self._pace * left_s
        if whole <= 0:
            return parent.size * (sight.ts - parent.start) / (parent.end - parent.start)
        return parent.size * traded / whole
