"""What anyone may ask: time, books, trades, candles, tickers. Public trades have no ids."""

from __future__ import annotations

from typing import Any

from venue.mexc import errors
from venue.mexc.calls import Call
from venue.mexc.desk import Desk
from venue.mexc.words import INTERVALS_MS, plain
from venue.serving.desk import Market
from venue.serving.prints import DAY_MS, Candle, Print

MOST_LEVELS = 5_000
MOST_TRADES = 1_000
MOST_CANDLES = 500


def ping(call: Call) -> dict[str, Any]:
    """GET ping."""
    return {}


def time(call: Call) -> dict[str, Any]:
    """GET time."""
    return {"serverTime": call.desk.now_ms()}


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
        "timestamp": call.desk.now_ms(),
    }


def trades(call: Call) -> list[dict[str, Any]]:
    """GET trades, newest first."""
    market = call.desk.market(call.params)
    found = list(market.prints.trades)[-call.params.limit(500, MOST_TRADES) :]
    return [_trade(market, one) for one in reversed(found)]


def _trade(market: Market, one: Print) -> dict[str, Any]:
    words = market.words
    return {
        "id": None,
        "price": words.price(one.price),
        "qty": words.size(one.size),
        "quoteQty": words.quote(one.cost),
        "time": one.ms,
        "isBuyerMaker": one.is_buyer_maker,
        "isBestMatch": True,
        "tradeType": "BID" if not one.is_buyer_maker else "ASK",
    }


def agg_trades(call: Call) -> list[dict[str, Any]]:
    """GET aggTrades, newest first."""
    market, params = call.desk.market(call.params), call.params
    start, end = call.params.span()
    found = [one for one in market.prints.aggregates if start <= one.ms <= end]
    found = found[-params.limit(500, MOST_TRADES) :]
    words = market.words
    return [
        {
            "a": None,
            "f": None,
            "l": None,
            "p": words.price(one.price),
            "q": words.size(one.size),
            "T": one.ms,
            "m": one.is_buyer_maker,
            "M": True,
        }
        for one in reversed(found)
    ]


def klines(call: Call) -> list[list[Any]]:
    """GET klines."""
    desk, params = call.desk, call.params
    market, interval = desk.market(params), params.required("interval")
    if interval not in INTERVALS_MS:
        raise errors.illegal("interval")
    span = INTERVALS_MS[interval]
    start, end = call.params.span()
    candles = [one for one in market.prints.candles(span, desk.now_ms()) if start <= one.start <= end]
    limit = params.limit(MOST_CANDLES, MOST_CANDLES)
    candles = candles[:limit] if params.text("startTime") else candles[-limit:]
    return [_candle(market, one, span) for one in candles]


def _candle(market: Market, one: Candle, span: int) -> list[Any]:
    words = market.words
    return [
        one.start,
        *(words.price(price) for price in (one.open, one.high, one.low, one.close)),
        words.size(one.volume),
        one.start + span,
        words.quote(one.quote),
    ]


def _one_or_all(call: Call) -> tuple[list[Market], bool]:
    desk = call.desk
    is_one = bool(call.params.text("symbol"))
    return ([desk.market(call.params)] if is_one else desk.listed), is_one


def ticker_day(call: Call) -> Any:
    """GET ticker/24hr."""
    markets, is_one = _one_or_all(call)
    rows = [day(call.desk, market) for market in markets]
    return rows[0] if is_one else rows


def ticker_price(call: Call) -> Any:
    """GET ticker/price."""
    markets, is_one = _one_or_all(call)
    rows = [{"symbol": market.symbol, "price": last_price(market)} for market in markets]
    return rows[0] if is_one else rows


def ticker_book(call: Call) -> Any:
    """GET ticker/bookTicker."""
    markets, is_one = _one_or_all(call)
    rows = [_best(market) for market in markets]
    return rows[0] if is_one else rows


def avg_price(call: Call) -> dict[str, Any]:
    """GET avgPrice: the last price."""
    return {"mins": 5, "price": last_price(call.desk.market(call.params))}


def last_price(market: Market) -> str:
    """Price of the last trade."""
    return market.words.price(market.exchange.last_price(market.symbol))


def best(market: Market) -> tuple[tuple[str, str], tuple[str, str]]:
    """The best bid and ask, price and size each; zero where there is none."""
    book, words = market.book(1), market.words
    bid = book.bids[0] if book.bids else (0, 0)
    ask = book.asks[0] if book.asks else (0, 0)
    return (words.price(bid[0]), words.size(bid[1])), (words.price(ask[0]), words.size(ask[1]))


def _best(market: Market) -> dict[str, Any]:
    bid, ask = best(market)
    return {
        "symbol": market.symbol,
        "bidPrice": bid[0],
        "bidQty": bid[1],
        "askPrice": ask[0],
        "askQty": ask[1],
    }


def day(desk: Desk, market: Market) -> dict[str, Any]:
    """The last 24 hours of a market; the change is a fraction."""
    words, now = market.words, desk.now_ms()
    last = market.exchange.last_price(market.symbol)
    candle = market.prints.day(now) or Candle(now, last, last, last, last)
    change = candle.close - candle.open
    return _best(market) | {
        "priceChange": plain(words.rules.price(change)),
        "priceChangePercent": f"{change / candle.open:.8f}",
        "prevClosePrice": words.price(candle.open),
        "lastPrice": words.price(candle.close),
        "openPrice": words.price(candle.open),
        "highPrice": words.price(candle.high),
        "lowPrice": words.price(candle.low),
        "volume": words.size(candle.volume),
        "quoteVolume": words.quote(candle.quote),
        "openTime": now - DAY_MS,
        "closeTime": now,
        "count": None,
    }
