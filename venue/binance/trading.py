"""New orders, cancels and replacements."""

from __future__ import annotations

from typing import Any

from venue.binance import errors, replies
from venue.binance.calls import Call
from venue.binance.parameters import Params
from venue.engine.codes import EventKind, OrderKind, Reason, ReplaceMode, TimeInForce
from venue.engine.exchange import Answer, NewOrder
from venue.engine.history import OrderState
from venue.serving.desk import Market

STOPS = (OrderKind.STOP_LOSS_LIMIT, OrderKind.TAKE_PROFIT_LIMIT)
RESPONSES = ("ACK", "RESULT", "FULL")


def read_order(call: Call, market: Market) -> NewOrder:
    """The order a request describes.

    Raises:
        Refusal: a parameter is missing, unknown, superfluous, or off the steps of the market.
    """
    params, rules = call.params, market.words.rules
    kind = params.kind()
    _refuse_superfluous(params, kind)
    client = params.client("newClientOrderId") or call.desk.new_id()
    side, stp = params.side(), params.stp()
    if kind == OrderKind.MARKET:
        return _market_order(call, market, NewOrder(side=side, kind=kind, stp=stp, client=client))
    return NewOrder(
        side=side,
        kind=kind,
        tif=TimeInForce.GTC if kind == OrderKind.LIMIT_MAKER else params.tif(),
        size=params.lots("quantity", rules),
        price=params.ticks("price", rules),
        stop=params.ticks("stopPrice", rules) if kind in STOPS else 0,
        stp=stp,
        client=client,
    )


def _refuse_superfluous(params: Params, kind: OrderKind) -> None:
    refused: tuple[str, ...] = ("stopPrice",) if kind not in STOPS else ()
    if kind == OrderKind.MARKET:
        refused += ("price", "timeInForce")
    elif kind == OrderKind.LIMIT_MAKER:
        refused += ("timeInForce", "quoteOrderQty")
    else:
        refused += ("quoteOrderQty",)
    for name in (*refused, "icebergQty", "trailingDelta"):
        if params.text(name):
            raise errors.not_required(name)


def _market_order(call: Call, market: Market, order: NewOrder) -> NewOrder:
    params, rules = call.params, market.words.rules
    if not params.text("quantity") and not params.text("quoteOrderQty"):
        raise errors.one_of("quantity", "quoteOrderQty")
    if params.text("quantity") and params.text("quoteOrderQty"):
        raise errors.not_required("quoteOrderQty")
    size = params.lots("quantity", rules) if params.text("quantity") else 0
    spent = params.amount("quoteOrderQty")
    cost = call.desk.exchange.assets.units(rules.quote, spent) if spent is not None else 0
    if size == 0 and cost == 0:
        raise errors.rejection(Reason.MARKET_LOT_SIZE if spent is None else Reason.NOTIONAL)
    return NewOrder(
        side=order.side, kind=order.kind, size=size, cost=cost, stp=order.stp, client=order.client
    )


def place(call: Call) -> dict[str, Any]:
    """POST order, order.place."""
    desk, market = call.desk, call.desk.market(call.params)
    order = read_order(call, market)
    desk.limits.check_orders(call.account, desk.now_ms())
    answer = desk.exchange.place(call.account, market.symbol, order, ts=desk.now())
    desk.wire.tell(answer)
    if answer.reason:
        raise errors.rejection(answer.reason)
    return accepted(call, market, answer.order_id)


def accepted(call: Call, market: Market, order_id: int) -> dict[str, Any]:
    """Count a new order and describe it as the request wants it."""
    desk = call.desk
    desk.limits.count_orders(call.account, 1, desk.now_ms())
    state = known(call, market, order_id)
    usual = "FULL" if state.kind in (OrderKind.LIMIT, OrderKind.MARKET) else "ACK"
    kind = call.params.text("newOrderRespType") or usual
    if kind not in RESPONSES:
        raise errors.illegal("newOrderRespType", "|".join(RESPONSES))
    return replies.placed(market.words, state, desk.client_id(state), kind)


def known(call: Call, market: Market, order_id: int) -> OrderState:
    """An order the engine has just spoken of."""
    state = call.desk.exchange.order(call.account, market.symbol, order_id)
    if state is None:
        raise errors.no_such_order()
    return state


def check(call: Call) -> dict[str, Any]:
    """POST order/test: everything that can be said without the book and the balances."""
    market = call.desk.market(call.params)
    order = read_order(call, market)
    rules = market.words.rules
    least = rules.lots(rules.min_size) if rules.min_size is not None else 1
    if order.size and order.size < least:
        raise errors.rejection(Reason.LOT_SIZE)
    if order.price and rules.price(order.price) * rules.size(order.size) < rules.min_notional:
        raise errors.rejection(Reason.NOTIONAL)
    return {}


