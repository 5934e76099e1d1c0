"""Every signal is followed on paper: would its entry have filled, and what came of it.

A follow is treated as its orders would be: the entry and the target wait in their queues,
everything takes its latency, a stop must outlive a flicker, and what is sold in haste is
sold at the bid of that later moment. The first barrier decides (López de Prado 2018, triple
barrier); excursions run over the whole holding time, whatever the result, and an entry that
came too late is watched on, so that another target or timeout can be judged afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection.silence import tolerated_silence
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
        ("size", np.int64),
        ("entry", np.int64),
        ("target", np.int64),
        ("stop", np.int64),
        ("remaining", np.int64),  # of the order that waits: the entry, then the target
        ("queue", np.int64),  # ahead of it
        ("ts_active", np.int64),
        ("ts_withdraw", np.int64),
        ("hold_ns", np.int64),
        ("ts_entry", np.int64),
        ("is_led", np.int64),  # it goes along with the market maker
        ("is_offered", np.int64),  # the target rests at the venue
        ("ts_offer", np.int64),  # when a target that was moved gets there; 0 is never moved
        ("ts_breach", np.int64),  # since when the bid is at or below the stop; 0 if it is not
        ("leaving", np.int64),  # the result of a sale under way
        ("ts_leave", np.int64),  # when that sale reaches the venue
        ("ts_end", np.int64),
        ("highest", np.int64),
        ("lowest", np.int64),
        ("ts_target", np.int64),  # first touch of the target by bid or fill
        ("ts_stop", np.int64),  # first touch of the stop by the bid
        ("exit", np.int64),
        ("ts_exit", np.int64),
        ("ts_forget", np.int64),  # until when an entry that came too late is watched for
        ("reach", np.int64),  # best price a sale was sure of before the stop would have acted
        ("ts_halt", np.int64),  # when the stop would have acted, whatever the result; 0 is never
        ("halt", np.int64),  # the bid then
        ("final", np.int64),  # the bid at the end of the holding time; 0 if it was not seen
    ],
    align=True,
)


@kernel
def finish(desk: Any, follow: Any, result: int, ts: int) -> None:
    """End a follow; a result fixed earlier by a barrier stands."""
    if follow.result == PENDING:
        follow.result = result
    follow.ts_end = ts
    follow.state = DONE
    desk.finished += 1


@kernel
def enter(follow: Any, ts: int, best_bid: int) -> None:
    """The entry is filled; excursions begin, and the target is on its way."""
    follow.state = OPEN
    follow.ts_entry = ts
    follow.remaining = follow.size
    follow.highest = best_bid
    follow.lowest = best_bid
    follow.reach = best_bid


@kernel
def sold(follow: Any, result: int, price: int, ts: int) -> None:
    """The position is closed."""
    follow.result = result
    follow.exit = price
    follow.ts_exit = ts


@kernel
def leave(desk: Any, follow: Any, result: int, ts: int) -> None:
    """Decide at ``ts`` to sell at the market: the target's cancel and the sale each take the latency."""
    follow.leaving = result
    follow.ts_leave = ts + 2 * desk.latency_ns


@kernel
def is_blind(desk: Any, s: Any, ts: int) -> bool:
    """Whether nothing can be said at ``ts``: the book is broken or silent for too long."""
    if desk.is_sound == 0:
        return True
    quiet = s.config.quiet_ns
    return bool(quiet > 0 and ts - s.book.ts_book > tolerated_silence(s.book, quiet))


@kernel
def withdraw(desk: Any, s: Any, follow: Any, ts: int) -> None:
    """The entry's time is up: it is unfilled, and watched on to see when it would have filled."""
    if follow.result == PENDING:
        if is_blind(desk, s, follow.ts_withdraw):
            finish(desk, follow, CENSORED, follow.ts_withdraw)
            return
        follow.result = UNFILLED
    end = max(follow.ts_withdraw, follow.ts_forget)
    if end < ts:
        finish(desk, follow, UNFILLED, end)


@kernel
def entry_before(desk: Any, s: Any, follow: Any, ts: int) -> None:
    """Arrival and withdrawal of an entry that has not filled."""
    if follow.state == TRAVELLING and follow.ts_active <= ts and is_whole(s.book):
        follow.queue = depth_at(s.bids, follow.entry)
        follow.state = WAITING
        if s.book.best_ask > 0 and follow.entry >= s.book.best_ask:
            finish(desk, follow, UNFILLED, follow.ts_active)
    if (follow.state == WAITING or follow.state == TRAVELLING) and follow.ts_withdraw < ts:
        withdraw(desk, s, follow, ts)


@kernel
def offer(desk: Any, s: Any, follow: Any, ts: int) -> None:
    """The target reaches the venue; one the bid has passed already is sold at the market."""
    if 0 < follow.target <= s.book.best_bid:
        follow.leaving = TARGET
        follow.ts_leave = ts + desk.latency_ns
    else:
        follow.queue = depth_at(s.asks, -follow.target)
    follow.is_offered = 1


@kernel
def halt_before(desk: Any, s: Any, follow: Any, ts: int, end: int) -> None:
    """Note where the stop would have acted, and what was bid when the holding time ended."""
    acts = follow.ts_breach + desk.dwell_ns
    if follow.ts_halt == 0 and follow.ts_breach > 0 and acts <= min(ts, end):
        follow.ts_halt = acts
        follow.halt = s.book.best_bid
    if follow.final == 0 and end < ts and not is_blind(desk, s, end):
        follow.final = s.book.best_bid


