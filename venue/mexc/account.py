"""What the owner of an account may ask about it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from venue.engine.history import OrderState
from venue.mexc import errors, replies
from venue.mexc.calls import Call
from venue.mexc.trading import target
from venue.mexc.words import order_number
from venue.serving.desk import Market
from venue.serving.events import NS_A_MS

MOST_ORDERS = 1_000
MOST_FILLS = 100


def query(call: Call) -> dict[str, Any]:
    """GET order."""
    market = call.desk.market(call.params)
    state = target(call, market)
    if state is None:
        raise errors.no_such_order()
    return _described(call, market, state)


def _described(call: Call, market: Market, state: OrderState) -> dict[str, Any]:
    return replies.order(market.words, state, call.desk.client_id(state))


def open_orders(call: Call) -> list[dict[str, Any]]:
    """GET openOrders: of one symbol."""
    desk, market = call.desk, call.desk.market(call.params)
    ids = [int(row["id"]) for row in desk.exchange.open_orders(call.account, market.symbol)]
    states = [desk.exchange.order(call.account, market.symbol, one) for one in ids]
    return [_described(call, market, state) for state in states if state is not None]


def all_orders(call: Call) -> list[dict[str, Any]]:
    """GET allOrders: in a time, newest first."""
    market = call.desk.market(call.params)
    low, high = call.params.span()
    states = call.desk.exchange.all_orders(call.account, market.symbol)
    found = [state for state in states if low <= state.placed // NS_A_MS <= high]
    found = found[-call.params.limit(500, MOST_ORDERS) :]
    return [_described(call, market, state) for state in reversed(found)]


def my_trades(call: Call) -> list[dict[str, Any]]:
    """GET myTrades: of an order, or in a time, newest first and a hundred at most."""
    desk, params = call.desk, call.params
    market = desk.market(params)
    low, high = call.params.span()
    fills = desk.exchange.my_trades(call.account, market.symbol)
    seen = Counter(one.id for one in fills)
    found = [one for one in fills if low <= one.ts // NS_A_MS <= high]
    if params.text("orderId"):
        number = order_number(params.text("orderId"))
        found = [one for one in found if one.order == number]
    rows = []
    for one in reversed(found[-params.limit(MOST_FILLS, MOST_FILLS) :]):
        state = desk.exchange.order(call.account, market.symbol, one.order)
        client = desk.client_id(state) if state is not None else ""
        rows.append(replies.fill(market.words, one, client, is_self_trade=seen[one.id] > 1))
    return rows


def status(call: Call) -> dict[str, Any]:
    """GET account: what is there of each asset; fees are told by market."""
    desk = call.desk
    may_trade = call.key is not None and call.key.may_trade
    return {
        "canTrade": may_trade,
        "canWithdraw": False,
        "canDeposit": True,
        "updateTime": None,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": desk.amount(asset, free), "locked": desk.amount(asset, locked)}
            for asset, (free, locked) in desk.exchange.balances(call.account).items()
            if free or locked
        ],
        "permissions": ["SPOT"],
    }
