"""Keeper's market-data path beside ccxt.pro's own and a bare decoder, message by message, in one run.

``python -m benchmarks.feed`` makes raw frames, gives the same bytes to every side in
alternating rounds and reports microseconds a message and ratios. No socket is opened: what a
socket costs is the same for all (both ccxt and Keeper read through aiohttp).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import ccxt.pro
import msgspec
import numpy as np
from ccxt.protobuf.mexc import PushDataV3ApiWrapper_pb2

from tools.detection.state import new_senses
from tools.domain.clock import SystemClock
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.instruments import instrument_for
from tools.market.lines import SymbolLine
from tools.market.wire.binance import BinanceWire
from tools.market.wire.messages import Depth, Prints, Snapshot, Wire
from tools.market.wire.mexc import MexcWire

SYMBOL, UNIFIED = "BTCUSDT", "BTC/USDT"
MS = 1_700_000_000_000
SIDE = 500  # levels a side in the book that all start from
STREAMS = ("depth 2", "depth 10", "depth 40", "trade")

Frames = Sequence[bytes]
Take = Callable[[bytes], None]


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


def price(level: int, side: int) -> str:
    """The price of a level, 0 next to the middle, as text with two decimals."""
    return f"{60_000 - 0.01 * side * (level + 1):.2f}"


def opening() -> tuple[list[list[str]], list[list[str]]]:
    """Bids and asks that every side starts from."""
    bids, asks = ([[price(level, side), "1.50000"] for level in range(SIDE)] for side in (1, -1))
    return bids, asks


def changes(rng: np.random.Generator, n: int) -> tuple[list[list[str]], list[list[str]]]:
    """``n`` changed levels, half a side; one in eight is removed."""
    sides = []
    for side in (1, -1):
        levels = rng.choice(np.arange(SIDE), n // 2, replace=False).tolist()
        sizes = rng.integers(0, 8, n // 2).tolist()
        sides.append(
            [[price(level, side), f"{size * 1.12345:.5f}"] for level, size in zip(levels, sizes, strict=True)]
        )
    return sides[0], sides[1]


def binance_frames(stream: str, n: int, rng: np.random.Generator) -> list[bytes]:
    """``n`` consecutive frames of a stream as Binance sends them."""
    kind, _, levels = stream.partition(" ")
    frames = []
    for i in range(n):
        if kind == "trade":
            body: dict[str, object] = {"e": "trade", "E": MS + i, "s": SYMBOL, "t": i + 1, "p": "60000.01"}
            body |= {"q": f"{1 + i % 7}.12300", "T": MS + i, "m": bool(i % 2), "M": True}
        else:
            bids, asks = changes(rng, int(levels))
            body = {
                "e": "depthUpdate",
                "E": MS + i,
                "s": SYMBOL,
                "U": 3 * i + 1,
                "u": 3 * i + 3,
                "b": bids,
                "a": asks,
            }
        frames.append(msgspec.json.encode(body))
    return frames


def mexc_frames(stream: str, n: int, rng: np.random.Generator) -> list[bytes]:
    """``n`` consecutive frames of a stream as MEXC sends them."""
    kind, _, levels = stream.partition(" ")
    frames = []
    for i in range(n):
        name = "deals" if kind == "trade" else "depth"
        channel = f"spot@public.aggre.{name}.v3.api.pb@100ms@{SYMBOL}"
        push: Any = PushDataV3ApiWrapper_pb2.PushDataV3ApiWrapper(
            channel=channel, symbol=SYMBOL, sendTime=MS + i
        )
        if kind == "trade":
            deal = push.publicAggreDeals.deals
            deal.add(price="60000.01", quantity=f"{1 + i % 7}.123", tradeType=1 + i % 2, time=MS + i)
        else:
            body = push.publicAggreDepths
            for side, items in zip(changes(rng, int(levels)), (body.bids, body.asks), strict=True):
                for at, size in side:
                    items.add(price=at, quantity=size)
            body.fromVersion, body.toVersion = str(3 * i + 1), str(3 * i + 3)
        frames.append(push.SerializeToString())
    return frames


def started_line(wire: Wire) -> SymbolLine:
    """A line whose book is sound at version 0."""
    bids, asks = opening()
    line = SymbolLine(SYMBOL, SystemClock())
    line.is_live = True
    found = wire.parse_snapshot(msgspec.json.encode({"lastUpdateId": 0, "bids": bids, "asks": asks}))
    assert isinstance(found, Snapshot)
    line.on_snapshot(found)
    return line


def keeper(wire: Wire, *, with_senses: bool) -> tuple[Take, SymbolLine, Any]:
    """Keeper: parse, check, stamp, fetch each message alone; with senses, also book and all features."""
    line = started_line(wire)
    senses = new_senses(instrument_for("binance", SYMBOL), default_parameters({}))
    first = line.take()
    assert first is not None
    sense_until(first.events, 0, int(first.events["ts_init"][-1]), senses)

    def take(frame: bytes) -> None:
        message = wire.parse(frame)
        if isinstance(message, Depth):
            line.on_depth(message)
        elif isinstance(message, Prints):
            line.on_prints(message)
        batch = line.take()
        if with_senses and batch is not None:
            sense_until(batch.events, 0, int(batch.events["ts_init"][-1]), senses)

    return take, line, senses


def ccxt_side(venue: str) -> tuple[Take, Any]:
    """The unmodified handlers of ccxt.pro: its client takes a frame in, its exchange keeps the book."""
    exchange = getattr(ccxt.pro, venue)()
    market = {
        "id": SYMBOL,
        "symbol": UNIFIED,
        "base": "BTC",
        "quote": "USDT",
        "baseId": "BTC",
        "quoteId": "USDT",
    }
    kind = {"type": "spot", "spot": True, "contract": False, "active": True}
    precision = {"precision": {"price": 0.01, "amount": 0.00001}}
    exchange.set_markets([exchange.safe_market_structure({**market, **kind, **precision})])
    client = exchange.client("ws://127.0.0.1/stream/ws/0" if venue == "binance" else "ws://127.0.0.1/ws")
    book = exchange.order_book({}, 1000)
    bids, asks = ([[float(at), float(size)] for at, size in side] for side in opening())
    book.reset({"bids": bids, "asks": asks, "nonce": 0, "timestamp": MS if venue == "binance" else None})
    book["symbol"] = UNIFIED
    exchange.orderbooks[UNIFIED] = book
    client.decompressBinary = venue == "binance"  # as each sets it for its own streams
    return client.handle_text_or_binary_message if venue == "mexc" else _as_text(client), exchange


def _as_text(client: Any) -> Take:
    def take(frame: bytes) -> None:
        client.handle_text_or_binary_message(frame.decode())  # the text that aiohttp hands to it

    return take


class _Binance(msgspec.Struct):
    e: str
    b: list[list[str]] = []
    a: list[list[str]] = []
    p: str = "0"
    q: str = "0"
    m: bool = False


def bare(venue: str) -> Take:
    """A decoder, floats and dictionaries; no check, no stamp, nothing kept for later."""
    sides: tuple[dict[float, float], dict[float, float]] = ({}, {})
    prints: list[tuple[float, float, bool]] = []

    def put(levels: dict[float, float], changed: Sequence[Sequence[str]]) -> None:
        for at, size in changed:
            if (left := float(size)) > 0:
                levels[float(at)] = left
            else:
                levels.pop(float(at), None)

    decode = msgspec.json.Decoder(_Binance).decode

    def take_json(frame: bytes) -> None:
        found = decode(frame)
        if found.e == "trade":
            prints.append((float(found.p), float(found.q), found.m))
        else:
            put(sides[0], found.b)
            put(sides[1], found.a)

    def take_proto(frame: bytes) -> None:
        push: Any = PushDataV3ApiWrapper_pb2.PushDataV3ApiWrapper()
        push.ParseFromString(frame)
        if push.HasField("publicAggreDeals"):
            prints.extend(
                (float(d.price), float(d.quantity), d.tradeType == 2) for d in push.publicAggreDeals.deals
            )
        else:
            for levels, items in zip(
                sides, (push.publicAggreDepths.bids, push.publicAggreDepths.asks), strict=True
            ):
                put(levels, [(item.price, item.quantity) for item in items])

    return take_json if venue == "binance" else take_proto


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


async def main() -> None:
    """Measure every stream of both venues and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    for venue in ("binance", "mexc"):
        for stream in STREAMS:
            rows.append(await measure(venue, stream, given.messages, given.rounds))  # noqa: PERF401 (in turn)
    if given.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    print("venue    stream    rows us  +senses us  ccxt us  bare us   ccxt/rows, ccxt/senses, bare/rows")
    for row in rows:
        parts = (row.ccxt_over_rows, row.ccxt_over_senses, row.bare_over_rows)
        spread = "   ".join(f"{mid:5.1f} ({low:.1f}-{high:.1f})".ljust(17) for mid, low, high in parts)
        figures = f"{row.rows_us:7.1f}  {row.senses_us:10.1f}  {row.ccxt_us:7.1f}  {row.bare_us:7.1f}"
        print(f"{row.venue:8s} {row.stream:9s} {figures}   {spread}")


if __name__ == "__main__":
    asyncio.run(main())
