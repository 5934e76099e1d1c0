"""The one look at the running agent that all listeners share: ten times a second while somebody listens.

Whatever a look costs is paid once, however many listen: the reply is read and told as JSON only where it is
another than before, and every listener gets the same bytes. That the record grew is told to all of them at
the same moment, at most every two seconds, so that what they then fetch can be made once as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson

from keeper_agent.api.desk import Desk
from keeper_agent.api.line import Line
from keeper_agent.controlling import result_of
from tools.domain.errors import KeeperError

EVERY_S = 0.1
FAULT_EVERY_S = 1.0  # where nobody runs, or the answer is no use
GROWN_EVERY_S = 2.0
QUIET_S = 15.0  # without a change until a comment keeps the line open
CHECKED_S = 1.0  # without a change until a listener is looked at again
STILL_HERE = b": still here\n\n"


class Pulse:
    """Server-sent events for any number of listeners at the cost of one; belongs to the server's loop.

    Args:
        desk: Whose agent is looked at.

    Attributes:
        grown: How often it was told that the record grew; read from any thread.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._event = b""
        self._listeners: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self._mark: object = None
        self._has_grown = False  # and nobody was told yet
        self._told_at = 0.0
        self.grown = 0
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
            self._event, self._mark, self._has_grown = b"", None, False
            self.grown += 1  # what was made before nobody looked is old
            self._looking = asyncio.create_task(self._look())
        elif self._event:
            changed.set()
        told, grown = b"", self.grown
        try:
            while True:
                is_new = await _within(changed, CHECKED_S)
                if self.is_closing or not may_listen():
                    return
                quiet_s = 0.0 if is_new else quiet_s + CHECKED_S
                if is_new:
                    changed.clear()
                    if told is not self._event:
                        told = self._event
                        yield told
                    if grown != self.grown:
                        grown = self.grown
                        yield event("grown", {"n": grown})
                elif quiet_s >= QUIET_S:
                    quiet_s = 0.0
                    yield STILL_HERE
        finally:
            self._listeners.discard(changed)

    async def _look(self) -> None:
        line, reply = Line(self._desk.home), b""
        try:
            while self._listeners:
                before, rest = self._event, EVERY_S
                try:
                    newest = await line.ask("status")
                    if newest != reply:
                        status = self._desk.as_running(result_of(newest))
                        self._event, reply = event("status", status), newest
                        self._note_growth(status)
                except KeeperError as error:
                    told = event("fault", {"error": str(error)})
                    self._event = before if told == before else told
                    reply, rest = b"", FAULT_EVERY_S
                if self._tells_growth() or self._event is not before or self.is_closing:
                    for changed in self._listeners:
                        changed.set()
                if self.is_closing:
                    return
                await asyncio.sleep(rest)
        finally:
            line.close()

    def _note_growth(self, status: dict[str, Any]) -> None:
        """The record grew where another run, count or number of positions or orders is told."""
        held = (len(status.get(name, ())) for name in ("positions", "orders"))
        mark = status.get("run_id"), status.get("run"), *held
        self._has_grown = self._has_grown or self._mark not in (None, mark)
        self._mark = mark

    def _tells_growth(self) -> bool:
        """Whether it is time to tell that the record grew; then it counts as told."""
        now = asyncio.get_running_loop().time()
        if not self._has_grown or now < self._told_at + GROWN_EVERY_S:
            return False
        self._has_grown, self._told_at = False, now
        self.grown += 1
        return True


async def _within(changed: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return False
    return True


def event(name: str, what: object) -> bytes:
    """One server-sent event; ``what`` is told as JSON in one line."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(what) + b"\n\n"
