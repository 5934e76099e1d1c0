"""What the owner of an account may ask about it."""

from __future__ import annotations

from typing import Any

from venue.binance import errors, replies
from venue.binance.calls import Call
from venue.binance.trading import target
from venue.engine.history import Fill, OrderState
from venue.serving.desk import Market
from venue.serving.events import NS_A_MS

PPM_A_BASIS_POINT = 100
MOST_ROWS = 1_000


def query(call: Call) -> dict[str, Any]:
    """GET order, order.status."""
    market = call.desk.market(call.params)
    order_id, client = target(call)
    state = call.desk.exchange.order(call.account, market.symbol, order_id, client=client)
    if state is None:
        raise errors.no_such_order()
    return describe(call, market, state)


def describe(call: Call, market: Market, state: OrderState) -> dict[str, Any]:
    """An order as queries answer."""
    return replies.order(market.words, state, call.desk.client_id(state))


def open_orders(call: Call) -> list[dict[str, Any]]:
    """GET openOrders, openOrders.status: of one symbol, or of all."""
    desk = call.desk
    markets = [desk.market(call.params)] if call.params.text("symbol") else desk.markets
    found = []
    for market in markets:
        for row in desk.exchange.open_orders(call.account, market.symbol):
            state = desk.exchange.order(call.account, market.symbol, int(row["id"]))
            if state is not None:
                found.append(describe(call, market, state))
    return found


def all_orders(call: Call) -> list[dict[str, Any]]:
    """GET allOrders: from an order id on, or in a time, else the last ones."""
    market, params = call.desk.market(call.params), call.params
    states = call.desk.exchange.all_orders(call.account, market.symbol)
    limit = params.limit(500, MOST_ROWS)
    first = params.integer("orderId")
    if first is not None:
        states = [state for state in states if state.id >= first][:limit]
    else:
        times = _span(call)
        states = [state for state in states if times[0] <= state.placed // NS_A_MS <= times[1]]
        states = states[:limit] if params.text("startTime") else states[-limit:]
    return [describe(call, market, state) for state in states]


def my_trades(call: Call) -> list[dict[str, Any]]:
    """GET myTrades, myTrades: from a trade id on, of an order, or in a time, else the last ones."""
    desk, params = call.desk, call.params
    market = desk.market(params)
    fills: list[Fill] = desk.exchange.my_trades(call.account, market.symbol)
    limit = params.limit(500, MOST_ROWS)
    order_id, first = params.integer("orderId"), params.integer("fromId")
    if order_id is not None:
        fills = [fill for fill in fills if fill.order == order_id]
    low, high = _span(call)
    fills = [fill for fill in fills if low <= fill.ts // NS_A_MS <= high]
    if first is not None:
        fills = [fill for fill in fills if fill.id >= first]
    is_forward = first is not None or bool(params.text("startTime"))
    fills = fills[:limit] if is_forward else fills[-limit:]
    return [replies.fill(market.words, fill, _list_id(call, market, fill)) for fill in fills]


def _list_id(call: Call, market: Market, fill: Fill) -> int:
    state = call.desk.exchange.order(call.account, market.symbol, fill.order)
    return state.list_id if state is not None else 0


def _span(call: Call) -> tuple[int, int]:
    start = call.params.integer("startTime", 0) or 0
    end = call.params.integer("endTime", 1 << 62) or 0
    return start, end


def status(call: Call) -> dict[str, Any]:
    """GET account, account.status."""
    desk = call.desk
    maker, taker = desk.exchange.fees(call.account)
    is_brief = call.params.text("omitZeroBalances") == "true"
    rates = {
        "maker": f"{maker / 1e6:.8f}",
        "taker": f"{taker / 1e6:.8f}",
        "buyer": "0.00000000",
        "seller": "0.00000000",
    }
    may_trade = call.key is not None and call.key.may_trade
    return {
        "makerCommission": maker // PPM_A_BASIS_POINT,
        "takerCommission": taker // PPM_A_BASIS_POINT,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": rates,
        "canTrade": may_trade,
        "canWithdraw": False,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": desk.now_ms(),
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": desk.amount(asset, free), "locked": desk.amount(asset, locked)}
            for asset, (free, locked) in desk.exchange.balances(call.account).items()
            if free or locked or not is_brief
        ],
        "permissions": ["SPOT"],
        "uid": call.account,
    }


def restrictions(call: Call) -> dict[str, Any]:
    """GET sapi/v1/account/apiRestrictions: what a key may do."""
    may_trade = call.key is not None and call.key.may_trade
    may_withdraw = call.key is not None and call.key.may_withdraw
    return {
        "ipRestrict": False,
        "createTime": 0,
        "enableReading": True,
        "enableWithdrawals": may_withdraw,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableSpotAndMarginTrading": may_trade,
    }


def order_counts(call: Call) -> list[dict[str, Any]]:
    """GET rateLimit/order: orders placed in the present intervals."""
    desk = call.desk
    spans = {"SECOND": 10_000, "DAY": 86_400_000}
    return [
        row | {"count": desk.limits.orders_in(call.account, spans[row["interval"]], desk.now_ms())}
        for row in desk.limits.described()
        if row["rateLimitType"] == "ORDERS"
    ]
