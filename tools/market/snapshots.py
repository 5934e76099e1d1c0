"""The snapshot lane: REST books within a budget of their own, never in the way of an order.

Its sockets, its weight and its pauses are separate from everything else's. A symbol that
needs a book is served until it has one; failures and books that are too old wait longer
each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import numpy as np

from tools.domain.clock import Stopwatch
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS
from tools.market.endpoints import Endpoint
from tools.market.lines import SymbolLine
from tools.market.wire.messages import Snapshot, Wire

TOO_MANY = (418, 429)
UNKNOWN_SYMBOL = b"-1121"
MOST_PAUSE_S = 600.0


@dataclass(slots=True)
class SnapshotCounts:
    """What became of the requests: asked = fetched + void + failed, and those under way."""

    asked: int = 0
    fetched: int = 0
    void: int = 0  # came after the connection it was for was lost
    failed: int = 0  # no answer, an error or no book
    limited: int = 0  # of these, 429 or 418


class Budget:
    """Weight that may be spent a minute, refilled steadily; first come, first served."""

    def __init__(self, per_minute: float, stopwatch: Stopwatch) -> None:
        self._rate = per_minute / 60
        self._most = per_minute / 2
        self._left = self._most
        self._stopwatch = stopwatch
        self._at = stopwatch.elapsed()
        self._turn = asyncio.Lock()

    async def spend(self, weight: float) -> None:
        """Wait until ``weight`` is there, and take it."""
        async with self._turn:
            while (missing := min(weight, self._most) - self._refilled()) > 0:
                await asyncio.sleep(missing / self._rate)
            self._left -= weight

    def pause(self, seconds: float) -> None:
        """Let nothing through for ``seconds``: the venue said so."""
        self._left = min(self._refilled(), -seconds * self._rate)

    def _refilled(self) -> float:
        now = self._stopwatch.elapsed()
        self._left = min(self._most, self._left + (now - self._at) / NANOS * self._rate)
        self._at = now
        return self._left


class SnapshotLane:
    """Fetches books for the lines that want one."""

    def __init__(
        self,
        endpoint: Endpoint,
        wire: Wire,
        http: aiohttp.ClientSession,
        *,
        stopwatch: Stopwatch,
        rng: np.random.Generator,
        retry_s: float,
        most_retry_s: float,
        deliver: Callable[[SymbolLine, Snapshot], None],
        complain: Callable[[str], None],
        at_once: int = 3,
    ) -> None:
        self.counts = SnapshotCounts()
        self._endpoint = endpoint
        self._wire = wire
        self._http = http
        self._rng = rng
        self._retry_s = retry_s
        self._most_retry_s = most_retry_s
        self._deliver = deliver
        self._complain = complain
        self._budget = Budget(endpoint.weight_per_minute, stopwatch)
        self._slots = asyncio.Semaphore(at_once)
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def ask(self, line: SymbolLine) -> None:
        """Serve ``line`` until it has a book or is no longer live; asking again changes nothing."""
        if line.symbol not in self._serving and line.wants_snapshot:
            task = asyncio.create_task(self._serve(line), name=f"book of {line.symbol}")
            self._serving[line.symbol] = task
            task.add_done_callback(self._on_done)

    async def run(self) -> None:
        """Wait for the first request that can never succeed.

        Raises:
            BadUsage: The venue knows no such symbol.
        """
        await self._refused

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._serving.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._refused.cancel()

    async def _serve(self, line: SymbolLine) -> None:
        tries = 0
        try:
            while line.wants_snapshot:
                if tries:
                    await asyncio.sleep(self._pause_s(tries))
                tries += 1
                await self._budget.spend(self._endpoint.snapshot_weight)
                async with self._slots:
                    await self._fetch_for(line)
        finally:
            self._serving.pop(line.symbol, None)

    async def _fetch_for(self, line: SymbolLine) -> None:
        if not line.wants_snapshot:
            return
        generation = line.generation
        self.counts.asked += 1
        snapshot = await self._fetch(line)
        if snapshot is None:
            self.counts.failed += 1
        elif generation != line.generation:
            self.counts.void += 1
        else:
            self.counts.fetched += 1
            self._deliver(line, snapshot)

    async def _fetch(self, line: SymbolLine) -> Snapshot | None:
        query = {"symbol": line.symbol, "limit": str(self._endpoint.snapshot_levels)}
        try:
            async with self._http.get(self._endpoint.depth, params=query) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._complain(f"no book of {line.symbol}: {type(error).__name__} {error}")
            return None
        if answer.status != 200:
            self._refuse(line, answer.status, answer.headers.get("Retry-After", ""), body)
            return None
        found = self._wire.parse_snapshot(body)
        if isinstance(found, Snapshot):
            return found
        self._complain(f"no book of {line.symbol}: {found.what}: {found.sample}")
        return None

    def _refuse(self, line: SymbolLine, status: int, retry_after: str, body: bytes) -> None:
        said = ascii(body[:120].decode(errors="replace"))
        if status == 400 and UNKNOWN_SYMBOL in body and not line.book.counts.snapshots:
            raise BadUsage(f"{self._endpoint.venue} knows no symbol {line.symbol}: it answered {said}")
        self._complain(f"no book of {line.symbol}: HTTP {status} {said}")
        if status in TOO_MANY:
            self.counts.limited += 1
            wait = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 10.0
            self._budget.pause(min(wait, MOST_PAUSE_S))

    def _pause_s(self, tries: int) -> float:
        longest = min(self._most_retry_s, self._retry_s * 2.0 ** min(tries - 1, 30))
        return float(longest * (0.5 + 0.5 * self._rng.random()))

    def _on_done(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._refused.done():
            self._refused.set_exception(error)
