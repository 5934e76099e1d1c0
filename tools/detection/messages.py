"""Events into the senses' state: book messages row by row, prints, and what each shows the detectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection import chains as ch
from tools.detection import maker as mk
from tools.detection import market_maker as mm
from tools.detection import orders as lo
from tools.detection import spoof as sp
from tools.detection import spoofing as sg
from tools.detection import trail as tr
from tools.detection.silence import tolerated_silence
from tools.detection.state import CROSSED, EMPTY, GAPPED, LOADING, SOUND
from tools.features import flow as fl
from tools.features import path as pa
from tools.market.book import best_key, best_size, clear, common_divisor, find, insert, remove
from tools.market.events import GAP, RESET, SNAPSHOT
from tools.market.kernel import kernel
from tools.market.tape import add_print, classify, was_taken

ENDED_BY_PRINT_NS = 1_000_000_000  # a level that ended this soon after a print through it was filled


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
def judge_alerts(s: Any, ts: int) -> None:
    """Score what the message withdrew, while the touch before it is still known."""
    book = s.book
    bid = best_key(s.bids) if s.bids.count > 0 else 0
    ask = -best_key(s.asks) if s.asks.count > 0 else 0
    sg.judge_withdrawals(s.alerts, s.orders, (book.best_bid, book.best_ask), (bid, ask), ts, book.ts_event)


@kernel
def end_message(s: Any, ts: int) -> None:
    """Last row of a book message: the book is whole and may be judged."""
    book = s.book
    book.in_message = 0
    book.ts_book = ts
    book.messages += 1
    if s.orders.is_asked:
        lo.end_orders_message(s.orders, (s.bids, s.asks), ts, book.ts_event)
        if s.alerts.is_asked:
            judge_alerts(s, ts)
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
        tr.lose_trail(s.trail)
        ch.lose_chains(s.chains)
    else:
        mk.measure_market(s.maker, 0.5 * (bid + ask), book.tick)
        ch.grow_chains(s.chains, s.maker, ts)
        is_refresh = mk.pair_message(s.maker, ts)
        tr.follow_message(s.trail, s.maker, ts, is_refresh)
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
    i = 0 if side > 0 else 1
    has_gone = mk.note_level(maker, ts, side, price, after)
    is_followed = price == s.trail.price[i]
    is_placement = not has_gone and after != 0 and after != before
    is_loss = after < before and ch.is_remembered(s.chains, i, price)
    if not (is_followed or is_placement or is_loss):
        return
    is_taken = after < before and was_taken(s.tape, s.ring, ts, mk.TAKEN_NS, side, price)
    if is_followed:
        tr.note_trail_level(s.trail, ts, side, price, after, is_taken)
    if is_loss:
        ch.note_fall(s.chains, ts, i, price, before, after, is_taken)
    if not is_placement or is_taken:
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
