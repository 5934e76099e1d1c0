"""The public view as it grows: the same rows as ``public_view`` of the whole run, bucket by bucket.

For virtual time, where somebody looks ten times a second for hours: a bucket costs only the
changes in it, and what was handed out is forgotten here and in the pit.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from venue.pit import Pit
from venue.public import BOOK, LAST, PRINT, RESET, SNAPSHOT, VIEW, View

LATENCY_NS = 20_000_000  # as public_view has it
VIEW_ROW = struct.Struct("=4q2bh4x2q")  # of VIEW; filling an array row by row takes several times as long
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
        return _view(self.take_rows(upto))

    def take_rows(self, upto: int) -> list[Row]:
        """The same as tuples with the fields of VIEW."""
        end = self._end = upto - upto % self._period
        levels, prints = _cut(self._pit.levels, end), _cut(self._pit.prints, end)
        if not levels and not prints:
            return []
        first = min(changes[0][0] for changes in (levels, prints) if changes)
        if self._bucket(first) == end:  # as it always is for who looks after every bucket
            return self._bucket_rows(end, levels, prints)
        ends = {self._bucket(row[0]) for row in levels} | {self._bucket(row[0]) for row in prints}
        rows: list[Row] = []
        for each in sorted(ends):
            rows += self._bucket_rows(each, _cut(levels, each), _cut(prints, each))
        return rows

    def snapshot(self, ts_init: int) -> View:
        """The whole book as taken so far, as one message that is received at ``ts_init``."""
        rows = self._message(self._end, sorted(self._shown.items()), self._update or 0)
        view = _view(rows)
        view["flags"] |= SNAPSHOT
        view["flags"][:1] |= RESET
        view["ts_init"] = ts_init
        view["first_update"] = view["last_update"]
        return view

    def _bucket_rows(self, end: int, levels: list[Change], prints: list[Change]) -> list[Row]:
        tick, lot, heard = self._tick, self._lot, end + self._latency
        rows = [
            (ts, heard, price * tick, size * lot, PRINT, side, LAST, trade, trade)
            for ts, side, price, size, trade in prints
        ]
        return rows + self._changes(end, levels) if levels else rows

    def _bucket(self, ts: int) -> int:
        return -(-ts // self._period) * self._period

    def _changes(self, end: int, changes: list[Change]) -> list[Row]:
        """The message of one bucket; nothing where every level is as it was."""
        shown = self._shown
        final = {(side, price): size for _, side, price, size, _ in changes}
        moved = [(at, size) for at, size in final.items() if shown.get(at, 0) != size]
        if not moved:
            return []
        moved.sort()
        is_first = self._update is None
        if self._update is None:
            self._update = changes[0][4] - 1
        rows = self._message(end, moved, changes[-1][4])
        for at, size in moved:
            if size:
                shown[at] = size
            else:
                del shown[at]
        self._update = changes[-1][4]
        return list(_as_snapshot(rows)) if is_first else rows

    def _message(self, end: int, moved: list[tuple[tuple[int, int], int]], upto: int) -> list[Row]:
        first, tick, lot, heard = (self._update or 0) + 1, self._tick, self._lot, end + self._latency
        rows = [
            (end, heard, price * tick, size * lot, BOOK, 1 - 2 * side, 0, first, upto)
            for (side, price), size in moved
        ]
        if rows:
            rows[-1] = (*rows[-1][:6], LAST, *rows[-1][7:])
        return rows


def _cut(rows: list[Change], end: int) -> list[Change]:
    """The rows up to ``end``, taken out of ``rows``."""
    if not rows or rows[0][0] > end:
        return []
    if rows[-1][0] <= end:
        taken = rows.copy()
        rows.clear()
        return taken
    n = bisect_left(rows, (end + 1,))
    taken = rows[:n]
    del rows[:n]
    return taken


def _as_snapshot(rows: list[Row]) -> Iterator[Row]:
    for n, row in enumerate(rows):
        yield (*row[:6], row[6] | SNAPSHOT | (0 if n else RESET), *row[7:])


def _view(rows: list[Row]) -> View:
    if not rows:
        return np.zeros(0, VIEW)
    return np.frombuffer(bytearray(b"".join([VIEW_ROW.pack(*row) for row in rows])), VIEW)
