"""The last closed candles of each symbol and timeframe, as they were known at a time.

A candle counts only once it is closed: its high, low, close and volume are not known before. What is not
closed yet is refused by name and never stored, so that nothing reading the store can look ahead.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import numpy as np

from tools.domain.errors import BadInput
from tools.market.history.candle_file import LIVE, open_candles
from tools.market.history.candles import CANDLE, MICROS, Candles, fault_in
from tools.market.history.timeframes import DAY_MS, HOUR_MS, MINUTE_MS, Timeframe

CAPACITY = 500
TIMEFRAMES = {
    "5m": Timeframe("5m", 5 * MINUTE_MS),
    "30m": Timeframe("30m", 30 * MINUTE_MS),
    "4h": Timeframe("4h", 4 * HOUR_MS),
    "1d": Timeframe("1d", DAY_MS),
}
NANOS_IN_MICRO, NANOS_IN_MILLI = 1_000, 1_000_000


class Taken(StrEnum):
    """What became of a candle that was offered."""

    ADDED = "added"
    UNCLOSED = "unclosed"
    KNOWN = "known"  # not newer than the newest here; a closed candle is final


class CandleRing:
    """The newest ``capacity`` closed candles of one symbol and timeframe.

    Memory is twice the capacity: the kept half is moved once in ``capacity`` candles, and the window
    is always one contiguous view.
    """

    def __init__(self, timeframe: Timeframe, capacity: int = CAPACITY) -> None:
        self.timeframe = timeframe
        self.capacity = capacity
        self._rows = np.zeros(2 * capacity, CANDLE)
        self._end = 0

    def add(self, candle: Candles, ts_now: int) -> Taken:
        """Take one candle (a row of ``CANDLE``) in, if it is closed at ``ts_now`` (nanoseconds) and newer.

        Raises:
            BadInput: It cannot be a candle, or is off the timeframe's grid.
        """
        row = np.asarray(candle, CANDLE).reshape(1)
        if (why := fault_in(row, self.timeframe)) is not None:
            raise BadInput(why)
        if int(self._closes(row)[0]) > ts_now:
            return Taken.UNCLOSED
        if self._end and row["open_time"][0] <= self._rows["open_time"][self._end - 1]:
            return Taken.KNOWN
        if self._end == len(self._rows):
            self._rows[: self.capacity] = self._rows[self.capacity :]
            self._end = self.capacity
        self._rows[self._end] = row[0]
        self._end += 1
        return Taken.ADDED

    def warm(self, candles: Candles, ts_now: int) -> int:
        """Take ordered history in; returns how many were added."""
        closed = candles[self._closes(candles) <= ts_now][-self.capacity :]
        return sum(self.add(row, ts_now) is Taken.ADDED for row in closed)

    def window(self, ts_now: int) -> Candles:
        """A copy of the candles that were closed at ``ts_now`` (nanoseconds), oldest first."""
        kept = self._rows[max(0, self._end - self.capacity) : self._end]
        return kept[: int(np.searchsorted(self._closes(kept), ts_now, side="right"))].copy()

    def _closes(self, candles: Candles) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        opens = candles["open_time"].astype(np.int64) * NANOS_IN_MICRO
        return np.asarray(opens + self.timeframe.span_ms * NANOS_IN_MILLI)


class CandleStore:
    """Rings by symbol and timeframe; opened as they are first written to."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._rings: dict[tuple[str, str], CandleRing] = {}

    def ring(self, symbol: str, timeframe: str) -> CandleRing:
        """The ring of ``symbol`` and ``timeframe`` (a key of ``TIMEFRAMES``)."""
        if timeframe not in TIMEFRAMES:
            raise BadInput(f"expected a timeframe of {', '.join(TIMEFRAMES)}, was {timeframe[:20]!r}")
        return self._rings.setdefault((symbol, timeframe), CandleRing(TIMEFRAMES[timeframe], self._capacity))

    def warm_from_file(
        self, path: Path, *, venue: str, symbol: str, timeframe: str, ts_now: int, source: str = LIVE
    ) -> int:
        """Fill a ring from what a download wrote; returns how many candles were added.

        Only candles that were closed at ``ts_now`` (nanoseconds) are taken, whatever else the file holds.

        Raises:
            BadInput: There is no such file, it cannot be read, or it holds something else.
        """
        ring = self.ring(symbol, timeframe)
        if not path.is_file():
            raise BadInput(f"{path}: expected downloaded candles, found no file")
        file = open_candles(
            path, venue=venue, symbol=symbol, timeframe=ring.timeframe, note=_refuse, source=source
        )
        return ring.warm(file.candles, ts_now)


def rolled_up(candles: Candles, small: Timeframe, large: Timeframe) -> Candles:
    """Candles of ``large`` from ordered ones of ``small``; only where every part is there.

    A candle with a hole in it is left out: its high and low would not be what the market reached.
    """
    if large.span_ms % small.span_ms:
        raise ValueError(f"{large.name} is no multiple of {small.name}")
    parts, span = large.span_ms // small.span_ms, large.span_ms * MICROS
    opens = candles["open_time"] // span * span
    firsts = np.flatnonzero(np.diff(opens, prepend=-1))
    counts = np.diff(np.append(firsts, len(opens)))
    found = np.zeros(len(firsts), CANDLE)
    if len(firsts) == 0:
        return found
    found["open_time"], found["open"] = opens[firsts], candles["open"][firsts]
    found["high"] = np.maximum.reduceat(candles["high"], firsts)
    found["low"] = np.minimum.reduceat(candles["low"], firsts)
    found["close"] = candles["close"][firsts + counts - 1]
    found["volume"] = np.add.reduceat(candles["volume"], firsts)
    whole: Candles = found[counts == parts]
    return whole


def _refuse(note: str) -> None:
    raise BadInput(note)
