"""Raw frames of one symbol as Binance and MEXC send them, and the book that every side starts from."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from ccxt.protobuf.mexc import PushDataV3ApiWrapper_pb2

SYMBOL, UNIFIED = "BTCUSDT", "BTC/USDT"
MS = 1_700_000_000_000
SIDE = 500  # levels a side in the book that all start from
STREAMS = ("depth 2", "depth 10", "depth 40", "trade")


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
