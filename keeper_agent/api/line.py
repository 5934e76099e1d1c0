"""A line to the running agent that stays open from one question to the next."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from keeper_agent.controlling import PATIENCE_S, connected, is_whole, request_of, saying_why
from tools.domain.errors import NotRunning

PART = 65_536  # bytes


class Line:
    """Asks the agent in ``home`` without a thread and without calling anew; belongs to one event loop.

    Args:
        home: Whose agent is asked.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._peer: socket.socket | None = None

    async def ask(self, do: str) -> bytes:
        """The line that the agent replies, as ``controlling.result_of`` reads it.

        Raises:
            NotRunning: No agent runs there, or it does not answer.
            Refused: What listens there is no agent of ours.
        """
        if self._peer is not None:
            try:
                return await self._exchange(self._peer, request_of(do))
            except TimeoutError:
                with saying_why(self._home):
                    raise
            except (OSError, NotRunning):
                pass  # it hangs up on whoever asked often or was silent for long, and another may run by now
        self._peer = await run_in_threadpool(connected, self._home)
        self._peer.setblocking(False)
        with saying_why(self._home):
            return await self._exchange(self._peer, request_of(do))

    async def _exchange(self, peer: socket.socket, request: bytes) -> bytes:
        loop, held = asyncio.get_running_loop(), bytearray()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await loop.sock_sendall(peer, request)
                while True:
                    got = await loop.sock_recv(peer, PART)
                    held += got
                    if is_whole(held, got):
                        return bytes(held)
        except BaseException:
            self.close()  # a reply that comes later would be taken for that to the next question
            raise

    def close(self) -> None:
        """Hang up."""
        if self._peer is not None:
            self._peer.close()
            self._peer = None
