"""All trades of a stretch of time, page by page, in order and each once.

Where a venue counts its trades, pages follow the count, and a number that is missing is asked for again.
Where it does not, pages are windows of time, halved until their trades fit into one answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np

from tools.domain.clock import iso
from tools.domain.errors import BadInput
from tools.market.history.prints import Page
from tools.market.history.source import Source
from tools.market.history.spans import Span
from tools.market.history.timeframes import HOUR_MS

NS_A_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Last:
    """A trade that is there already: its id, and its stamp (ms)."""

    id: int
    ms: int


@dataclass(slots=True)
class PageFaults:
    """What was wrong with the pages.

    Attributes:
        holes: Ids (or ms) of trades the venue does not have, from and up to.
        duplicates: Trades that came twice.
        refilled: Trades that came only when asked for again.
    """

    holes: list[Span] = field(default_factory=list)
    duplicates: int = 0
    refilled: int = 0


def pages(
    source: Source, symbol: str, window: Span, last: Last | None, faults: PageFaults
) -> AsyncIterator[tuple[Page, int]]:
    """The trades of ``window`` (ms), each page with the moment up to which all is known.

    Args:
        source: Where from.
        symbol: Whose.
        window: From and up to; its end is in the venue's past.
        last: The trade after which to go on, where it is known.
        faults: Is told what went wrong.

    Raises:
        BadInput: The venue does not know ``last``: it is another venue's.
    """
    if source.dialect.has_trade_ids:
        return _by_id(source, symbol, window, last, faults)
    return _by_time(source, symbol, window, faults)


async def _by_id(
    source: Source, symbol: str, window: Span, last: Last | None, faults: PageFaults
) -> AsyncIterator[tuple[Page, int]]:
    wanted = last.id + 1 if last is not None else await _first_id(source, symbol, window)
    while wanted is not None:
        told = await source.trades_from(symbol, wanted if last is None else last.id)
        if last is not None:
            told, last = _after(last, symbol, told), None
        page = told.cut(told.ids >= wanted)
        faults.duplicates += len(told.ids) - len(page.ids)
        page = await _refilled(source, symbol, wanted, page, faults)
        stamps = page.events["ts_event"] // NS_A_MS
        is_later = np.maximum.accumulate(stamps) >= window[1]
        is_over = not told.is_full or bool(is_later.any())
        kept = page.cut(~is_later)
        faults.holes += _gaps(wanted, kept)  # one at the window's end is for whoever goes on from there
        yield kept, window[1] if is_over else int(stamps.max(initial=window[0]))
        wanted = None if is_over else int(page.ids[-1]) + 1


def _after(last: Last, symbol: str, page: Page) -> Page:
    """``page`` without ``last``, which it begins with."""
    is_last = (page.ids == last.id) & (page.events["ts_event"] // NS_A_MS == last.ms)
    if not is_last.any():
        raise BadInput(
            f"{symbol}: the files end with trade {last.id} of {iso(last.ms * NS_A_MS)}, which the venue does "
            "not know; expected the venue they came from, or another --out"
        )
    return page.cut(~is_last)


async def _first_id(source: Source, symbol: str, window: Span) -> int | None:
    for start in range(window[0], window[1], HOUR_MS):
        page = await source.trades_in(symbol, (start, min(start + HOUR_MS, window[1])), 1)
        if len(page.ids):
            return int(page.ids[0])
    return None


async def _refilled(source: Source, symbol: str, wanted: int, page: Page, faults: PageFaults) -> Page:
    """``page`` with the numbers between ``wanted`` and its end that the venue has after all."""
    for first, end in _gaps(wanted, page):
        again = await source.trades_from(symbol, first, min(end - first, source.dialect.trade_rows))
        found = again.cut((again.ids >= first) & (again.ids < end))
        faults.refilled += len(found.ids)
        page = _merged(page, found)
    return page


def _gaps(wanted: int, page: Page) -> list[Span]:
    """Runs of numbers from ``wanted`` on that are not in ``page``, up to its last."""
    before = np.concatenate([[wanted - 1], page.ids[:-1]])[: len(page.ids)]
    at = np.flatnonzero(page.ids - before > 1)
    return [(int(before[row]) + 1, int(page.ids[row])) for row in at]


def _merged(page: Page, more: Page) -> Page:
    ids = np.concatenate([page.ids, more.ids])
    order = np.argsort(ids, kind="stable")
    return Page(np.concatenate([page.events, more.events])[order], ids[order], page.is_full)


async def _by_time(
    source: Source, symbol: str, window: Span, faults: PageFaults
) -> AsyncIterator[tuple[Page, int]]:
    at, length = window[0], HOUR_MS
    while at < window[1]:
        end = min(at + length, window[1])
        page = await source.trades_in(symbol, (at, end))
        if page.is_full and end - at > 1:
            length = max(1, (end - at) // 2)
            continue
        if page.is_full:
            faults.holes.append((at, end))  # there may be more in this one millisecond
        yield page, end
        at = end
        if len(page.ids) < source.dialect.trade_rows // 3:
            length = min(HOUR_MS, 2 * length)
