"""The engine's events as named rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from venue.engine.codes import EventKind
from venue.engine.exchange import Exchange, Void
from venue.engine.history import OrderState

NS_A_MS = 1_000_000


class Event(NamedTuple):
    """One row of layout.EVENT."""

    kind: int
    reason: int
    market: int
    side: int
    order_kind: int
    command_kind: int
    ts: int
    command: int
    account: int
    order: int
    client: int
    price: int
    size: int
    left: int
    fee: int
    other_account: int
    other_order: int
    other_client: int
    other_left: int
    other_fee: int
    number: int

    @property
    def ms(self) -> int:
        """When it happened."""
        return self.ts // NS_A_MS


def rows(events: Void) -> Iterator[Event]:
    """The rows of a batch."""
    return map(Event._make, events[list(Event._fields)].tolist())


ORDER_EVENTS = frozenset(
    kind.value
    for kind in (
        EventKind.ACCEPTED,
        EventKind.TRIGGERED,
        EventKind.CANCELLED,
        EventKind.EXPIRED,
        EventKind.AMENDED,
    )
)


def client_id(exchange: Exchange, order: OrderState) -> str:
    """The client order id; an order without one gets a name from its number."""
    return exchange.client_word(order.client) or f"web_{order.market}_{order.id}"
