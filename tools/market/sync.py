"""Keeping one book in step with its venue: deltas, a snapshot, and nothing on trust.

A delta leads from version ``after`` to ``last``; every venue's rule is one rule in these
terms. What a snapshot contains is dropped, the first delta must reach over the snapshot,
each later one must begin where the one before ended. Anything else is a gap: the book is
emptied for all who follow it and a fresh snapshot is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.market.events import BOOK, EVENT, LAST, RESET, SNAPSHOT, Events
from tools.market.wire.messages import Depth, Prints, Snapshot

MOST_WAITING = 1000  # deltas kept for a snapshot: 100 s at ten a second
MOST_REPEATS = 50  # repeated deltas in a row; more, and the venue counts anew
MOST_FRAMES = 64  # frames remembered to know a repeated one


def no_book(ts_event: int) -> Events:
    """An empty snapshot: the book that was there must not be used any more.

    It removes a level that cannot exist, so that a recording can hold it like any other row.
    """
    row = np.zeros(1, EVENT)
    row["ts_event"], row["price"], row["side"], row["kind"] = ts_event, 1, 1, BOOK
    row["flags"] = SNAPSHOT | RESET | LAST
    return row


@dataclass(slots=True)
class SyncCounts:
    """What became of the deltas: received = applied + repeated + discarded + those still waiting."""

    received: int = 0
    applied: int = 0
    repeated: int = 0  # contained in the book or the snapshot already
    discarded: int = 0  # given up with a gap, a lost connection or a full buffer
    gaps: int = 0
    snapshots: int = 0
    stale_snapshots: int = 0  # older than what was waiting


class DepthSync:
    """The state of one book's feed; returns the messages that may be believed, in order.

    ``wants_snapshot`` is true while only a snapshot taken from now on can help. Feeding it
    any order, loss or repetition never makes a wrong book: at worst there is none.
    """

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        if most_waiting < 1:
            raise ValueError(f"most_waiting must be at least 1, was {most_waiting}")
        self._most_waiting = most_waiting
        self._waiting: list[Depth] = []
        self._version = -1
        self._ts_event = 0
        self._repeats = 0
        self._is_joined = False  # a delta has reached over the snapshot
        self.is_sound = False
        self.counts = SyncCounts()

    @property
    def wants_snapshot(self) -> bool:
        """Whether the book waits for a snapshot."""
        return not self.is_sound

    @property
    def version(self) -> int:
        """The version of the book that followers have; -1 where they have none."""
        return self._version if self.is_sound else -1

    @property
    def n_waiting(self) -> int:
        """Deltas kept for the next snapshot."""
        return len(self._waiting)

    def on_delta(self, delta: Depth) -> Sequence[Events]:
        """Take a delta in; returns the messages that follow from it, each whole."""
        self.counts.received += 1
        if not self.is_sound:
            self._wait(delta)
            return ()
        is_old = delta.last <= self._version
        self._repeats = self._repeats + 1 if is_old else 0
        if is_old and self._repeats <= MOST_REPEATS:
            self.counts.repeated += 1
            return ()
        if is_old or not self._follows(delta):
            self.counts.gaps += 1
            self._wait(delta)
            return self._drop()
        self._step(delta)
        return (delta.rows,) if len(delta.rows) else ()

    def on_snapshot(self, snapshot: Snapshot) -> Sequence[Events]:
        """Take a snapshot in; returns it and what had waited for it, or nothing where it does not fit."""
        if self.is_sound:
            return ()  # asked for by an earlier state; the book is ahead of it
        self._waiting.sort(key=lambda delta: (delta.last, delta.after))
        fresh = [delta for delta in self._waiting if delta.last > snapshot.last]
        self.counts.repeated += len(self._waiting) - len(fresh)
        self._waiting = fresh
        if fresh and fresh[0].after > snapshot.last:
            self.counts.stale_snapshots += 1
            return ()
        return self._join(snapshot, fresh)

    def on_lost(self) -> Sequence[Events]:
        """The connection is gone and with it an unknown number of deltas."""
        self.counts.discarded += len(self._waiting)
        self._waiting = []
        return self._drop()

    def _join(self, snapshot: Snapshot, fresh: list[Depth]) -> Sequence[Events]:
        messages = [snapshot.rows]
        self._version, self._is_joined, self._repeats = snapshot.last, False, 0
        for at, delta in enumerate(fresh):
            if delta.last <= self._version:
                self.counts.repeated += 1
                continue
            if not self._follows(delta):  # only a snapshot from beyond the hole can help
                self.counts.gaps += 1
                self.counts.applied -= len(messages) - 1
                self.counts.discarded += len(messages) - 1
                self._waiting = fresh[at:]
                return ()
            self._step(delta)
            messages.append(delta.rows)
        self._waiting = []
        self._ts_event = max(self._ts_event, snapshot.ts_event)
        self.is_sound = True
        self.counts.snapshots += 1
        return [rows for rows in messages if len(rows)]

    def _follows(self, delta: Depth) -> bool:
        return delta.after == self._version if self._is_joined else delta.after <= self._version

    def _step(self, delta: Depth) -> None:
        self.counts.applied += 1
        self._version, self._is_joined = delta.last, True
        self._ts_event = delta.ts_event

    def _wait(self, delta: Depth) -> None:
        self._waiting.append(delta)
        if len(self._waiting) > self._most_waiting:
            half = (len(self._waiting) + 1) // 2
            del self._waiting[:half]  # the snapshot to come will be newer, or is asked for again
            self.counts.discarded += half

    def _drop(self) -> Sequence[Events]:
        was_sound, self.is_sound = self.is_sound, False
        return (no_book(self._ts_event),) if was_sound else ()


@dataclass(slots=True)
class PrintCounts:
    """What became of the prints: received = passed + repeated."""

    received: int = 0
    passed: int = 0
    repeated: int = 0
    holes: int = 0


class PrintSequence:
    """Public trades without repetition, with a mark where some are missing.

    Where the venue counts its prints a hole is seen in the ids; where it does not, only a
    lost connection is known, and a repeated frame by its bytes.
    """

    def __init__(self) -> None:
        self._last_id = -1
        self._is_broken = False  # some prints are missing that no id will tell of
        self._frames: dict[bytes, None] = {}
        self.counts = PrintCounts()

    def on_prints(self, prints: Prints) -> tuple[Events, tuple[int, ...], bool]:
        """The prints that are new, their ids, and whether some before them are missing."""
        self.counts.received += len(prints.rows)
        rows, ids = prints.rows, prints.ids
        if ids and ids[0] <= self._last_id:
            keep = [at for at, number in enumerate(ids) if number > self._last_id]
            rows, ids = rows[keep], tuple(ids[at] for at in keep)
        elif prints.frame and self._is_repeated(prints.frame):
            rows = rows[:0]
        self.counts.repeated += len(prints.rows) - len(rows)
        if not len(rows):
            return rows, (), False
        has_hole = self._is_broken
        if ids:
            has_hole |= self._last_id >= 0 and ids[0] != self._last_id + 1
            self._last_id = ids[-1]
        self._is_broken = False
        self.counts.passed += len(rows)
        self.counts.holes += has_hole
        return rows, ids, has_hole

    def on_lost(self) -> None:
        """The connection is gone: prints may be missing before the next one, if no ids tell."""
        self._is_broken |= self.counts.passed > 0 and self._last_id < 0

    def on_thrown_away(self) -> None:
        """Prints that had passed were thrown away: the next one comes after a hole."""
        self._is_broken = True

    def _is_repeated(self, frame: bytes) -> bool:
        if frame in self._frames:
            return True
        self._frames[frame] = None
        if len(self._frames) > MOST_FRAMES:
            del self._frames[next(iter(self._frames))]
        return False
