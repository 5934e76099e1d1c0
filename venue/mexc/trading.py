"""New orders and cancels."""

from __future__ import annotations

from typing import Any

from venue.engine.codes import OrderKind, Reason
from venue.engine.exchange import NewOrder
from venue.engine.history import OrderState
from venue.mexc import errors, replies
from venue.mexc.calls import Call
from venue.mexc.words import order_number
from venue.serving.desk import Market


def read_order(call: Call, market: Market) -> NewOrder:
    """The order a request describes.

    Raises:
        Refusal: A parameter is missing, unknown, or off the steps of the market.
    """
    params, rules = call.params, market.words.rules
    kind, tif = params.kind()
    client = params.client("newClientOrderId") or call.desk.new_id()
    side, stp = params.side(), params.self_trade()
    if kind != OrderKind.MARKET:
        size, price = params.lots("quantity", rules), params.ticks("price", rules)
        return NewOrder(side=side, kind=kind, tif=tif, size=size, price=price, stp=stp, client=client)
    if not params.text("quantity") and not params.text("quoteOrderQty"):
        raise errors.one_of("quantity", "quoteOrderQty")
    if params.text("quantity"):
        size = params.lots("quantity", rules)
        if size == 0:
            raise errors.rejection(Reason.MARKET_LOT_SIZE)
        return NewOrder(side=side, kind=kind, size=size, stp=stp, client=client)
    cost = _cost(call, market)
    return NewOrder(side=side, kind=kind, cost=cost, stp=stp, client=client)


def _cost(call: Call, market: Market) -> int:
    """What a market order may spend, in units of the quote asset."""
    assets, quote = call.desk.exchange.assets, market.words.rules.quote
    scaled = call.params.amount("quoteOrderQty").scaleb(assets.digits[assets.number(quote)])
    if scaled != int(scaled):
        raise errors.too_precise()
    if scaled == 0:
        raise errors.rejection(Reason.NOTIONAL)
    return int(scaled)


def place(call: Call) -> dict[str, Any]:
    """POST order; the answer names the order and says nothing of what became of it."""
    desk, market = call.desk, call.desk.market(call.params)
    order = read_order(call, market)
    answer = desk.exchange.place(call.account, market.symbol, order, ts=desk.now())
    desk.wire.tell(answer)
    if answer.reason:
        raise errors.rejection(answer.reason, order.side)
    state = desk.exchange.order(call.account, market.symbol, answer.order_id)
    if state is None:
        raise errors.no_such_order()
    return replies.placed(market.words, state)


def check(call: Call) -> dict[str, Any]:
    """POST order/test: what can be said without the book and the balances."""
    read_order(call, call.desk.market(call.params))
    return {}


def target(call: Call, market: Market) -> OrderState | None:
    """The order a request means, by id or by client order id; None where there is none."""
    word, client = call.params.text("orderId"), call.params.text("origClientOrderId")
    if not word and not client:
        raise errors.one_of("origClientOrderId", "orderId")
    number = order_number(word) if word else 0
    if number is None:
        return None
    exchange = call.desk.exchange
    return exchange.order(call.account, market.symbol, number, client="" if number else client)


def cancel(call: Call) -> dict[str, Any]:
    """DELETE order."""
    market = call.desk.market(call.params)
    state = target(call, market)
    if state is None or not state.is_open:
        raise errors.rejection(Reason.UNKNOWN_ORDER)
    return _cancel(call, market, state)


def _cancel(call: Call, market: Market, state: OrderState) -> dict[str, Any]:
    desk = call.desk
    answer = desk.exchange.cancel(call.account, market.symbol, state.id, ts=desk.now())
    desk.wire.tell(answer)
    if answer.reason:
        raise errors.rejection(answer.reason)
    return replies.cancelled(market.words, state, desk.client_id(state))


def cancel_all(call: Call) -> list[dict[str, Any]]:
    """DELETE openOrders: of one symbol; none open is no error."""
    market = call.desk.market(call.params)
    told = []
    for row in call.desk.exchange.open_orders(call.account, market.symbol):
        state = call.desk.exchange.order(call.account, market.symbol, int(row["id"]))
        if state is not None and state.is_open:
            told.append(_cancel(call, market, state))
    return told
