"""What the venue shows to everyone: level changes by bucket and prints, as one array.

Rows have the fields of VIEW. ``price`` is in 1e-8 quote, ``size`` in 1e-8 base; a book row's
size is absolute, 0 is gone. A level that a bucket leaves as it was is not shown: a cancel and a
same replacement within one bucket are invisible. Nobody's name is in it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

NANOS = 1_000_000_000
BOOK = 0
PRINT = 1
SNAPSHOT = 1
RESET = 2
LAST = 4

VIEW = np.dtype(
    [
        ("ts_event", np.int64),  # ns UTC: end of the bucket; a print's own time
        ("ts_init", np.int64),  # ns UTC: arrival at a receiver
        ("price", np.int64),
        ("size", np.int64),
        ("kind", np.int8),  # BOOK or PRINT
        ("side", np.int8),  # +1 bid, -1 ask; print: aggressor
        ("flags", np.int16),  # SNAPSHOT | RESET | LAST
        ("first_update", np.int64),  # book: first and last update id of the message; print: its trade id
        ("last_update", np.int64),
    ],
    align=True,
)

View: TypeAlias = npt.NDArray[Any]
Rows: TypeAlias = npt.NDArray[np.int64]


def bucket_end(ts: Rows, period_ns: int) -> Rows:
    """The end of the bucket that each time falls into."""
    return np.asarray(-(-ts // period_ns) * period_ns, dtype=np.int64)


def level_rows(levels: Rows, period_ns: int) -> View:
    """Level changes (n, 5: ts, side, price, size, update) as one message a bucket."""
    ends = bucket_end(levels[:, 0], period_ns)
    order = np.lexsort((np.arange(len(levels)), ends, levels[:, 2], levels[:, 1]))
    rows, ends = levels[order], ends[order]
    level = np.r_[True, (rows[1:, 1] != rows[:-1, 1]) | (rows[1:, 2] != rows[:-1, 2])]
    final = np.r_[(ends[1:] != ends[:-1]) | level[1:], True]
    rows, ends = rows[final], ends[final]
    level = np.r_[True, (rows[1:, 1] != rows[:-1, 1]) | (rows[1:, 2] != rows[:-1, 2])]
    before = np.where(level, 0, np.r_[0, rows[:-1, 3]])
    shown = rows[:, 3] != before
    rows, ends = rows[shown], ends[shown]
    order = np.lexsort((rows[:, 2], rows[:, 1], ends))
    rows, ends = rows[order], ends[order]
    view = np.zeros(len(rows), VIEW)
    view["ts_event"] = ends
    view["price"], view["size"] = rows[:, 2], rows[:, 3]
    view["side"] = 1 - 2 * rows[:, 1]
    return view


def stamp_updates(view: View, levels: Rows, period_ns: int) -> None:
    """Give each message the update ids it covers, and mark its last row and the snapshot."""
    if not len(view):
        return
    new = np.r_[True, view["ts_event"][1:] != view["ts_event"][:-1]]
    last = np.r_[new[1:], True]
    ends = bucket_end(levels[:, 0], period_ns)
    upto = levels[np.searchsorted(ends, view["ts_event"], side="right") - 1, 4]
    previous = np.r_[levels[0, 4] - 1, upto[last][:-1]]
    view["last_update"] = upto
    view["first_update"] = previous[np.cumsum(new) - 1] + 1
    view["flags"] = np.where(last, LAST, 0)
    opening = view["ts_event"] == view["ts_event"][0]
    view["flags"][opening] |= SNAPSHOT
    view["flags"][0] |= RESET


def print_rows(prints: Rows) -> View:
    """Prints (n, 5: ts, aggressor, price, size, trade id)."""
    view = np.zeros(len(prints), VIEW)
    view["ts_event"] = prints[:, 0]
    view["kind"] = PRINT
    view["side"] = prints[:, 1]
    view["price"], view["size"] = prints[:, 2], prints[:, 3]
    view["first_update"] = view["last_update"] = prints[:, 4]
    view["flags"] = LAST
    return view


def public_view(levels: Rows, prints: Rows, period_ns: int, latency_ns: int = 20_000_000) -> View:
    """Both streams in order of arrival; at equal arrival prints come first, they changed the book."""
    book = level_rows(levels, period_ns)
    stamp_updates(book, levels, period_ns)
    book["ts_init"] = book["ts_event"] + latency_ns
    tape = print_rows(prints)
    tape["ts_init"] = bucket_end(prints[:, 0], period_ns) + latency_ns
    joined = np.concatenate([tape, book])
    order = np.argsort(joined["ts_init"], kind="stable")
    view = np.zeros(len(joined), VIEW)  # field by field, so that the padding is the same bytes, too
    for name in VIEW.names or ():
        view[name] = joined[name][order]
    return view
