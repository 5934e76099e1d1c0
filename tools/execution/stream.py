"""One pass over the events: sense, match, follow, and stop where Python has something to do.

The loop returns at the first event that needs a decision, so a replay crosses from Python
to machine code only as often as something happens.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.belief import has_departed
from tools.detection.senses import evaluate, is_sound, sense
from tools.detection.state import SOUND
from tools.execution import following as fo
from tools.execution import matching as ma
from tools.execution.entry import GUARD_NS
from tools.execution.lead_prices import lead_price, middle_of_bounds
from tools.market.events import BOOK, LAST
from tools.market.kernel import kernel
from tools.signals.mm_range import CHECK_NS, RANGE, seek_entry

NOTICED, STOP_HIT, FOLLOWED, SIGNALLED, WAKE, DEPARTED = 1, 2, 4, 8, 16, 32

EXCURSION = np.dtype(
    [
        ("target", np.int64),  # of the position held; 0 is none
        ("stop", np.int64),
        ("highest", np.int64),  # bids seen while it is held
        ("lowest", np.int64),
        ("ts_target", np.int64),  # first touch by the bid; 0 is never
        ("ts_stop", np.int64),
    ],
    align=True,
)

DESK = np.dtype(
    [
        ("working", np.int64),  # orders not yet over
        ("following", np.int64),  # follows not yet collected
        ("noticed", np.int64),
        ("finished", np.int64),
        ("stop_price", np.int64),  # of the open long position; 0 is none
        ("ts_breach", np.int64),  # since when the bid is at or below it; 0 if it is not
        ("stop_hit", np.int64),
        ("maker_watched", np.int64),  # 1 while an entry counts on a market maker and has not heard it left
        ("latency_ns", np.int64),  # from sending an order to the venue acting
        ("dwell_ns", np.int64),  # a breach of the stop must outlive this: a re-quote flickers
        ("is_sound", np.int64),  # the book after its last message
        ("lead_ns", np.int64),  # from one move of the offers to the next; 0 where they stay
        ("lead_bps", np.float64),
        ("ts_lead", np.int64),
        ("lead", np.int64),  # where offers move with this message; 0 where they stay
        ("near_bps", np.float64),  # entries nearer to the maker's middle are withdrawn; 0 never
        ("ts_near", np.int64),
        ("near", np.float64),  # entries above are withdrawn with this message; 0 where none is
        ("plan", RANGE),
        ("held", EXCURSION),
        ("orders", ma.ORDER, (ma.ORDERS,)),
        ("notices", ma.NOTICE, (ma.NOTICES,)),
        ("follows", fo.FOLLOW, (fo.FOLLOWS,)),
    ],
    align=True,
)


@kernel
def judge_stop(desk: Any, ts: int) -> None:
    """A breach that has lasted until ``ts`` is a stop."""
    if desk.ts_breach > 0 and desk.stop_price > 0 and desk.ts_breach + desk.dwell_ns <= ts:
        desk.stop_price = 0
        desk.ts_breach = 0
        desk.stop_hit = 1


@kernel
def held_on_book(held: Any, ts: int, bid: int) -> None:
    """How far the bid went for and against the position held, and when it first touched a barrier."""
    held.highest = max(held.highest, bid)
    held.lowest = bid if held.lowest == 0 else min(held.lowest, bid)
    if held.ts_target == 0 and bid >= held.target:
        held.ts_target = ts
    if held.ts_stop == 0 and bid <= held.stop:
        held.ts_stop = ts


@kernel
def lead_follows(market: Any, desk: Any, ts: int) -> None:
    """Where follows move with this message, all at one time: looking takes longer than a message does."""
    desk.lead = 0
    desk.near = 0.0
    is_moving = desk.lead_ns > 0 and ts >= desk.ts_lead
    is_guarding = desk.near_bps > 0 and ts >= desk.ts_near
    if not is_moving and not is_guarding:
        return
    middle = middle_of_bounds(market, ts)
    if is_guarding:
        desk.ts_near = ts + GUARD_NS
        desk.near = 0.0 if np.isnan(middle) else middle * (1.0 - desk.near_bps * 1e-4)
    if is_moving:
        desk.ts_lead = ts + desk.lead_ns
        book, last = market.book, market.tape.last_price
        desk.lead = lead_price(book.best_bid, book.best_ask, last, book.tick, middle, desk.lead_bps)


@kernel
def on_book(market: Any, desk: Any, ts: int) -> None:
    """The book is whole: let it act on orders, follows and the stop."""
    if market.book.status != SOUND:
        return
    if desk.working > 0:
        ma.orders_on_book(desk, market, ts)
    if desk.following > 0:
        lead_follows(market, desk, ts)
        fo.follows_on_book(desk, market, ts)
    bid = market.book.best_bid
    if desk.held.target > 0 and bid > 0:
        held_on_book(desk.held, ts, bid)
    if desk.stop_price == 0 or bid > desk.stop_price:
        desk.ts_breach = 0
    elif bid > 0 and desk.ts_breach == 0:
        desk.ts_breach = ts
    judge_stop(desk, ts)


@kernel
def has_maker_left(market: Any, desk: Any, ts: int) -> bool:
    """Whether the book, now whole, shows for the first time that the watched market maker has left."""
    if desk.maker_watched == 0 or market.book.status != SOUND or not has_departed(market, ts) > 0:
        return False
    desk.maker_watched = 0
    return True


@kernel
def has_signal(market: Any, desk: Any, ts: int, features: npt.NDArray[np.float64]) -> bool:
    """Look for a candidate, at most once a second; features are evaluated only then."""
    plan = desk.plan
    if ts < plan.next_check:
        return False
    plan.next_check = ts + CHECK_NS
    if not evaluate(market, ts, features):
        return False
    return seek_entry(plan, ts, market.book, features)


@kernel
def take_event(market: Any, desk: Any, event: Any, features: npt.NDArray[np.float64]) -> int:
    """One event through everything; returns the reasons to stop for, 0 if none."""
    ts = event.ts_init
    if desk.working > 0:
        ma.orders_before(desk, market, ts)
    if desk.following > 0:
        fo.follows_before(desk, market, ts)
    judge_stop(desk, ts)
    sense(market, event)
    signalled = False
    departed = False
    if event.kind != BOOK:
        if desk.working > 0:
            ma.orders_on_print(desk, ts, event.price, event.size, market.tape.last_side)
        if desk.following > 0:
            fo.follows_on_print(desk, market, ts, event.price, event.size, market.tape.last_side)
    elif event.flags & LAST:
        desk.is_sound = 1 if is_sound(market, ts) else 0
        on_book(market, desk, ts)
        departed = has_maker_left(market, desk, ts)
        if desk.is_sound:
            signalled = has_signal(market, desk, ts, features)
    reasons = 0
    if desk.noticed > 0:
        reasons |= NOTICED
    if desk.stop_hit > 0:
        reasons |= STOP_HIT
    if desk.finished > 0:
        reasons |= FOLLOWED
    if signalled:
        reasons |= SIGNALLED
    if departed:
        reasons |= DEPARTED
    return reasons


@kernel
def advance(
    events: npt.NDArray[np.void],
    start: int,
    limit_ts: int,
    market: npt.NDArray[np.void],
    desk: npt.NDArray[np.void],
    features: npt.NDArray[np.float64],
) -> tuple[int, int]:
    """Take events from ``start`` until one needs attention or the next lies after ``limit_ts``.

    Returns the index of the next event to take and the reasons as bits: WAKE when only the
    limit stopped it, 0 when the events ran out.
    """
    m = market[0]
    d = desk[0]
    n = events.shape[0]
    i = start
    while i < n:
        event = events[i]
        if event.ts_init > limit_ts:
            return i, WAKE
        reasons = take_event(m, d, event, features)
        i += 1
        if reasons:
            return i, reasons
    return i, 0


@kernel
def sense_until(events: npt.NDArray[np.void], start: int, limit_ts: int, market: npt.NDArray[np.void]) -> int:
    """Only sense, up to and including ``limit_ts``; returns the index of the next event."""
    m = market[0]
    n = events.shape[0]
    i = start
    while i < n and events[i].ts_init <= limit_ts:
        sense(m, events[i])
        i += 1
    return i
