"""The pushes of MEXC's streams, field by field; amounts are texts, times milliseconds.

Field numbers are those of PushDataV3ApiWrapper and of the bodies it may hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from venue.mexc.proto import integer, message, text
from venue.serving.session import Packet

PRIVATE_ORDERS = 304
PRIVATE_DEALS = 306
PRIVATE_ACCOUNT = 307
KLINE = 308
DEPTHS = 313
DEALS = 314
BOOK_TICKER = 315

Levels = list[list[str]]


def push(channel: str, symbol: str, ms: int, body: tuple[int, bytes]) -> Packet:
    """A frame: which channel, whose, when it was sent, and what."""
    number, content = body
    head = text(1, channel) + text(3, symbol) + integer(6, ms)
    return Packet(head + message(number, content))


def depths(first: int, last: int, bids: Levels, asks: Levels, event: str) -> tuple[int, bytes]:
    """Levels that changed from version ``first`` to ``last``; a quantity of 0 removes one."""
    body = _levels(1, asks) + _levels(2, bids) + text(3, event)
    return DEPTHS, body + text(4, str(first)) + text(5, str(last))


def _levels(field: int, levels: Levels) -> bytes:
    return b"".join(message(field, text(1, price) + text(2, size)) for price, size in levels)


def deals(rows: Iterable[tuple[str, str, int, int]], event: str) -> tuple[int, bytes]:
    """Public trades as price, quantity, side of the taker (1 buys, 2 sells) and time."""
    body = b"".join(
        message(1, text(1, price) + text(2, size) + integer(3, side) + integer(4, ms))
        for price, size, side, ms in rows
    )
    return DEALS, body + text(2, event)


def book_ticker(bid: tuple[str, str], ask: tuple[str, str]) -> tuple[int, bytes]:
    """The best bid and ask, price and quantity each."""
    return BOOK_TICKER, text(1, bid[0]) + text(2, bid[1]) + text(3, ask[0]) + text(4, ask[1])


def kline(
    interval: str, start_s: int, end_s: int, ohlc: tuple[str, ...], sums: tuple[str, str]
) -> tuple[int, bytes]:
    """A candle: open, high, low and close; volume in base and in quote; its window in seconds."""
    opened, high, low, close = ohlc
    prices = text(3, opened) + text(4, close) + text(5, high) + text(6, low)
    head = text(1, interval) + integer(2, start_s)
    return KLINE, head + prices + text(7, sums[0]) + text(8, sums[1]) + integer(9, end_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One side of a trade, as its owner is told."""

    price: str
    size: str
    cost: str
    side: int
    is_maker: bool
    is_self_trade: bool
    trade_id: str
    client: str
    order_id: str
    fee: str
    fee_asset: str
    ms: int

    def body(self) -> tuple[int, bytes]:
        """As PrivateDealsV3Api."""
        parts = (
            text(1, self.price),
            text(2, self.size),
            text(3, self.cost),
            integer(4, self.side),
            integer(5, int(self.is_maker)),
            integer(6, int(self.is_self_trade)),
            text(7, self.trade_id),
            text(8, self.client),
            text(9, self.order_id),
            text(10, self.fee),
            text(11, self.fee_asset),
            integer(12, self.ms),
        )
        return PRIVATE_DEALS, b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The state of an order, as its owner is told."""

    order_id: str
    client: str
    price: str
    size: str
    cost: str
    average: str
    kind: int
    side: int
    is_maker: bool
    left_cost: str
    left: str
    last: str
    filled: str
    spent: str
    status: int
    ms: int

    def body(self) -> tuple[int, bytes]:
        """As PrivateOrdersV3Api."""
        parts = (
            text(1, self.order_id),
            text(2, self.client),
            text(3, self.price),
            text(4, self.size),
            text(5, self.cost),
            text(6, self.average),
            integer(7, self.kind),
            integer(8, self.side),
            integer(9, int(self.is_maker)),
            text(10, self.left_cost),
            text(11, self.left),
            text(12, self.last),
            text(13, self.filled),
            text(14, self.spent),
            integer(15, self.status),
            integer(16, self.ms),
        )
        return PRIVATE_ORDERS, b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account owns of an asset, and by how much that changed."""

    asset: str
    free: str
    free_change: str
    locked: str
    locked_change: str
    kind: str
    ms: int

    def body(self) -> tuple[int, bytes]:
        """As PrivateAccountV3Api."""
        parts = (
            text(1, self.asset),
            text(3, self.free),
            text(4, self.free_change),
            text(5, self.locked),
            text(6, self.locked_change),
            text(7, self.kind),
            integer(8, self.ms),
        )
        return PRIVATE_ACCOUNT, b"".join(parts)
