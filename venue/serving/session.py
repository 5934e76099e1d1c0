"""One WebSocket of a client: messages queue up, faults strike them, a slow reader is cut off."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import ClientConnectionError, WSMsgType, web

from venue.serving.faults import MESSAGE, Fault, Faults

POLICY_VIOLATION = 1008


@dataclass(frozen=True, slots=True)
class SocketConfig:
    """What the venue expects of those who listen."""

    most_queued: int = 10_000  # messages; who is further behind is cut off
    messages_a_second: int = 5  # that a client of market streams may send
    streams: int = 1_024  # a connection
    ping_s: float = 20.0
    pong_s: float = 60.0


class Packet(bytes):
    """A message that goes out as a binary frame; others are text."""


class Session:
    """A socket with a queue in front of it."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, faults: Faults) -> None:
        self.socket = socket
        self.request = request
        self.config = SocketConfig()
        self.is_frozen = False
        self._faults = faults
        self._queue: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._held: bytes | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def n_waiting(self) -> int:
        """Messages that the client has not taken yet."""
        return len(self._queue)

    def push(self, stream: str, message: bytes) -> None:
        """Queue a message of a stream, unless a fault has it otherwise."""
        fault = self._faults.strike(MESSAGE, stream) if self._faults.armed else None
        if fault is None:
            self._enqueue(message)
        else:
            self._strike(fault, message)

    def reply(self, message: bytes) -> None:
        """Queue something that is no stream's."""
        self._enqueue(message)

    def _strike(self, fault: Fault, message: bytes) -> None:
        loop = asyncio.get_running_loop()
        if fault.kind == "duplicate":
            self._enqueue(message)
            self._enqueue(message)
        elif fault.kind == "reorder":
            self._held = message
        elif fault.kind == "delay":
            loop.call_later(fault.seconds, self._enqueue, message)
        elif fault.kind == "freeze":
            self.freeze(fault.seconds)
        elif fault.kind == "abort":
            self.abort()
        elif fault.kind == "disconnect":
            self.close_soon(fault.code)

    def freeze(self, seconds: float) -> None:
        """Say nothing more, not even pong, for a while; 0 is for good."""
        self.is_frozen = True
        if seconds > 0:
            asyncio.get_running_loop().call_later(seconds, self._thaw)

    def _thaw(self) -> None:
        self.is_frozen = False

    def _enqueue(self, message: bytes) -> None:
        if self.is_frozen:
            return
        self._queue.append(message)
        held, self._held = self._held, None
        if held is not None:
            self._queue.append(held)
        if len(self._queue) > self.config.most_queued:
            self._queue.clear()
            self.is_frozen = True
            self.close_soon(POLICY_VIOLATION)
        self._ready.set()

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    def close_soon(self, code: int) -> None:
        """Close with a code, from a place that cannot wait."""
        self._closing = asyncio.ensure_future(self._close(code))

    async def _close(self, code: int) -> None:
        with suppress(ConnectionError, ClientConnectionError):
            await self.socket.close(code=code, drain=False)
        self.abort()

    async def write(self) -> None:
        """Send what is queued, for as long as the socket lives."""
        with suppress(ConnectionError, ClientConnectionError):
            while not self.socket.closed:
                await self._ready.wait()
                self._ready.clear()
                while self._queue:
                    message = self._queue.popleft()
                    kind = WSMsgType.BINARY if isinstance(message, Packet) else WSMsgType.TEXT
                    await self.socket.send_frame(message, kind)

    async def ping(self, now_ms: int) -> None:
        """Ask whether the client is there."""
        if not self.is_frozen:
            with suppress(ConnectionError, ClientConnectionError):
                await self.socket.ping(str(now_ms).encode())
