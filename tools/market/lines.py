"""One symbol's line: book and prints of one venue, checked, stamped and waiting to be fetched.

Stamps are whole microseconds and rise with every message of the symbol, so that a recording
keeps each message apart and a replay sees exactly what was seen live.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from tools.domain.clock import Clock
from tools.market.events import GAP, Events
from tools.market.sync import DepthSync, PrintSequence, no_book
from tools.market.wire.messages import Depth, Prints, Snapshot

MICRO = 1000
MOST_PENDING = 1 << 16  # rows: a minute of a busy symbol, some 4 MB; fifty symbols at once must fit


class Batch(msgspec.Struct, frozen=True):
    """What came in of one symbol since it was last asked for.

    Attributes:
        events: Book rows and prints in the order of their ``ts_init``, shape (n,).
        ids: The venue's ids of the prints among them, in order; empty where it has none.
    """

    symbol: str
    events: Events
    ids: tuple[int, ...]


class SymbolLine:
    """Takes messages of one symbol in and hands out batches of events.

    Attributes:
        generation: Rises with each lost connection; a snapshot asked for before is void.
        is_live: Whether the venue is sending, so that a snapshot taken now can be joined.
        overflows: How often nobody fetched and everything waiting was thrown away.
    """

    def __init__(self, symbol: str, clock: Clock, *, most_pending: int = MOST_PENDING) -> None:
        self.symbol = symbol
        self.book = DepthSync()
        self.prints = PrintSequence()
        self.generation = 0
        self.is_live = False
        self.overflows = 0
        self._clock = clock
        self._most_pending = most_pending
        self._pending: list[Events] = []
        self._ids: list[int] = []
        self._n_pending = 0
        self._has_prints = False  # among what is waiting
        self._stamp = 0
        self._is_followed = False  # whoever fetches holds a book and believes in it

    @property
    def wants_snapshot(self) -> bool:
        """Whether a snapshot taken now would help."""
        return self.is_live and self.book.wants_snapshot

    @property
    def waiting_since(self) -> int | None:
        """When the oldest event that waits to be fetched came in, ns; None where none waits."""
        return int(self._pending[0]["ts_init"][0]) if self._pending else None

    def on_depth(self, depth: Depth) -> None:
        """Take a delta of the book in."""
        self._put_all(self.book.on_delta(depth))

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """Take the whole book in."""
        self._put_all(self.book.on_snapshot(snapshot))

    def on_prints(self, prints: Prints) -> None:
        """Take public trades in."""
        rows, ids, has_hole = self.prints.on_prints(prints)
        if len(rows):
            if has_hole:
                rows["flags"][0] |= GAP
            self._ids.extend(ids)
            self._has_prints = True
            self._put_all((rows,))

    def on_lost(self) -> None:
        """The connection is gone; what waits for a snapshot is void."""
        self.generation += 1
        self.is_live = False
        self.prints.on_lost()
        self._put_all(self.book.on_lost())

    def take(self) -> Batch | None:
        """Everything that waits, or None; it is the caller's from now on."""
        if not self._pending:
            return None
        events = self._pending[0] if len(self._pending) == 1 else np.concatenate(self._pending)
        batch = Batch(self.symbol, events, tuple(self._ids))
        self._is_followed = self.book.is_sound
        self._forget()
        return batch

    def _put_all(self, messages: Sequence[Events]) -> None:
        """Messages that belong together: a book and what had waited for it are kept or thrown away whole."""
        for rows in messages:
            self._put(rows)
        if self._n_pending > self._most_pending:
            self._overflow()

    def _put(self, rows: Events) -> None:
        now = self._clock.now()
        self._stamp = max(now - now % MICRO, self._stamp + MICRO)
        rows["ts_init"] = self._stamp
        if rows["ts_event"][0] == 0:  # the venue did not say
            rows["ts_event"] = self._stamp
        self._pending.append(rows)
        self._n_pending += len(rows)

    def _overflow(self) -> None:
        self.overflows += 1
        if self._has_prints:
            self.prints.on_thrown_away()
        self._forget()
        dropped = self.book.on_lost()
        if not dropped and self._is_followed:  # the news of it was among what is thrown away
            dropped = (no_book(0),)
        self._put_all(dropped)

    def _forget(self) -> None:
        self._pending, self._ids, self._n_pending, self._has_prints = [], [], 0, False
