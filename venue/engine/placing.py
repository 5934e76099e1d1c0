"""New orders: checked, paid for, announced, matched."""

from __future__ import annotations

from typing import Any

from venue.engine import filters
from venue.engine.balances import lock, need, paid_asset
from venue.engine.codes import EventKind, OrderKind, Reason, Side, TimeInForce
from venue.engine.journal import note, note_refusal
from venue.engine.ladder import push
from venue.engine.layout import FALLING, LARGEST, RESTING, RISING, WAITING
from venue.engine.matching import work
from venue.engine.orders import client_taken, create, has_room
from venue.engine.survey import crosses, survey
from venue.kernel import kernel


@kernel
def check_common(market: Any, ledger: Any, command: Any, orders: int, may_rest: bool) -> int:
    """Counts and ids."""
    if may_rest and market.counts[command.account] + orders > market.rules.max_orders:
        return Reason.MAX_NUM_ORDERS.value
    if client_taken(ledger, command.account, command.client):
        return Reason.DUPLICATE_CLIENT_ID.value
    if not has_room(market, ledger, orders):
        return Reason.POOL_FULL.value
    return 0


@kernel
def check_funds(market: Any, ledger: Any, command: Any, amount: int) -> int:
    """Whether the account can set ``amount`` aside."""
    if ledger.free[command.account, paid_asset(market, command.side)] < amount:
        return Reason.INSUFFICIENT_BALANCE.value
    return 0


@kernel
def check_limit_order(market: Any, ledger: Any, command: Any) -> int:
    """Everything but the market orders."""
    if command.cost != 0:
        return Reason.ILLEGAL_PARAMETER.value
    stops = filters.is_stop_kind(command.order_kind)
    if stops != (command.stop != 0):
        return Reason.ILLEGAL_PARAMETER.value
    reason = filters.check_limit(market, command.side, command.price, command.size)
    if reason == 0 and stops:
        reason = filters.check_stop(market, command.side, command.order_kind, command.stop)
    if reason == 0:
        may_rest = stops or command.tif == TimeInForce.GTC.value
        reason = check_common(market, ledger, command, 1, may_rest)
    is_maker = command.order_kind == OrderKind.LIMIT_MAKER.value
    if reason == 0 and is_maker and crosses(market, command.side, command.price):
        reason = Reason.WOULD_TAKE.value
    if reason == 0:
        amount = need(market, command.side, command.price, command.size)
        reason = check_funds(market, ledger, command, amount)
    return reason


@kernel
def size_market_order(market: Any, command: Any) -> tuple[int, int, int]:
    """Reason, lots and amount to lock of a market order; by cost, the book says how many lots."""
    if command.price != 0 or command.stop != 0 or (command.size != 0) == (command.cost != 0):
        return Reason.ILLEGAL_PARAMETER.value, 0, 0
    size = command.size
    if command.cost != 0:
        if command.cost < 0 or command.cost > LARGEST - 1:
            return Reason.ILLEGAL_PARAMETER.value, 0, 0
        reason = filters.check_notional(market, command.cost)
        if reason != 0:
            return reason, 0, 0
        lots, _, reached = survey(
            market,
            command.account,
            command.side,
            0,
            command.stp,
            market.rules.max_market_size,
            command.cost,
        )
        if not reached:
            return Reason.NO_LIQUIDITY.value, 0, 0
        size = lots - (lots - market.rules.min_market_size) % market.rules.market_size_step
    reason = filters.check_market_size(market, size)
    if reason == 0 and command.cost == 0:
        reason = filters.check_notional(market, market.last * size * market.rules.cost_units)
    if reason != 0:
        return reason, 0, 0
    amount = need(market, command.side, 1, size)
    if command.side == Side.BUY.value:
        _, amount, _ = survey(market, command.account, command.side, 0, command.stp, size, LARGEST)
    return 0, size, amount


@kernel
def accept(market: Any, ledger: Any, log: Any, slot: int, amount: int, replaced: int) -> None:
    """Lock the money, announce the order and let it wait, or match it."""
    order = market.orders[slot]
    lock(market, ledger, order, amount)
    note(log, EventKind.ACCEPTED.value, 0, order)
    if replaced != 0:
        n = note(log, EventKind.REPLACED.value, 0, order)
        log.rows[n].other_order = replaced
    if order.is_stop != 0:
        wait(market, log, slot)
    else:
        work(market, ledger, log, slot)


