"""What anyone may ask the futures venue where it answers differently from spot."""

from __future__ import annotations

from typing import Any

from venue.binance import listing, public
from venue.binance.calls import Call
from venue.serving.desk import Market
from venue.serving.words import text

FUNDING_MS = 28_800_000
PERPETUAL_END = 4_133_404_800_000  # the delivery date Binance gives to what is never delivered
NO_FUNDING = "0.00000000"


def exchange_info(call: Call) -> dict[str, Any]:
    """GET exchangeInfo."""
    spot = listing.exchange_info(call)
    by_symbol = call.desk.by_symbol
    return {
        "timezone": "UTC",
        "serverTime": spot["serverTime"],
        "futuresType": "U_MARGINED",
        "rateLimits": spot["rateLimits"],
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": None}],
        "symbols": [_symbol(row, by_symbol[row["symbol"]]) for row in spot["symbols"]],
    }


def _symbol(row: dict[str, Any], market: Market) -> dict[str, Any]:
    rules = market.words.rules
    return {
        "symbol": market.symbol,
        "pair": market.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": PERPETUAL_END,
        "onboardDate": 0,
        "status": "TRADING" if row["status"] == "TRADING" else "SETTLING",
        "maintMarginPercent": "0.0000",
        "requiredMarginPercent": "100.0000",
        "baseAsset": rules.base,
        "quoteAsset": rules.quote,
        "marginAsset": rules.quote,
        "pricePrecision": _places(text(rules.tick)),
        "quantityPrecision": _places(text(rules.lot)),
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "triggerProtect": "0.0500",
        "liquidationFee": "0.000000",
        "marketTakeBound": "1.00",
        "orderTypes": ["LIMIT", "MARKET"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
        "filters": _filters(row, market),
    }


def _places(step: str) -> int:
    return len(step.rstrip("0").partition(".")[2])


def _filters(row: dict[str, Any], market: Market) -> list[dict[str, Any]]:
    kept = ("PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE")
    rules = market.words.rules
    return [
        *(one for one in row["filters"] if one["filterType"] in kept),
        {"filterType": "MAX_NUM_ORDERS", "limit": rules.max_orders},
        {"filterType": "MIN_NOTIONAL", "notional": text(rules.min_notional)},
    ]


def depth(call: Call) -> dict[str, Any]:
    """GET depth."""
    now = call.desk.now_ms()
    return public.depth(call) | {"E": now, "T": now}


def ticker_book(call: Call) -> Any:
    """GET ticker/bookTicker."""
    now = call.desk.now_ms()
    rows = [
        public.best(market) | {"lastUpdateId": market.book(1).update_id, "time": now}
        for market in public.asked(call)
    ]
    return rows[0] if call.params.text("symbol") else rows


def premium_index(call: Call) -> Any:
    """GET premiumIndex: mark and index are the last price, funding is none."""
    now = call.desk.now_ms()
    rows = [
        {
            "symbol": market.symbol,
            "markPrice": public.last_price(market),
            "indexPrice": public.last_price(market),
            "estimatedSettlePrice": public.last_price(market),
            "lastFundingRate": NO_FUNDING,
            "interestRate": NO_FUNDING,
            "nextFundingTime": now - now % FUNDING_MS + FUNDING_MS,
            "time": now,
        }
        for market in public.asked(call)
    ]
    return rows[0] if call.params.text("symbol") else rows


def funding_rate(call: Call) -> list[dict[str, Any]]:
    """GET fundingRate: the last one, which was 0."""
    now = call.desk.now_ms()
    return [
        {
            "symbol": market.symbol,
            "fundingRate": NO_FUNDING,
            "fundingTime": now - now % FUNDING_MS,
            "markPrice": public.last_price(market),
        }
        for market in public.asked(call)
    ]
