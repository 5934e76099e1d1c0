"""No timer and no look goes beyond events that came in and wait: a replay could not do the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from scheduler.live import Stop
from scheduler.trading import PATIENCE_S, Trading
from tools.domain.market import NANOS
from tools.market.events import Events
from tools.market.lines import Batch

NOW = 1_800_000_000 * NANOS
SECOND = NANOS


@dataclass
class Sensed:
    """A market that was sensed up to ``ts``."""

    ts: int = NOW - 10 * SECOND


@dataclass
class Idle:
    """A cycle that writes down how far time passed."""

    market: Sensed = field(default_factory=Sensed)
    until: list[int] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    is_busy = False

    @property
    def executor(self) -> Idle:
        """It holds nothing."""
        return self

    def run(self, events: Events, until_ts: int) -> None:
        """Write it down."""
        self.until.append(until_ts)

    def hear(self, ts: int) -> None:
        """Write it down."""
        self.heard.append(ts)

    def wind_down(self, ts: int) -> None:
        """There is nothing to sell."""


class Still:
    """A clock that stands, a source that says nothing, and a desk with news of one symbol."""

    def now(self) -> int:
        """Always the same."""
        return NOW

    async def batches(self) -> AsyncIterator[Batch]:
        """Nothing, for ever."""
        while True:
            await asyncio.sleep(60)
            yield  # type: ignore[misc]

    def stop(self) -> None:
        """The reading is cancelled."""

    def sort(self) -> list[str]:
        """There is always news of it."""
        return ["ONE"]


def traded(passed: Callable[[str, int], int]) -> tuple[Idle, Idle, list[int], list[int]]:
    """Two cycles after some ticks, the times of frames, and when it was told that nothing more is decided."""
    one, two, frames, ends = Idle(), Idle(), list[int](), list[int]()

    async def play() -> None:
        still, stop = Still(), Stop()

        def frame(ts: int) -> None:
            frames.append(ts)
            stop.requested = len(frames) > 1

        cycles = {"ONE": one, "TWO": two}
        trading = Trading(still, still, cycles, still, frame, ends.append, passed)  # type: ignore[arg-type]
        await asyncio.wait_for(trading.run(stop, None), 240)

    asyncio.run(play())
    assert len(frames) == 3, "two until the stop, and one of how it ended"
    assert one.until
    assert one.heard
    assert ends == [NOW]
    return one, two, frames, ends


def test_time_passes_up_to_the_oldest_event_that_waits() -> None:
    waits = {"ONE": NOW - SECOND, "TWO": NOW}
    one, two, frames, _ = traded(lambda symbol, now: waits[symbol])
    assert set(one.until) == set(one.heard) == {NOW - SECOND}
    assert set(two.until) == {NOW}
    assert set(frames) == {NOW - SECOND}


def test_time_does_not_run_back_and_does_not_wait_for_ever() -> None:
    one, _, _, _ = traded(lambda symbol, now: NOW - 60 * SECOND)
    assert set(one.until) == {NOW - round(PATIENCE_S * NANOS)}
