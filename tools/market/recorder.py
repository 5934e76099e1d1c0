"""Writing a live feed down as recordings that replay alone.

Each begins with the whole book, so that it stands for itself, and at the first print of its
period, so that it always has both halves: no half is ever without a row. Taking events in
costs little and never waits for the disk: ``put`` collects, ``collect`` hands over, ``write``
compresses and writes, in another thread if the caller likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tools.market.archive import Archive
from tools.market.events import BOOK, EVENT, GAP, LAST, PRINT, RESET, SNAPSHOT, Events
from tools.market.lines import MICRO, Batch
from tools.market.tapes import tape_name
from tools.market.tardis_writer import book_header, book_lines, trade_lines, trades_header


class WholeBook:
    """Every level of one book, for the snapshot a recording starts with."""

    def __init__(self) -> None:
        self._levels: dict[tuple[int, int], int] = {}

    @property
    def is_known(self) -> bool:
        """Whether there is anything in it."""
        return bool(self._levels)

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
    next_id: int = 0  # none yet


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
        """Take a batch in; a new recording begins with the first print of a new period."""
        track = self._tracks.setdefault(batch.symbol, _Track())
        self.rows += len(batch.events)
        ids, rest = list(batch.ids), batch.events
        if track.piece is None:
            self._begin(track, batch.symbol, int(rest["ts_init"][0]))
        while len(rest):
            cut = self._first_of_period(track, rest)
            self._keep(track, rest[:cut], ids)
            if cut < len(rest) and track.has_book and track.has_prints and track.book.is_known:
                self._begin(track, batch.symbol, int(rest["ts_init"][cut]))
            self._keep(track, rest[cut : cut + 1], ids)
            rest = rest[cut + 1 :]

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

    def _first_of_period(self, track: _Track, events: Events) -> int:
        """Where the first print after the track's period is; the length where there is none.

        A print after a hole begins no recording: nothing there would tell of the hole.
        """
        begins = (events["kind"] == PRINT) & (events["flags"] & GAP == 0)
        is_later = begins & (events["ts_init"] // self._rotate_ns > track.period)
        return int(np.argmax(is_later)) if is_later.any() else len(events)

    def _begin(self, track: _Track, symbol: str, ts: int) -> None:
        if track.piece is not None:
            track.piece.is_last = True
            self._finished.append(track.piece)
        track.piece = Piece(symbol, tape_name(self._venue, symbol, ts))
        track.period, track.has_prints = ts // self._rotate_ns, False
        track.has_book = track.book.is_known
        if track.book.is_known:
            # just before the print, which would be read first at the same stamp
            track.piece.book.append(track.book.snapshot(ts - MICRO))

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
        # beginning at the stamp, ids stay apart when a restarted recorder goes on in the same file
        first = track.next_id or int(prints["ts_init"][0]) // MICRO
        numbers = first + np.arange(len(prints)) + np.cumsum((prints["flags"] & GAP) != 0)
        track.next_id = int(numbers[-1]) + 1
        return [int(number) for number in numbers]
