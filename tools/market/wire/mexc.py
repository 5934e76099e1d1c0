"""MEXC's spot streams: protobuf frames of aggregated depth and deals, JSON answers, REST books.

Frames are decoded by our own kernel (``decode.py``) and not by generated classes: only two of
the sixteen bodies matter, unknown fields are skipped as protobuf asks, the text of a level
becomes an integer where it lies, and no import has a say in which protobuf runtime is there.
Tests encode with the generated classes and compare.
"""

from __future__ import annotations

import msgspec
import numpy as np

from tools.market.decode import DEALS, DEPTHS, ENVELOPE, MILLI, Scratch, envelope, proto_deals, proto_depth
from tools.market.wire.binance import decode_snapshot
from tools.market.wire.messages import (
    Ack,
    Depth,
    Fault,
    Message,
    Other,
    Pong,
    Prints,
    Refusal,
    Snapshot,
    fault,
)

_MOST_MILLIS = (2**63 - 1) // MILLI
_REFUSED = "not subscribed"


class _Answer(msgspec.Struct):
    code: int
    msg: str = ""
    id: int = 0


_ANSWERS = msgspec.json.Decoder(_Answer)


class MexcWire:
    """MEXC's language; see ``Wire``."""

    def __init__(self, pace: str = "100ms") -> None:
        self._pace = pace
        self._scratch = Scratch()
        self._envelope = np.zeros(ENVELOPE, np.int64)
        self._versions = np.zeros(2, np.int64)

    def parse(self, frame: bytes | str) -> Message:
        """A binary frame is market data, a text frame an answer."""
        if isinstance(frame, str) or frame[:1] == b"{":
            return _answer(frame)
        data = np.frombuffer(frame, np.uint8)
        body = envelope(data, self._envelope)
        if body < 0:
            return fault("no PushDataV3ApiWrapper", frame)
        found = self._envelope.tolist()
        symbol = _symbol(frame, found)
        sent = found[7] or found[6]
        if symbol is None or not 0 <= sent <= _MOST_MILLIS:
            return fault("a push needs its symbol and a time", frame)
        if body == DEPTHS:
            return self._depth(symbol, data[found[4] : found[5]], sent * MILLI, frame)
        if body == DEALS:
            return self._deals(symbol, data[found[4] : found[5]], sent * MILLI, frame)
        return Other(f"body {body}") if body else fault("a push needs a body", frame)

    def parse_snapshot(self, body: bytes) -> Snapshot | Fault:
        """The book in the answer to ``GET depth``."""
        return decode_snapshot(body, self._scratch)

    def channels(self, symbol: str) -> tuple[str, ...]:
        """Aggregated depth and deals."""
        kinds = ("depth", "deals")
        return tuple(f"spot@public.aggre.{kind}.v3.api.pb@{self._pace}@{symbol}" for kind in kinds)

    def subscribe(self, channels: list[str], request: int) -> str:
        """One SUBSCRIPTION; MEXC numbers no answer."""
        return msgspec.json.encode({"method": "SUBSCRIPTION", "params": channels}).decode()

    def ping(self) -> str | None:
        """MEXC closes a connection that does not ping in its own way."""
        return '{"method":"ping"}'

    def _depth(
        self, symbol: str, body: np.ndarray[tuple[int], np.dtype[np.uint8]], ts: int, frame: bytes
    ) -> Message:
        n = proto_depth(body, ts, self._scratch.rows(len(frame)), self._versions)
        first, last = self._versions.tolist()
        if n < 0 or not 0 <= first <= last:
            return fault("aggregated depth needs levels of decimals and fromVersion <= toVersion", frame)
        return Depth(symbol, first - 1, last, self._scratch.taken(n), ts)

    def _deals(
        self, symbol: str, body: np.ndarray[tuple[int], np.dtype[np.uint8]], ts: int, frame: bytes
    ) -> Message:
        n = proto_deals(body, ts, self._scratch.rows(len(frame)))
        if n < 0:
            return fault("aggregated deals need price and quantity as decimals above 0", frame)
        return Prints(symbol, self._scratch.taken(n), (), frame if ts else b"")


def _symbol(frame: bytes, found: list[int]) -> str | None:
    name = frame[found[2] : found[3]] or frame[found[0] : found[1]].rpartition(b"@")[2]
    try:
        return name.decode("ascii") or None
    except UnicodeDecodeError:
        return None


def _answer(frame: bytes | str) -> Message:
    try:
        found = _ANSWERS.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return fault(str(error), frame)
    if found.msg.upper() == "PONG":
        return Pong()
    if found.code != 0 or found.msg.lower().startswith(_REFUSED):
        return Refusal(f"{found.code} {found.msg}")
    return Ack(found.id)
