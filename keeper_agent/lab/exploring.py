"""Exploration: where a policy that trades at random enters, so that much is tried in little time.

Keeper waits where the market maker buys, and in a thin market hardly anybody comes by within
half a minute. To learn what trades come to, a laboratory may move every candidate to the inside
of the spread, one tick below the ask, first in the queue. Rules, limits, sizes, stop and costs
stay as they are; whether a candidate is taken is up to them and to the coin.
"""

from __future__ import annotations

from enum import StrEnum

from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.execution.exchange import Exchange
from tools.execution.market import SymbolMarket
from tools.execution.paper import PaperMarket
from tools.execution.routed import RoutedMarket
from tools.signals.mm_range import round_trip_cost_bps


class Venture(StrEnum):
    """Where candidates enter."""

    RANGE = "range"  # as the product's own signal has it
    INSIDE = "inside"  # a tick below the best ask


class _Inside(SymbolMarket):
    """A market whose candidates enter inside the spread."""

    def tune(self, parameters: ParameterSet) -> None:
        """Bring the parameters in force into the kernels, and here."""
        super().tune(parameters)
        self._buffer_bps = parameters["take_profit_buffer_bps"]
        self._stop_bps = parameters["stop_bps"]

    def raised(self) -> tuple[int, int, int]:
        """Entry, target and stop of the signal just raised, units, moved to the inside."""
        _, target, _ = super().raised()
        entry = int(self.senses["book"]["best_ask"][0]) - self.tick
        pays = entry * (1 + (round_trip_cost_bps(self.instrument) + self._buffer_bps) * 1e-4)
        stop = int(entry * (1 - self._stop_bps * 1e-4))
        return entry, max(target, _up(pays, self.tick)), stop - stop % self.tick


class InsideMarket(_Inside, RoutedMarket):
    """The same where orders go to a venue."""

    def __init__(self, instrument: Instrument, parameters: ParameterSet, exchange: Exchange) -> None:
        super().__init__(instrument, parameters, exchange, has_brackets=True)


class InsidePaperMarket(_Inside, PaperMarket):
    """The same where orders are matched against a recording."""


def _up(price: float, tick: int) -> int:
    return -(-int(-(-price // 1)) // tick) * tick