@kernel
def position_before(desk: Any, s: Any, follow: Any, ts: int) -> None:
    """What falls due of an open position: target, stop, end of the holding time, sale."""
    end = follow.ts_entry + follow.hold_ns
    if follow.result == PENDING:
        offered = max(follow.ts_entry + desk.latency_ns, follow.ts_offer)
        if follow.is_offered == 0 and follow.ts_leave == 0 and offered <= ts and is_whole(s.book):
            offer(desk, s, follow, max(offered, s.book.ts_book))
        if follow.ts_leave == 0 and follow.ts_breach > 0 and follow.ts_breach + desk.dwell_ns <= ts:
            leave(desk, follow, STOPPED, follow.ts_breach + desk.dwell_ns)
        if follow.ts_leave == 0 and end < ts:
            leave(desk, follow, TIMED_OUT, end)
        if 0 < follow.ts_leave <= ts:
            if is_blind(desk, s, follow.ts_leave):
                finish(desk, follow, CENSORED, max(end, follow.ts_leave))
            elif is_whole(s.book) and s.book.best_bid > 0:
                sold(follow, follow.leaving, s.book.best_bid, follow.ts_leave)
    halt_before(desk, s, follow, ts, end)
    if follow.state == OPEN and follow.result != PENDING and end < ts:
        finish(desk, follow, follow.result, max(end, follow.ts_exit))


@kernel
def follows_before(desk: Any, s: Any, ts: int) -> None:
    """Before an event at ``ts``: everything that fell due acts on the book as it stands."""
    for k in range(FOLLOWS):
        follow = desk.follows[k]
        if follow.state == OPEN:
            position_before(desk, s, follow, ts)
        elif follow.state != FREE and follow.state != DONE:
            entry_before(desk, s, follow, ts)


@kernel
def is_fillable(desk: Any, follow: Any, ts: int) -> bool:
    """Whether the target rests and has not been cancelled for a sale in haste."""
    if follow.result != PENDING or follow.is_offered == 0 or follow.leaving == TARGET:
        return False
    return bool(follow.ts_leave == 0 or ts < follow.ts_leave - desk.latency_ns)


@kernel
def follows_on_print(desk: Any, s: Any, ts: int, price: int, size: int, side: int) -> None:
    """A print eats the queue before a waiting entry or target, then it."""
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
        elif follow.state == OPEN:
            position_on_print(desk, s, follow, ts, price, size, side)


@kernel
def position_on_print(desk: Any, s: Any, follow: Any, ts: int, price: int, size: int, side: int) -> None:
    """A print above a price has bought whatever rested there; the target also has its queue."""
    if follow.ts_halt == 0 and side > 0 and ts <= follow.ts_entry + follow.hold_ns:
        follow.reach = max(follow.reach, price - 1)
    if is_fillable(desk, follow, ts):
        left = eaten(-1, follow.target, follow.queue, price, size, side)
        if left > 0:
            follow.queue = 0
            follow.remaining -= min(left, follow.remaining)
            if follow.remaining == 0:
                reach_target(follow, ts)
        elif price == follow.target and side >= 0:
            follow.queue = max(0, follow.queue - size)


@kernel
def reach_target(follow: Any, ts: int) -> None:
    """The target is filled."""
    if follow.ts_target == 0:
        follow.ts_target = ts
    if follow.ts_halt == 0:
        follow.reach = max(follow.reach, follow.target)
    sold(follow, TARGET, follow.target, ts)


@kernel
def move_offer(desk: Any, follow: Any, ts: int) -> None:
    """Offer it where the offers lead now: the cancel and the new order each take the latency."""
    if follow.target != desk.lead and is_fillable(desk, follow, ts) and follow.ts_leave == 0:
        follow.target = desk.lead
        follow.is_offered = 0
        follow.ts_offer = ts + 2 * desk.latency_ns


@kernel
def position_on_book(desk: Any, s: Any, follow: Any, ts: int) -> None:
    """Excursions on the exit side, first touches, the queue of the target, and the stop's breach."""
    bid = s.book.best_bid
    if ts <= follow.ts_entry + follow.hold_ns:
        follow.highest = max(follow.highest, bid)
        follow.lowest = min(follow.lowest, bid)
        if follow.ts_halt == 0:
            follow.reach = max(follow.reach, bid)
        if bid >= follow.target and follow.ts_target == 0:
            follow.ts_target = ts
        if bid <= follow.stop and follow.ts_stop == 0:
            follow.ts_stop = ts
    if is_fillable(desk, follow, ts):
        if bid > follow.target:
            reach_target(follow, ts)
        else:
            follow.queue = min(follow.queue, depth_at(s.asks, -follow.target))
    if bid > follow.stop:
        follow.ts_breach = 0
    elif follow.ts_breach == 0:
        follow.ts_breach = ts


@kernel
def follows_on_book(desk: Any, s: Any, ts: int) -> None:
    """A whole, sound book acts on every follow."""
    for k in range(FOLLOWS):
        follow = desk.follows[k]
        is_entering = follow.state == WAITING or follow.state == TRAVELLING
        if is_entering and follow.is_led == 1 and 0 < desk.near < follow.entry:
            follow.ts_withdraw = min(follow.ts_withdraw, ts + desk.latency_ns)
        if follow.state == WAITING:
            if 0 < s.book.best_ask < follow.entry:
                enter(follow, ts, s.book.best_bid)
            else:
                follow.queue = min(follow.queue, depth_at(s.bids, follow.entry))
        elif follow.state == OPEN and s.book.best_bid > 0:
            position_on_book(desk, s, follow, ts)
            if desk.lead > 0 and follow.is_led == 1:
                move_offer(desk, follow, ts)
