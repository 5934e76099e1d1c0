"""The sender's log against the receiver's journal: was anything lost, repeated or marked without a word?

A book may skip changes only by being dropped and opened anew; prints may be missing only
before one that is marked. Everything else is unnoticed, and a fault of the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.loopback.books import VERSIONS
from benchmarks.loopback.log import Log
from benchmarks.loopback.plan import DEPTH, PRINT
from benchmarks.soak.journal import CHANGED, DROPPED_BOOK, OPENED, TRADED, Journal

Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Audit:
    """What became of the messages, over all symbols.

    Attributes:
        missing: Messages that were made and never handed out one by one.
        in_books: Of these, changes that a dropped book and its successor stand for.
        in_marked_holes: Of these, prints before a marked one.
        before_first: Of these, prints before the first that ever came: nobody can tell.
        unnoticed: Of these, all others.
        repeated: Handed out again, or behind a later one.
        false_marks: Prints marked although none is missing before them.
        opened: Books that were opened, as ``dropped``.
        marks: Prints marked.
        blind_s: Seconds without a book, summed over the symbols.
    """

    made: int = 0
    missing: int = 0
    in_books: int = 0
    in_marked_holes: int = 0
    before_first: int = 0
    unnoticed: int = 0
    repeated: int = 0
    false_marks: int = 0
    opened: int = 0
    dropped: int = 0
    marks: int = 0
    blind_s: float = 0.0


def audit(log: Log, journal: Journal, symbols: int) -> Audit:
    """Compare symbol by symbol; ``log`` row ``n`` is message ``n``."""
    found = Audit(made=len(log))
    for symbol in range(symbols):
        own = journal[journal["symbol"] == symbol]
        of_symbol = log["symbol"] == symbol
        changes = int((of_symbol & (log["kind"] == DEPTH)).sum())
        prints = int((of_symbol & (log["kind"] == PRINT)).sum())
        _audit_book(log, own[own["what"] != TRADED], changes, found)
        _audit_prints(log, own[own["what"] == TRADED], prints, found)
    return found


def _audit_book(log: Log, own: Journal, made: int, found: Audit) -> None:
    what, position = own["what"], _positions(log, own, VERSIONS)
    found.opened += int((what == OPENED).sum())
    found.dropped += int((what == DROPPED_BOOK).sum())
    is_change = what == CHANGED
    found.missing += made - len(np.unique(position[is_change]))
    at, has_book, blind_from = 0, False, -1
    for entry, here in zip(own.tolist(), position.tolist(), strict=True):
        ts, kind = entry[0], entry[2 + 1]
        if kind == DROPPED_BOOK:
            has_book, blind_from = False, ts
        elif kind == OPENED:
            found.unnoticed += has_book  # a book that replaces one which nobody called wrong
            found.in_books += max(0, here - at)
            found.blind_s += (ts - blind_from) / 1e9 if blind_from >= 0 else 0.0
            at, has_book = max(at, here), True
            base = here
        elif not has_book:
            found.unnoticed += 1
        elif here <= base:
            found.repeated += 1
        else:
            found.unnoticed += here - base - 1
            at, base = max(at, here), here
    if has_book:
        found.unnoticed += made - at  # the end of the stream
    else:
        found.in_books += made - at


def _audit_prints(log: Log, own: Journal, made: int, found: Audit) -> None:
    position, is_marked = _positions(log, own, 1), own["is_marked"] > 0
    found.marks += int(is_marked.sum())
    found.missing += made - len(np.unique(position))
    if not len(own):
        found.before_first += made
        return
    found.before_first += int(position[0]) - 1
    step = np.diff(position)
    holes, is_marked = np.maximum(step - 1, 0), is_marked[1:]
    found.in_marked_holes += int(holes[is_marked].sum())
    found.unnoticed += int(holes[~is_marked].sum()) + made - int(position.max())
    found.repeated += int((step <= 0).sum())
    found.false_marks += int((is_marked & (holes == 0)).sum())


def _positions(log: Log, own: Journal, step: int) -> Ints:
    """The place of each entry in its stream, the first message being 1; 0 for a book before any change."""
    numbers = own["number"]
    is_known = (numbers >= 0) & (numbers < len(log)) & (own["what"] != DROPPED_BOOK)
    place: Ints = np.where(is_known, log["last"][np.where(is_known, numbers, 0)] // step, 0)
    return place
