"""Candles of a feed are the venue's own: downloads and prints of the same trades make one history."""

from pathlib import Path

import numpy as np

from tests.support.candle_histories import FIVE, download
from tests.support.histories import HOUR, SYMBOL, Past, in_time, past
from tests.support.tapes import event, print_event
from tools.domain.market import NANOS, to_units
from tools.market.candle_feed import CandleFeed
from tools.market.candles import TIMEFRAMES, CandleStore, rolled_up
from tools.market.events import BOOK, LAST, Events, merge
from tools.market.history.candle_file import CandleFile

NS_A_MS = 1_000_000


def events_of(venue: Past, start: int, end: int) -> Events:
    """Its trades from ``start`` to ``end`` (ms) as a feed shows them, with a book message a second."""
    rules = venue.market.words.rules
    prints = [
        print_event(
            trade.ms * NS_A_MS, 1, to_units(rules.price(trade.price)), to_units(rules.size(trade.size))
        )
        for trade in venue.market.prints.trades
        if start <= trade.ms < end
    ]
    ticks = range(start * NS_A_MS, end * NS_A_MS, NANOS)
    books = [event(ts_init=ts, kind=BOOK, flags=LAST) for ts in ticks]
    return merge(np.concatenate(books), np.concatenate(prints))


def test_what_is_downloaded_and_what_is_fed_make_one_history(tmp_path: Path) -> None:
    told: list[tuple[CandleFile, int, Events]] = []

    async def story() -> None:
        async with past(2 * HOUR) as venue, venue.source() as source:
            file, _, _ = await download(source, tmp_path, venue.now, frame=FIVE)
            middle = FIVE.down(venue.now - HOUR)
            told.append((file, middle, events_of(venue, middle, venue.now)))

    in_time(story)
    ((file, middle, events),) = told
    store, whole = CandleStore(), file.candles
    words = {"venue": "binance", "symbol": SYMBOL, "timeframe": "5m"}
    warmed = store.warm_from_file(file.path, **words, ts_now=middle * NS_A_MS)
    feed = CandleFeed(store, SYMBOL)
    feed.begin(events)
    index, end = 0, int(events["ts_init"][-1])
    while feed.next_look <= end:
        upto = int(np.searchsorted(events["ts_init"], feed.next_look, side="right"))
        feed.take(events[index:upto])
        index = upto
        feed.look(feed.next_look)
    made = store.ring(SYMBOL, "5m").window(end)
    assert warmed == int((whole["open_time"] < middle * 1_000).sum()) > 10
    assert feed.counts["made 5m"] == len(made) - warmed >= 10
    assert made.tolist() == whole[: len(made)].tolist()
    assert len(whole) - len(made) <= 1  # what closed in the last second is still to be looked at
    large = store.ring(SYMBOL, "30m").window(end)
    assert len(large) >= 1
    assert large.tolist() == rolled_up(made, FIVE, TIMEFRAMES["30m"])[-len(large) :].tolist()
