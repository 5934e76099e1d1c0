"""Frames as Binance and MEXC send them, made from plain numbers for tests."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec
from ccxt.protobuf.mexc import PushDataV3ApiWrapper_pb2

from tools.market.events import Events

Levels = Mapping[tuple[int, int], int]  # (side, price) to size, units of 1e-8
Level = tuple[int, int, int]  # side, price, size


def text(amount: int) -> str:
    """Units of 1e-8 as a venue writes them."""
    return f"{Decimal(amount).scaleb(-8):f}"


def side_of(levels: Iterable[Level], side: int) -> list[list[str]]:
    return [[text(price), text(size)] for own, price, size in levels if own == side]


def binance_depth(
    symbol: str, first: int, last: int, levels: Iterable[Level], *, ms: int = 1, before: int | None = None
) -> bytes:
    levels = list(levels)
    body = {"e": "depthUpdate", "E": ms, "s": symbol, "U": first, "u": last}
    sides = {"b": side_of(levels, 1), "a": side_of(levels, -1)}
    return msgspec.json.encode({**body, **sides} | ({} if before is None else {"T": ms, "pu": before}))


def binance_trade(
    symbol: str, number: int, price: int, size: int, *, sold: bool = False, ms: int = 1
) -> bytes:
    body = {"e": "trade", "E": ms, "s": symbol, "t": number, "p": text(price), "q": text(size), "T": ms}
    return msgspec.json.encode({**body, "m": sold, "M": True})


def combined(stream: str, frame: bytes) -> bytes:
    return msgspec.json.encode({"stream": stream, "data": msgspec.Raw(frame)})


def book_body(last: int, levels: Levels) -> bytes:
    rows = [(side, price, size) for (side, price), size in levels.items()]
    return msgspec.json.encode({"lastUpdateId": last, "bids": side_of(rows, 1), "asks": side_of(rows, -1)})


def mexc_depth(symbol: str, first: int, last: int, levels: Iterable[Level], *, ms: int = 1) -> bytes:
    channel = f"spot@public.aggre.depth.v3.api.pb@100ms@{symbol}"
    push = PushDataV3ApiWrapper_pb2.PushDataV3ApiWrapper(channel=channel, symbol=symbol, sendTime=ms)
    for side, price, size in levels:
        items = push.publicAggreDepths.bids if side > 0 else push.publicAggreDepths.asks
        items.add(price=text(price), quantity=text(size))
    push.publicAggreDepths.fromVersion, push.publicAggreDepths.toVersion = str(first), str(last)
    return bytes(push.SerializeToString())


def mexc_deals(symbol: str, deals: Iterable[tuple[int, int, int]], *, ms: int = 1) -> bytes:
    """Deals of (side, price, size)."""
    channel = f"spot@public.aggre.deals.v3.api.pb@100ms@{symbol}"
    push = PushDataV3ApiWrapper_pb2.PushDataV3ApiWrapper(channel=channel, symbol=symbol, sendTime=ms)
    for side, price, size in deals:
        push.publicAggreDeals.deals.add(
            price=text(price), quantity=text(size), tradeType=1 if side > 0 else 2, time=ms
        )
    return bytes(push.SerializeToString())


def levels_of(rows: Events) -> list[Level]:
    return [(int(row["side"]), int(row["price"]), int(row["size"])) for row in rows]
