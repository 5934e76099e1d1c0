"""A slow, thin market made by hand for hours of candles, and the downloads that lie before it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.support.tapes import book_message, print_event
from tools.domain.market import NANOS, UNITS
from tools.market.candles import TIMEFRAMES
from tools.market.events import PRINT, Events, merge
from tools.market.history.candle_file import CandleFile
from tools.market.history.candles import CANDLE, Candles

CENT = UNITS // 100
SPAN_NS = 300 * NANOS
GRID_NS = 1_723_161_600 * NANOS  # 2024-08-09 00:00:00 UTC: on the grid of every timeframe
BASE = 10_000  # cents, the price the market stands at


def ticking(start: int, seconds: int, *, every: int = 5, seed: int = 1) -> Events:
    """A book around ``BASE`` with a message a second and a print ``every`` so many, from ``start`` ns on.

    Prices wander by a few cents, so that candles have a height.
    """
    rng = np.random.default_rng(seed)
    mids = BASE + np.cumsum(rng.integers(-1, 2, seconds))
    books, prints = [], []
    for i, mid in enumerate(mids.tolist()):
        ts = start + i * NANOS
        sizes = rng.integers(1_000, 9_000, 6) * (UNITS // 100)
        levels = [(1, (mid - 1 - k) * CENT, int(sizes[k])) for k in range(3)]
        levels += [(-1, (mid + 1 + k) * CENT, int(sizes[3 + k])) for k in range(3)]
        books.append(book_message(ts, levels, is_snapshot=True))
        if i % every == 0:
            side = int(rng.choice([-1, 1]))
            size = int(rng.integers(1, 50)) * UNITS // 100
            prints.append(print_event(ts + NANOS // 2, side, (mid + side) * CENT, size))
    return merge(np.concatenate(books), np.concatenate(prints))


def rising(n: int, end_ns: int, *, timeframe: str = "5m", step: float = 0.004) -> Candles:
    """``n`` candles that rise by ``step`` each to just below ``BASE``; the last closes at ``end_ns``."""
    span_us = TIMEFRAMES[timeframe].span_ms * 1_000
    found = np.zeros(n, CANDLE)
    found["open_time"] = end_ns // 1_000 - span_us * np.arange(n, 0, -1)
    found["close"] = BASE / 100 * np.exp(-step * np.arange(n, 0, -1))
    found["open"] = found["close"] * np.exp(-step)
    found["high"], found["low"] = found["close"] * 1.001, found["open"] * 0.999
    found["volume"] = 10.0
    return found


def downloaded(
    home: Path, candles: Candles, *, venue: str = "binance", symbol: str = "COINEUR", timeframe: str = "5m"
) -> Path:
    """Write ``candles`` where ``keeper download candles`` does."""
    path = home / "history" / venue / f"{symbol}-{timeframe}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = CandleFile(path, venue, symbol, TIMEFRAMES[timeframe])
    file.add(candles)
    file.save()
    return path


def by_hand(events: Events, first: int, spans: int) -> list[tuple[int, float, float, float, float, float]]:
    """The first ``spans`` candles from ``first`` ns on of the prints of ``events``, by plain Python."""
    rows: list[tuple[int, float, float, float, float, float]] = []
    prints = [one for one in events if one["kind"] == PRINT]
    close = 0.0
    for start in range(first, first + spans * SPAN_NS, SPAN_NS):
        inside = [one for one in prints if start <= int(one["ts_event"]) < start + SPAN_NS]
        prices = [int(one["price"]) / UNITS for one in inside] or [close]
        close = prices[-1]
        volume = sum(int(one["size"]) for one in inside) / UNITS
        rows.append((start // 1_000, prices[0], max(prices), min(prices), close, volume))
    return rows
