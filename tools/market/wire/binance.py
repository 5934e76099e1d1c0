"""Binance's market streams, spot and USDT-M: depthUpdate, trade, acknowledgements, REST books.

Prices and sizes go from text to integers without a float on the way. ``m`` is true where the
buyer was the maker, so the aggressor sold. A futures delta names its predecessor (``pu``);
a spot delta begins where the last one ended (``U``).
"""

from __future__ import annotations

import struct

import msgspec
import numpy as np

from tools.market.decode import MILLI, Scratch, json_depth
from tools.market.events import EVENT, LAST, PRINT, RESET, SNAPSHOT
from tools.market.wire.messages import (
    Ack,
    Depth,
    Fault,
    Message,
    Other,
    Prints,
    Refusal,
    Snapshot,
    fault,
)

_MOST_UNITS = 2**63 - 1
_MOST_MILLIS = _MOST_UNITS // MILLI
_PRINT = struct.Struct("=qqqqbbh4x")  # the memory of an EVENT
_NOTHING = msgspec.Raw()
_UNASKED = b"null"


class _Frame(msgspec.Struct):
    """Every field of interest of every frame; a frame has few of them."""

    e: str = ""
    E: int = -1
    s: str = ""
    U: int = -1
    u: int = -1
    pu: int = -1
    b: msgspec.Raw = _NOTHING
    a: msgspec.Raw = _NOTHING
    t: int = -1
    p: msgspec.Raw = _NOTHING
    q: msgspec.Raw = _NOTHING
    m: bool | None = None
    X: str = "MARKET"
    data: msgspec.Raw = _NOTHING
    id: int | str | None = None
    result: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING


class _Book(msgspec.Struct):
    lastUpdateId: int  # noqa: N815 (the venue's spelling)
    bids: msgspec.Raw
    asks: msgspec.Raw
    E: int = 0
    timestamp: int = 0  # MEXC's


_FRAMES = msgspec.json.Decoder(_Frame)
_BOOKS = msgspec.json.Decoder(_Book)


class BinanceWire:
    """Binance's language; see ``Wire``."""

    def __init__(self) -> None:
        self._scratch = Scratch()

    def parse(self, frame: bytes | str) -> Message:
        """What a frame of a raw or a combined stream means."""
        try:
            found = _FRAMES.decode(frame)
            if found.data != _NOTHING:
                found = _FRAMES.decode(found.data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return fault(str(error), frame)
        if found.e == "depthUpdate":
            return self._depth(found, frame)
        if found.e == "trade":
            return _trade(found, frame)
        return _answer(found, frame)

    def parse_snapshot(self, body: bytes) -> Snapshot | Fault:
        """The book in the answer to ``GET depth``."""
        return decode_snapshot(body, self._scratch)

    def channels(self, symbol: str) -> tuple[str, ...]:
        """Depth every 100 ms and each single trade."""
        return f"{symbol.lower()}@depth@100ms", f"{symbol.lower()}@trade"

    def subscribe(self, channels: list[str], request: int) -> str:
        """One SUBSCRIBE; its acknowledgement repeats ``request``."""
        return msgspec.json.encode({"method": "SUBSCRIBE", "params": channels, "id": request}).decode()

    def ping(self) -> str | None:
        """None: a WebSocket ping is answered."""
        return None

    def _depth(self, found: _Frame, frame: bytes | str) -> Message:
        if (
            not found.s
            or not 0 <= found.U <= found.u
            or not 0 <= found.E <= _MOST_MILLIS
            or found.pu >= found.u
        ):
            return fault("depthUpdate needs s, E and U <= u, and pu before u", frame)
        rows = self._scratch.rows(len(frame))
        n = json_depth(_view(found.b), _view(found.a), found.E * MILLI, rows)
        if n < 0:
            return fault("depthUpdate needs b and a as [[price, size], …] of decimals", frame)
        after = found.pu if found.pu >= 0 else found.U - 1
        return Depth(found.s, after, found.u, self._scratch.taken(n), found.E * MILLI)


def decode_snapshot(body: bytes, scratch: Scratch) -> Snapshot | Fault:
    """A REST book as one RESET run; an empty one is refused, nothing could be told from it."""
    try:
        book = _BOOKS.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return fault(str(error), body)
    ts = max(book.E, book.timestamp)
    if book.lastUpdateId < 0 or not 0 <= ts <= _MOST_MILLIS:
        return fault("a book needs lastUpdateId and a time that are not negative", body)
    n = json_depth(_view(book.bids), _view(book.asks), ts * MILLI, scratch.rows(len(body)))
    if n <= 0:
        return fault("a book needs bids and asks as [[price, size], …] of decimals", body)
    rows = scratch.taken(n)
    rows["flags"] |= SNAPSHOT
    rows["flags"][0] |= RESET
    if (rows["size"] == 0).any():
        return fault("a level of a book needs a size above 0", body)
    return Snapshot(book.lastUpdateId, rows, ts * MILLI)


def _trade(found: _Frame, frame: bytes | str) -> Message:
    if found.X != "MARKET":  # an insurance fund's or an auction's entry: nobody's aggression
        return Other(f"trade {found.X}")
    price, size = _units(found.p), _units(found.q)
    if not found.s or found.t < 0 or price <= 0 or size <= 0 or found.m is None:
        return fault("trade needs s, t, m and p, q as decimals above 0", frame)
    if not 0 <= found.E <= _MOST_MILLIS:
        return fault("trade needs E in milliseconds", frame)
    side = -1 if found.m else 1
    row = _PRINT.pack(found.E * MILLI, 0, price, size, PRINT, side, LAST)
    rows = np.frombuffer(bytearray(row), EVENT)  # far cheaper than an array made of a tuple
    return Prints(found.s, rows, (found.t,))


def _answer(found: _Frame, frame: bytes | str) -> Message:
    if found.error != _NOTHING:
        return Refusal(bytes(found.error).decode(errors="replace"))
    if found.e or found.s:
        return Other(found.e or "bookTicker")
    if isinstance(found.id, int) and bytes(found.result) == _UNASKED:
        return Ack(found.id)
    return fault("expected an event, an acknowledgement or an error", frame)


def _units(text: msgspec.Raw) -> int:
    """Units of 1e-8 of a decimal in quotes; -1 for anything else, as ``decimal_units`` has it."""
    data = bytes(text)
    if len(data) < 3 or data[0] != 34:
        return -1
    whole, _, decimals = data[1:-1].partition(b".")
    decimals = decimals.ljust(8, b"0")
    digits = whole + decimals
    if not digits.isdigit() or decimals[8:].strip(b"0") or (len(data) < 4 and not whole):
        return -1
    value = int(digits[: len(whole) + 8])
    return value if value <= _MOST_UNITS else -1


def _view(raw: msgspec.Raw) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(raw, np.uint8)
