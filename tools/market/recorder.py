"""Writing a live feed down as recordings that replay alone.

Every period begins with the whole book, so that each recording stands for itself. Taking
events in costs little and never waits for the disk: ``put`` collects, ``collect`` hands over,
``write`` compresses and writes, in another thread if the caller likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tools.market.archive import Archive
from tools.market.events import BOOK, EVENT, GAP, LAST, RESET, SNAPSHOT, Events
from tools.market.lines import Batch
from tools.market.tapes import tape_name
from tools.market.tardis_writer import book_header, book_lines, trade_lines, trades_header


class WholeBook:
    """Every level of one book, for the snapshot a recording starts with."""

    def __init__(self) -> None:
        self._levels: dict[tuple[int, int], int] = {}

    def apply(self, rows: Events) -> None:
        """Follow whole messages."""
        levels = self._levels
        columns = (rows[name].tolist() for name in ("side", "price", "size", "flags"))
        for side, price, size, flags in zip(*columns, strict=True):
            if flags & RESET:
                levels.clear()
            if size:
                levels[side, price] = size
            else:
                levels.pop((side, price), None)

    def snapshot(self, ts: int) -> Events:
        """The book as one RESET run stamped ``ts`` on both clocks; bids first, best first."""
        rows = np.zeros(len(self._levels), EVENT)
        ordered = sorted(self._levels, key=lambda level: (-level[0], -level[0] * level[1]))
        for at, (side, price) in enumerate(ordered):
            rows[at] = (ts, ts, price, self._levels[side, price], BOOK, side, SNAPSHOT)
        if len(rows):
            rows["flags"][0] |= RESET
            rows["flags"][-1] |= LAST
        return rows


@dataclass(slots=True)
class Piece:
    """Rows to be added to one recording; ``is_last`` when nothing more will follow."""

    symbol: str
    stem: str
    book: list[Events] = field(default_factory=list)
    prints: list[Events] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    is_last: bool = False


@dataclass(slots=True)
class _Track:
    """One symbol's open recording."""

    book: WholeBook = field(default_factory=WholeBook)
    period: int = -1
    piece: Piece | None = None
    has_book: bool = False
    has_prints: bool = False
    next_id: int = 1


class Recorder:
    """Takes batches of a feed in and writes them in the layout that a replay reads.

    Attributes:
        rows: Rows taken in, those of opening snapshots apart.
    """

    def __init__(self, archive: Archive, venue: str, *, rotate_ns: int) -> None:
        if rotate_ns < 60_000_000_000 or rotate_ns % 60_000_000_000:
            raise ValueError(f"rotate_ns must be whole minutes, was {rotate_ns}")
        self.rows = 0
        self._archive = archive
        self._venue = venue
        self._rotate_ns = rotate_ns
        self._tracks: dict[str, _Track] = {}
        self._finished: list[Piece] = []

    def put(self, batch: Batch) -> None:
        """Take a batch in; a period ends where the stamps say so, once its recording has both halves."""
        track = self._tracks.setdefault(batch.symbol, _Track())
        self.rows += len(batch.events)
        ids = list(batch.ids)
        for period, events in self._periods(batch.events):
            is_new = track.piece is None or (period > track.period and track.has_book and track.has_prints)
            if is_new:
                self._begin(track, batch.symbol, period, events)
            self._keep(track, events, ids)

    def collect(self) -> list[Piece]:
        """Everything taken in since the last time, to be handed to ``write``."""
        pieces, self._finished = self._finished, []
        for symbol, track in self._tracks.items():
            if track.piece is not None:
                pieces.append(track.piece)
                track.piece = Piece(symbol, track.piece.stem)
        return pieces

    def write(self, pieces: Sequence[Piece]) -> None:
        """Add ``pieces`` to their recordings.

        Raises:
            StoreUnusable: The disk or the budget is full.
            BadInput: A recording of the same name was not made here.
        """
        for piece in pieces:
            self._archive.begin(piece.stem)
            if piece.book:
                lines = book_lines(np.concatenate(piece.book), symbol=piece.symbol, venue=self._venue)
                self._archive.add(piece.stem, "book", book_header(), lines)
            if piece.prints:
                prints, ids = np.concatenate(piece.prints), [str(number) for number in piece.ids]
                lines = trade_lines(prints, ids, symbol=piece.symbol, venue=self._venue)
                self._archive.add(piece.stem, "trades", trades_header(), lines)
            if piece.is_last:
                self._archive.finish(piece.stem)

    def close(self) -> None:
        """Write what is left and finish every recording."""
        for piece in (pieces := self.collect()):
            piece.is_last = True
        self._tracks.clear()
        self.write(pieces)

    def _periods(self, events: Events) -> Iterator[tuple[int, Events]]:
        periods = events["ts_init"] // self._rotate_ns
        cuts = np.flatnonzero(np.diff(periods)) + 1
        for part in np.split(events, cuts):
            if len(part):
                yield int(part["ts_init"][0]) // self._rotate_ns, part

    def _begin(self, track: _Track, symbol: str, period: int, events: Events) -> None:
        is_first = track.piece is None
        if track.piece is not None:
            track.piece.is_last = True
            self._finished.append(track.piece)
        start = int(events["ts_init"][0]) if is_first else period * self._rotate_ns
        track.piece = Piece(symbol, tape_name(self._venue, symbol, start))
        track.period, track.has_book, track.has_prints = period, False, False
        opening = track.book.snapshot(start)
        first = events[events["kind"] == BOOK][:1]
        if len(opening) and not (len(first) and first["flags"][0] & RESET):
            track.piece.book.append(opening)
            track.has_book = True

    def _keep(self, track: _Track, events: Events, ids: list[int]) -> None:
        piece = track.piece
        if piece is None:  # put() has begun one
            raise ValueError("no recording is open")
        is_book = events["kind"] == BOOK
        changes, prints = events[is_book], events[~is_book]
        if len(changes):
            track.book.apply(changes)
            piece.book.append(changes)
            track.has_book = True
        if len(prints):
            piece.prints.append(prints)
            piece.ids.extend(self._ids_for(track, prints, ids))
            track.has_prints = True

    def _ids_for(self, track: _Track, prints: Events, ids: list[int]) -> list[int]:
        if ids:
            taken = ids[: len(prints)]
            del ids[: len(prints)]
            return taken
        numbers = track.next_id + np.arange(len(prints)) + np.cumsum((prints["flags"] & GAP) != 0)
        track.next_id = int(numbers[-1]) + 1
        return [int(number) for number in numbers]
