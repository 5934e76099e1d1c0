"""The live loop at a venue: batches of market data in, decisions and orders out, news of orders in.

One event loop carries the reader, the order gateway and the cycles of every symbol; a cycle
runs to its end before the next batch, so that the account's ledger sees one thing at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scheduler.cycle import DecisionCycle
from scheduler.live import Stop
from tools.domain.clock import Clock
from tools.domain.market import NANOS
from tools.execution.news import NewsDesk
from tools.market.events import EVENT
from tools.market.lines import Batch

TICK_S = 0.05  # between two looks at timers and news
FRAME_S = 0.25  # between two frames
WIND_DOWN_S = 20.0
PATIENCE_S = 2.0  # for events that came in and were not taken in yet
NOTHING = np.zeros(0, EVENT)


def _all(symbol: str, now: int) -> int:
    """Nothing waits to be taken in."""
    return now


def _tell_nobody(ts: int) -> None:
    """Nobody wants to know."""


class Source(Protocol):
    """Where market data comes from."""

    def batches(self) -> AsyncIterator[Batch]:
        """What comes in, a batch a symbol at a time, until stopped."""
        ...

    def stop(self) -> None:
        """Let ``batches`` end."""
        ...


@dataclass(frozen=True, slots=True)
class Trading:
    """A session at a venue.

    Attributes:
        cycles: One a symbol.
        each_frame: Called a few times a second with the time, ns.
        passed: Until when all that came in of a symbol was handed out, by symbol and now, ns. No timer and no
            look at a market goes beyond: it would come before events that were there first, and a replay
            could not do the same.
        winds_down: Told when nothing is decided any more, ns.
    """

    source: Source
    desk: NewsDesk
    cycles: Mapping[str, DecisionCycle]
    clock: Clock
    each_frame: Callable[[int], None]
    winds_down: Callable[[int], None] = _tell_nobody
    passed: Callable[[str, int], int] = _all

    async def run(self, stop: Stop, seconds: float | None) -> tuple[str, ...]:
        """Trade until ``stop`` or the end of the time, then wind down; symbols that stayed open."""
        reading = asyncio.create_task(self._read())
        try:
            await self._tick_until(lambda: stop.requested or reading.done(), seconds)
            if reading.done():
                reading.result()
            now = self.clock.now()
            self.winds_down(now)
            for cycle in self.cycles.values():
                cycle.wind_down(now)
            await self._tick_until(lambda: not self._busy(), WIND_DOWN_S)
            self._frame()  # how it ended: what was sold last is held in the frame before
        finally:
            self.source.stop()
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
        return self._busy()

    def _busy(self) -> tuple[str, ...]:
        return tuple(symbol for symbol, cycle in self.cycles.items() if cycle.executor.is_busy)

    async def _read(self) -> None:
        async for batch in self.source.batches():
            cycle = self.cycles[batch.symbol]
            cycle.run(batch.events, max(self.clock.now(), int(batch.events["ts_init"][-1])))
            await asyncio.sleep(0)

    async def _tick_until(self, is_over: Callable[[], bool], seconds: float | None) -> None:
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        frame = loop.time()
        while not is_over() and (end is None or loop.time() < end):
            self._tick()
            if loop.time() >= frame:
                frame = loop.time() + FRAME_S
                self._frame()
            await asyncio.sleep(TICK_S)

    def _frame(self) -> None:
        now = self.clock.now()
        self.each_frame(min((self.passed(symbol, now) for symbol in self.cycles), default=now))

    def _tick(self) -> None:
        now = self.clock.now()
        for symbol in self.desk.sort():
            self.cycles[symbol].hear(self._until(symbol, now))
        for symbol, cycle in self.cycles.items():
            cycle.run(NOTHING, self._until(symbol, now))

    def _until(self, symbol: str, now: int) -> int:
        """How far time may pass for a symbol; an exit that is due does not wait for a reader that hangs."""
        patience = now - round(PATIENCE_S * NANOS)
        return max(self.passed(symbol, now), self.cycles[symbol].market.ts, patience)
