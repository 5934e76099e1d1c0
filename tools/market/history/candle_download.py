"""Candles of one symbol, from where the file ends to where the question ends.

Each question is a window that one answer can hold, so that what the answer lacks, the venue lacks. It is
asked once more all the same before a hole is called an outage; nothing is filled in from the neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.domain.errors import BadInput
from tools.market.history.candle_file import CandleFile
from tools.market.history.candles import MICROS, Candles
from tools.market.history.source import Source
from tools.market.history.spans import Span
from tools.market.history.watching import Watcher

SAVE_EVERY = 10  # answers, or a twentieth of the file: what a kill can cost


@dataclass(slots=True)
class CandleCounts:
    """What one download did to a file."""

    new: int = 0
    filled: int = 0  # of these, found only when asked again


async def download_candles(
    source: Source, file: CandleFile, since: int | None, until: int, watcher: Watcher
) -> CandleCounts:
    """Bring ``file`` up to what the venue has from ``since`` (ms; None: from the first) to ``until``.

    ``until`` is in the past. What was fetched is saved, also where this is broken off.

    Raises:
        VenueUnreachable: The venue stopped answering.
        VenueRefused: It refused.
        StoreUnusable: The disk does not take the file.
        BadInput: The venue tells the file's last candle otherwise: it is another venue's.
    """
    counts = CandleCounts()
    if file.first_day is None:
        file.first_day = await source.first_day(file.symbol, until)
    if file.first_day is None:
        watcher.begin(file.symbol, 0)
        return counts
    start = file.timeframe.up(max(file.first_day, since or 0))
    missing = file.covered.missing(start, max(start, file.timeframe.down(until)))
    if missing:
        await _refuse_another_venue(source, file, missing[-1][0])
    watcher.begin(file.symbol, sum(file.timeframe.count(span) for span in missing))
    unsaved = 0
    try:
        for window in _windows(missing, source.dialect.candle_rows * file.timeframe.span_ms):
            await _fetch(source, file, window, until, counts, watcher)
            unsaved += 1
            if unsaved >= max(SAVE_EVERY, len(file.candles) // (20 * source.dialect.candle_rows)):
                file.save()
                unsaved = 0
    finally:
        if unsaved or (file.duplicates and not missing):
            file.save()
    return counts


async def _refuse_another_venue(source: Source, file: CandleFile, start: int) -> None:
    """Compare the candle before ``start`` (ms), where the file has it, with what the venue says it was."""
    before = start - file.timeframe.span_ms
    known = _opening_at(file.candles, before)
    told = (
        _opening_at(await source.candles(file.symbol, file.timeframe, (before, start)), before)
        if len(known)
        else known
    )
    if known.tolist() != told.tolist():
        raise BadInput(
            f"{file.path}: its last candle is not the one the venue tells; expected the venue it came from, "
            "or another --out"
        )


def _opening_at(candles: Candles, ms: int) -> Candles:
    found: Candles = candles[candles["open_time"] == ms * MICROS]
    return found


def _settled(file: CandleFile, window: Span, until: int) -> Span:
    """``window`` without what is missing at its end, where that is the end of the question.

    A venue may be late with its newest candles; they are asked for again next time.
    """
    late = [hole for hole in file.holes(window) if hole[1] == window[1]]
    is_end = window[1] + file.timeframe.span_ms > until
    return (window[0], late[0][0]) if late and is_end else window


def _windows(spans: list[Span], length: int) -> list[Span]:
    return [(start, min(start + length, end)) for first, end in spans for start in range(first, end, length)]


async def _fetch(
    source: Source, file: CandleFile, window: Span, until: int, counts: CandleCounts, watcher: Watcher
) -> None:
    new = file.add(await source.candles(file.symbol, file.timeframe, window))
    for hole in file.holes(window):
        found = file.add(await source.candles(file.symbol, file.timeframe, hole))
        counts.filled += found
        new += found
    file.settle(_settled(file, window, until))
    counts.new += new
    watcher.advance(file.symbol, file.timeframe.count(window), new)
