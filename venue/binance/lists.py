"""Order lists: an OCO is a limit maker and a stop over one quantity."""

from __future__ import annotations

from typing import Any

from venue.binance import errors, replies
from venue.binance.calls import Call
from venue.binance.trading import cancel_one, known
from venue.engine.codes import Reason, Side
from venue.engine.exchange import NewOco
from venue.engine.history import OrderState
from venue.serving.desk import Market


def place(call: Call) -> dict[str, Any]:
    """POST orderList/oco: legs named by where they lie, above and below."""
    params = call.params
    side = params.side()
    maker, stop = ("above", "below") if side == Side.SELL else ("below", "above")
    if (
        params.required(f"{maker}Type") != "LIMIT_MAKER"
        or params.required(f"{stop}Type") != "STOP_LOSS_LIMIT"
    ):
        raise errors.Refusal(400, -1116, "Invalid orderType.")
    return _place(call, f"{maker}Price", f"{stop}StopPrice", f"{stop}Price", (maker, stop))


def place_legacy(call: Call) -> dict[str, Any]:
    """POST order/oco: the endpoint that came before."""
    return _place(call, "price", "stopPrice", "stopLimitPrice", ("limit", "stop"))


def _place(call: Call, price: str, stop: str, stop_limit: str, clients: tuple[str, str]) -> dict[str, Any]:
    desk, params = call.desk, call.params
    market = desk.market(params)
    rules = market.words.rules
    oco = NewOco(
        side=params.side(),
        price=params.ticks(price, rules),
        stop=params.ticks(stop, rules),
        stop_limit=params.ticks(stop_limit, rules),
        size=params.lots("quantity", rules),
        stp=params.stp(),
        client=params.client(f"{clients[0]}ClientOrderId") or desk.new_id(),
        stop_client=params.client(f"{clients[1]}ClientOrderId") or desk.new_id(),
    )
    desk.limits.check_orders(call.account, desk.now_ms())
    answer = desk.exchange.place_oco(call.account, market.symbol, oco, ts=desk.now())
    desk.wire.tell(answer)
    if answer.reason:
        raise errors.rejection(answer.reason)
    desk.limits.count_orders(call.account, 2, desk.now_ms())
    list_id = known(call, market, answer.order_id).list_id
    desk.list_names[market.number, list_id] = params.client("listClientOrderId") or desk.new_id()
    legs = _legs(call, market, list_id)
    reports = [replies.placed(market.words, leg, desk.client_id(leg), "RESULT") for leg in legs]
    return _described(call, market, legs) | {"orderReports": reports}


def _legs(call: Call, market: Market, list_id: int) -> list[OrderState]:
    orders = call.desk.exchange.all_orders(call.account, market.symbol)
    return [order for order in orders if list_id and order.list_id == list_id]


def _described(call: Call, market: Market, legs: list[OrderState]) -> dict[str, Any]:
    is_open = any(leg.is_open for leg in legs)
    return {
        "orderListId": legs[0].list_id,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED" if is_open else "ALL_DONE",
        "listOrderStatus": "EXECUTING" if is_open else "ALL_DONE",
        "listClientOrderId": call.desk.list_names[market.number, legs[0].list_id],
        "transactionTime": call.desk.now_ms(),
        "symbol": market.symbol,
        "orders": [
            {"symbol": market.symbol, "orderId": leg.id, "clientOrderId": call.desk.client_id(leg)}
            for leg in legs
        ],
    }


def cancel(call: Call) -> dict[str, Any]:
    """DELETE orderList: either leg's cancel ends both."""
    desk = call.desk
    market = desk.market(call.params)
    list_id = call.params.integer("orderListId")
    if list_id is None:
        list_id = _named(call, market)
    legs = _legs(call, market, list_id)
    waiting = [leg for leg in legs if leg.is_open]
    if not waiting:
        raise errors.rejection(Reason.UNKNOWN_ORDER)
    cancel_one(call, market, waiting[0].id, "", "")
    reports = [replies.cancelled(market.words, leg, desk.client_id(leg), desk.new_id()) for leg in legs]
    return _described(call, market, legs) | {"orderReports": reports}


def _named(call: Call, market: Market) -> int:
    """The newest list of the account with the client's name for it."""
    name = call.params.text("listClientOrderId")
    if not name:
        raise errors.missing("orderListId")
    owned = {order.list_id for order in call.desk.exchange.all_orders(call.account, market.symbol)}
    found = [
        list_id
        for (number, list_id), known_as in call.desk.list_names.items()
        if (number, known_as) == (market.number, name) and list_id in owned
    ]
    if not found:
        raise errors.rejection(Reason.UNKNOWN_ORDER)
    return found[-1]


def query(call: Call) -> dict[str, Any]:
    """GET orderList; lists are numbered market by market, so all markets are looked through."""
    list_id = call.params.integer("orderListId")
    if list_id is None:
        raise errors.one_of("orderListId", "origClientOrderId")
    for market in call.desk.markets:
        legs = _legs(call, market, list_id)
        if legs:
            return _described(call, market, legs)
    raise errors.Refusal(400, -2018, "Order list does not exist.")
