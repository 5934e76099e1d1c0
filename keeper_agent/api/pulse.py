"""The one look at the running agent that all listeners share: ten times a second while somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import orjson
from starlette.concurrency import run_in_threadpool

from keeper_agent.api.desk import Desk
from tools.domain.errors import KeeperError

EVERY_S = 0.1
FAULT_EVERY_S = 1.0  # where nobody runs, or the answer is no use
QUIET_S = 15.0  # without a change until a comment keeps the line open
CHECKED_S = 1.0  # without a change until a listener is looked at again
STILL_HERE = b": still here\n\n"


class Pulse:
    """Server-sent events for any number of listeners at the cost of one; belongs to the server's loop.

    Args:
        desk: Whose agent is looked at.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._event = b""
        self._listeners: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self.is_closing = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def listen(self, may_listen: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Events from now on, each time that something changed; a slow listener gets the newest.

        Args:
            may_listen: Asked before each event and once a second; False ends it.
        """
        changed, quiet_s = asyncio.Event(), 0.0
        self._listeners.add(changed)
        if self._looking is None or self._looking.done():
            self._event = b""
            self._looking = asyncio.create_task(self._look())
        elif self._event:
            changed.set()
        try:
            while True:
                is_new = await _within(changed, CHECKED_S)
                if self.is_closing or not may_listen():
                    return
                quiet_s = 0.0 if is_new else quiet_s + CHECKED_S
                if is_new:
                    changed.clear()
                    yield self._event
                elif quiet_s >= QUIET_S:
                    quiet_s = 0.0
                    yield STILL_HERE
        finally:
            self._listeners.discard(changed)

    async def _look(self) -> None:
        while self._listeners:
            newest, rest = await run_in_threadpool(self._ask)
            if self.is_closing or newest != self._event:
                self._event = newest
                for changed in self._listeners:
                    changed.set()
            if self.is_closing:
                return
            await asyncio.sleep(rest)

    def _ask(self) -> tuple[bytes, float]:
        try:
            return event("status", self._desk.status()), EVERY_S
        except KeeperError as error:
            return event("fault", {"error": str(error)}), FAULT_EVERY_S


async def _within(changed: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return False
    return True


def event(name: str, what: object) -> bytes:
    """One server-sent event; ``what`` is told as JSON in one line."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(what) + b"\n\n"
