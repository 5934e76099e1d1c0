"""A feed of every event reduced to one that shows the book at the ends of buckets only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.market.events import BOOK, LAST, RESET, SNAPSHOT, Events, merge


def bucket_ends(stamps: npt.NDArray[np.int64], period_ns: int) -> npt.NDArray[np.int64]:
    """End of the bucket that each stamp lies in."""
    return -(-stamps // period_ns) * period_ns


def bucketed(events: Events, period_ns: int) -> Events:
    """``events`` whose book comes as one message a bucket, of the levels that differ from the last.

    The first bucket is a snapshot; prints stay as they are.
    """
    book = events[events["kind"] == BOOK].copy()
    ends = bucket_ends(book["ts_init"], period_ns)
    key = book["price"] * book["side"]
    order = np.lexsort((np.arange(len(book)), key, ends))
    is_last = np.append((np.diff(ends[order]) != 0) | (np.diff(key[order]) != 0), True)
    rows = book[order[is_last]]
    rows["ts_init"] = rows["ts_event"] = ends[order[is_last]]
    rows = rows[_differs(rows)]
    rows["flags"] = 0
    opening = rows["ts_init"] == rows["ts_init"][0]
    rows["flags"][opening] = SNAPSHOT
    rows["flags"][0] |= RESET
    rows["flags"][np.append(np.diff(rows["ts_init"]) != 0, True)] |= LAST
    return merge(rows, events[events["kind"] != BOOK])


def _differs(rows: Events) -> npt.NDArray[np.bool_]:
    held: dict[tuple[int, int], int] = {}
    out = np.zeros(len(rows), bool)
    for i, (side, price, size) in enumerate(rows[["side", "price", "size"]].tolist()):
        out[i] = held.get((side, price), 0) != size
        held[side, price] = size
    return out
