"""What each kind of public stream says at a beat, as bodies of pushes."""

from __future__ import annotations

from typing import Protocol

from venue.mexc import frames
from venue.mexc.channels import Channel
from venue.mexc.desk import Desk
from venue.mexc.public import best
from venue.mexc.words import BUYS, SELLS
from venue.serving.changes import Changes
from venue.serving.desk import Market
from venue.serving.prints import Candle, Print

Body = tuple[int, bytes]


class Flow(Protocol):
    """A stream that is asked at every beat what it has to say."""

    def beat(self) -> list[Body]:
        """The bodies that are due."""
        ...


class DepthFlow:
    """Every level that changed since the last beat, with the versions it leads from and to."""

    def __init__(self, market: Market, channel: Channel) -> None:
        self._market = market
        self._event = event_of(channel)
        self.changes = Changes(market)

    def beat(self) -> list[Body]:
        """One push, or nothing where the book stood still."""
        change = self.changes.take()
        if change is None:
            return []
        words = self._market.words
        bids, asks = words.levels(change.bids), words.levels(change.asks)
        return [frames.depths(change.first, change.last, bids, asks, self._event)]


class DealsFlow:
    """All trades since the last beat in one push."""

    def __init__(self, market: Market, channel: Channel) -> None:
        self._market = market
        self._event = event_of(channel)
        self.trades: list[Print] = []

    def beat(self) -> list[Body]:
        """One push, or nothing where nobody traded."""
        if not self.trades:
            return []
        words, trades = self._market.words, self.trades
        self.trades = []
        rows = [
            (words.price(one.price), words.size(one.size), SELLS if one.is_buyer_maker else BUYS, one.ms)
            for one in trades
        ]
        return [frames.deals(rows, self._event)]


class BookTickerFlow:
    """The best bid and ask, where they moved."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._last: object = None

    def beat(self) -> list[Body]:
        """One push, or nothing where both stood still."""
        now = best(self._market)
        if now == self._last:
            return []
        self._last = now
        return [frames.book_ticker(*now)]


class CandleFlow:
    """The present candle, and once more the one before when it has closed."""

    def __init__(self, desk: Desk, market: Market, channel: Channel) -> None:
        self._desk = desk
        self._market = market
        self._channel = channel
        self._start = 0

    def beat(self) -> list[Body]:
        """One or two candles; none before the first trade."""
        prints, span = self._market.prints, self._channel.interval_ms
        candle = prints.candle(span, self._desk.now_ms())
        if candle is None:
            return []
        before = prints.candle(span, self._start) if 0 < self._start < candle.start else None
        self._start = candle.start
        return [self._body(one) for one in (before, candle) if one is not None]

    def _body(self, one: Candle) -> Body:
        words, channel = self._market.words, self._channel
        ohlc = tuple(words.price(price) for price in (one.open, one.high, one.low, one.close))
        sums = words.size(one.volume), words.quote(one.quote)
        window = one.start // 1_000, (one.start + channel.interval_ms) // 1_000
        return frames.kline(channel.interval, *window, ohlc, sums)


def event_of(channel: Channel) -> str:
    """The event type in a push: the channel without its symbol."""
    return channel.name.rpartition("@")[0]
