"""Market data of the simulated venue as the live loop takes it: a batch a symbol at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np

from tests.simulation.world import LoopClock
from tools.domain.market import Instrument, to_units
from tools.market.events import BOOK, EVENT, LAST, RESET, SNAPSHOT, Events
from tools.market.lines import Batch
from venue.engine.exchange import Exchange

BEAT_S = 2.0
LEVELS = 5


class Books:
    """The best levels of every symbol, as snapshots, every two seconds.

    Attributes:
        lag_s: How old the book is when it arrives.
    """

    def __init__(self, exchange: Exchange, symbols: list[Instrument], clock: LoopClock) -> None:
        self._exchange = exchange
        self._symbols = symbols
        self._clock = clock
        self._steps = {one.symbol: (to_units(one.tick), to_units(one.lot)) for one in exchange.rules}
        self._is_over = False
        self._last: dict[str, int] = {}

    async def batches(self) -> AsyncIterator[Batch]:
        """A snapshot of each symbol at every beat, until stopped."""
        while not self._is_over:
            for one in self._symbols:
                if not self._exchange.book(one.symbol, 1).bids:
                    continue
                yield Batch(one.symbol, self._events(one.symbol), ())
            await asyncio.sleep(BEAT_S)

    def stop(self) -> None:
        """Let ``batches`` end."""
        self._is_over = True

    def _events(self, symbol: str) -> Events:
        book = self._exchange.book(symbol, LEVELS)
        tick, lot = self._steps[symbol]
        rows = [(price * tick, size * lot, 1) for price, size in book.bids]
        rows += [(price * tick, size * lot, -1) for price, size in book.asks]
        events = np.zeros(len(rows), EVENT)
        now = max(self._clock.now(), self._last.get(symbol, 0) + 1)
        self._last[symbol] = now
        events["ts_init"] = events["ts_event"] = now
        events["kind"] = BOOK
        events["price"], events["size"], events["side"] = zip(*rows, strict=True)
        events["flags"] = SNAPSHOT
        events["flags"][0] |= RESET
        events["flags"][-1] |= LAST
        return events
