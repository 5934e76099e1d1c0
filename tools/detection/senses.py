"""All senses of one symbol, fused: one pass over the events updates every detector.

The same kernels take a live batch of ten events and a recorded day. Nothing here looks
beyond the event it is given.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection import belief as be
from tools.detection import departure as de
from tools.detection import evidence as ev
from tools.detection import maker as mk
from tools.detection import market_maker as mm
from tools.detection import orders as lo
from tools.detection import spoof as sp
from tools.detection.silence import tolerated_silence
from tools.detection.state import CROSSED, EMPTY, GAPPED, LOADING, SOUND
from tools.features import flow as fl
from tools.features import outlook as ol
from tools.features import path as pa
from tools.features import regime as rg
from tools.features.volatility import minute_return, realised_volatility
from tools.market.book import best_key, best_size, clear, common_divisor, depth_top, find, insert, remove
from tools.market.events import BOOK, GAP, LAST, RESET, SNAPSHOT
from tools.market.kernel import kernel
from tools.market.tape import add_print, classify, was_taken, window_stats

SECOND = 1_000_000_000
DAY = 86_400  # seconds
TOP = 5  # levels a side in the imbalance
ENDED_BY_PRINT_NS = SECOND  # a level that ended this soon after a print through it was filled

Reals = npt.NDArray[np.float64]


@kernel
def pass_second(s: Any) -> None:
    """Close the open second with the book as it stands, then age what forgets."""
    book = s.book
    mid = np.nan
    spread = np.nan
    if book.status == SOUND and book.best_bid > 0 and book.best_ask > 0:
        mid = (book.best_bid + book.best_ask) / 2e8
        spread = (book.best_ask - book.best_bid) / 1e8
    fl.close_row(s.flow, s.rows, mid, spread)
    rg.update_regime(s.regime, realised_volatility(s.flow, s.rows), minute_return(s.flow, s.rows))
    ol.pass_outlook_second(s.outlook, mid)
    mm.forget(s.histogram, s.watched, book.status == SOUND)
    mk.pass_maker_second(s.maker)
    de.pass_quiet_second(s.maker, s.sorting)


@kernel
def pass_time(s: Any, ts: int) -> None:
    """Let the seconds up to ``ts`` pass, second by second, so that it does not matter who asks when.

    Of a pause longer than a day only the last day passes.
    """
    flow = s.flow
    if flow.next_second == 0:
        fl.open_row(s.flow, s.rows)
        flow.next_second = (ts // SECOND + 1) * SECOND
        return
    if ts < flow.next_second:
        return
    behind = (ts - flow.next_second) // SECOND + 1
    if behind > DAY:
        flow.next_second += (behind - DAY) * SECOND
    while ts >= flow.next_second:
        pass_second(s)
        flow.next_second += SECOND


@kernel
def begin_message(s: Any, ts: int, flags: int) -> None:
    """First row of a book message: is it a fresh start, or did the feed fall silent too long?"""
    book = s.book
    book.in_message = 1
    if flags & RESET:
        clear(s.bids)
        clear(s.asks)
        book.status = LOADING
        book.resets += 1
    elif book.ts_book > 0:
        silence = ts - book.ts_book
        quiet = s.config.quiet_ns
        if quiet > 0 and book.status == SOUND and silence > tolerated_silence(book, quiet):
            book.status = GAPPED
            book.ts_broken = ts
            book.gaps += 1
        if book.messages == 1:
            book.interval = float(silence)
        else:
            book.interval += 0.02 * (silence - book.interval)


@kernel
def end_message(s: Any, ts: int) -> None:
    """Last row of a book message: the book is whole and may be judged."""
    book = s.book
    book.in_message = 0
    book.ts_book = ts
    book.messages += 1
    if s.orders.is_asked:
        lo.end_orders_message(s.orders, (s.bids, s.asks), ts, book.ts_event)
    bid = 0
    ask = 0
    bid_size = 0
    ask_size = 0
    if s.bids.count > 0:
        bid = best_key(s.bids)
        bid_size = best_size(s.bids)
    if s.asks.count > 0:
        ask = -best_key(s.asks)
        ask_size = best_size(s.asks)
    if book.status == LOADING:
        book.status = SOUND
    if book.status == SOUND and bid > 0 and ask > 0 and bid >= ask:
        book.status = CROSSED
        book.ts_broken = ts
        book.crossed += 1
    touched = (
        bid != book.best_bid or ask != book.best_ask or bid_size != book.bid_size or ask_size != book.ask_size
    )
    if touched:
        s.rows[s.flow.seconds & (fl.SECONDS - 1), fl.TOUCH] += 1.0
    book.best_bid = bid
    book.best_ask = ask
    book.bid_size = bid_size
    book.ask_size = ask_size
    book.near = np.int64(0.5 * (bid + ask) * s.config.touch_bps * 1e-4)
    if book.status != SOUND or bid <= 0 or ask <= 0:
        mk.lose_sight(s.maker)
    else:
        mk.measure_market(s.maker, 0.5 * (bid + ask), book.tick)
        mk.pair_message(s.maker, ts)
        pa.note_mid(s.path, ts, bid, ask)


@kernel
def level_added(s: Any, side: int, price: int, added: int) -> None:
    """An order of ``added`` units appeared near the touch."""
    value = (price * 1e-8) * (added * 1e-8)
    s.histogram[0 if side > 0 else 1, mm.size_bin(value)] += 1.0
    sp.learn_size(s.spoof, value)


@kernel
def level_ended(s: Any, side: int, price: int, size: int, birth: int, ts: int) -> None:
    """A level near the touch is gone: count its life, and judge it if no print took it."""
    if birth == 0:
        return
    lived = (ts - birth) * 1e-9
    row = s.flow.seconds & (fl.SECONDS - 1)
    s.rows[row, fl.LIFE_SUM] += lived
    s.rows[row, fl.LIFE_N] += 1.0
    config = s.config
    value = (price * 1e-8) * (size * 1e-8)
    if not sp.is_huge(s.spoof, value, config.spoof_ratio):
        return
    if was_taken(s.tape, s.ring, ts, ENDED_BY_PRINT_NS, side, price):
        return
    sp.judge_cancel(
        s.spoof,
        ts,
        lived,
        fl.touch_rate(s.flow, s.rows, 10),
        config.spoof_life_s,
        config.spoof_hz,
    )


@kernel
def level_changed(s: Any, ts: int, side: int, price: int, before: int, after: int) -> None:
    """Show the market-maker detector a change within its reach, unless a print explains it."""
    maker = s.maker
    if abs(price - maker.mid) > maker.reach:
        return
    has_gone = mk.note_level(maker, ts, side, price, after)
    if has_gone or after == 0 or after == before:
        return
    if after < before and was_taken(s.tape, s.ring, ts, mk.TAKEN_NS, side, price):
        return
    mk.note_placement(maker, ts, side, price, after - before, after)


@kernel
def infer_orders(s: Any, ts: int, key: int, before: int, after: int, flags: int) -> None:
    """Show the level orders a change, or what a snapshot says rests at the level."""
    if flags & SNAPSHOT or s.book.status == LOADING or s.book.status == EMPTY:
        lo.confirm_level(s.orders, key, after)
    elif not lo.note_row(s.orders, key, before, after):
        lo.judge_rows(s.orders, (s.bids, s.asks), ts, s.book.ts_event)


@kernel
def apply_level(s: Any, ts: int, side: int, price: int, size: int, flags: int) -> None:
    """Set the quantity at a price; near the touch the change is also an add or an end."""
    book = s.book
    key = price * side
    if side > 0:
        ladder = s.bids
        near = price >= book.best_bid - book.near
    else:
        ladder = s.asks
        near = price <= book.best_ask + book.near
    counted = near and book.status == SOUND and not flags & SNAPSHOT
    slot = find(ladder, key)
    if s.orders.is_asked:
        infer_orders(s, ts, key, ladder.sizes[slot] if slot >= 0 else 0, size, flags)
    if book.status == SOUND and not flags & SNAPSHOT:
        level_changed(s, ts, side, price, ladder.sizes[slot] if slot >= 0 else 0, size)
    if slot >= 0:
        before = ladder.sizes[slot]
        if size == 0:
            if counted:
                level_ended(s, side, price, before, ladder.births[slot], ts)
            remove(ladder, key)
        else:
            ladder.sizes[slot] = size
            if counted and size > before:
                level_added(s, side, price, size - before)
    elif size == 0:
        book.unknown_deletes += 1
    else:
        if book.tick == 0:
            book.tick = price
        elif price % book.tick != 0:
            book.tick = common_divisor(book.tick, price)
        insert(ladder, key, size, 0 if flags & SNAPSHOT else ts)
        if counted:
            level_added(s, side, price, size)


@kernel
def take_print(s: Any, ts: int, price: int, size: int, side: int, flags: int) -> None:
    """A public trade: remember it, with its aggressor inferred where the venue is silent."""
    book = s.book
    tape = s.tape
    if flags & GAP:
        tape.gaps += 1
        tape.ts_gap = ts
    if side == 0 and s.config.infer_aggressor:
        side = classify(price, book.best_bid, book.best_ask, tape.last_price, tape.last_side)
    if s.orders.is_asked:
        lo.note_print(s.orders, book.ts_event, price, size, side)
    add_print(s.tape, s.ring, ts, price, size, side)


@kernel
def sense(s: Any, event: Any) -> None:
    """Take one event in."""
    book = s.book
    ts = event.ts_init
    pass_time(s, ts)
    book.events += 1
    book.ts = ts
    book.ts_event = event.ts_event
    if event.kind == BOOK:
        if book.in_message == 0 or event.flags & RESET:
            begin_message(s, ts, event.flags)
        if event.side != 0:
            apply_level(s, ts, event.side, event.price, event.size, event.flags)
        if event.flags & LAST:
            end_message(s, ts)
    else:
        take_print(s, ts, event.price, event.size, event.side, event.flags)


@kernel
def is_sound(s: Any, ts: int) -> bool:
    """Whether the book may be used and the tape window has no hole."""
    book = s.book
    if book.status != SOUND or book.in_message != 0 or book.best_bid <= 0 or book.best_ask <= 0:
        return False
    hole = s.tape.ts_gap
    return bool(hole == 0 or ts - hole > s.config.window_ns)


@kernel
def evaluate(s: Any, ts: int, out: Reals) -> bool:
    """Every feature as of ``ts`` into ``out``, shape (len(FEATURES),); NaN is unavailable.

    Seconds that ended by ``ts`` are closed first, as the next event would have done; beyond
    that nothing changes, however often it is asked. Returns whether book and tape are sound.
    """
    pass_time(s, ts)
    for i in range(out.shape[0]):
        out[i] = np.nan
    book = s.book
    config = s.config
    sound = is_sound(s, ts)
    prints = window_stats(
        s.tape, s.ring, ts, config.window_ns, config.velocity_ns, config.large_quote, s.small
    )
    if config.track_tape:
        for i in range(4):
            out[6 + i] = s.small[i]
    out[4] = realised_volatility(s.flow, s.rows)
    if s.regime.current > 0:
        out[5] = float(s.regime.current)
    if book.status != SOUND or book.best_bid <= 0 or book.best_ask <= 0:
        return False
    mid = (book.best_bid + book.best_ask) / 2e8
    out[0] = mid
    out[1] = (book.best_ask - book.best_bid) * 1e-8 / mid * 1e4
    at_touch = book.bid_size + book.ask_size
    out[2] = (
        1e-8 * (book.best_bid * float(book.ask_size) + book.best_ask * float(book.bid_size)) / at_touch
        if at_touch > 0
        else np.nan
    )
    bid_depth = depth_top(s.bids, TOP)
    ask_depth = depth_top(s.asks, TOP)
    out[3] = (bid_depth - ask_depth) / (bid_depth + ask_depth) if bid_depth + ask_depth > 0 else np.nan
    if config.track_lifetimes:
        out[10] = fl.lifetime_mean(s.flow, s.rows, 60)
    out[11] = sp.faded(s.spoof, ts)
    out[12] = fl.spread_stability(s.flow, s.rows, 60)
    out[13] = fl.touch_rate(s.flow, s.rows, 10)
    if not config.detect_mm or not config.track_tape:
        return sound
    belief, rate = be.believe(s, ts)
    is_usual = np.isnan(rate) or config.rate_min <= rate <= config.rate_max
    out[14] = 1.0 if belief >= config.min_confidence and is_usual else 0.0
    out[15] = belief
    out[16] = ev.usual_size(s.maker, s.sorting)
    out[20] = rate
    out[21] = de.departed(s.maker, ts, s.sorting, s.departure)
    lower, upper = be.quoted_bounds(s, ts, prints, belief)
    if mm.is_range(lower, upper):
        out[17] = (upper - lower) / mid * 1e4
        out[18] = lower
        out[19] = upper
    return sound
