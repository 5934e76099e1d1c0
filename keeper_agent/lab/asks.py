"""What buying at the touch would have cost: the best ask of every market, once a virtual second.

Whoever looks comes after everybody else at that instant and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.domain.market import NANOS
from venue.pit import NO_ASK, Pit
from venue.sim import Simulation

NAME = "~keeper-asks"  # after Keeper at one instant
PERIOD_NS = NANOS


class AskRecord:
    """The best asks of ``pits`` from ``begin`` on, units of 1e-8; NaN where there was none."""

    def __init__(self, sim: Simulation, pits: Sequence[Pit]) -> None:
        self._sim = sim
        self._pits = {pit.symbol.name: pit for pit in pits}
        self._series: dict[str, list[float]] = {name: [] for name in self._pits}
        self._first = 0

    def begin(self) -> None:
        """Look now, and every second from now on."""
        self._first = self._sim.now
        self._look()

    def between(self, symbol: str, start: int, end: int) -> NDArray[np.float64] | None:
        """The asks seen after ``start`` up to ``end``, ns, shape (n,); None where the record ends before.

        At least one: where no look falls in between, the first one after ``end``.
        """
        series = self._series[symbol]
        first = (start - self._first) // PERIOD_NS + 1
        last = max(first, (end - self._first) // PERIOD_NS)
        if first < 0 or last >= len(series):
            return None
        return np.array(series[first : last + 1], dtype=np.float64)

    def _look(self) -> None:
        for name, pit in self._pits.items():
            ask = pit.best_ask
            self._series[name].append(np.nan if ask == NO_ASK else float(ask * pit.symbol.tick_units))
        self._sim.at(self._sim.now + PERIOD_NS, NAME, self._look)
