"""Orders, fills, trades and candles as REST and the WebSocket API answer with them."""

from __future__ import annotations

from typing import Any

from venue.binance.events import status_of
from venue.engine.history import Fill, OrderState
from venue.serving.events import NS_A_MS
from venue.serving.prints import Aggregate, Candle, Print
from venue.serving.words import KINDS, MODES, SIDES, TIFS, Words


def order(words: Words, state: OrderState, client: str) -> dict[str, Any]:
    """An order as a query answers."""
    return _core(words, state, client) | {
        "stopPrice": words.price(state.stop),
        "icebergQty": words.size(0),
        "time": state.placed // NS_A_MS,
        "updateTime": state.updated // NS_A_MS,
        "isWorking": state.is_working,
        "workingTime": state.placed // NS_A_MS if state.is_working else -1,
        "origQuoteOrderQty": words.quote(state.cost),
        "selfTradePreventionMode": MODES[state.stp],
    }


def _core(words: Words, state: OrderState, client: str) -> dict[str, Any]:
    return {
        "symbol": words.rules.symbol,
        "orderId": state.id,
        "orderListId": state.list_id or -1,
        "clientOrderId": client,
        "price": words.price(state.price),
        "origQty": words.size(state.size),
        "executedQty": words.size(state.filled),
        "origQuoteOrderQty": words.quote(state.cost),
        "cummulativeQuoteQty": words.quote(state.spent),
        "status": status_of(state),
        "timeInForce": TIFS[state.tif],
        "type": KINDS[state.kind],
        "side": SIDES[state.side],
    }


def placed(words: Words, state: OrderState, client: str, kind: str) -> dict[str, Any]:
    """The answer to a new order: ACK, RESULT or FULL."""
    when = state.placed // NS_A_MS
    if kind == "ACK":
        keys = ("symbol", "orderId", "orderListId", "clientOrderId")
        core = _core(words, state, client)
        return {key: core[key] for key in keys} | {"transactTime": when}
    told = _core(words, state, client) | {
        "transactTime": when,
        "workingTime": when if state.is_working else -1,
        "selfTradePreventionMode": MODES[state.stp],
    }
    if state.stop:
        told["stopPrice"] = words.price(state.stop)
    if kind == "FULL":
        told["fills"] = [
            {
                "price": words.price(fill.price),
                "qty": words.size(fill.size),
                "commission": words.amount(words.received(fill.side), fill.fee),
                "commissionAsset": words.received(fill.side),
                "tradeId": fill.id,
            }
            for fill in state.trades
        ]
    return told


def cancelled(words: Words, state: OrderState, client: str, cancel_client: str) -> dict[str, Any]:
    """The answer to a cancel: it has a client order id of its own."""
    return _core(words, state, cancel_client) | {
        "origClientOrderId": client,
        "transactTime": state.updated // NS_A_MS,
        "selfTradePreventionMode": MODES[state.stp],
    }


def fill(words: Words, one: Fill, list_id: int) -> dict[str, Any]:
    """One of the account's own trades."""
    asset = words.received(one.side)
    return {
        "symbol": words.rules.symbol,
        "id": one.id,
        "orderId": one.order,
        "orderListId": list_id or -1,
        "price": words.price(one.price),
        "qty": words.size(one.size),
        "quoteQty": words.quote(one.cost),
        "commission": words.amount(asset, one.fee),
        "commissionAsset": asset,
        "time": one.ts // NS_A_MS,
        "isBuyer": one.side == 0,
        "isMaker": one.is_maker,
        "isBestMatch": True,
    }


def trade(words: Words, one: Print) -> dict[str, Any]:
    """A public trade."""
    return {
        "id": one.id,
        "price": words.price(one.price),
        "qty": words.size(one.size),
        "quoteQty": words.quote(one.cost),
        "time": one.ms,
        "isBuyerMaker": one.is_buyer_maker,
        "isBestMatch": True,
    }


def aggregate(words: Words, one: Aggregate) -> dict[str, Any]:
    """An aggregate trade."""
    return {
        "a": one.id,
        "p": words.price(one.price),
        "q": words.size(one.size),
        "f": one.first,
        "l": one.last,
        "T": one.ms,
        "m": one.is_buyer_maker,
        "M": True,
    }


def candle(words: Words, one: Candle, span_ms: int) -> list[Any]:
    """A row of klines."""
    return [
        one.start,
        *(words.price(price) for price in (one.open, one.high, one.low, one.close)),
        words.size(one.volume),
        one.start + span_ms - 1,
        words.quote(one.quote),
        one.n,
        words.size(one.taker_volume),
        words.quote(one.taker_quote),
        "0",
    ]
