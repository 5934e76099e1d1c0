"""Where the middle of every market was, ten times a virtual second: what a price is held against.

Whoever looks comes after everybody else at that instant and changes nothing.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

from venue.pit import NO_ASK, Pit
from venue.sim import Simulation

NAME = "~keeper-mids"  # after Keeper at one instant
PERIOD_NS = 100_000_000


class MidRecord:
    """The mids of ``pits`` from ``begin`` on, units of 1e-8; NaN while a side was never seen."""

    def __init__(self, sim: Simulation, pits: Sequence[Pit]) -> None:
        self._sim = sim
        self._pits = {pit.symbol.name: pit for pit in pits}
        self._series = {name: array("d") for name in self._pits}
        self._first = 0

    def begin(self) -> None:
        """Look now, and every tenth of a second from now on."""
        self._first = self._sim.now
        self._look()

    def before(self, symbol: str, ts: int) -> float:
        """The last mid seen before ``ts``, ns; NaN outside of the record."""
        series = self._series[symbol]
        place = (ts - 1 - self._first) // PERIOD_NS
        return series[place] if 0 <= place < len(series) else math.nan

    def _look(self) -> None:
        for name, pit in self._pits.items():
            series = self._series[name]
            if pit.best_bid and pit.best_ask != NO_ASK:
                series.append((pit.best_bid + pit.best_ask) / 2 * pit.symbol.tick_units)
            else:
                series.append(series[-1] if series else math.nan)  # a side is empty for a moment
        self._sim.at(self._sim.now + PERIOD_NS, NAME, self._look)
