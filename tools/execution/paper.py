"""The paper exchange: our orders against the recorded book, through the matching kernels.

It holds one symbol's market as well, since senses, matching and following share one pass
over the events.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tools.detection.senses import evaluate
from tools.detection.state import STATUS_LABELS, feature_buffer, new_senses, tune
from tools.domain.errors import InvariantBroken
from tools.domain.market import UNITS, Instrument, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate, Signal
from tools.execution import following as fo
from tools.execution import matching as ma
from tools.execution.exchange import News
from tools.execution.stream import DESK, advance
from tools.features.names import FEATURES
from tools.market.events import Events
from tools.signals.mm_range import tune_range

STATUS = {
    ma.OPENED: OrderStatus.OPEN,
    ma.CANCELLED: OrderStatus.CANCELLED,
    ma.REJECTED: OrderStatus.REJECTED,
}


class PaperMarket:
    """One symbol: senses, orders, follows, and the exchange the executor talks to.

    Orders act ``order_latency_ms`` after they were placed, fees are the instrument's.
    """

    def __init__(self, instrument: Instrument, parameters: ParameterSet) -> None:
        self.instrument = instrument
        self.senses = new_senses(instrument, parameters)
        self.desk: npt.NDArray[np.void] = np.zeros(1, DESK)
        self.buffer = feature_buffer()
        self._orders: dict[int, Intent] = {}
        self._numbers: dict[str, int] = {}
        self._filled: dict[int, int] = {}
        self._followed: dict[int, Signal] = {}
        self._next_number = 1
        self.tune(parameters)

    def tune(self, parameters: ParameterSet) -> None:
        """Bring the parameters in force into the kernels."""
        self._latency_ns = int(parameters["order_latency_ms"] * 1e6)
        self.desk["latency_ns"] = self._latency_ns
        self.desk["dwell_ns"] = int(parameters["stop_dwell_ms"] * 1e6)
        tune(self.senses, self.instrument, parameters)
        tune_range(self.desk["plan"], self.instrument, parameters)

    def advance(self, events: Events, start: int, limit_ts: int) -> tuple[int, int]:
        """Take events until something needs attention; see ``stream.advance``."""
        index, reasons = advance(events, start, limit_ts, self.senses, self.desk, self.buffer)
        return int(index), int(reasons)

    # what is sensed

    @property
    def ts(self) -> int:
        """Receive time of the last event, ns."""
        return int(self.senses["book"]["ts"][0])

    @property
    def ts_event(self) -> int:
        """Venue time of the last event, ns."""
        return int(self.senses["book"]["ts_event"][0])

    @property
    def tick(self) -> int:
        """The instrument's tick, or what the prices seen so far imply, units."""
        return self.instrument.tick or int(self.senses["book"]["tick"][0])

    @property
    def status(self) -> str:
        """Of the book: empty, sound, crossed, gapped or loading."""
        return STATUS_LABELS[int(self.senses["book"]["status"][0])]

    @property
    def broken_since(self) -> int:
        """When the book was last found crossed or gapped, ns; 0 if it never was."""
        return int(self.senses["book"]["ts_broken"][0])

    @property
    def has_prints(self) -> bool:
        """Whether a single print was seen."""
        return bool(self.senses["tape"]["count"][0] > 0)

    @property
    def best_bid(self) -> int:
        """Best bid after the last whole message, units; 0 if none."""
        return int(self.senses["book"]["best_bid"][0])

    def features(self, ts: int) -> dict[str, float | None]:
        """Every feature as of ``ts``; None is unavailable."""
        evaluate(self.senses[0], ts, self.buffer)
        return self.last_features()

    def last_features(self) -> dict[str, float | None]:
        """The features of the last evaluation, as when a signal was raised."""
        values = self.buffer.tolist()
        return {name: None if v != v else v for name, v in zip(FEATURES, values, strict=True)}

    def raised(self) -> tuple[int, int, int]:
        """Entry, target and stop of the signal just raised, units."""
        plan = self.desk["plan"]
        return int(plan["entry"][0]), int(plan["target"][0]), int(plan["stop"][0])

    # the exchange

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

    def _number(self) -> int:
        self._next_number += 1
        return self._next_number - 1

    # the stop

    def watch_stop(self, price: int) -> None:
        """Report when the best bid falls to ``price`` units; 0 stops watching."""
        self.desk["stop_price"] = price

    def take_stop(self) -> bool:
        """Whether the stop was hit since the last call."""
        hit = bool(self.desk["stop_hit"][0])
        self.desk["stop_hit"] = 0
        return hit

    # following signals on paper

    def follow(self, signal: Signal, size: int) -> bool:
        """Follow ``signal`` as if ``size`` units had been entered; False if no slot is free."""
        free = np.flatnonzero(self.desk["follows"]["state"][0] == fo.FREE)
        if free.size == 0:
            return False
        self.desk["follows"][0, free[0]] = np.zeros((), fo.FOLLOW)
        follow = self.desk["follows"][0, free[0]]
        number = self._number()
        follow["state"] = fo.TRAVELLING
        follow["number"] = number
        follow["entry"] = signal.entry_price
        follow["target"] = signal.take_profit
        follow["stop"] = signal.stop
        follow["size"] = size
        follow["remaining"] = size
        follow["ts_active"] = signal.ts + self._latency_ns
        follow["ts_withdraw"] = signal.ts + signal.entry_timeout_ns
        follow["hold_ns"] = signal.hold_timeout_ns
        self.desk["following"] += 1
        self._followed[number] = signal
        return True

    def take_followed(self) -> list[tuple[Signal, np.void]]:
        """Follows that are over, oldest signal first, with their slots given back."""
        over: list[tuple[Signal, np.void]] = []
        if int(self.desk["finished"][0]) == 0:
            return over
        for follow in self.desk["follows"][0]:
            if follow["state"] == fo.DONE:
                over.append((self._followed.pop(int(follow["number"])), follow.copy()))
                follow["state"] = fo.FREE
        self.desk["following"] -= len(over)
        self.desk["finished"] = 0
        return sorted(over, key=lambda pair: int(pair[1]["number"]))

    @property
    def following(self) -> int:
        """Signals still being followed."""
        return int(self.desk["following"][0])

    def counters(self) -> dict[str, int]:
        """What the feed was like: messages, gaps, crossings, resets, levels dropped."""
        book = self.senses["book"][0]
        return {
            "book_messages": int(book["messages"]),
            "book_gaps": int(book["gaps"]),
            "book_crossed": int(book["crossed"]),
            "book_snapshots": int(book["resets"]),
            "tape_gaps": int(self.senses["tape"]["gaps"][0]),
            "levels_dropped": int(self.senses["bids"]["dropped"][0] + self.senses["asks"]["dropped"][0]),
        }
