"""Request weight a minute: no sixty seconds, wherever they begin, ever cost more than the limit.

A bucket that refills would let one and a half times the limit through in its first minute. The venue's own
counter, which knows of everybody at this address, is obeyed by pausing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from tools.domain.clock import Stopwatch
from tools.domain.market import NANOS

WINDOW_S = 61.0  # a minute, and a second for requests that travel at different speeds
LEAST_S = 0.001  # a shorter sleep may leave a clock of nanoseconds where it was, for ever


class WeightBudget:
    """Weight that may be spent in any minute; first come, first served."""

    def __init__(
        self,
        per_minute: int,
        stopwatch: Stopwatch,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if per_minute <= 0:
            raise ValueError(f"per_minute must be positive, was {per_minute}")
        self._most = per_minute
        self._stopwatch = stopwatch
        self._sleep = sleep
        self._spent: deque[tuple[float, int]] = deque()
        self._in_window = 0
        self._quiet_until = 0.0
        self._turn = asyncio.Lock()

    async def spend(self, weight: int) -> None:
        """Wait until ``weight`` fits, and take it.

        Raises:
            ValueError: It never will.
        """
        if weight > self._most:
            raise ValueError(f"weight must be at most {self._most} a minute, was {weight}")
        async with self._turn:
            while (delay := self._delay(weight)) > 0:
                await self._sleep(delay)
            self._spent.append((self._now(), weight))
            self._in_window += weight

    def pause(self, seconds: float) -> None:
        """Let nothing through for ``seconds``: the venue said so."""
        self._quiet_until = max(self._quiet_until, self._now() + seconds)

    def _now(self) -> float:
        return self._stopwatch.elapsed() / NANOS

    def _delay(self, weight: int) -> float:
        now = self._now()
        if now < self._quiet_until:
            return max(self._quiet_until - now, LEAST_S)
        while self._spent and self._spent[0][0] + WINDOW_S <= now:
            self._in_window -= self._spent.popleft()[1]
        if self._in_window + weight <= self._most:
            return 0.0
        return max(self._spent[0][0] + WINDOW_S - now, LEAST_S)
