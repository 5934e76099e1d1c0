"""One market as a participant sees it: the touch, what the coin is worth, and sizes in money."""

from __future__ import annotations

from typing import NamedTuple

from venue.fundamental import STEP_NS, Reals
from venue.symbols import Symbol

NO_ASK = 1 << 40  # ticks; where there is no ask. No bid is 0.


class Fill(NamedTuple):
    """A part of an own order traded."""

    ts: int
    order: int
    side: int  # of the own order, +1 buy
    price: int
    size: int
    left: int
    is_maker: bool


class Pit:
    """A market's book by level and its tape, in ticks and lots.

    ``levels`` holds (ts, side 0 or 1, price, size, update), ``prints`` (ts, aggressor, price,
    size, trade id), both since the start.
    """

    def __init__(self, number: int, symbol: Symbol, worth: Reals, start_ns: int) -> None:
        self.number = number
        self.symbol = symbol
        self.tick = float(symbol.tick)
        self.lot = float(symbol.lot)
        self.best_bid = 0
        self.best_ask = NO_ASK
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}
        self.levels: list[tuple[int, int, int, int, int]] = []
        self.prints: list[tuple[int, int, int, int, int]] = []
        self.accounts: dict[str, int] = {}
        self._worth: list[float] = (worth / self.tick).tolist()
        self._steps = len(self._worth)
        self._start_ns = start_ns

    def worth(self, ts: int) -> float:
        """The fundamental price at ``ts``, in ticks."""
        i = (ts - self._start_ns) // STEP_NS
        if not 0 <= i < self._steps:
            i = 0 if i < 0 else self._steps - 1
        return self._worth[i]

    def mid(self, ts: int) -> float:
        """Between the best prices, in ticks; where a side is empty, what the coin is worth."""
        if self.best_bid and self.best_ask != NO_ASK:
            return (self.best_bid + self.best_ask) / 2
        return self.worth(ts)

    def lots(self, quote: float, price: float) -> int:
        """So much money in lots at a price in ticks, never below the market's least notional."""
        money = max(quote, 1.02)
        return max(1, round(money / (price * self.tick * self.lot)))

    def money(self, lots: int, price: float) -> float:
        """Lots at a price in ticks, in quote."""
        return lots * self.lot * price * self.tick

    def on_level(self, ts: int, side: int, price: int, size: int, update: int) -> None:
        """A level has a new size; 0 is gone."""
        self.levels.append((ts, side, price, size, update))
        book = self.asks if side else self.bids
        if size:
            book[price] = size
        else:
            book.pop(price, None)
        if side:
            if size:
                if price < self.best_ask:
                    self.best_ask = price
            elif price == self.best_ask:
                self.best_ask = min(book, default=NO_ASK)
        elif size:
            if price > self.best_bid:
                self.best_bid = price
        elif price == self.best_bid:
            self.best_bid = max(book, default=0)

    def on_trade(self, ts: int, side: int, price: int, size: int, number: int) -> None:
        """A trade, by its aggressor."""
        self.prints.append((ts, side, price, size, number))
