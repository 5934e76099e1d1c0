"""The news of an account as the events of a Binance user stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from venue.binance import events
from venue.binance.desk import Desk
from venue.engine.codes import EventKind
from venue.engine.history import OrderState
from venue.serving.desk import Market
from venue.serving.events import Event

Tell = Callable[[int, dict[str, Any]], None]


class Reports:
    """Words what happens to the orders and balances of ``desk``'s accounts, and hands it to ``tell``."""

    def __init__(self, desk: Desk, tell: Tell) -> None:
        self._desk = desk
        self._tell = tell
        desk.owners.append(self)

    def traded(self, market: Market, order: OrderState, event: Event, *, is_maker: bool) -> None:
        """Tell of a trade."""
        self._report(market, order, event, events.traded(market.words, order, event, is_maker=is_maker))

    def changed(self, market: Market, order: OrderState, event: Event) -> None:
        """Tell of a change; a cancel has an id of its own."""
        told = events.changed(order, event)
        if event.kind == EventKind.CANCELLED:
            cancel_id = self._desk.cancel_ids.pop((market.number, order.id), "")
            told |= {"c": cancel_id or self._desk.new_id(), "C": self._desk.client_id(order)}
        self._report(market, order, event, told)

    def transferred(self, account: int, asset: str, event: Event) -> None:
        """Tell of money that came in or went out."""
        delta = self._desk.amount(asset, event.size)
        told = {"e": "balanceUpdate", "E": event.ms, "a": asset, "d": delta, "T": event.ms}
        self._tell(account, told)

    def moved(self, account: int, assets: set[str]) -> None:
        """Tell the balances of these assets."""
        desk, now = self._desk, self._desk.now_ms()
        rows = [
            {"a": asset, "f": desk.amount(asset, free), "l": desk.amount(asset, locked)}
            for asset, (free, locked) in desk.exchange.balances(account).items()
            if asset in assets
        ]
        self._tell(account, {"e": "outboundAccountPosition", "E": now, "u": now, "B": rows})

    def _report(self, market: Market, order: OrderState, event: Event, told: dict[str, Any]) -> None:
        client = self._desk.client_id(order)
        self._tell(order.account, events.report(market.words, order, client, event, told))
