"""The life of an order slot: taken at acceptance, given back when the order is over."""

from __future__ import annotations

from typing import Any

from venue.engine import index
from venue.engine.balances import release
from venue.engine.codes import EventKind, Reason
from venue.engine.filters import rises
from venue.engine.journal import note
from venue.engine.ladder import unlink
from venue.engine.layout import FALLING, FREE, INDEX_MOST, ORDERS, RESTING, RISING, TAKING, WAITING
from venue.kernel import kernel

MARKETS = 256  # at most; a client order id leads to order id × MARKETS + market


@kernel
def has_room(market: Any, ledger: Any, orders: int) -> bool:
    """Whether the pools hold that many more orders."""
    return bool(market.open + orders <= ORDERS and ledger.clients.count + orders <= INDEX_MOST)


@kernel
def client_taken(ledger: Any, account: int, client: int) -> bool:
    """Whether the account has an open order with this client order id."""
    return client != 0 and index.look_up(ledger.clients, account, client) != 0


@kernel
def take_slot(market: Any) -> int:
    """A free slot; there must be one."""
    if market.freed > 0:
        market.freed -= 1
        return int(market.free[market.freed])
    market.used += 1
    return int(market.used - 1)


@kernel
def create(
    market: Any, ledger: Any, command: Any, kind: int, price: int, size: int, stop: int, client: int
) -> int:
    """A new order, known by its ids, nowhere in the book and without money yet."""
    slot = take_slot(market)
    market.last_order += 1
    order = market.orders[slot]
    order.id = market.last_order
    order.client = client
    order.price = price
    order.stop = stop
    order.size = size
    order.left = size
    order.locked = 0
    order.spent = 0
    order.ts = command.ts
    order.list_id = 0
    order.sibling = 0
    order.account = command.account
    order.next = 0
    order.previous = 0
    order.side = command.side
    order.kind = kind
    order.tif = command.tif
    order.stp = command.stp
    order.state = TAKING
    order.is_stop = 1 if stop != 0 else 0
    market.open += 1
    market.counts[command.account] += 1
    index.insert(market.ids, 0, order.id, slot + 1)
    if client != 0:
        index.insert(ledger.clients, command.account, client, order.id * MARKETS + market.number)
    return slot


@kernel
def forget(market: Any, ledger: Any, slot: int) -> None:
    """Give back an order's money, ids and slot; it must be in no queue."""
    order = market.orders[slot]
    if order.locked != 0:
        release(market, ledger, order, order.locked)
    index.remove(market.ids, 0, order.id)
    if order.client != 0:
        index.remove(ledger.clients, order.account, order.client)
    market.counts[order.account] -= 1
    market.open -= 1
    order.state = FREE
    market.free[market.freed] = slot
    market.freed += 1


@kernel
def ladder_of(order: Any) -> int:
    """The ladder a queued order is on."""
    if order.state == WAITING:
        return RISING if rises(order.side, order.kind) else FALLING
    side: int = order.side
    return side


@kernel
def close_one(market: Any, ledger: Any, log: Any, slot: int, event: int, reason: int) -> None:
    """End an order, wherever it is, and say so."""
    order = market.orders[slot]
    if order.state == RESTING or order.state == WAITING:
        unlink(market, log.command, ladder_of(order), slot)
    note(log, event, reason, order)
    forget(market, ledger, slot)


@kernel
def close_sibling(market: Any, ledger: Any, log: Any, slot: int) -> None:
    """End the other leg of an OCO, if this order has one."""
    order = market.orders[slot]
    sibling = order.sibling
    if sibling == 0:
        return
    order.sibling = 0
    market.orders[sibling - 1].sibling = 0
    close_one(market, ledger, log, sibling - 1, EventKind.CANCELLED.value, Reason.OTHER_LEG.value)


@kernel
def close(market: Any, ledger: Any, log: Any, slot: int, event: int, reason: int) -> None:
    """End an order and the other leg of its OCO."""
    sibling = market.orders[slot].sibling
    close_one(market, ledger, log, slot, event, reason)
    if sibling != 0:
        market.orders[sibling - 1].sibling = 0
        close_one(market, ledger, log, sibling - 1, EventKind.CANCELLED.value, Reason.OTHER_LEG.value)


@kernel
def find(market: Any, ledger: Any, account: int, order_id: int, client: int) -> int:
    """Slot of the account's open order with this id, or with this client id where the id is 0; else -1."""
    wanted = order_id
    if wanted == 0 and client != 0:
        value = index.look_up(ledger.clients, account, client)
        if value != 0 and value % MARKETS == market.number:
            wanted = value // MARKETS
    slot = index.look_up(market.ids, 0, wanted) - 1
    if slot >= 0 and market.orders[slot].account == account:
        return slot
    return -1
