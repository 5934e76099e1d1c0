"""The one look at the running agent that all listeners share: ten times a second while somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
from starlette.concurrency import run_in_threadpool

from keeper_agent.api.desk import Desk
from tools.domain.errors import KeeperError

EVERY_S = 0.1
FAULT_EVERY_S = 1.0  # where nobody runs, or the answer is no use
QUIET_S = 15.0  # without a change until a comment keeps the line open
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

    async def listen(self) -> AsyncIterator[bytes]:
        """Events from now on, each time that something changed; a slow listener gets the newest."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        if self._looking is None or self._looking.done():
            self._event = b""
            self._looking = asyncio.create_task(self._look())
        elif self._event:
            changed.set()
        try:
            while not self.is_closing:
                try:
                    await asyncio.wait_for(changed.wait(), QUIET_S)
                except TimeoutError:
                    yield STILL_HERE
                    continue
                changed.clear()
                if not self.is_closing:
                    yield self._event
        finally:
            self._listeners.discard(changed)

    async def _look(self) -> None:
        while self._listeners:
            event, rest = await run_in_threadpool(self._ask)
            if self.is_closing or event != self._event:
                self._event = event
                for changed in self._listeners:
                    changed.set()
            if self.is_closing:
                return
            await asyncio.sleep(rest)

    def _ask(self) -> tuple[bytes, float]:
        try:
            return _told("status", self._desk.status()), EVERY_S
        except KeeperError as error:
            return _told("fault", {"error": str(error)}), FAULT_EVERY_S


def _told(name: str, what: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(what) + b"\n\n"
