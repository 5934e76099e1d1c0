"""New futures orders, cancels and questions about orders."""

from __future__ import annotations

from typing import Any

from venue.binance.account import MOST_ROWS
from venue.binance.calls import Call
from venue.binance.errors import Refusal, illegal, missing, not_required
from venue.binance.trading import known, target
from venue.engine.codes import OrderKind, Reason, TimeInForce
from venue.engine.exchange import NewOrder
from venue.engine.history import Fill, OrderState
from venue.engine.rules import Misaligned
from venue.futures import errors, replies
from venue.futures.desk import FuturesDesk, desk_of, wallet_of
from venue.serving.desk import Market
from venue.serving.events import NS_A_MS

KINDS = {"LIMIT": OrderKind.LIMIT, "MARKET": OrderKind.MARKET}
TRUTHS = {"": False, "false": False, "true": True}


def place(call: Call) -> dict[str, Any]:
    """POST order."""
    desk, market = desk_of(call), call.desk.market(call.params)
    order, is_reduce_only = read_order(call, market), _is_reduce_only(call)
    desk.limits.check_orders(call.account, desk.now_ms())
    _refuse_uncovered(call, market, order, is_reduce_only=is_reduce_only)
    wallet = wallet_of(call)
    answer = desk.exchange.place(call.account, market.symbol, order, ts=desk.now())
    if is_reduce_only and answer.order_id:
        wallet.reduce_only.add((market.number, answer.order_id))
    desk.wire.tell(answer)
    if answer.reason:
        raise errors.rejection(answer.reason)
    desk.limits.count_orders(call.account, 1, desk.now_ms())
    return replies.order(desk, market, known(call, market, answer.order_id))


def read_order(call: Call, market: Market) -> NewOrder:
    """The order a request describes.

    Raises:
        Refusal: A parameter is missing, unknown, superfluous, or off the steps of the market.
    """
    params, rules = call.params, market.words.rules
    name = params.required("type")
    if name not in KINDS:
        raise Refusal(400, -1116, "Invalid orderType.")
    if params.text("positionSide") not in ("", "BOTH"):
        raise Refusal(400, -4061, "Order's position side does not match user's setting.")
    client = params.client("newClientOrderId") or call.desk.new_id()
    side, size = params.side(), _steps(call, "quantity", rules.lots)
    if KINDS[name] == OrderKind.MARKET:
        for superfluous in ("price", "timeInForce"):
            if params.text(superfluous):
                raise not_required(superfluous)
        return NewOrder(side=side, kind=OrderKind.MARKET, size=size, stp=params.stp(), client=client)
    is_post_only = params.text("timeInForce") == "GTX"
    return NewOrder(
        side=side,
        kind=OrderKind.LIMIT_MAKER if is_post_only else OrderKind.LIMIT,
        tif=TimeInForce.GTC if is_post_only else params.tif(),
        size=size,
        price=_steps(call, "price", rules.ticks),
        stp=params.stp(),
        client=client,
    )


def _steps(call: Call, name: str, convert: Any) -> int:
    amount = call.params.amount(name)
    if amount is None:
        raise missing(name)
    try:
        return int(convert(amount))
    except Misaligned as wrong:
        raise errors.rejection(wrong.reason) from wrong


def _is_reduce_only(call: Call) -> bool:
    value = call.params.text("reduceOnly").lower()
    if value not in TRUTHS:
        raise illegal("reduceOnly", "true|false")
    return TRUTHS[value]


def _refuse_uncovered(call: Call, market: Market, order: NewOrder, *, is_reduce_only: bool) -> None:
    """Refuse what would enlarge a position beyond the wallet, or at all where it is reduce-only."""
    ledger = desk_of(call).ledger
    if is_reduce_only:
        if order.size > ledger.closable(call.account, market.number, order.side):
            raise errors.not_reducing()
    elif not ledger.affords(call.account, market.number, order.side, order.size):
        raise errors.no_margin()


def cancel(call: Call) -> dict[str, Any]:
    """DELETE order."""
    market = call.desk.market(call.params)
    order_id, client = target(call)
    return _cancel_one(call, market, order_id, client)


def _cancel_one(call: Call, market: Market, order_id: int, client: str) -> dict[str, Any]:
    desk = desk_of(call)
    state = desk.exchange.order(call.account, market.symbol, order_id, client=client)
    if state is None or not state.is_open or (client and desk.client_id(state) != client):
        raise errors.rejection(Reason.UNKNOWN_ORDER)
    desk.wire.tell(desk.exchange.cancel(call.account, market.symbol, state.id, ts=desk.now()))
    return replies.order(desk, market, known(call, market, state.id))


def cancel_all(call: Call) -> dict[str, Any]:
    """DELETE allOpenOrders; none open is no error here."""
    market = call.desk.market(call.params)
    for row in call.desk.exchange.open_orders(call.account, market.symbol):
        _cancel_one(call, market, int(row["id"]), "")
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def query(call: Call) -> dict[str, Any]:
    """GET order."""
    market = call.desk.market(call.params)
    order_id, client = target(call)
    state = call.desk.exchange.order(call.account, market.symbol, order_id, client=client)
    if state is None:
        raise Refusal(400, -2013, "Order does not exist.")
    return replies.order(desk_of(call), market, state)


def open_orders(call: Call) -> list[dict[str, Any]]:
    """GET openOrders: of one symbol, or of all."""
    desk = desk_of(call)
    markets = [desk.market(call.params)] if call.params.text("symbol") else desk.markets
    return [
        replies.order(desk, market, known(call, market, int(row["id"])))
        for market in markets
        for row in desk.exchange.open_orders(call.account, market.symbol)
    ]


def all_orders(call: Call) -> list[dict[str, Any]]:
    """GET allOrders: from an order id on, or since a time, else the last ones."""
    desk, params = desk_of(call), call.params
    market = desk.market(params)
    first, start = params.integer("orderId", 0) or 0, params.integer("startTime", 0) or 0
    states: list[OrderState] = [
        state
        for state in desk.exchange.all_orders(call.account, market.symbol)
        if state.id >= first and state.placed // NS_A_MS >= start
    ]
    limit = params.limit(500, MOST_ROWS)
    chosen = states[:limit] if first or start else states[-limit:]
    return [replies.order(desk, market, state) for state in chosen]


def user_trades(call: Call) -> list[dict[str, Any]]:
    """GET userTrades: of an order, from a trade id or a time on, else the last ones."""
    desk, params = desk_of(call), call.params
    market = desk.market(params)
    order_id = params.integer("orderId")
    first, start = params.integer("fromId", 0) or 0, params.integer("startTime", 0) or 0
    fills: list[Fill] = [
        fill
        for fill in desk.exchange.my_trades(call.account, market.symbol)
        if fill.id >= first and fill.ts // NS_A_MS >= start and order_id in (None, fill.order)
    ]
    limit = params.limit(500, MOST_ROWS)
    chosen = fills[:limit] if first or start else fills[-limit:]
    return [replies.fill(desk, market, fill) for fill in chosen]


def trim(desk: FuturesDesk, account: int, market: Market) -> None:
    """Cancel reduce-only orders, newest first, for which there is no position left."""
    exchange, marked = desk.exchange, desk.ledger.wallets[account].reduce_only
    for row in exchange.open_orders(account, market.symbol)[::-1]:
        is_marked = (market.number, int(row["id"])) in marked
        if is_marked and desk.ledger.closable(account, market.number, int(row["side"])) < 0:
            desk.wire.tell(exchange.cancel(account, market.symbol, int(row["id"]), ts=desk.now()))
