"""The paper exchange: our orders against the recorded book, through the matching kernels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tools.domain.errors import InvariantBroken
from tools.domain.market import UNITS, Instrument, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution import matching as ma
from tools.execution.exchange import News
from tools.execution.market import SymbolMarket

STATUS = {
    ma.OPENED: OrderStatus.OPEN,
    ma.CANCELLED: OrderStatus.CANCELLED,
    ma.REJECTED: OrderStatus.REJECTED,
}


class PaperMarket(SymbolMarket):
    """One symbol with an exchange of its own: orders act after the latency, fees are the instrument's."""

    has_brackets = False

    def __init__(self, instrument: Instrument, parameters: ParameterSet) -> None:
        self._orders: dict[int, Intent] = {}
        self._numbers: dict[str, int] = {}
        self._filled: dict[int, int] = {}
        super().__init__(instrument, parameters)

    def place(self, intent: Intent) -> None:
        """Send an order; it arrives after the latency.

        Raises:
            InvariantBroken: The client order id was used before, or the desk is full.
        """
        if intent.client_order_id in self._numbers:
            raise InvariantBroken(f"client order id {intent.client_order_id} was placed twice")
        free = np.flatnonzero(self.desk["orders"]["state"][0] == ma.FREE)
        if free.size == 0:
            raise InvariantBroken(f"more than {ma.ORDERS} working orders on {self.instrument.symbol}")
        number = self._number()
        order = self.desk["orders"][0, free[0]]
        order["state"] = ma.TRAVELLING
        order["number"] = number
        order["side"] = int(intent.side)
        order["price"] = intent.price or 0
        order["remaining"] = intent.size
        order["queue"] = 0
        order["ts_active"] = intent.ts + self._latency_ns
        order["ts_cancel"] = 0
        self.desk["working"] += 1
        self._orders[number] = intent
        self._numbers[intent.client_order_id] = number
        self._filled[number] = 0

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; it acts after the latency. An order that is over is left alone."""
        number = self._numbers[client_order_id]
        for order in self.desk["orders"][0]:
            if order["state"] != ma.FREE and order["number"] == number and order["ts_cancel"] == 0:
                order["ts_cancel"] = max(ts, int(order["ts_active"])) + self._latency_ns

    def drain(self) -> News:
        """What happened to our orders since the last call."""
        updates: list[OrderUpdate] = []
        fills: list[Fill] = []
        for notice in self.desk["notices"][0][: int(self.desk["noticed"][0])]:
            number = int(notice["number"])
            if int(notice["kind"]) == ma.FILLED:
                fills.append(self._fill(number, notice))
                updates.extend(self._done_if_filled(number, int(notice["ts"])))
            else:
                status = STATUS[int(notice["kind"])]
                reason = "would have crossed the book" if status is OrderStatus.REJECTED else ""
                updates.append(self._update(number, status, int(notice["ts"]), reason))
        self.desk["noticed"] = 0
        return News(tuple(updates), tuple(fills))

    def settle(self, ts: int) -> None:
        """Let every order under way act on the book as it stands, as at the end of a tape.

        Where the book is broken nothing can be said of an order on its way: it is withdrawn.
        """
        end = np.iinfo(np.int64).max
        ma.orders_before(self.desk[0], self.senses[0], end)
        for order in self.desk["orders"][0]:
            if order["state"] == ma.TRAVELLING:
                self._withdraw(order, ts)
        for notice in self.desk["notices"][0][: int(self.desk["noticed"][0])]:
            notice["ts"] = min(int(notice["ts"]), ts)

    def _withdraw(self, order: np.void, ts: int) -> None:
        """Cancel an order that never arrived, as the kernels would say it."""
        notice = self.desk["notices"][0, int(self.desk["noticed"][0])]
        said = {"kind": ma.CANCELLED, "price": order["price"], "size": order["remaining"], "is_maker": 0}
        for name, value in (said | {"number": order["number"], "ts": ts}).items():
            notice[name] = value
        order["state"] = ma.FREE
        self.desk["noticed"] += 1
        self.desk["working"] -= 1

    def _fill(self, number: int, notice: np.void) -> Fill:
        intent = self._orders[number]
        size, price = int(notice["size"]), int(notice["price"])
        self._filled[number] += size
        is_maker = bool(notice["is_maker"])
        rate = self.instrument.maker_fee_bps if is_maker else self.instrument.taker_fee_bps
        fee = self.instrument.value(size, price) * to_decimal(round(rate * UNITS)) / 10_000
        return Fill(
            trade_id=f"{intent.client_order_id}-{self._filled[number]}",
            client_order_id=intent.client_order_id,
            decision_id=intent.decision_id,
            run_id=intent.run_id,
            world=intent.world,
            symbol=intent.symbol,
            venue=intent.venue,
            side=intent.side,
            price=price,
            size=size,
            fee_quote=fee,
            is_maker=is_maker,
            ts=int(notice["ts"]),
        )

    def _done_if_filled(self, number: int, ts: int) -> Iterator[OrderUpdate]:
        if self._filled[number] == self._orders[number].size:
            yield self._update(number, OrderStatus.FILLED, ts, "")

    def _update(self, number: int, status: OrderStatus, ts: int, reason: str) -> OrderUpdate:
        return OrderUpdate(self._orders[number].client_order_id, status, self._filled[number], ts, reason)