@kernel
def wait(market: Any, log: Any, slot: int) -> None:
    """Let a stop wait for its price."""
    order = market.orders[slot]
    order.state = WAITING
    push(market, log.command, RISING if filters.rises(order.side, order.kind) else FALLING, slot)


@kernel
def place(market: Any, ledger: Any, log: Any, command: Any, replaced: int) -> None:
    """One order: refused with a reason, or accepted and worked."""
    reason = Reason.MARKET_HALTED.value if market.is_halted != 0 else 0
    size = command.size
    amount = 0
    if reason == 0:
        reason = filters.check_words(command.side, command.order_kind, command.tif, command.stp)
    if reason == 0 and command.order_kind == OrderKind.MARKET.value:
        reason, size, amount = size_market_order(market, command)
        if reason == 0:
            reason = check_common(market, ledger, command, 1, False)
        if reason == 0:
            reason = check_funds(market, ledger, command, amount)
    elif reason == 0:
        reason = check_limit_order(market, ledger, command)
        amount = need(market, command.side, command.price, command.size)
    if reason != 0:
        note_refusal(log, reason, command.account, command.side, 0, command.client)
        return
    slot = create(
        market, ledger, command, command.order_kind, command.price, size, command.stop, command.client
    )
    accept(market, ledger, log, slot, amount, replaced)


@kernel
def check_oco(market: Any, ledger: Any, command: Any) -> int:
    """Both legs, and the place of their prices around the last one."""
    if market.is_halted != 0:
        return Reason.MARKET_HALTED.value
    reason = filters.check_words(command.side, command.order_kind, command.tif, command.stp)
    if reason == 0 and (command.order_kind != 0 or command.tif != 0 or command.cost != 0):
        reason = Reason.ILLEGAL_PARAMETER.value
    if reason == 0:
        reason = filters.check_limit(market, command.side, command.price, command.size)
    if reason == 0:
        reason = filters.check_limit(market, command.side, command.stop_limit, command.size)
    if reason == 0:
        reason = filters.check_tick(market, command.stop)
    if reason == 0:
        low, high = command.stop, command.price
        if command.side == Side.BUY.value:
            low, high = command.price, command.stop
        if not low < market.last < high:
            reason = Reason.OCO_PRICES.value
    if reason == 0:
        reason = check_common(market, ledger, command, 2, True)
    if reason == 0 and command.stop_client != 0:
        same = command.stop_client == command.client
        if same or client_taken(ledger, command.account, command.stop_client):
            reason = Reason.DUPLICATE_CLIENT_ID.value
    if reason == 0 and crosses(market, command.side, command.price):
        reason = Reason.WOULD_TAKE.value
    return reason


@kernel
def place_oco(market: Any, ledger: Any, log: Any, command: Any) -> None:
    """A limit maker and a stop over the same quantity; together they lock the greater need."""
    reason = check_oco(market, ledger, command)
    first = need(market, command.side, command.price, command.size)
    second = max(0, need(market, command.side, command.stop_limit, command.size) - first)
    if reason == 0:
        reason = check_funds(market, ledger, command, first + second)
    if reason != 0:
        note_refusal(log, reason, command.account, command.side, 0, command.client)
        return
    size = command.size
    maker = OrderKind.LIMIT_MAKER.value
    stop = OrderKind.STOP_LOSS_LIMIT.value
    limit_slot = create(market, ledger, command, maker, command.price, size, 0, command.client)
    stop_slot = create(
        market, ledger, command, stop, command.stop_limit, size, command.stop, command.stop_client
    )
    list_id = market.orders[limit_slot].id
    market.orders[limit_slot].list_id = list_id
    market.orders[limit_slot].sibling = stop_slot + 1
    market.orders[stop_slot].list_id = list_id
    market.orders[stop_slot].sibling = limit_slot + 1
    lock(market, ledger, market.orders[limit_slot], first)
    lock(market, ledger, market.orders[stop_slot], second)
    note(log, EventKind.ACCEPTED.value, 0, market.orders[limit_slot])
    note(log, EventKind.ACCEPTED.value, 0, market.orders[stop_slot])
    market.orders[limit_slot].state = RESTING
    push(market, log.command, command.side, limit_slot)
    wait(market, log, stop_slot)
