"""The pulse of the trading loop: when it last came round, and how long it takes to."""

from __future__ import annotations

from typing import Any

from keeper_agent.latency import Spread
from tools.domain.clock import NS, Clock, Stopwatch


class Pulse:
    """Beaten by the loop at each frame; read by other threads, to whom a stall is the lack of a beat.

    Args:
        clock: The machine's, for whoever looks from outside.
        stopwatch: By which intervals are measured: a step of the clock is no stall.
    """

    def __init__(self, clock: Clock, stopwatch: Stopwatch) -> None:
        self._clock, self._stopwatch = clock, stopwatch
        self._last: int | None = None
        self._intervals = Spread()

    def beat(self) -> dict[str, Any]:
        """The loop has come round; when that is, and every interval so far."""
        now = self._stopwatch.elapsed()
        if self._last is not None:
            self._intervals.take(now - self._last)
        self._last = now
        return {"ts": self._clock.now(), "intervals": self._intervals.as_data()}

    def silence_s(self) -> float | None:
        """Seconds since the last beat; None before the first."""
        last = self._last
        return None if last is None else (self._stopwatch.elapsed() - last) / NS
