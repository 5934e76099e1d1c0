"""The best quotes of a recording, ten times a second: what prices and entries on a tape are held against."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tools.detection.state import SOUND, new_senses
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.events import Events

PERIOD_NS = NANOS // 10
PER_SECOND = NANOS // PERIOD_NS


class TapeQuotes:
    """Bids and asks of one recording, units of 1e-8; NaN where the book is broken or a side is empty.

    It stands where ``AskRecord`` and ``MidRecord`` stand in a simulated world, and answers as they do.

    Args:
        events: The recording, one event or more.
    """

    def __init__(self, instrument: Instrument, events: Events) -> None:
        self._symbol = instrument.symbol
        self._first, last = int(events["ts_init"][0]), int(events["ts_init"][-1])
        senses = new_senses(instrument, default_parameters({"detect_mm": 0}))
        looks = (last - self._first) // PERIOD_NS + 1
        self._quotes = np.full((looks, 2), math.nan)  # bid, ask
        book, index = senses["book"], 0
        for look in range(looks):
            index = sense_until(events, index, self._first + look * PERIOD_NS, senses)
            if book["status"][0] == SOUND:
                self._quotes[look] = (book["best_bid"][0], book["best_ask"][0])
        self._quotes[self._quotes == 0] = math.nan

    def between(self, symbol: str, start: int, end: int) -> NDArray[np.float64] | None:
        """The asks seen once a second after ``start`` up to ``end``, ns, shape (n,).

        At least one: where no look falls in between, the first one after ``end``. None where the recording
        ends before, or is of another symbol.
        """
        asks = self._quotes[::PER_SECOND, 1]
        first = (start - self._first) // NANOS + 1
        last = max(first, (end - self._first) // NANOS)
        if symbol != self._symbol or first < 0 or last >= len(asks):
            return None
        return asks[first : last + 1].copy()

    def before(self, symbol: str, ts: int) -> float:
        """The last mid seen before ``ts``, ns; NaN outside of the recording and of its symbol."""
        place = (ts - 1 - self._first) // PERIOD_NS
        if symbol != self._symbol or not 0 <= place < len(self._quotes):
            return math.nan
        bid, ask = self._quotes[place].tolist()
        return float(bid + ask) / 2
