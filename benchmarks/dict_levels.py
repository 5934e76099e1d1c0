"""Book levels in plain Python: dictionaries, and a heap of prices with lazy deletion."""

from __future__ import annotations

import heapq
from collections import deque

BOOK = 0
RESET, LAST = 2, 4

Row = tuple[int, int, int, int, int, int]  # ts_init, price, size, kind, side, flags


class DictSide:
    """One side of the book: price → [size, birth], and a heap of prices, best first."""

    __slots__ = ("heap", "levels", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.levels: dict[int, list[int]] = {}
        self.heap: list[int] = []

    def clear(self) -> None:
        """Empty the side."""
        self.levels.clear()
        self.heap.clear()

    def insert(self, price: int, size: int, birth: int) -> None:
        """Add a level."""
        self.levels[price] = [size, birth]
        heapq.heappush(self.heap, -price * self.sign)
        if len(self.heap) > 2 * len(self.levels) + 64:
            self.heap = [-at * self.sign for at in self.levels]
            heapq.heapify(self.heap)

    def best(self) -> int:
        """Best price; 0 if there is none."""
        heap, sign, levels = self.heap, self.sign, self.levels
        while heap:
            price = -heap[0] * sign
            if price in levels:
                return price
            heapq.heappop(heap)
        return 0

    def depth(self, count: int) -> int:
        """Size units in the best ``count`` levels."""
        if self.sign > 0:
            return sum(self.levels[price][0] for price in heapq.nlargest(count, self.levels))
        return sum(self.levels[price][0] for price in heapq.nsmallest(count, self.levels))


class BareBook:
    """Book and tape alone: levels, bests after each message, prints."""

    def __init__(self) -> None:
        self.bids = DictSide(1)
        self.asks = DictSide(-1)
        self.prints: deque[tuple[int, int, int, int]] = deque(maxlen=65_536)
        self.best_bid = self.best_ask = 0

    def take(self, row: Row) -> None:
        """Take one event in."""
        ts, price, size, kind, side, flags = row
        if kind != BOOK:
            self.prints.append((ts, price, size, side))
            return
        if flags & RESET:
            self.bids.clear()
            self.asks.clear()
        book = self.bids if side > 0 else self.asks
        level = book.levels.get(price)
        if size == 0:
            if level is not None:
                del book.levels[price]
        elif level is None:
            book.insert(price, size, ts)
        else:
            level[0] = size
        if flags & LAST:
            self.best_bid = self.bids.best()
            self.best_ask = self.asks.best()
