"""Kernels from wire bytes to event rows: decimals as units of 1e-8, JSON levels, protobuf bodies.

Rows are written as five int64 words, the memory of ``EVENT``; the fifth holds kind, side and
flags together. Every kernel returns -1 for what is malformed and reads no byte out of bounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.market.events import BOOK, EVENT, LAST, PRINT, Events
from tools.market.kernel import kernel

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

WORDS = EVENT.itemsize // 8
MALFORMED = -1
MILLI = 1_000_000  # nanoseconds a millisecond
_MOST_MILLIS = (2**63 - 1) // MILLI
_TENTH = (2**63 - 1) // 10 - 1


def _word(kind: int, side: int, flags: int) -> int:
    row = np.zeros(1, EVENT)
    row["kind"], row["side"], row["flags"] = kind, side, flags
    return int(row.view(np.int64)[WORDS - 1])


BID, ASK = _word(BOOK, 1, 0), _word(BOOK, -1, 0)
BOUGHT, SOLD, UNSIDED = _word(PRINT, 1, LAST), _word(PRINT, -1, LAST), _word(PRINT, 0, LAST)
LAST_WORD = _word(0, 0, LAST)

# fields of MEXC's PushDataV3ApiWrapper
CHANNEL, SYMBOL, CREATED, SENT, DEPTHS, DEALS = 1, 3, 5, 6, 313, 314
# what envelope() finds: start and end of channel, symbol and body, which body, times in ms
ENVELOPE = 9


@kernel
def decimal_units(data: Bytes, at: int, end: int) -> Any:
    """Units of 1e-8 of the decimal text in ``data[at:end]``; no sign, no exponent, nothing finer."""
    value: Any = 0
    decimals = -1
    digits = 0
    while at < end:
        c = data[at]
        at += 1
        if c == 46:  # the point
            if decimals >= 0:
                return -1
            decimals = 0
            continue
        if c < 48 or c > 57:
            return -1
        digits += 1
        if decimals >= 8:
            if c != 48:
                return -1
            continue
        if value > _TENTH:
            return -1
        value = value * 10 + (np.int64(c) - 48)
        if decimals >= 0:
            decimals += 1
    if digits == 0:
        return -1
    for _ in range(8 - max(decimals, 0)):
        if value > _TENTH:
            return -1
        value *= 10
    return value


@kernel
def whole_number(data: Bytes, at: int, end: int) -> Any:
    """The digits in ``data[at:end]`` as an integer."""
    if at >= end:
        return -1
    value: Any = 0
    while at < end:
        c = data[at]
        at += 1
        if c < 48 or c > 57 or value > _TENTH:
            return -1
        value = value * 10 + (np.int64(c) - 48)
    return value


@kernel
def skip_spaces(data: Bytes, at: int) -> int:
    """The first place from ``at`` that is not white space; the length where there is none."""
    while at < data.shape[0] and (data[at] == 32 or (data[at] >= 9 and data[at] <= 13)):
        at += 1
    return at


@kernel
def expect(data: Bytes, at: int, char: int) -> int:
    """The place after ``char``, which must come next."""
    at = skip_spaces(data, at)
    if at >= data.shape[0] or data[at] != char:
        return -1
    return at + 1


@kernel
def text_end(data: Bytes, at: int) -> int:
    """Where the text that began before ``at`` ends, its closing quote."""
    while at < data.shape[0] and data[at] != 34:
        at += 1
    return at if at < data.shape[0] else -1


@kernel
def json_levels(data: Bytes, word: int, ts: int, out: Ints, n: int) -> int:
    """Rows of ``[["price","size"],…]`` from row ``n`` of ``out`` on; returns the number of rows then."""
    at = expect(data, 0, 91)
    if at < 0:
        return -1
    if expect(data, at, 93) >= 0:
        return n
    while True:
        at = expect(data, at, 91)
        if at < 0:
            return -1
        for column in range(2):
            at = expect(data, at, 34)
            if at < 0:
                return -1
            end = text_end(data, at)
            if end < 0 or n >= out.shape[0]:
                return -1
            units = decimal_units(data, at, end)
            if units < 0 or (column == 0 and units == 0):
                return -1
            out[n, 2 + column] = units
            at = expect(data, end + 1, 44 if column == 0 else 93)
            if at < 0:
                return -1
        out[n, 0] = ts
        out[n, 1] = 0
        out[n, 4] = word
        n += 1
        more = expect(data, at, 44)
        if more < 0:
            return n if expect(data, at, 93) >= 0 else -1
        at = more


@kernel
def json_depth(bids: Bytes, asks: Bytes, ts: int, out: Ints) -> int:
    """Both sides of one message into ``out``; its last row carries LAST. Returns the number of rows."""
    n = json_levels(bids, BID, ts, out, 0)
    if n >= 0:
        n = json_levels(asks, ASK, ts, out, n)
    if n > 0:
        out[n - 1, 4] += LAST_WORD
    return n


@kernel
def varint(data: Bytes, at: int, end: int, found: Ints) -> int:
    """Read a varint into ``found[0]``; returns the place after it."""
    value: Any = 0
    shift = 0
    while at < end and shift < 70:  # ten bytes: a negative number is sign-extended
        c = np.int64(data[at])
        at += 1
        value |= (c & 127) << shift
        if c < 128:
            found[0] = value
            return at
        shift += 7
    return -1


@kernel
def next_field(data: Bytes, at: int, end: int, found: Ints) -> Any:
    """Read one protobuf field; returns the place after it.

    ``found`` gets: (scratch), field number, wire type, value or start, end. Types 0, 1, 2, 5 only.
    """
    at = varint(data, at, end, found)
    if at < 0:
        return -1
    found[1] = found[0] >> 3
    found[2] = found[0] & 7
    if found[2] == 0:
        after = varint(data, at, end, found)
        found[3] = found[0]
        return after
    if found[2] == 2:
        at = varint(data, at, end, found)
        if at < 0 or found[0] < 0 or found[0] > end - at:
            return -1
        found[3] = at
        found[4] = at + found[0]
        return at + found[0]
    if found[2] == 1:
        at += 8
    elif found[2] == 5:
        at += 4
    else:
        return -1
    return at if at <= end else -1


@kernel
def envelope(data: Bytes, out: Ints) -> Any:
    """What a PushDataV3ApiWrapper holds: ``out``, shape (ENVELOPE,); returns the body's field or 0.

    ``out`` gets start and end of channel, symbol and body, then createTime, sendTime, the body's field.
    """
    found = np.zeros(5, np.int64)
    for i in range(out.shape[0]):
        out[i] = 0
    at = 0
    while at < data.shape[0]:
        at = next_field(data, at, data.shape[0], found)
        if at < 0:
            return -1
        field = found[1]
        if found[2] == 2:
            slot = 0 if field == CHANNEL else (2 if field == SYMBOL else (4 if field > 300 else -1))
            if slot >= 0:
                out[slot] = found[3]
                out[slot + 1] = found[4]
            if slot == 4:
                out[8] = field
        elif found[2] == 0:
            if field == CREATED:
                out[6] = found[3]
            elif field == SENT:
                out[7] = found[3]
    return out[8]


@kernel
def proto_level(data: Bytes, at: int, end: int, out: Ints, n: int, found: Ints) -> bool:
    """Price and size of one depth or deal item into row ``n``; also its side word and time of a deal."""
    row = out[n]
    row[2] = -1
    row[3] = -1
    kind = 0
    while at < end:
        at = next_field(data, at, end, found)
        if at < 0:
            return False
        field = found[1]
        if found[2] == 2 and (field == 1 or field == 2):
            row[1 + field] = decimal_units(data, found[3], found[4])
        elif found[2] == 0 and field == 3:
            kind = found[3]
        elif found[2] == 0 and field == 4:
            if found[3] < 0 or found[3] > _MOST_MILLIS:
                return False
            row[0] = found[3] * MILLI
    row[1] = 0
    row[4] = BOUGHT if kind == 1 else (SOLD if kind == 2 else UNSIDED)
    return bool(row[2] > 0 and row[3] >= 0)


@kernel
def proto_depth(data: Bytes, ts: int, out: Ints, versions: Ints) -> int:
    """Levels of a PublicAggreDepthsV3Api body; ``versions`` gets fromVersion and toVersion."""
    found = np.zeros(5, np.int64)
    versions[0] = -1
    versions[1] = -1
    n = 0
    at = 0
    while at < data.shape[0]:
        at = next_field(data, at, data.shape[0], found)
        if at < 0:
            return -1
        field, is_text, start, end = found[1], found[2] == 2, found[3], found[4]
        if is_text and (field == 1 or field == 2):
            if n >= out.shape[0] or not proto_level(data, start, end, out, n, found):
                return -1
            out[n, 0] = ts
            out[n, 4] = ASK if field == 1 else BID
            n += 1
        elif is_text and (field == 4 or field == 5):
            versions[field - 4] = whole_number(data, start, end)
    if n > 0:
        out[n - 1, 4] += LAST_WORD
    return n


@kernel
def proto_deals(data: Bytes, ts: int, out: Ints) -> int:
    """Prints of a PublicAggreDealsV3Api body; ``ts`` where a deal has no time of its own."""
    found = np.zeros(5, np.int64)
    n = 0
    at = 0
    while at < data.shape[0]:
        at = next_field(data, at, data.shape[0], found)
        if at < 0:
            return -1
        if found[1] == 1 and found[2] == 2:
            if n >= out.shape[0]:
                return -1
            out[n, 0] = ts
            if not proto_level(data, found[3], found[4], out, n, found) or out[n, 3] == 0:
                return -1
            n += 1
    return n


class Scratch:
    """Rows to decode into; grows with what comes in, so that nothing is refused for its size."""

    def __init__(self, rows: int = 4096) -> None:
        self._make(rows)

    def rows(self, n_bytes: int) -> Ints:
        """Room for whatever ``n_bytes`` of a message can hold; no level takes less than four bytes."""
        if len(self._rows) * 4 < n_bytes:
            self._make(n_bytes // 4 + 1)
        return self._rows

    def taken(self, n: int) -> Events:
        """The first ``n`` rows as events of their own."""
        if not n:
            return np.zeros(0, EVENT)
        # numpy copies an array of records in three times the time that their bytes take
        return np.frombuffer(bytearray(self._bytes[: n * EVENT.itemsize]), EVENT)

    def _make(self, rows: int) -> None:
        self._rows = np.zeros((rows, WORDS), np.int64)
        self._bytes = self._rows.data.cast("B")


def warm_decoders() -> None:
    """Compile or load every decoder now, so that the first frame of a live stream does not wait for it."""
    nothing = np.frombuffer(b"[]", np.uint8)
    rows = np.zeros((1, WORDS), np.int64)
    decimal_units(nothing, 0, 1)
    json_depth(nothing, nothing, 0, rows)
    envelope(nothing, np.zeros(ENVELOPE, np.int64))
    proto_depth(nothing, 0, rows, np.zeros(2, np.int64))
    proto_deals(nothing, 0, rows)
