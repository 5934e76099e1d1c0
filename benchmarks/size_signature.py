"""A plain market-maker detector: one order size that keeps coming back on both sides.

It sees a 100 ms feed and nothing else. In each window it looks for the log size at which adds
exceed their neighbourhood on both sides and come back after they went. The tiers of the venue
are calibrated against it, so it does not change: a new detector is a new file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from venue.public import BOOK, NANOS

Reals = npt.NDArray[np.float64]
Void = npt.NDArray[Any]

HALF_WIDTH = 0.1  # of a signature, in log size
NEIGHBOURHOOD = 0.5
STEP = 0.02
REPLENISH_NS = NANOS


def level_changes(view: Void) -> tuple[Void, npt.NDArray[np.int64]]:
    """Book rows and by how much each changed its level, in size units."""
    book = view[view["kind"] == BOOK]
    order = np.lexsort((book["ts_event"], book["price"], book["side"]))
    rows = book[order]
    same = (rows["price"][1:] == rows["price"][:-1]) & (rows["side"][1:] == rows["side"][:-1])
    change = rows["size"].copy()
    change[1:] -= np.where(same, rows["size"][:-1], 0)
    back = np.argsort(order, kind="stable")
    return book, change[back]


def traded(view: Void, book: Void, period_ns: int) -> npt.NDArray[np.int64]:
    """What prints took from each book row's level in its bucket, in size units."""
    taken: dict[tuple[int, int, int], int] = {}
    prints = view[view["kind"] != BOOK]
    bucket = (prints["ts_event"] + period_ns - 1) // period_ns * period_ns
    for t, side, price, size in zip(
        bucket.tolist(),
        prints["side"].tolist(),
        prints["price"].tolist(),
        prints["size"].tolist(),
        strict=True,
    ):
        taken[t, -side, price] = taken.get((t, -side, price), 0) + size
    keys = zip(book["ts_event"].tolist(), book["side"].tolist(), book["price"].tolist(), strict=True)
    return np.array([taken.get(key, 0) for key in keys], dtype=np.int64)


def within(sorted_sizes: Reals, centres: Reals, half: float) -> Reals:
    """How many sizes lie within ``half`` of each centre."""
    low = np.searchsorted(sorted_sizes, centres - half)
    return (np.searchsorted(sorted_sizes, centres + half) - low).astype(np.float64)


def excess(sizes: Reals, centres: Reals) -> Reals:
    """By how many standard deviations adds at each centre exceed those around it."""
    ordered = np.sort(sizes)
    inner = within(ordered, centres, HALF_WIDTH)
    around = within(ordered, centres, NEIGHBOURHOOD) - inner
    expected = around * HALF_WIDTH / (NEIGHBOURHOOD - HALF_WIDTH)
    return np.asarray((inner - expected) / np.sqrt(expected + 1))


def replenishment(gone_ts: Reals, added_ts: Reals) -> float:
    """Share of the removals after which an add follows soon."""
    if not len(gone_ts) or not len(added_ts):
        return 0.0
    following = np.searchsorted(added_ts, gone_ts)
    gap = np.where(
        following < len(added_ts), added_ts[np.minimum(following, len(added_ts) - 1)] - gone_ts, np.inf
    )
    return float(np.mean(gap <= REPLENISH_NS))


def score(view: Void, start_ns: int, end_ns: int, period_ns: int = NANOS // 10) -> float:
    """How much a window looks as if a market maker quoted in it; 0 is not at all."""
    book, change = level_changes(view)
    added = change + traded(view, book, period_ns)
    inside = (book["ts_event"] > start_ns) & (book["ts_event"] <= end_ns)
    ts = book["ts_event"].astype(np.float64)
    quote = book["price"] * 1e-8 * 1e-8
    best = 0.0
    sides = []
    for side in (1, -1):
        mine = inside & (book["side"] == side)
        adds, goes = mine & (added > 0), mine & (change < 0)
        sides.append(
            (np.log(added[adds] * quote[adds]), ts[adds], np.log(-change[goes] * quote[goes]), ts[goes])
        )
    if any(len(side[0]) < 3 for side in sides):
        return best
    centres = np.arange(0.0, np.log(500.0), STEP)
    both = np.minimum(excess(sides[0][0], centres), excess(sides[1][0], centres))
    for i in np.argsort(-both)[:25]:
        if both[i] <= best:
            break
        shares = [
            replenishment(
                gone_ts[abs(gone - centres[i]) <= HALF_WIDTH], add_ts[abs(add - centres[i]) <= HALF_WIDTH]
            )
            for add, add_ts, gone, gone_ts in sides
        ]
        best = max(best, float(both[i]) * min(shares))
    return best
