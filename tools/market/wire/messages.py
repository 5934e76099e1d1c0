"""What a frame of a market-data stream or a book snapshot can mean, whatever the venue.

A frame never raises: what cannot be understood is a ``Fault``, to be counted and survived.
Rows are ``EVENT`` rows whose ``ts_init`` is still 0; the feed stamps them on receipt.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import msgspec

from tools.market.events import Events

SHOWN = 120  # characters of a bad frame kept for the log


class Depth(msgspec.Struct, frozen=True):
    """Changes of one book: absolute quantities that lead from version ``after`` to ``last``.

    ``rows`` may be empty: the version moved and no level did.
    """

    symbol: str
    after: int
    last: int
    rows: Events
    ts_event: int = 0


class Prints(msgspec.Struct, frozen=True):
    """Public trades of one symbol, oldest first.

    ``ids`` are the venue's own, one a row, where they are consecutive; empty where there are none.
    ``frame`` tells a repeated frame by its bytes where there are no ids.
    """

    symbol: str
    rows: Events
    ids: tuple[int, ...] = ()
    frame: bytes = b""


class Snapshot(msgspec.Struct, frozen=True):
    """A whole book at version ``last``, as one RESET run; the venue may not say when it was taken."""

    last: int
    rows: Events
    ts_event: int = 0


class Ack(msgspec.Struct, frozen=True):
    """A subscription was accepted; ``request`` is the number it was sent with, where the venue repeats it."""

    request: int = 0


class Refusal(msgspec.Struct, frozen=True):
    """A subscription or another request was refused."""

    reason: str


class Pong(msgspec.Struct, frozen=True):
    """The venue answered a ping."""


class Other(msgspec.Struct, frozen=True):
    """A well-formed message that nobody asked for."""

    kind: str


class Fault(msgspec.Struct, frozen=True):
    """A frame or a body that is not what the venue promised: ``what`` was wrong and how it began."""

    what: str
    sample: str


Message: TypeAlias = Depth | Prints | Ack | Refusal | Pong | Other | Fault


def fault(what: str, data: bytes | str) -> Fault:
    """The fault of ``data``, with as much of it as a log line bears."""
    return Fault(what, ascii(data[:SHOWN]))


class Wire(Protocol):
    """One venue's language; a parser is stateless to its caller and never raises on what comes in."""

    def parse(self, frame: bytes | str) -> Message:
        """What a frame of the stream means."""
        ...

    def parse_snapshot(self, body: bytes) -> Snapshot | Fault:
        """The book in the body of a REST answer."""
        ...

    def channels(self, symbol: str) -> tuple[str, ...]:
        """The streams that carry book and prints of ``symbol``."""
        ...

    def subscribe(self, channels: list[str], request: int) -> str:
        """The frame that asks for ``channels``."""
        ...

    def ping(self) -> str | None:
        """The application's own ping, or None where a WebSocket ping is enough."""
        ...
