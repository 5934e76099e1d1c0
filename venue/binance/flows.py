"""Streams that go out at a beat: depth in updates, depth in full, tickers, candles."""

from __future__ import annotations

from typing import Any, Protocol

from venue.binance import public
from venue.binance.channels import Channel
from venue.binance.desk import Desk
from venue.serving.changes import Changes
from venue.serving.desk import Market
from venue.serving.prints import Candle


class Flow(Protocol):
    """A stream that is asked at every beat what it has to say."""

    def beat(self) -> list[Any]:
        """The payloads that are due."""
        ...


class DepthFlow:
    """Every level that changed since the last beat, with first and last update id."""

    def __init__(self, desk: Desk, market: Market) -> None:
        self._desk = desk
        self._market = market
        self._changes = Changes(market)

    def change(self, side: int, ticks: int, lots: int, update_id: int) -> None:
        """A level's new size."""
        self._changes.add(side, ticks, lots, update_id)

    def beat(self) -> list[Any]:
        """One depthUpdate, or nothing where the book stood still."""
        change = self._changes.take()
        if change is None:
            return []
        words = self._market.words
        return [
            {
                "e": "depthUpdate",
                "E": self._desk.now_ms(),
                "s": self._market.symbol,
                "U": change.first,
                "u": change.last,
                "b": words.levels(change.bids),
                "a": words.levels(change.asks),
            }
        ]


class PartialFlow:
    """The best levels in full."""

    def __init__(self, market: Market, levels: int) -> None:
        self._market = market
        self._levels = levels

    def beat(self) -> list[Any]:
        """The book's top."""
        book, words = self._market.book(self._levels), self._market.words
        return [
            {
                "lastUpdateId": book.update_id,
                "bids": words.levels(book.bids),
                "asks": words.levels(book.asks),
            }
        ]


class TickerFlow:
    """The last 24 hours of one market, or of all in one list."""

    def __init__(self, desk: Desk, markets: list[Market], *, is_mini: bool, is_list: bool) -> None:
        self._desk = desk
        self._markets = markets
        self._is_mini = is_mini
        self._is_list = is_list

    def beat(self) -> list[Any]:
        """The tickers."""
        made = mini_ticker if self._is_mini else ticker
        rows = [made(self._desk.now_ms(), public.day(self._desk, market)) for market in self._markets]
        return [rows] if self._is_list else rows


class CandleFlow:
    """The present candle, and once more the one before when it has closed."""

    def __init__(self, desk: Desk, market: Market, channel: Channel) -> None:
        self._desk = desk
        self._market = market
        self._channel = channel
        self._start = 0

    def beat(self) -> list[Any]:
        """One or two candles."""
        prints, span = self._market.prints, self._channel.interval_ms
        candle = prints.candle(span, self._desk.now_ms())
        if candle is None:
            return []
        told = []
        before = prints.candle(span, self._start) if 0 < self._start < candle.start else None
        if before is not None:
            told.append(self._payload(before, is_closed=True))
        self._start = candle.start
        return [*told, self._payload(candle, is_closed=False)]

    def _payload(self, candle: Candle, *, is_closed: bool) -> dict[str, Any]:
        words = self._market.words
        inner = {
            "t": candle.start,
            "T": candle.start + self._channel.interval_ms - 1,
            "s": self._market.symbol,
            "i": self._channel.interval,
            "f": candle.first,
            "L": candle.last,
            "o": words.price(candle.open),
            "c": words.price(candle.close),
            "h": words.price(candle.high),
            "l": words.price(candle.low),
            "v": words.size(candle.volume),
            "n": candle.n,
            "x": is_closed,
            "q": words.quote(candle.quote),
            "V": words.size(candle.taker_volume),
            "Q": words.quote(candle.taker_quote),
            "B": "0",
        }
        return {"e": "kline", "E": self._desk.now_ms(), "s": self._market.symbol, "k": inner}


def ticker(now_ms: int, day: dict[str, Any]) -> dict[str, Any]:
    """A 24hrTicker from what REST answers."""
    letters = {
        "s": "symbol",
        "p": "priceChange",
        "P": "priceChangePercent",
        "w": "weightedAvgPrice",
        "x": "prevClosePrice",
        "c": "lastPrice",
        "Q": "lastQty",
        "b": "bidPrice",
        "B": "bidQty",
        "a": "askPrice",
        "A": "askQty",
        "o": "openPrice",
        "h": "highPrice",
        "l": "lowPrice",
        "v": "volume",
        "q": "quoteVolume",
        "O": "openTime",
        "C": "closeTime",
        "F": "firstId",
        "L": "lastId",
        "n": "count",
    }
    return {"e": "24hrTicker", "E": now_ms} | {letter: day[name] for letter, name in letters.items()}


def mini_ticker(now_ms: int, day: dict[str, Any]) -> dict[str, Any]:
    """A 24hrMiniTicker."""
    full = ticker(now_ms, day)
    return {"e": "24hrMiniTicker", "E": now_ms} | {letter: full[letter] for letter in "scohlvq"}
