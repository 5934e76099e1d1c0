"""exchangeInfo: the markets and what they ask of orders, from the engine's own rules."""

from __future__ import annotations

from typing import Any

from venue.binance import errors
from venue.binance.calls import Call
from venue.engine.rules import Assets, as_record
from venue.serving.desk import Market
from venue.serving.words import KINDS, MODES, Words, text


def exchange_info(call: Call) -> dict[str, Any]:
    """GET exchangeInfo."""
    desk = call.desk
    markets = _asked(call)
    return {
        "timezone": "UTC",
        "serverTime": desk.now_ms(),
        "rateLimits": desk.limits.described(),
        "exchangeFilters": [],
        "symbols": [_symbol(market, desk.exchange.assets) for market in markets],
    }


def _asked(call: Call) -> list[Market]:
    desk, params = call.desk, call.params
    if params.text("symbol"):
        return [desk.market(params)]
    if not params.text("symbols"):
        return desk.markets
    names = [name.strip('" ') for name in params.text("symbols").strip("[]").split(",")]
    if any(name not in desk.by_symbol for name in names):
        raise errors.no_such_symbol()
    return [desk.by_symbol[name] for name in names]


def _symbol(market: Market, assets: Assets) -> dict[str, Any]:
    rules = market.words.rules
    halted = market.exchange.is_halted(market.symbol)
    return {
        "symbol": market.symbol,
        "status": "HALT" if halted else "TRADING",
        "baseAsset": rules.base,
        "baseAssetPrecision": 8,
        "quoteAsset": rules.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": list(KINDS),
        "icebergAllowed": False,
        "ocoAllowed": True,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "amendAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(market.words, assets),
        "permissions": ["SPOT"],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": list(MODES),
    }


def filters(words: Words, assets: Assets) -> list[dict[str, Any]]:
    """The filters of a market in the protocol's form."""
    rules = words.rules
    record = as_record(rules, assets)
    told: list[dict[str, Any]] = [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": words.price(record["min_price"]),
            "maxPrice": words.price(record["max_price"]),
            "tickSize": text(rules.tick),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": words.size(record["min_size"]),
            "maxQty": words.size(record["max_size"]),
            "stepSize": text(rules.lot),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": words.size(record["min_market_size"]),
            "maxQty": words.size(record["max_market_size"]),
            "stepSize": words.size(record["market_size_step"]),
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": text(rules.min_notional),
            "applyMinToMarket": True,
            "maxNotional": text(rules.max_notional) if rules.max_notional else "9000000.00000000",
            "applyMaxToMarket": bool(rules.max_notional),
            "avgPriceMins": 0,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": rules.max_orders},
    ]
    if rules.bid_up or rules.ask_up or rules.bid_down or rules.ask_down:
        told.append(
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": str(rules.bid_up or 1_000),
                "bidMultiplierDown": str(rules.bid_down),
                "askMultiplierUp": str(rules.ask_up or 1_000),
                "askMultiplierDown": str(rules.ask_down),
                "avgPriceMins": 0,
            }
        )
    return told
