"""Futures orders, fills and positions as REST answers with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from venue.binance.events import status_of
from venue.engine.codes import OrderKind, Side
from venue.engine.history import Fill, OrderState
from venue.futures.desk import FuturesDesk
from venue.futures.ledger import Position
from venue.serving.desk import Market
from venue.serving.events import NS_A_MS
from venue.serving.words import SIDES, TIFS, Words, text


def kind_of(order: OrderState) -> str:
    """LIMIT or MARKET; post-only is a time in force here."""
    return "MARKET" if order.kind == OrderKind.MARKET else "LIMIT"


def tif_of(order: OrderState) -> str:
    """The time in force, GTX for post-only."""
    return "GTX" if order.kind == OrderKind.LIMIT_MAKER else TIFS[order.tif]


def average(words: Words, spent: int, lots: int) -> str:
    """A mean price, rounded to eight places; 0 where nothing traded."""
    if lots == 0:
        return text(Decimal(0))
    price = Decimal(spent) / (lots * words.cost_units) * words.rules.tick
    return text(price.quantize(Decimal("1e-8")))


def order(desk: FuturesDesk, market: Market, state: OrderState) -> dict[str, Any]:
    """An order."""
    words = market.words
    wallet = desk.ledger.wallets[state.account]
    return {
        "orderId": state.id,
        "symbol": market.symbol,
        "status": status_of(state),
        "clientOrderId": desk.client_id(state),
        "price": words.price(state.price),
        "avgPrice": average(words, state.spent, state.filled),
        "origQty": words.size(state.size),
        "executedQty": words.size(state.filled),
        "cumQty": words.size(state.filled),
        "cumQuote": words.quote(state.spent),
        "timeInForce": tif_of(state),
        "type": kind_of(state),
        "origType": kind_of(state),
        "reduceOnly": (market.number, state.id) in wallet.reduce_only,
        "closePosition": False,
        "side": SIDES[state.side],
        "positionSide": "BOTH",
        "stopPrice": words.price(0),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "time": state.placed // NS_A_MS,
        "updateTime": state.updated // NS_A_MS,
    }


def fill(desk: FuturesDesk, market: Market, one: Fill) -> dict[str, Any]:
    """One of the account's own trades."""
    words = market.words
    realised, fee = desk.ledger.wallets[one.account].booked[one.id, one.order]
    return {
        "symbol": market.symbol,
        "id": one.id,
        "orderId": one.order,
        "side": SIDES[one.side],
        "price": words.price(one.price),
        "qty": words.size(one.size),
        "quoteQty": words.quote(one.cost),
        "realizedPnl": desk.money(realised),
        "commission": desk.money(fee),
        "commissionAsset": words.rules.quote,
        "time": one.ts // NS_A_MS,
        "positionSide": "BOTH",
        "buyer": one.side == Side.BUY,
        "maker": one.is_maker,
    }


def signed_size(words: Words, lots: int) -> str:
    """Lots that may be negative."""
    return text(words.rules.size(lots))


def entry_price(words: Words, position: Position) -> str:
    """What a position was entered at on average."""
    return average(words, abs(position.cost), abs(position.size))


def position(desk: FuturesDesk, account: int, market: Market) -> dict[str, Any]:
    """A row of positionRisk."""
    ledger, words = desk.ledger, market.words
    held = ledger.wallets[account].position(market.number)
    value = held.size * ledger.mark(market.number)
    return {
        "symbol": market.symbol,
        "positionSide": "BOTH",
        "positionAmt": signed_size(words, held.size),
        "entryPrice": entry_price(words, held),
        "breakEvenPrice": entry_price(words, held),
        "markPrice": words.price(market.exchange.last_price(market.symbol)),
        "unRealizedProfit": desk.money(ledger.unrealised(account, market.number)),
        "liquidationPrice": "0",
        "leverage": "1",
        "marginType": "cross",
        "isolatedMargin": desk.money(0),
        "isolatedWallet": desk.money(0),
        "isAutoAddMargin": "false",
        "notional": desk.money(value),
        "marginAsset": words.rules.quote,
        "initialMargin": desk.money(ledger.margin(account, market.number)),
        "positionInitialMargin": desk.money(ledger.held(account, market.number)),
        "openOrderInitialMargin": desk.money(
            ledger.margin(account, market.number) - ledger.held(account, market.number)
        ),
        "maintMargin": desk.money(0),
        "adl": 0,
        "bidNotional": desk.money(0),
        "askNotional": desk.money(0),
        "updateTime": held.updated // NS_A_MS,
    }
