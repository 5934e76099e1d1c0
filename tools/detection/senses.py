"""All senses of one symbol, fused: one pass over the events updates every detector.

The same kernels take a live batch of ten events and a recorded day. Nothing here looks
beyond the event it is given; what an event does to the state is in messages.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection import belief as be
from tools.detection import chains as ch
from tools.detection import departure as de
from tools.detection import maker as mk
from tools.detection import market_maker as mm
from tools.detection import spoof as sp
from tools.detection import trail as tr
from tools.detection.messages import apply_level, begin_message, end_message, take_print
from tools.detection.state import SOUND
from tools.features import flow as fl
from tools.features import outlook as ol
from tools.features import regime as rg
from tools.features.volatility import minute_return, realised_volatility
from tools.market.book import depth_top
from tools.market.events import BOOK, LAST, RESET
from tools.market.kernel import kernel
from tools.market.tape import window_stats

SECOND = 1_000_000_000
DAY = 86_400  # seconds
TOP = 5  # levels a side in the imbalance

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
    tr.pass_trail_second(s.trail, s.maker, s.sorting)
    ch.pass_chains_second(s.chains, s.flow.next_second)
    be.remember_belief(s, s.flow.next_second)


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
    out[16] = be.believed_size(s, belief)
    out[20] = rate
    out[21] = be.has_departed(s, ts)
    lower, upper = be.quoted_bounds(s, ts, prints, belief)
    if mm.is_range(lower, upper):
        out[17] = (upper - lower) / mid * 1e4
        out[18] = lower
        out[19] = upper
    return sound


@kernel
def evaluate_market(senses: npt.NDArray[np.void], ts: int, out: Reals) -> bool:
    """``evaluate`` of a market's senses, shape (1,): a row handed over from Python takes far longer."""
    return evaluate(senses[0], ts, out)
