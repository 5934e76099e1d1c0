"""Orders that are there already: cancelled, replaced, made smaller."""

from __future__ import annotations

from typing import Any

from venue.engine import filters
from venue.engine.balances import need, release
from venue.engine.codes import EventKind, Reason, ReplaceMode
from venue.engine.journal import note, note_refusal
from venue.engine.ladder import shrink
from venue.engine.orders import close, find, ladder_of
from venue.engine.placing import place
from venue.kernel import kernel


@kernel
def refuse_unknown(log: Any, command: Any) -> None:
    """The order is not open, or not the account's."""
    note_refusal(
        log,
        Reason.UNKNOWN_ORDER.value,
        command.account,
        command.side,
        command.order,
        command.target_client,
    )


@kernel
def cancel(market: Any, ledger: Any, log: Any, command: Any, reason: int) -> int:
    """End an open order and the other leg of its OCO; returns its id, 0 where it is unknown."""
    slot = find(market, ledger, command.account, command.order, command.target_client)
    if slot < 0:
        refuse_unknown(log, command)
        return 0
    order_id: int = market.orders[slot].id
    close(market, ledger, log, slot, EventKind.CANCELLED.value, reason)
    return order_id


@kernel
def replace(market: Any, ledger: Any, log: Any, command: Any) -> None:
    """Cancel, then place; the mode says whether to place when there was nothing to cancel."""
    old = cancel(market, ledger, log, command, Reason.REPLACED.value)
    if old != 0 or command.mode == ReplaceMode.ALLOW_FAILURE.value:
        place(market, ledger, log, command, old)


@kernel
def check_amend(market: Any, order: Any, size: int) -> int:
    """Less than before, more than has traded, and still an order the market would take."""
    if order.list_id != 0:
        return Reason.AMEND_LISTED.value
    if size >= order.size or size <= order.size - order.left:
        return Reason.AMEND_SIZE.value
    reason = filters.check_size(market, size)
    if reason == 0:
        reason = filters.check_notional(market, order.price * size * market.rules.cost_units)
    return reason


@kernel
def amend(market: Any, ledger: Any, log: Any, command: Any) -> None:
    """Make an open order smaller; it keeps its place in the queue."""
    slot = find(market, ledger, command.account, command.order, command.target_client)
    if slot < 0:
        refuse_unknown(log, command)
        return
    order = market.orders[slot]
    reason = Reason.MARKET_HALTED.value
    if market.is_halted == 0:
        reason = check_amend(market, order, command.size)
    if reason != 0:
        note_refusal(log, reason, command.account, order.side, order.id, order.client)
        return
    shrink(market, log.command, ladder_of(order), slot, order.size - command.size)
    order.size = command.size
    excess = order.locked - need(market, order.side, order.price, order.left)
    release(market, ledger, order, excess)
    note(log, EventKind.AMENDED.value, 0, order)
