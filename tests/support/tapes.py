"""Small synthetic markets and the recordings of them, for tests that need a tape of their own."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np

from tools.domain.market import UNITS
from tools.market.events import BOOK, EVENT, GAP, LAST, PRINT, RESET, SNAPSHOT, Events, merge
from tools.market.tapes import TapeFiles
from tools.market.tardis_writer import write_recording

START_NS = 1_723_161_240_000_000_000  # 2024-08-08 23:54:00 UTC
BOOK_HEADER = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount"
TRADES_HEADER = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"


def event(**fields: Any) -> Events:
    """One event, shape (1,); what is not given is 0, the venue's stamp is the receiver's."""
    row = np.zeros(1, EVENT)
    for name, value in ({"ts_event": fields.get("ts_init", 0)} | fields).items():
        row[name] = value
    return row


def book_message(ts: int, levels: list[tuple[int, int, int]], *, is_snapshot: bool = False) -> Events:
    """One message of (side, price units, size units) rows, flagged as the reader flags it."""
    rows = np.concatenate([event(ts_init=ts, kind=BOOK, side=s, price=p, size=q) for s, p, q in levels])
    rows["flags"] = SNAPSHOT if is_snapshot else 0
    rows["flags"][0] |= RESET if is_snapshot else 0
    rows["flags"][-1] |= LAST
    return rows


def print_event(ts: int, side: int, price: int, size: int, *, after_gap: bool = False) -> Events:
    """One print, flagged as the reader flags it."""
    flags = LAST | (GAP if after_gap else 0)
    return event(ts_init=ts, kind=PRINT, side=side, price=price, size=size, flags=flags)


def synthetic_market(
    *, seed: int = 7, seconds: float = 30, start_ns: int = START_NS, tick: int = UNITS // 100, depth: int = 10
) -> Events:
    """A random walk with ``depth`` levels a side, ten book messages a second and prints at the touch.

    The book is whole and never crossed after each message; prints precede the change they made.
    """
    rng = np.random.default_rng(seed)
    mid = 60_000 * UNITS // tick
    levels = _levels(rng, mid, depth, tick)
    book = [book_message(start_ns, [(*key, size) for key, size in levels.items()], is_snapshot=True)]
    prints: list[Events] = []
    for step in range(1, int(seconds * 10)):
        ts = start_ns + step * 100_000_000
        for _ in range(rng.poisson(0.6)):
            side = int(rng.choice([-1, 1]))
            touch = [price for s, price in levels if s == -side]
            price = min(touch) if side > 0 else max(touch)
            prints.append(print_event(ts - 1_000_000, side, price, int(rng.integers(1, 50)) * UNITS // 1000))
        mid += int(rng.integers(-1, 2))
        drawn = _levels(rng, mid, depth, tick)
        fresh = {key: levels[key] if key in levels and rng.random() < 0.8 else drawn[key] for key in drawn}
        changes = [(*key, 0) for key in levels if key not in fresh]
        changes += [(*key, size) for key, size in fresh.items() if levels.get(key) != size]
        if changes:
            book.append(book_message(ts, changes))
        levels = fresh
    # a tape has at least one print, whatever the seed says
    prints = prints or [print_event(start_ns, 1, (mid + 1) * tick, UNITS // 1000)]
    return merge(np.concatenate(book), np.concatenate(prints))


def write_market(
    folder: Path, *, symbol: str = "BTCUSDT", venue: str = "binance", suffix: str = "csv.gz", **market: Any
) -> TapeFiles:
    """Write a ``synthetic_market`` as a recording into ``folder``."""
    return write_recording(folder, synthetic_market(**market), symbol=symbol, venue=venue, suffix=suffix)


def write_rows(path: Path, header: str, *rows: str) -> Path:
    """Write a CSV (gzip where the name says so) as it stands, right or wrong."""
    text = "".join(f"{line}\n" for line in (header, *rows)).encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.name.endswith(".gz") else text)
    return path


def _levels(rng: np.random.Generator, mid: int, depth: int, tick: int) -> dict[tuple[int, int], int]:
    sizes = rng.integers(1, 200, (2, depth)) * (UNITS // 1000)
    bids = {(1, (mid - 1 - i) * tick): int(sizes[0, i]) for i in range(depth)}
    return bids | {(-1, (mid + 1 + i) * tick): int(sizes[1, i]) for i in range(depth)}
