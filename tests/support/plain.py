"""Matching and following written out slowly in plain Python: the oracles of the kernels' tests.

``PlainExchange`` can be broken on purpose, to show that the tests would notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tools.execution.following import PENDING, STOPPED, TARGET, TIMED_OUT, UNFILLED
from tools.execution.matching import CANCELLED, FILLED, OPENED, REJECTED
from tools.market.events import BOOK, LAST, RESET, Events

Mutant = Literal["", "touch fills", "no latency", "queue ignored"]
Notice = tuple[int, int, int, int, int, int]  # kind, number, price, size, is_maker, ts


class PlainBook:
    """Levels as dictionaries, and the best prices after the last whole message."""

    def __init__(self) -> None:
        self.levels: dict[int, dict[int, int]] = {1: {}, -1: {}}
        self.bid = self.ask = self.ts = 0
        self.is_whole = False

    def apply(self, row: Any) -> bool:
        """Take a book row; True where it ends its message."""
        self.is_whole = False
        if row["flags"] & RESET:
            self.levels = {1: {}, -1: {}}
        side = self.levels[int(row["side"])]
        if row["size"]:
            side[int(row["price"])] = int(row["size"])
        else:
            side.pop(int(row["price"]), None)
        if not row["flags"] & LAST:
            return False
        self.bid, self.ask = max(self.levels[1], default=0), min(self.levels[-1], default=0)
        self.is_whole, self.ts = True, int(row["ts_init"])
        return True


@dataclass
class PlainOrder:
    """One of our orders."""

    number: int
    side: int
    price: int
    remaining: int
    ts_active: int
    ts_cancel: int = 0
    queue: int = 0
    is_resting: bool = False
    is_over: bool = False


class PlainExchange:
    """The rules of matching, one line each, or broken as ``mutant`` says."""

    def __init__(self, mutant: Mutant = "") -> None:
        self.mutant = mutant
        self.book = PlainBook()
        self.orders: list[PlainOrder] = []
        self.notices: list[Notice] = []

    def place(
        self, number: int, side: int, price: int, size: int, ts_active: int, ts_cancel: int = 0
    ) -> None:
        """An order on its way; price 0 takes what is there."""
        active = 0 if self.mutant == "no latency" else ts_active
        self.orders.append(PlainOrder(number, side, price, size, active, ts_cancel))

    def feed(self, events: Events) -> list[Notice]:
        """Everything that was told up to the end of ``events``."""
        for row in events:
            ts = int(row["ts_init"])
            for order in self._live():
                self._before(order, ts)
            if row["kind"] != BOOK:
                for order in self._live():
                    self._on_print(order, int(row["price"]), int(row["size"]), int(row["side"]), ts)
            elif self.book.apply(row):
                for order in self._live():
                    self._on_book(order, ts)
        return self.notices

    def _live(self) -> list[PlainOrder]:
        return [order for order in self.orders if not order.is_over]

    def _tell(self, order: PlainOrder, kind: int, price: int, size: int, is_maker: int, ts: int) -> None:
        self.notices.append((kind, order.number, price, size, is_maker, ts))
        order.is_over = order.is_over or kind in (CANCELLED, REJECTED)

    def _fill(self, order: PlainOrder, price: int, size: int, is_maker: int, ts: int) -> None:
        order.remaining -= size
        order.is_over = order.remaining == 0
        self._tell(order, FILLED, price, size, is_maker, ts)

    def _before(self, order: PlainOrder, ts: int) -> None:
        if not order.is_resting and order.ts_active <= ts and self.book.is_whole:
            order.ts_active = max(order.ts_active, self.book.ts)
            self._arrive(order)
        if order.is_resting and 0 < order.ts_cancel <= ts and not order.is_over:
            acted = max(order.ts_cancel, order.ts_active)
            self._tell(order, CANCELLED, order.price, order.remaining, 1, acted)

    def _arrive(self, order: PlainOrder) -> None:
        opposite = self.book.levels[-order.side]
        if order.price == 0:
            for price in sorted(opposite, key=lambda at: at * order.side):
                if order.remaining:
                    self._fill(order, price, min(order.remaining, opposite[price]), 0, order.ts_active)
            if order.remaining:
                self._tell(order, CANCELLED, 0, order.remaining, 0, order.ts_active)
            return
        if any((order.price - price) * order.side >= 0 for price in opposite):
            self._tell(order, REJECTED, order.price, order.remaining, 0, order.ts_active)
            return
        order.is_resting = True
        order.queue = 0 if self.mutant == "queue ignored" else self._displayed(order)
        self._tell(order, OPENED, order.price, order.remaining, 1, order.ts_active)

    def _displayed(self, order: PlainOrder) -> int:
        return self.book.levels[order.side].get(order.price, 0)

    def _on_print(self, order: PlainOrder, price: int, size: int, side: int, ts: int) -> None:
        if not order.is_resting or side == order.side or (price - order.price) * order.side > 0:
            return
        is_through = price != order.price or self.mutant == "touch fills"
        left = order.remaining if is_through else size - order.queue
        order.queue = 0 if is_through else max(0, order.queue - size)
        if left > 0:
            self._fill(order, order.price, min(left, order.remaining), 1, ts)

    def _on_book(self, order: PlainOrder, ts: int) -> None:
        if not order.is_resting:
            return
        if any((order.price - price) * order.side > 0 for price in self.book.levels[-order.side]):
            self._fill(order, order.price, order.remaining, 1, ts)
        order.queue = min(order.queue, self._displayed(order))


class PlainFollow:
    """One signal followed as its orders would fare: entry and target wait, a stop must last."""

    ENTRY, TARGET = 1, 2  # numbers of the two orders

    def __init__(self, *, latency_ns: int = 0, dwell_ns: int = 0, **asked: int) -> None:
        self.asked = asked  # entry, target, stop, size, ts_active, ts_withdraw, hold_ns
        self.latency_ns, self.dwell_ns = latency_ns, dwell_ns
        self.venue = PlainExchange()
        self.breach = self.leaving = self.ts_leave = 0
        self.said = {"result": PENDING} | dict.fromkeys(
            ("ts_entry", "ts_end", "highest", "lowest", "ts_target", "ts_stop", "exit", "ts_exit"), 0
        )

    def feed(self, events: Events) -> dict[str, int]:
        """What came of it by the end of ``events``; the book must stay sound."""
        a, said, venue = self.asked, self.said, self.venue
        venue.place(self.ENTRY, 1, a["entry"], a["size"], a["ts_active"])
        for k, row in enumerate(events):
            ts = int(row["ts_init"])
            self._fall_due(ts)
            if said["ts_end"]:
                return said
            venue.feed(events[k : k + 1])
            if not said["ts_entry"]:
                if self._filled(self.ENTRY) == a["size"]:
                    said |= {"ts_entry": ts, "highest": venue.book.bid, "lowest": venue.book.bid}
                    venue.place(self.TARGET, -1, a["target"], a["size"], ts + self.latency_ns)
                continue
            is_filled = self._filled(self.TARGET) == a["size"]
            if said["result"] == PENDING and self.leaving != TARGET and is_filled:
                said["ts_target"] = said["ts_target"] or ts
                self._sold(TARGET, a["target"], ts)
            if row["kind"] == BOOK and row["flags"] & LAST:
                self._look(ts)
        return said

    def _filled(self, number: int) -> int:
        return sum(n[3] for n in self.venue.notices if n[0] == FILLED and n[1] == number)

    def _look(self, ts: int) -> None:
        a, said, bid = self.asked, self.said, self.venue.book.bid
        if ts <= said["ts_entry"] + a["hold_ns"]:
            said |= {"highest": max(said["highest"], bid), "lowest": min(said["lowest"], bid)}
            said["ts_target"] = said["ts_target"] or (ts if bid >= a["target"] else 0)
            said["ts_stop"] = said["ts_stop"] or (ts if bid <= a["stop"] else 0)
        self.breach = 0 if bid > a["stop"] else self.breach or ts

    def _fall_due(self, ts: int) -> None:
        a, said, book = self.asked, self.said, self.venue.book
        if not said["ts_entry"]:
            rejected = [n for n in self.venue.notices if n[0] == REJECTED]
            crosses = book.ask and a["entry"] >= book.ask and a["ts_active"] <= ts
            if rejected or (crosses and not self.venue.orders[0].is_resting):
                said |= {"result": UNFILLED, "ts_end": a["ts_active"]}
            elif a["ts_withdraw"] < ts:
                said |= {"result": UNFILLED, "ts_end": a["ts_withdraw"]}
            return
        end = said["ts_entry"] + a["hold_ns"]
        if said["result"] == PENDING:
            self._offer(ts)
            if not self.ts_leave and self.breach and self.breach + self.dwell_ns <= ts:
                self._leave(STOPPED, self.breach + self.dwell_ns)
            if not self.ts_leave and end < ts:
                self._leave(TIMED_OUT, end)
            if self.ts_leave and self.ts_leave <= ts:
                self._sold(self.leaving, book.bid, self.ts_leave)
        if said["result"] != PENDING and end < ts:
            said["ts_end"] = max(end, said["ts_exit"])

    def _offer(self, ts: int) -> None:
        """A target the bid has passed on arrival is sold at the market."""
        target = self.venue.orders[1]
        arrives = target.ts_active
        is_due = not target.is_resting and not target.is_over and arrives <= ts
        if is_due and not self.ts_leave and self.venue.book.bid >= self.asked["target"]:
            self.leaving = TARGET
            self.ts_leave = max(arrives, self.venue.book.ts) + self.latency_ns
            target.is_over = True

    def _leave(self, result: int, ts: int) -> None:
        self.leaving, self.ts_leave = result, ts + 2 * self.latency_ns
        self.venue.orders[1].ts_cancel = ts + self.latency_ns

    def _sold(self, result: int, price: int, ts: int) -> None:
        self.said |= {"result": result, "exit": price, "ts_exit": ts}
