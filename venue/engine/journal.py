"""Events are appended to the log in the order in which things happen."""

from __future__ import annotations

from typing import Any

from venue.engine.codes import EventKind
from venue.engine.ladder import price_of
from venue.engine.layout import LEVELS
from venue.kernel import kernel


@kernel
def append(log: Any, kind: int, reason: int) -> int:
    """A fresh row with what every event has; returns its number."""
    n: int = log.count
    log.count = n + 1
    row = log.rows[n]
    row.kind = kind
    row.reason = reason
    row.market = log.market
    row.side = 0
    row.order_kind = 0
    row.command_kind = log.command_kind
    row.ts = log.ts
    row.command = log.command
    row.account = 0
    row.order = 0
    row.client = 0
    row.price = 0
    row.size = 0
    row.left = 0
    row.fee = 0
    row.other_account = 0
    row.other_order = 0
    row.other_client = 0
    row.other_left = 0
    row.other_fee = 0
    row.number = 0
    return n


@kernel
def note(log: Any, kind: int, reason: int, order: Any) -> int:
    """An event about one order."""
    n = append(log, kind, reason)
    row = log.rows[n]
    row.side = order.side
    row.order_kind = order.kind
    row.account = order.account
    row.order = order.id
    row.client = order.client
    row.price = order.price
    row.size = order.size
    row.left = order.left
    row.number = order.list_id
    return n


@kernel
def note_refusal(log: Any, reason: int, account: int, side: int, order: int, client: int) -> None:
    """A command, or the part of it that ``order`` names, was refused."""
    n = append(log, EventKind.REJECTED.value, reason)
    row = log.rows[n]
    row.account = account
    row.side = side
    row.order = order
    row.client = client


@kernel
def note_trade(log: Any, taker: Any, maker: Any, price: int, lots: int) -> int:
    """A trade; the fees are filled in by who settles it."""
    n = append(log, EventKind.TRADE.value, 0)
    row = log.rows[n]
    row.side = taker.side
    row.order_kind = taker.kind
    row.account = taker.account
    row.order = taker.id
    row.client = taker.client
    row.price = price
    row.size = lots
    row.left = taker.left
    row.other_account = maker.account
    row.other_order = maker.id
    row.other_client = maker.client
    row.other_left = maker.left
    return n


@kernel
def note_levels(market: Any, log: Any) -> None:
    """The new size of every level the command changed, under one update id."""
    if market.n_touched == 0:
        return
    market.update += 1
    for i in range(market.n_touched):
        ladder = market.touched[i] // LEVELS
        key = market.touched[i] - ladder * LEVELS
        n = append(log, EventKind.LEVEL.value, 0)
        row = log.rows[n]
        row.side = ladder
        row.price = price_of(market, ladder, key)
        row.size = market.ladders[ladder].levels[key].size
        row.number = market.update
    market.n_touched = 0
