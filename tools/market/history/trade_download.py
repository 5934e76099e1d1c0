"""Trades of one symbol, whole UTC days, from where the files end to where the question ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from tools.market.history.prints import Page
from tools.market.history.source import Source
from tools.market.history.spans import Span
from tools.market.history.timeframes import DAY_MS
from tools.market.history.trade_pages import NS_A_MS, Last, PageFaults, pages
from tools.market.history.trade_store import Day, TradeStore
from tools.market.history.watching import Watcher


@dataclass(slots=True)
class TradeCounts:
    """What one download did to a folder."""

    new: int = 0
    rows: int = 0
    files: list[str] = field(default_factory=list)
    faults: PageFaults = field(default_factory=PageFaults)
    covered: Span = (0, 0)  # ms; from the question or the market's first day, up to the question's end
    holes: list[Span] = field(default_factory=list)  # of all days in question, also those found earlier


async def download_trades(
    source: Source, store: TradeStore, symbol: str, window: Span, watcher: Watcher
) -> TradeCounts:
    """Bring ``store`` up to what the venue has in ``window`` (ms), which starts with a day, in the past.

    What was fetched stays, also where this is broken off: the next download goes on with it.

    Raises:
        VenueUnreachable: The venue stopped answering.
        VenueRefused: It refused.
        StoreUnusable: The disk does not take the files.
    """
    counts = TradeCounts()
    first_day = await source.first_day(symbol, window[1]) if _is_unknown(store, window) else window[0]
    start = window[1] if first_day is None else max(window[0], first_day)
    counts.covered = (min(start, window[1]), window[1])
    watcher.begin(symbol, counts.covered[1] - counts.covered[0])
    for at in range(start, window[1], DAY_MS):
        await _download_day(source, store, symbol, (at, min(at + DAY_MS, window[1])), counts, watcher)
    return counts


def _is_unknown(store: TradeStore, window: Span) -> bool:
    """Whether the first day in question may lie before the market's own."""
    return window[0] not in store.days


async def _download_day(
    source: Source, store: TradeStore, symbol: str, window: Span, counts: TradeCounts, watcher: Watcher
) -> None:
    start, end = window
    day, file = store.day(start), store.file(start)
    if day.until < end or not file.path.exists():
        day = await _go_on(source, store, symbol, window, counts, watcher, day)
        store.record(start, day)
    else:
        watcher.advance(symbol, end - start, 0)
        if store.days.get(start) != day:
            store.record(start, day)
    counts.rows += day.rows
    counts.files.append(file.path.name)
    counts.holes += day.holes


async def _go_on(
    source: Source,
    store: TradeStore,
    symbol: str,
    window: Span,
    counts: TradeCounts,
    watcher: Watcher,
    day: Day,
) -> Day:
    """Add what is missing of a day and publish its file."""
    file = store.file(window[0])
    begun = file.begin(day.contents)
    known_until = max(window[0], begun.until or window[0])
    end = begun if begun.last_id is not None else store.before(window[0])
    last = None if end.last_id is None or end.last_ms is None else Last(end.last_id, end.last_ms)
    faults = PageFaults()
    first_id, rows, stamp, reached = begun.first_id, begun.rows, known_until * NS_A_MS, window[0]
    async for page, known in pages(source, symbol, (known_until, window[1]), last, faults):
        page = page.cut(page.ids > last.id) if last is not None else page
        page = in_order(page, stamp)
        file.add(page)
        if len(page.ids):
            first_id = int(page.ids[0]) if first_id is None else first_id
            last = Last(int(page.ids[-1]), int(page.events["ts_event"][-1]) // NS_A_MS)
            stamp = int(page.events["ts_init"][-1])
            rows += len(page.ids)
            counts.new += len(page.ids)
        watcher.advance(symbol, known - reached, len(page.ids))
        reached = known
    watcher.advance(symbol, window[1] - reached, 0)
    counts.faults.duplicates += faults.duplicates
    counts.faults.refilled += faults.refilled
    return Day(
        window[1],
        file.publish(),
        rows,
        first_id,
        None if last is None else last.id,
        None if last is None else last.ms,
        [*day.holes, *faults.holes],
    )


def in_order(page: Page, stamp: int) -> Page:
    """``page`` with receiver stamps that never run backwards, from ``stamp`` (ns) on.

    A venue counts its trades in the order in which they happened, and may stamp one a little before the one
    it follows; a recording is ordered by when its rows were received.
    """
    events = page.events.copy()
    events["ts_init"] = np.maximum(np.maximum.accumulate(events["ts_init"]), stamp)
    return replace(page, events=events)
