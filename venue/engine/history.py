"""What became of every order: the venue's answers to questions about the past."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from venue.engine.codes import CommandKind, EventKind, OrderKind

Void = npt.NDArray[np.void]
Event = dict[str, int]


class Status(StrEnum):
    """State of an order, as Binance words it."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


@dataclass(slots=True)
class OrderState:
    """An order, open or over; prices in ticks, sizes in lots, ``spent`` in quote units."""

    market: int
    id: int
    account: int
    client: int
    side: int
    kind: int
    tif: int
    stp: int
    price: int
    stop: int
    size: int
    cost: int
    list_id: int
    placed: int
    updated: int
    filled: int = 0
    spent: int = 0
    status: Status = Status.NEW
    reason: int = 0
    is_working: bool = True
    trades: list[Fill] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it can still trade."""
        return self.status in (Status.NEW, Status.PARTIALLY_FILLED)


@dataclass(frozen=True, slots=True)
class Fill:
    """One side of a trade; the fee is in units of what was received."""

    market: int
    id: int
    account: int
    order: int
    side: int
    price: int
    size: int
    cost: int
    fee: int
    is_maker: bool
    ts: int


class History:
    """Orders and fills, kept up by the events: of every account, or of those that are watched."""

    def __init__(self, cost_units: list[int]) -> None:
        self._cost_units = cost_units
        self._watched: set[int] | None = None
        self.orders: dict[tuple[int, int], OrderState] = {}
        self.of_client: dict[tuple[int, int, int], int] = {}  # market, account, client: the last order
        self.of_account: dict[tuple[int, int], list[int]] = {}
        self.fills: dict[tuple[int, int], list[Fill]] = {}

    def watch(self, account: int) -> None:
        """Keep this account's orders from now on, too."""
        if self._watched is not None:
            self._watched.add(account)

    def watch_nobody(self) -> None:
        """Keep nothing from now on but of accounts that are then watched."""
        self._watched = set()

    def _is_kept(self, account: int) -> bool:
        return self._watched is None or account in self._watched

    def absorb(self, commands: Void, first: int, events: Void) -> None:
        """Take in the events of ``commands``, the first of which has the number ``first``."""
        names = events.dtype.names or ()
        for row in events[events["kind"] != EventKind.LEVEL].tolist():
            event = dict(zip(names, row, strict=True))
            kind = event["kind"]
            if kind == EventKind.TRADE:
                self._trade(event)
            elif not self._is_kept(event["account"]):
                continue
            elif kind == EventKind.ACCEPTED:
                self._open(commands[event["command"] - first], event)
            elif kind in (EventKind.CANCELLED, EventKind.EXPIRED):
                order = self._order(event)
                order.status = Status.CANCELED if kind == EventKind.CANCELLED else Status.EXPIRED
                order.reason = event["reason"]
            elif kind == EventKind.TRIGGERED:
                self._order(event).is_working = True
            elif kind == EventKind.AMENDED:
                self._order(event).size = event["size"]

    def _order(self, event: Event) -> OrderState:
        order = self.orders[event["market"], event["order"]]
        order.updated = event["ts"]
        return order

    def _open(self, command: np.void, event: Event) -> None:
        kind = event["order_kind"]
        is_stop = kind in (OrderKind.STOP_LOSS_LIMIT, OrderKind.TAKE_PROFIT_LIMIT)
        order = OrderState(
            market=event["market"],
            id=event["order"],
            account=event["account"],
            client=event["client"],
            side=event["side"],
            kind=kind,
            tif=int(command["tif"]),
            stp=int(command["stp"]),
            price=event["price"],
            stop=int(command["stop"]) if is_stop else 0,
            size=event["size"],
            cost=int(command["cost"]) if command["kind"] != CommandKind.PLACE_OCO else 0,
            list_id=event["number"],
            placed=event["ts"],
            updated=event["ts"],
            is_working=not is_stop,
        )
        self.orders[order.market, order.id] = order
        self.of_account.setdefault((order.market, order.account), []).append(order.id)
        if order.client:
            self.of_client[order.market, order.account, order.client] = order.id

    def _trade(self, event: Event) -> None:
        taker_side = event["side"]
        if self._is_kept(event["account"]):
            self._fill(event, "", taker_side, is_maker=False)
        if self._is_kept(event["other_account"]):
            self._fill(event, "other_", 1 - taker_side, is_maker=True)

    def _fill(self, event: Event, who: str, side: int, *, is_maker: bool) -> None:
        market, price, size = (event[name] for name in ("market", "price", "size"))
        order = self.orders[market, event[f"{who}order"]]
        cost = price * size * self._cost_units[market]
        fee, ts = event[f"{who}fee"], event["ts"]
        fill = Fill(
            market, event["number"], order.account, order.id, side, price, size, cost, fee, is_maker, ts
        )
        order.filled += size
        order.spent += cost
        order.updated = ts
        order.status = Status.FILLED if event[f"{who}left"] == 0 else Status.PARTIALLY_FILLED
        order.trades.append(fill)
        self.fills.setdefault((market, order.account), []).append(fill)
