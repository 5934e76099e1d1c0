"""The one event layout: book rows and prints in a single array, with two clocks.

``ts_init`` (receiver) orders the stream and is what decisions are stamped with;
``ts_event`` (venue) is kept apart because the two clocks may disagree by seconds.
Rows of one book message share both stamps; only its last row carries ``LAST``, and a book
may be judged only there.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

BOOK = 0
PRINT = 1

SNAPSHOT = 1  # row belongs to a snapshot
RESET = 2  # first row of a snapshot run: the book is emptied before it
LAST = 4  # last row of its message: the book is whole again
GAP = 8  # something is missing before this event (a hole in trade ids)

EVENT = np.dtype(
    [
        ("ts_event", np.int64),  # ns UTC, venue clock
        ("ts_init", np.int64),  # ns UTC, receiver clock
        ("price", np.int64),  # units of 1e-8 quote per base
        ("size", np.int64),  # units of 1e-8 base; a book row's new absolute quantity
        ("kind", np.int8),  # BOOK or PRINT
        ("side", np.int8),  # book: +1 bid, -1 ask; print: aggressor, 0 unknown
        ("flags", np.int16),  # SNAPSHOT | RESET | LAST | GAP
    ],
    align=True,
)

Events: TypeAlias = npt.NDArray[np.void]

PACKED = np.dtype([(name, EVENT[name]) for name in EVENT.names or ()])  # without the gaps of alignment


def merge(book: Events, prints: Events) -> Events:
    """Both streams in the order they were received, shape (n_book + n_prints,).

    At equal ``ts_init`` prints come first: the print is what changed the book. Each input
    must already be ordered by ``ts_init``.
    """
    joined = np.concatenate([prints, book])
    return joined[np.argsort(joined["ts_init"], kind="stable")]


def shift(events: Events, offset_ns: int) -> Events:
    """A copy of ``events`` with both clocks moved by ``offset_ns``."""
    moved = events.copy()
    moved["ts_event"] += offset_ns
    moved["ts_init"] += offset_ns
    return moved


def event_bytes(events: Events) -> bytes:
    """``events`` as bytes that depend on their values alone, for a hash of what was seen."""
    return events.astype(PACKED).tobytes()
