"""Orders and fills as REST answers with them."""

from __future__ import annotations

from typing import Any

from venue.engine.history import Fill, OrderState
from venue.mexc.words import SELF_TRADE_WORDS, kind_word, order_id, status_word, trade_id
from venue.serving.events import NS_A_MS
from venue.serving.words import SIDES, Words


def _named(words: Words, state: OrderState) -> dict[str, Any]:
    return {
        "symbol": words.rules.symbol,
        "orderId": order_id(state.id),
        "orderListId": -1,
        "price": words.price(state.price),
        "origQty": words.size(state.size),
        "type": kind_word(state),
        "side": SIDES[state.side],
    }


def placed(words: Words, state: OrderState) -> dict[str, Any]:
    """The answer to a new order: neither status nor fills nor the client order id are in it."""
    stp = SELF_TRADE_WORDS[state.stp]
    return _named(words, state) | {"stpMode": stp, "transactTime": state.placed // NS_A_MS}


def order(words: Words, state: OrderState, client: str) -> dict[str, Any]:
    """An order as a query answers."""
    return _named(words, state) | {
        "clientOrderId": client,
        "executedQty": words.size(state.filled),
        "cummulativeQuoteQty": words.quote(state.spent),
        "status": status_word(state.status, state.filled),
        "stpMode": SELF_TRADE_WORDS[state.stp],
        "timeInForce": None,
        "stopPrice": words.price(state.stop) if state.stop else None,
        "icebergQty": None,
        "time": state.placed // NS_A_MS,
        "updateTime": state.updated // NS_A_MS,
        "isWorking": state.is_working,
        "origQuoteOrderQty": words.quote(state.cost or state.price * state.size * words.cost_units),
    }


def cancelled(words: Words, state: OrderState, client: str) -> dict[str, Any]:
    """The answer to a cancel."""
    return _named(words, state) | {
        "origClientOrderId": client,
        "clientOrderId": None,
        "executedQty": words.size(state.filled),
        "cummulativeQuoteQty": words.quote(state.spent),
        "status": status_word(state.status, state.filled),
        "timeInForce": None,
    }


def fill(words: Words, one: Fill, client: str, *, is_self_trade: bool) -> dict[str, Any]:
    """One of the account's own trades."""
    asset = words.received(one.side)
    return {
        "symbol": words.rules.symbol,
        "id": trade_id(one.id),
        "orderId": order_id(one.order),
        "orderListId": -1,
        "price": words.price(one.price),
        "qty": words.size(one.size),
        "quoteQty": words.quote(one.cost),
        "commission": words.amount(asset, one.fee),
        "commissionAsset": asset,
        "time": one.ts // NS_A_MS,
        "isBuyer": one.side == 0,
        "isMaker": one.is_maker,
        "isBestMatch": True,
        "isSelfTrade": is_self_trade,
        "clientOrderId": client,
    }
