"""The exchange behind a recording: a book that only the recording moves, and closed doors.

Accounts are the engine's own and every market is halted, so an order is refused in the
venue's own words. The recorded market cannot answer to orders it never saw (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from venue.engine.codes import EventKind
from venue.engine.exchange import Answer, Book, Exchange, Void
from venue.engine.layout import EVENT
from venue.engine.rules import BadRules, MarketRules
from venue.tape.rows import BookRow, PrintRow

NOBODY = -1
BID, ASK = 0, 1


class Shown:
    """One recorded book: sizes by price in ticks and lots, and the number of its last change."""

    def __init__(self, number: int, tick: int, lot: int, last: int) -> None:
        self.number = number
        self.tick = tick
        self.lot = lot
        self.last = last
        self.update = 0
        self.sides: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def levels(self, side: int, depth: int) -> list[tuple[int, int]]:
        """The best levels of a side."""
        book = self.sides[side]
        if depth == 1 and book:
            best = max(book) if side == BID else min(book)
            return [(best, book[best])]
        return [(price, book[price]) for price in sorted(book, reverse=side == BID)[:depth]]

    def change(self, changes: Sequence[tuple[int, int, int]], ts: int) -> Void:
        """Give levels (side, ticks, lots) new sizes; one event each."""
        events: Void = np.zeros(len(changes), EVENT)
        for side, price, size in changes:
            if size:
                self.sides[side][price] = size
            else:
                self.sides[side].pop(price, None)
        if changes:
            events["side"], events["price"], events["size"] = np.array(changes, np.int64).T
        events["kind"] = EventKind.LEVEL
        events["market"] = self.number
        events["account"] = events["other_account"] = NOBODY
        events["ts"] = ts
        events["number"] = np.arange(self.update + 1, self.update + 1 + len(changes))
        self.update += len(changes)
        return events

    def in_steps(self, rows: Sequence[BookRow]) -> list[tuple[int, int, int]]:
        """Recorded rows in ticks and lots."""
        return [(row.side, row.price // self.tick, row.size // self.lot) for row in rows]

    def replacing(self, rows: Sequence[BookRow]) -> list[tuple[int, int, int]]:
        """What a snapshot changes: levels it does not hold are gone."""
        fresh = {(side, price): size for side, price, size in self.in_steps(rows)}
        gone = [
            (side, price, 0)
            for side, book in enumerate(self.sides)
            for price in book
            if (side, price) not in fresh
        ]
        moved = [
            (side, price, size)
            for (side, price), size in fresh.items()
            if self.sides[side].get(price, 0) != size
        ]
        return gone + moved

    def aggressor(self, row: PrintRow) -> int:
        """Who took: as recorded, else by where the price lies in the book."""
        if row.side >= 0:
            return row.side
        (bid,), (ask,) = (self.levels(side, 1) or [(0, 0)] for side in (BID, ASK))
        return 0 if 2 * (row.price // self.tick) >= bid[0] + ask[0] else 1

    def trade(self, row: PrintRow, number: int, ts: int) -> Void:
        """One public trade as an event."""
        event: Void = np.zeros(1, EVENT)
        event["kind"] = EventKind.TRADE
        event["market"] = self.number
        event["side"] = self.aggressor(row)
        event["price"] = self.last = row.price // self.tick
        event["size"] = row.size // self.lot
        event["account"] = event["other_account"] = NOBODY
        event["ts"] = ts
        event["number"] = number
        event["order"] = event["command"] = number  # each print an aggregate of its own
        return event


class TapeExchange(Exchange):
    """Halted markets that show a recorded book."""

    def __init__(self, markets: Sequence[MarketRules], shown: Sequence[Shown]) -> None:
        super().__init__(markets)
        self.shown = tuple(shown)
        for rules in markets:
            self.halt(rules.symbol, ts=0)

    def book(self, symbol: str, depth: int) -> Book:
        """The best ``depth`` levels of each side, as recorded."""
        shown = self.shown[self.numbers[symbol]]
        return Book(shown.update, shown.levels(BID, depth), shown.levels(ASK, depth))

    def last_price(self, symbol: str) -> int:
        """Price of the last print, ticks."""
        return self.shown[self.numbers[symbol]].last

    def resume(self, symbol: str, *, ts: int) -> Answer:
        """Refuse: nobody is there to trade with.

        Raises:
            BadRules: Always.
        """
        raise BadRules(f"{symbol} is a recording and takes no orders; it cannot be resumed")
