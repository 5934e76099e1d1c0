"""Every signal is followed on paper: would its entry have filled, and what came of it.

A follow waits for its fill under the same queue rule as an order, then runs over the whole
holding time, so that the excursions tell what other targets and stops would have done; the
result is fixed by whichever barrier was touched first (López de Prado 2018, triple barrier).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection.senses import tolerated_silence
from tools.execution.matching import eaten, is_whole
from tools.market.book import depth_at
from tools.market.kernel import kernel

FOLLOWS = 256

FREE, TRAVELLING, WAITING, OPEN, DONE = 0, 1, 2, 3, 4
PENDING, TARGET, STOPPED, TIMED_OUT, UNFILLED, CENSORED = 0, 1, 2, 3, 4, 5

FOLLOW = np.dtype(
    [
        ("state", np.int64),
        ("number", np.int64),
        ("result", np.int64),
        ("entry", np.int64),
        ("target", np.int64),
        ("stop", np.int64),
        ("remaining", np.int64),
        ("queue", np.int64),
        ("ts_active", np.int64),
        ("ts_withdraw", np.int64),
        ("hold_ns", np.int64),
        ("ts_entry", np.int64),
        ("ts_end", np.int64),
        ("highest", np.int64),
        ("lowest", np.int64),
        ("ts_target", np.int64),
        ("ts_stop", np.int64),
        ("exit", np.int64),
        ("ts_exit", np.int64),
    ],
    align=True,
)


@kernel
def finish(desk: Any, follow: Any, result: int, ts: int) -> None:
    """End a follow; a result fixed earlier by a touched barrier stands."""
    if follow.result == PENDING:
        follow.result = result
    follow.ts_end = ts
    follow.state = DONE
    desk.finished += 1


@kernel
def enter(follow: Any, ts: int, best_bid: int) -> None:
    """The entry is filled; excursions begin."""
    follow.state = OPEN
    follow.ts_entry = ts
    follow.highest = best_bid
    follow.lowest = best_bid


@kernel
def touch_target(follow: Any, ts: int) -> None:
    """The target would have been filled at its price."""
    follow.ts_target = ts
    if follow.result == PENDING:
        follow.result = TARGET
        follow.exit = follow.target
        follow.ts_exit = ts


@kernel
def is_blind(desk: Any, s: Any, ts: int) -> bool:
    """Whether nothing can be said at ``ts``: the book is broken or silent for too long."""
    if desk.is_sound == 0:
        return True
    quiet = s.config.quiet_ns
    return bool(quiet > 0 and ts - s.book.ts_book > tolerated_silence(s.book, quiet))


@kernel
def follows_before(desk: Any, s: Any, ts: int) -> None:
    """Before an event at ``ts``: arrivals, withdrawn entries and ends of holding times."""
    for k in range(FOLLOWS):
        follow = desk.follows[k]
        if follow.state == TRAVELLING and follow.ts_active <= ts and is_whole(s.book):
            follow.queue = depth_at(s.bids, follow.entry)
            follow.state = WAITING
            if s.book.best_ask > 0 and follow.entry >= s.book.best_ask:
                finish(desk, follow, UNFILLED, follow.ts_active)
        if (follow.state == WAITING or follow.state == TRAVELLING) and follow.ts_withdraw < ts:
            unseen = is_blind(desk, s, follow.ts_withdraw)
            finish(desk, follow, CENSORED if unseen else UNFILLED, follow.ts_withdraw)
        elif follow.state == OPEN and follow.ts_entry + follow.hold_ns < ts:
            end = follow.ts_entry + follow.hold_ns
            if follow.result == PENDING and is_blind(desk, s, end):
                finish(desk, follow, CENSORED, end)
            else:
                if follow.result == PENDING:
                    follow.exit = s.book.best_bid
                    follow.ts_exit = end
                finish(desk, follow, TIMED_OUT, end)


@kernel
def follows_on_print(desk: Any, s: Any, ts: int, price: int, size: int, side: int) -> None:
    """A print may fill a waiting entry or trade through an open target."""
    for k in range(FOLLOWS):
        follow = desk.follows[k]
        if follow.state == WAITING:
            left = eaten(1, follow.entry, follow.queue, price, size, side)
            if left > 0:
                follow.queue = 0
                follow.remaining -= min(left, follow.remaining)
                if follow.remaining == 0:
                    enter(follow, ts, s.book.best_bid)
            elif price == follow.entry and side <= 0:
                follow.queue = max(0, follow.queue - size)
        elif follow.state == OPEN and side >= 0 and price > follow.target and follow.ts_target == 0:
            touch_target(follow, ts)


@kernel
def follows_on_book(desk: Any, s: Any, ts: int) -> None:
    """A whole, sound book: queues, excursions on the exit side, target and stop."""
    bid = s.book.best_bid
    for k in range(FOLLOWS):
        follow = desk.follows[k]
        if follow.state == WAITING:
            if 0 < s.book.best_ask < follow.entry:
                enter(follow, ts, bid)
            else:
                follow.queue = min(follow.queue, depth_at(s.bids, follow.entry))
        elif follow.state == OPEN and bid > 0:
            follow.highest = max(follow.highest, bid)
            follow.lowest = min(follow.lowest, bid)
            if bid >= follow.target and follow.ts_target == 0:
                touch_target(follow, ts)
            if bid <= follow.stop and follow.ts_stop == 0:
                follow.ts_stop = ts
                if follow.result == PENDING:
                    follow.result = STOPPED
                    follow.exit = bid
                    follow.ts_exit = ts
