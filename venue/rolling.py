"""The public view as it grows: the same rows as ``public_view`` of the whole run, bucket by bucket.

For virtual time, where somebody looks ten times a second for hours: a bucket costs only the
changes in it, and what was handed out is forgotten here and in the pit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from venue.pit import Pit
from venue.public import BOOK, LAST, PRINT, RESET, SNAPSHOT, VIEW, View

LATENCY_NS = 20_000_000  # as public_view has it
Change: TypeAlias = tuple[int, int, int, int, int]
Row: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]


class RollingView:
    """What the public sees of one market, for one reader who takes it as time advances.

    It empties the pit's records as it goes, so a pit has one reader at most.

    Args:
        pit: The market.
        period_ns: Length of a bucket.
        latency_ns: From a bucket's end to its arrival.
    """

    def __init__(self, pit: Pit, period_ns: int, latency_ns: int = LATENCY_NS) -> None:
        self._pit = pit
        self._period = period_ns
        self._latency = latency_ns
        self._tick, self._lot = pit.symbol.tick_units, pit.symbol.lot_units
        self._shown: dict[tuple[int, int], int] = {}  # (side 0 or 1, ticks) to lots, as the public knows it
        self._update: int | None = None  # last update shown; None before the first message
        self._end = 0

    def take(self, upto: int) -> View:
        """Every row of the buckets that have ended by ``upto``, ns, and were not taken yet.

        Nothing may happen at or before ``upto`` afterwards.
        """
        self._end = upto - upto % self._period
        levels, prints = _cut(self._pit.levels, self._end), _cut(self._pit.prints, self._end)
        if not levels and not prints:
            return np.zeros(0, VIEW)
        return _view(list(self._rows(levels, prints)))

    def snapshot(self, ts_init: int) -> View:
        """The whole book as taken so far, as one message that is received at ``ts_init``."""
        rows = list(self._message(self._end, sorted(self._shown.items()), self._update or 0))
        view = _view(rows)
        view["flags"] |= SNAPSHOT
        view["flags"][:1] |= RESET
        view["ts_init"] = ts_init
        view["first_update"] = view["last_update"]
        return view

    def _rows(self, levels: list[Change], prints: list[Change]) -> Iterator[Row]:
        ends = {self._bucket(row[0]) for row in levels} | {self._bucket(row[0]) for row in prints}
        for end in sorted(ends):
            for ts, side, price, size, trade in _cut(prints, end):
                price, size = price * self._tick, size * self._lot
                yield (ts, end + self._latency, price, size, PRINT, side, LAST, trade, trade)
            yield from self._changes(end, _cut(levels, end))

    def _bucket(self, ts: int) -> int:
        return -(-ts // self._period) * self._period

    def _changes(self, end: int, changes: list[Change]) -> Iterator[Row]:
        """The message of one bucket; nothing where every level is as it was."""
        shown = self._shown
        final = {(side, price): size for _, side, price, size, _ in changes}
        moved = sorted((at, size) for at, size in final.items() if shown.get(at, 0) != size)
        if not moved:
            return
        is_first = self._update is None
        if self._update is None:
            self._update = changes[0][4] - 1
        rows = list(self._message(end, moved, changes[-1][4]))
        for at, size in moved:
            if size:
                shown[at] = size
            else:
                del shown[at]
        self._update = changes[-1][4]
        yield from _as_snapshot(rows) if is_first else rows

    def _message(self, end: int, moved: list[tuple[tuple[int, int], int]], upto: int) -> Iterator[Row]:
        first = (self._update or 0) + 1
        for n, ((side, price), size) in enumerate(moved, 1):
            flags = LAST if n == len(moved) else 0
            price, size = price * self._tick, size * self._lot
            yield (end, end + self._latency, price, size, BOOK, 1 - 2 * side, flags, first, upto)


def _cut(rows: list[Change], end: int) -> list[Change]:
    """The rows up to ``end``, taken out of ``rows``."""
    n = bisect_left(rows, (end + 1,))
    taken = rows[:n]
    del rows[:n]
    return taken


def _as_snapshot(rows: list[Row]) -> Iterator[Row]:
    for n, row in enumerate(rows):
        yield (*row[:6], row[6] | SNAPSHOT | (0 if n else RESET), *row[7:])


def _view(rows: list[Row]) -> View:
    view = np.zeros(len(rows), VIEW)  # filled, not made of the rows, so that the padding is zero
    view[:] = rows
    return view
