"""The sides that are compared, each as a function that takes one frame in; no socket is open."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import ccxt.pro
import msgspec
from ccxt.protobuf.mexc import PushDataV3ApiWrapper_pb2

from benchmarks.feed.frames import MS, SYMBOL, UNIFIED, opening
from tools.detection.state import new_senses
from tools.domain.clock import SystemClock
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.instruments import instrument_for
from tools.market.lines import SymbolLine
from tools.market.wire.messages import Depth, Prints, Snapshot, Wire

Take = Callable[[bytes], None]


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


class BareFrame(msgspec.Struct):
    """What is read of a frame of Binance's."""

    e: str = ""
    E: int = 0
    s: str = ""
    b: list[list[str]] = []
    a: list[list[str]] = []
    p: str = "0"
    q: str = "0"
    m: bool = False


Sides = tuple[dict[float, float], dict[float, float]]


def bare_put(levels: dict[float, float], changed: Sequence[Sequence[str]]) -> None:
    """Change one side of a book."""
    for at, size in changed:
        if (left := float(size)) > 0:
            levels[float(at)] = left
        else:
            levels.pop(float(at), None)


def bare_take() -> Callable[[BareFrame], None]:
    """Floats and dictionaries; no check, no stamp, the last thousand prints kept."""
    sides: Sides = ({}, {})
    prints: deque[tuple[float, float, bool]] = deque(maxlen=1000)

    def take(found: BareFrame) -> None:
        if found.e == "trade":
            prints.append((float(found.p), float(found.q), found.m))
        else:
            bare_put(sides[0], found.b)
            bare_put(sides[1], found.a)

    return take


def parse_push(frame: bytes) -> Any:
    """A frame of MEXC's by the generated classes."""
    push: Any = PushDataV3ApiWrapper_pb2.PushDataV3ApiWrapper()
    push.ParseFromString(frame)
    return push


def bare_push() -> Callable[[Any], None]:
    """The same as ``bare_take`` for what the generated classes have parsed."""
    sides: Sides = ({}, {})
    prints: deque[tuple[float, float, bool]] = deque(maxlen=1000)

    def take(push: Any) -> None:
        if push.HasField("publicAggreDeals"):
            deals = push.publicAggreDeals.deals
            prints.extend((float(one.price), float(one.quantity), one.tradeType == 2) for one in deals)
        else:
            depths = push.publicAggreDepths
            for levels, items in zip(sides, (depths.bids, depths.asks), strict=True):
                bare_put(levels, [(item.price, item.quantity) for item in items])

    return take


def bare(venue: str) -> Take:
    """A decoder and the least behind it."""
    if venue == "mexc":
        take_push = bare_push()
        return lambda frame: take_push(parse_push(frame))
    decode, take = msgspec.json.Decoder(BareFrame).decode, bare_take()
    return lambda frame: take(decode(frame))
