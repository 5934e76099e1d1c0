"""How long a connection may say nothing, say it slowly, or take nothing, and how many there may be.

A connection that waits is nobody's request: it is closed in time, and it is the first to go when there are
too many. Whoever opens hundreds of them and is silent keeps nobody else out.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 256


class Connection(H11Protocol):
    """One connection of the server; belongs to its loop.

    Attributes:
        SAYS_S: For the whole head of a request, from the first moment or from the answer before it.
        TAKES_S: Without taking any of an answer that waits to be sent.
    """

    SAYS_S: ClassVar[float] = 10.0
    TAKES_S: ClassVar[float] = 30.0
    _saying: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _waits_since = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether no request of it is under way."""
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; one that waits longer makes room where there is none."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > MOST_CONNECTIONS:
            others = [one for one in self.connections if isinstance(one, Connection) and one.is_waiting]
            min(others, key=lambda one: one._waits_since).hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        _cancel(self._saying)
        _cancel(self._taking)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What comes bit by bit has no more time than what comes at once."""
        super().data_received(data)
        if not self.is_waiting:
            _cancel(self._saying)

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has come already."""
        super().on_response_complete()
        if self.is_waiting and not self.transport.is_closing():
            self._wait()

    def pause_writing(self) -> None:
        """An answer waits until the other side takes some of it."""
        super().pause_writing()
        self._taking = self.loop.call_later(self.TAKES_S, self.hang_up)

    def resume_writing(self) -> None:
        """It took some."""
        _cancel(self._taking)
        super().resume_writing()

    def hang_up(self) -> None:
        """Close at once; what was not sent is lost."""
        self.transport.abort()
        self.connections.discard(self)  # the loop tells that it is lost a moment later

    def _wait(self) -> None:
        _cancel(self._saying)
        self._waits_since = self.loop.time()
        self._saying = self.loop.call_later(self.SAYS_S, self.hang_up)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
