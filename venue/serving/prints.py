"""The public tape of one market: trades, aggregate trades and candles, as the engine prints them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MINUTE_MS = 60_000
DAY_MS = 86_400_000
KEPT_TRADES = 100_000
KEPT_CANDLES = 100_000


@dataclass(frozen=True, slots=True)
class Print:
    """One public trade; ``cost`` in quote units."""

    id: int
    price: int
    size: int
    cost: int
    ms: int
    is_buyer_maker: bool


@dataclass(slots=True)
class Aggregate:
    """What one taker order traded at one price in one command."""

    id: int
    price: int
    size: int
    first: int
    last: int
    ms: int
    is_buyer_maker: bool
    taker: int
    command: int


@dataclass(slots=True)
class Candle:
    """Trades of an interval; prices in ticks, volumes in lots and quote units."""

    start: int
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    quote: int = 0
    n: int = 0
    taker_volume: int = 0
    taker_quote: int = 0
    first: int = -1
    last: int = -1

    def add(self, trade: Print) -> None:
        """Take in a trade; the first one sets all prices."""
        if self.n == 0:
            self.open = self.high = self.low = trade.price
        self.high = max(self.high, trade.price)
        self.low = min(self.low, trade.price)
        self.close = trade.price
        self.volume += trade.size
        self.quote += trade.cost
        self.n += 1
        if not trade.is_buyer_maker:
            self.taker_volume += trade.size
            self.taker_quote += trade.cost
        self.first = trade.id if self.first < 0 else self.first
        self.last = trade.id


def flat(start: int, price: int) -> Candle:
    """An interval without trades."""
    return Candle(start, price, price, price, price)


def fold(start: int, minutes: list[Candle]) -> Candle:
    """Candles in a row as one; there is at least one."""
    traded = [candle for candle in minutes if candle.n]
    priced = traded or minutes
    return Candle(
        start=start,
        open=priced[0].open,
        high=max(candle.high for candle in priced),
        low=min(candle.low for candle in priced),
        close=minutes[-1].close,
        volume=sum(candle.volume for candle in minutes),
        quote=sum(candle.quote for candle in minutes),
        n=sum(candle.n for candle in minutes),
        taker_volume=sum(candle.taker_volume for candle in minutes),
        taker_quote=sum(candle.taker_quote for candle in minutes),
        first=traded[0].first if traded else -1,
        last=traded[-1].last if traded else -1,
    )


class Prints:
    """What has been printed, bounded in length."""

    def __init__(self) -> None:
        self.trades: deque[Print] = deque(maxlen=KEPT_TRADES)
        self.aggregates: deque[Aggregate] = deque(maxlen=KEPT_TRADES)
        self.minutes: deque[Candle] = deque(maxlen=KEPT_CANDLES)
        self.n_aggregates = 0

    def add(self, trade: Print, taker: int, command: int) -> None:
        """A trade, by this taker order in this command."""
        self.trades.append(trade)
        start = trade.ms - trade.ms % MINUTE_MS
        self._reach(start, trade.price)
        self.minutes[-1].add(trade)
        last = self.aggregates[-1] if self.aggregates else None
        same = last is not None and (last.taker, last.command, last.price) == (taker, command, trade.price)
        if last is not None and same:
            last.size += trade.size
            last.last = trade.id
            return
        self.n_aggregates += 1
        self.aggregates.append(
            Aggregate(
                self.n_aggregates,
                trade.price,
                trade.size,
                trade.id,
                trade.id,
                trade.ms,
                trade.is_buyer_maker,
                taker,
                command,
            )
        )

    def _reach(self, start: int, price: int) -> None:
        """Let there be a candle for the minute; minutes without trades are flat."""
        if not self.minutes:
            self.minutes.append(flat(start, price))
        elif start - self.minutes[-1].start > KEPT_CANDLES * MINUTE_MS:
            self.minutes.clear()
            self.minutes.append(flat(start, price))
        while self.minutes[-1].start < start:
            before = self.minutes[-1]
            self.minutes.append(flat(before.start + MINUTE_MS, before.close))

    def candles(self, span_ms: int, now_ms: int, window: tuple[int, int] | None = None) -> list[Candle]:
        """The candles of an interval up to now that open within ``window``, oldest first."""
        if not self.minutes:
            return []
        self._advance(now_ms)
        first, last = window if window is not None else (0, now_ms)
        groups: dict[int, list[Candle]] = {}
        for candle in self.minutes:
            start = candle.start - candle.start % span_ms
            if first <= start <= last:
                groups.setdefault(start, []).append(candle)
        return [fold(start, minutes) for start, minutes in groups.items()]

    def candle(self, span_ms: int, now_ms: int) -> Candle | None:
        """The candle of the interval that holds this moment."""
        if not self.minutes:
            return None
        self._advance(now_ms)
        start = now_ms - now_ms % span_ms
        inside = [candle for candle in self._since(start) if candle.start < start + span_ms]
        return fold(start, inside) if inside else None

    def day(self, now_ms: int) -> Candle | None:
        """The last 24 hours as one candle."""
        inside = self._since(now_ms - DAY_MS)
        return fold(inside[0].start, inside) if inside else None

    def _since(self, start: int) -> list[Candle]:
        inside = []
        for candle in reversed(self.minutes):
            if candle.start < start:
                break
            inside.append(candle)
        return inside[::-1]

    def _advance(self, now_ms: int) -> None:
        """Let the empty minutes up to now be there."""
        last = self.minutes[-1]
        start = now_ms - now_ms % MINUTE_MS
        if start > last.start:
            self._reach(start, last.close)
