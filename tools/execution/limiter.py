"""Orders' own rate limiter: cancels and exits first, and a reserve that entries cannot use.

The client library's limiter is one queue; an order behind five book snapshots waited 2.5 s.
"""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass
from enum import IntEnum
from itertools import count


class Lane(IntEnum):
    """Who goes first."""

    EXIT = 0
    LOOKUP = 1
    ENTRY = 2


@dataclass(frozen=True, slots=True)
class LimiterConfig:
    """Request weight a second, how much at once, and how much of it entries leave to the others.

    The venue allows 6,000 a minute; a fifth of that is left to others on the same address.
    """

    per_second: float = 80.0
    burst: float = 300.0
    reserve: float = 100.0
    pause_s: float = 1.0
    longest_pause_s: float = 300.0


class Limiter:
    """A token bucket with lanes; a venue that says stop pauses every lane."""

    def __init__(self, config: LimiterConfig | None = None) -> None:
        self._config = config or LimiterConfig()
        self._tokens = self._config.burst
        self._last: float | None = None
        self._paused_until = 0.0
        self._waiting: list[tuple[int, int]] = []
        self._turns = count()

    @property
    def is_paused(self) -> bool:
        """Whether the venue asked for quiet."""
        return asyncio.get_running_loop().time() < self._paused_until

    async def enter(self, lane: Lane, weight: float = 1.0) -> None:
        """Wait for a turn: lower lanes first, then first come, first served."""
        turn = (int(lane), next(self._turns))
        heapq.heappush(self._waiting, turn)
        try:
            while (delay := self._delay(turn, weight)) > 0:
                await asyncio.sleep(delay)
            self._tokens -= weight
        finally:
            self._waiting.remove(turn)
            heapq.heapify(self._waiting)

    def pause(self, seconds: float | None) -> None:
        """The venue said stop: nothing goes out for ``seconds``, or for the usual pause."""
        wait = min(seconds or self._config.pause_s, self._config.longest_pause_s)
        now = asyncio.get_running_loop().time()
        self._paused_until = max(self._paused_until, now + wait)

    def _delay(self, turn: tuple[int, int], weight: float) -> float:
        now = asyncio.get_running_loop().time()
        self._refill(now)
        if now < self._paused_until:
            return self._paused_until - now
        needed = weight + (self._config.reserve if turn[0] == Lane.ENTRY else 0.0)
        if self._tokens < needed:
            return max((needed - self._tokens) / self._config.per_second, 0.001)
        return 0.0 if self._waiting[0] == turn else 0.001

    def _refill(self, now: float) -> None:
        if self._last is not None:
            gained = (now - self._last) * self._config.per_second
            self._tokens = min(self._config.burst, self._tokens + gained)
        self._last = now
