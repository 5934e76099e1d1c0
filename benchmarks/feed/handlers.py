"""Handlers alone: Keeper's market-data path beside ccxt.pro's own and a bare decoder, frame by frame.

The same bytes go to every side in alternating rounds; what comes out is microseconds a
message and ratios. No socket is opened: what a socket costs is the same for all (both ccxt
and Keeper read through aiohttp).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.feed.frames import STREAMS, UNIFIED, binance_frames, mexc_frames
from benchmarks.feed.sides import Take, bare, ccxt_side, keeper
from tools.market.lines import SymbolLine
from tools.market.wire.binance import BinanceWire
from tools.market.wire.messages import Wire
from tools.market.wire.mexc import MexcWire

Frames = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Row:
    """Microseconds a message of each side, medians; ratios to Keeper's rows as median, min, max."""

    venue: str
    stream: str
    messages: int
    rows_us: float
    senses_us: float
    ccxt_us: float
    bare_us: float
    ccxt_over_rows: tuple[float, float, float]
    ccxt_over_senses: tuple[float, float, float]
    bare_over_rows: tuple[float, float, float]


def timed(take: Take, frames: Frames) -> float:
    """Microseconds a message."""
    began = time.perf_counter()
    for frame in frames:
        take(frame)
    return (time.perf_counter() - began) / len(frames) * 1e6


def agree(line: SymbolLine, senses: Any, exchange: Any, stream: str, n: int) -> None:
    """Refuse to compare sides that did not do the same work on the same book."""
    book, theirs = senses[0]["book"], exchange.orderbooks[UNIFIED]
    assert [book["best_bid"] / 1e8, book["best_ask"] / 1e8] == [theirs["bids"][0][0], theirs["asks"][0][0]]
    if stream == "trade":
        assert line.prints.counts.passed == n
        assert len(exchange.trades[UNIFIED]) == min(n, 1000)
    else:
        assert line.book.version == 3 * n
        assert theirs["nonce"] == (3 * n if exchange.id == "binance" else 3 * n - 2)  # it keeps fromVersion


async def measure(venue: str, stream: str, n: int, rounds: int) -> Row:
    """One stream of one venue, all sides in turn in every round, each from the same opening book."""
    rng = np.random.default_rng(11)
    frames = (binance_frames if venue == "binance" else mexc_frames)(stream, n, rng)
    wire: Wire = BinanceWire() if venue == "binance" else MexcWire()
    times: dict[str, list[float]] = {"rows": [], "senses": [], "ccxt": [], "bare": []}
    for number in range(rounds + 1):
        rows, line, _ = keeper(wire, with_senses=False)
        full, _, senses = keeper(wire, with_senses=True)
        theirs, exchange = ccxt_side(venue)
        sides = {"rows": rows, "senses": full, "ccxt": theirs, "bare": bare(venue)}
        order = list(sides) if number % 2 else list(reversed(sides))
        taken = {name: timed(sides[name], frames) for name in order}
        agree(line, senses, exchange, stream, n)
        await exchange.close()
        if number:  # the first round warms caches and kernels
            for name, us in taken.items():
                times[name].append(us)
    middle = {name: statistics.median(us) for name, us in times.items()}
    return Row(
        venue,
        stream,
        n,
        middle["rows"],
        middle["senses"],
        middle["ccxt"],
        middle["bare"],
        ratios(times["ccxt"], times["rows"]),
        ratios(times["ccxt"], times["senses"]),
        ratios(times["bare"], times["rows"]),
    )


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> tuple[float, float, float]:
    """Median, smallest and greatest ratio of a round."""
    found = [a / b for a, b in zip(theirs, ours, strict=True)]
    return statistics.median(found), min(found), max(found)


async def measured(n: int, rounds: int) -> list[Row]:
    """Every stream of both venues."""
    return [await measure(venue, stream, n, rounds) for venue in ("binance", "mexc") for stream in STREAMS]


def table(rows: Sequence[Row]) -> str:
    """The figures for a reader."""
    lines = ["venue    stream    rows us  +senses us  ccxt us  bare us   ccxt/rows, ccxt/senses, bare/rows"]
    for row in rows:
        parts = (row.ccxt_over_rows, row.ccxt_over_senses, row.bare_over_rows)
        spread = "   ".join(f"{mid:5.1f} ({low:.1f}-{high:.1f})".ljust(17) for mid, low, high in parts)
        figures = f"{row.rows_us:7.1f}  {row.senses_us:10.1f}  {row.ccxt_us:7.1f}  {row.bare_us:7.1f}"
        lines.append(f"{row.venue:8s} {row.stream:9s} {figures}   {spread}")
    return "\n".join(lines)