def target(call: Call, id_name: str = "orderId", client_name: str = "origClientOrderId") -> tuple[int, str]:
    """The order a request means: by id, or by client order id where there is none."""
    order_id = call.params.integer(id_name)
    client = call.params.text(client_name)
    if order_id is None and not client:
        raise errors.one_of(client_name, id_name)
    return order_id or 0, client


def cancel(call: Call) -> dict[str, Any]:
    """DELETE order, order.cancel."""
    market = call.desk.market(call.params)
    order_id, client = target(call)
    return cancel_one(call, market, order_id, client, call.params.client("newClientOrderId"))


def cancel_one(call: Call, market: Market, order_id: int, client: str, cancel_id: str) -> dict[str, Any]:
    """Cancel an open order; the cancel has an id of its own."""
    desk = call.desk
    state = desk.exchange.order(call.account, market.symbol, order_id, client=client)
    if state is None or not state.is_open or (client and desk.client_id(state) != client):
        raise errors.rejection(Reason.UNKNOWN_ORDER)
    cancel_id = cancel_id or desk.new_id()
    desk.cancel_ids[market.number, state.id] = cancel_id
    answer = desk.exchange.cancel(call.account, market.symbol, state.id, ts=desk.now())
    desk.wire.tell(answer)
    if answer.reason:
        raise errors.rejection(answer.reason)
    return replies.cancelled(market.words, state, desk.client_id(state), cancel_id)


def cancel_all(call: Call) -> list[dict[str, Any]]:
    """DELETE openOrders, openOrders.cancelAll."""
    desk = call.desk
    market = desk.market(call.params)
    waiting = [int(row["id"]) for row in desk.exchange.open_orders(call.account, market.symbol)]
    if not waiting:
        raise errors.rejection(Reason.UNKNOWN_ORDER)
    told = []
    for order_id in waiting:
        state = known(call, market, order_id)
        if state.is_open:
            told.append(cancel_one(call, market, order_id, "", ""))
        else:  # it went with the other leg of its OCO
            told.append(replies.cancelled(market.words, state, desk.client_id(state), desk.new_id()))
    return told


def replace(call: Call) -> dict[str, Any]:
    """POST order/cancelReplace: cancel, then place, in one step of the engine."""
    desk = call.desk
    market = desk.market(call.params)
    order_id, client = target(call, "cancelOrderId", "cancelOrigClientOrderId")
    mode = call.params.word("cancelReplaceMode", ReplaceMode)
    order = read_order(call, market)
    desk.limits.check_orders(call.account, desk.now_ms())
    old = desk.exchange.order(call.account, market.symbol, order_id, client=client)
    cancel_id = call.params.client("cancelNewClientOrderId") or desk.new_id()
    if old is not None and old.is_open:
        desk.cancel_ids[market.number, old.id] = cancel_id
    answer = desk.exchange.replace(
        call.account, market.symbol, order, order_id, client=client, mode=mode, ts=desk.now()
    )
    desk.wire.tell(answer)
    return _replaced(call, market, answer, old, cancel_id)


def _replaced(
    call: Call, market: Market, answer: Answer, old: OrderState | None, cancel_id: str
) -> dict[str, Any]:
    """Both halves of the answer; refused halves make it an error that carries the other one."""
    desk = call.desk
    reasons = [Reason(int(row["reason"])) for row in answer.of(EventKind.REJECTED)]
    went = old is not None and bool(len(answer.of(EventKind.CANCELLED)))
    if old is not None and went:
        first: Any = replies.cancelled(market.words, old, desk.client_id(old), cancel_id)
    else:
        first = errors.rejection(Reason.UNKNOWN_ORDER).body()
        reasons = [reason for reason in reasons if reason != Reason.UNKNOWN_ORDER]
    second: Any = None
    if answer.order_id:
        second = accepted(call, market, answer.order_id)
    elif reasons:
        second = errors.rejection(reasons[-1]).body()
    told = {
        "cancelResult": "SUCCESS" if went else "FAILURE",
        "newOrderResult": "SUCCESS" if answer.order_id else ("FAILURE" if reasons else "NOT_ATTEMPTED"),
        "cancelResponse": first,
        "newOrderResponse": second,
    }
    if went and answer.order_id:
        return told
    if went or answer.order_id:
        raise errors.Refusal(409, -2021, "Order cancel-replace partially failed.", told)
    raise errors.Refusal(400, -2022, "Order cancel-replace failed.", told)
