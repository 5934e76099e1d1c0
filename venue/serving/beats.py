"""Beats at which streams are asked what they have to say, a task a period, from first need on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Beats:
    """Calls ``beat`` with the period, every period."""

    def __init__(self, beat: Callable[[int], None]) -> None:
        self._beat = beat
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def need(self, period_ms: int) -> None:
        """Beat with this period, too."""
        if period_ms not in self._tasks:
            self._tasks[period_ms] = asyncio.ensure_future(self._keep(period_ms))

    async def _keep(self, period_ms: int) -> None:
        loop = asyncio.get_running_loop()
        period = period_ms / 1_000
        due = loop.time()
        while True:
            due = max(due + period, loop.time())
            await asyncio.sleep(due - loop.time())
            self._beat(period_ms)

    def close(self) -> None:
        """Stop all beats."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
