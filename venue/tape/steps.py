"""The files of a recording as steps: one print, or one message of the book, in order of receipt.

Rows of the book that share both stamps are one message; a run of snapshot rows is one, too. At
one instant prints come before the book, which they have changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from venue.tape.recording import Recording
from venue.tape.rows import BookRow, PrintRow, book_rows, print_rows


class Step(NamedTuple):
    """What is shown at once; ``local`` orders the steps of one recording."""

    local: int
    order: int  # 0 print, 1 book
    ts: int
    print: PrintRow | None = None
    changes: tuple[BookRow, ...] = ()

    @property
    def is_snapshot(self) -> bool:
        """Whether it replaces the book."""
        return bool(self.changes) and self.changes[0].is_snapshot


def steps(recording: Recording) -> Iterator[Step]:
    """Everything the files of a symbol hold."""
    for pair in recording.pairs:
        book = messages(book_rows(pair.book, pair.venue, pair.symbol))
        tape = (
            Step(row.local, 0, row.ts, print=row) for row in print_rows(pair.trades, pair.venue, pair.symbol)
        )
        yield from heapq.merge(tape, book, key=lambda step: step[:2])


def messages(rows: Iterable[BookRow]) -> Iterator[Step]:
    """Rows of a book gathered into messages."""
    held: list[BookRow] = []
    for row in rows:
        if held and not _belongs(held[-1], row):
            yield _message(held)
            held = []
        held.append(row)
    if held:
        yield _message(held)


def _belongs(before: BookRow, row: BookRow) -> bool:
    if before.is_snapshot or row.is_snapshot:
        return before.is_snapshot and row.is_snapshot
    return (before.ts, before.local) == (row.ts, row.local)


def _message(held: list[BookRow]) -> Step:
    last = held[-1]
    return Step(last.local, 1, last.ts, changes=tuple(held))
