"""What anyone may ask: time, books, trades, candles, tickers."""

from __future__ import annotations

import json
from typing import Any

from venue.binance import errors, replies
from venue.binance.calls import Call
from venue.binance.desk import Desk
from venue.binance.parameters import Params
from venue.serving.desk import Market
from venue.serving.prints import DAY_MS, Candle
from venue.serving.words import INTERVALS_MS

MOST_LEVELS = 5_000
MOST_ROWS = 1_000
DEPTH_WEIGHTS = ((100, 5), (500, 25), (1_000, 50), (5_000, 250))


def ping(call: Call) -> dict[str, Any]:
    """GET ping."""
    return {}


def time(call: Call) -> dict[str, Any]:
    """GET time."""
    return {"serverTime": call.desk.now_ms()}


def depth_weight(params: Params) -> int:
    """What a snapshot costs."""
    limit = params.limit(100, MOST_LEVELS)
    return next(weight for most, weight in DEPTH_WEIGHTS if limit <= most)


def depth(call: Call) -> dict[str, Any]:
    """GET depth; a stale answer is the book as it was served before."""
    market = call.desk.market(call.params)
    limit = call.params.limit(100, MOST_LEVELS)
    book = market.book(MOST_LEVELS)
    if call.is_stale and market.last_served is not None:
        book = market.last_served
    else:
        market.last_served = book
    words = market.words
    return {
        "lastUpdateId": book.update_id,
        "bids": words.levels(book.bids[:limit]),
        "asks": words.levels(book.asks[:limit]),
    }


def trades(call: Call) -> list[dict[str, Any]]:
    """GET trades, historicalTrades."""
    market = call.desk.market(call.params)
    found = list(market.prints.trades)
    first = call.params.integer("fromId")
    limit = call.params.limit(500, MOST_ROWS)
    if first is not None:
        found = [trade for trade in found if trade.id >= first][:limit]
    return [replies.trade(market.words, trade) for trade in found[-limit:]]


def agg_trades(call: Call) -> list[dict[str, Any]]:
    """GET aggTrades."""
    market, params = call.desk.market(call.params), call.params
    found = list(market.prints.aggregates)
    limit = params.limit(500, MOST_ROWS)
    first = params.integer("fromId")
    start, end = params.integer("startTime"), params.integer("endTime")
    if first is not None:
        found = [one for one in found if one.id >= first][:limit]
    if end is not None:
        found = [one for one in found if one.ms <= end]
    if start is not None:
        found = [one for one in found if one.ms >= start][:limit]
    return [replies.aggregate(market.words, one) for one in found[-limit:]]


def klines(call: Call) -> list[list[Any]]:
    """GET klines."""
    desk, params = call.desk, call.params
    market = desk.market(params)
    interval = params.required("interval")
    if interval not in INTERVALS_MS:
        raise errors.Refusal(400, -1120, "Invalid interval.")
    span = INTERVALS_MS[interval]
    now, limit = desk.now_ms(), params.limit(500, MOST_ROWS)
    start, end = params.integer("startTime"), params.integer("endTime")
    window = (start or 0, now if end is None else end)
    found = market.prints.candles(span, now, window)
    if start is not None:
        found = found[:limit]
    return [replies.candle(market.words, candle, span) for candle in found[-limit:]]


def asked(call: Call) -> list[Market]:
    """The markets of a request that may name one, several or none."""
    desk, params = call.desk, call.params
    if params.text("symbol"):
        return [desk.market(params)]
    if not params.text("symbols"):
        return desk.markets
    try:
        names = json.loads(params.text("symbols"))
    except ValueError as wrong:
        raise errors.illegal("symbols", '^\\[[A-Z0-9-_.,"]{1,2000}\\]$') from wrong
    if not isinstance(names, list) or any(name not in desk.by_symbol for name in names):
        raise errors.no_such_symbol()
    return [desk.by_symbol[name] for name in names]


def _one_or_all(call: Call, rows: list[dict[str, Any]]) -> Any:
    return rows[0] if call.params.text("symbol") else rows


def tickers_weight(params: Params) -> int:
    """One symbol is cheap."""
    return 2 if params.text("symbol") else 80


def ticker_day(call: Call) -> Any:
    """GET ticker/24hr."""
    return _one_or_all(call, [day(call.desk, market) for market in asked(call)])


def ticker_price(call: Call) -> Any:
    """GET ticker/price."""
    rows = [{"symbol": market.symbol, "price": last_price(market)} for market in asked(call)]
    return _one_or_all(call, rows)


def ticker_book(call: Call) -> Any:
    """GET ticker/bookTicker."""
    return _one_or_all(call, [best(market) for market in asked(call)])


def avg_price(call: Call) -> dict[str, Any]:
    """GET avgPrice: the last price, as the filters use it."""
    market = call.desk.market(call.params)
    return {"mins": 0, "price": last_price(market), "closeTime": call.desk.now_ms()}


def last_price(market: Market) -> str:
    """Price of the last trade."""
    return market.words.price(market.exchange.last_price(market.symbol))


def best(market: Market) -> dict[str, Any]:
    """The best bid and ask."""
    book, words = market.book(1), market.words
    bid = book.bids[0] if book.bids else (0, 0)
    ask = book.asks[0] if book.asks else (0, 0)
    return {
        "symbol": market.symbol,
        "bidPrice": words.price(bid[0]),
        "bidQty": words.size(bid[1]),
        "askPrice": words.price(ask[0]),
        "askQty": words.size(ask[1]),
    }


def day(desk: Desk, market: Market) -> dict[str, Any]:
    """The last 24 hours of a market."""
    words, now = market.words, desk.now_ms()
    last = market.exchange.last_price(market.symbol)
    candle = market.prints.day(now) or Candle(now, last, last, last, last)
    average = candle.quote // (candle.volume * words.cost_units) if candle.volume else last
    change = words.rules.price(candle.close - candle.open)
    percent = 100 * (candle.close - candle.open) / candle.open
    trade = market.prints.trades[-1] if market.prints.trades else None
    return best(market) | {
        "priceChange": f"{change:.8f}",
        "priceChangePercent": f"{percent:.3f}",
        "weightedAvgPrice": words.price(average),
        "prevClosePrice": words.price(candle.open),
        "lastPrice": words.price(candle.close),
        "lastQty": words.size(trade.size if trade else 0),
        "openPrice": words.price(candle.open),
        "highPrice": words.price(candle.high),
        "lowPrice": words.price(candle.low),
        "volume": words.size(candle.volume),
        "quoteVolume": words.quote(candle.quote),
        "openTime": now - DAY_MS,
        "closeTime": now,
        "firstId": candle.first,
        "lastId": candle.last,
        "count": candle.n,
    }
