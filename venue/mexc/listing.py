"""exchangeInfo: the markets and what they ask of orders; coins and futures as far as clients ask."""

from __future__ import annotations

from typing import Any

from venue.engine.rules import as_record
from venue.mexc.calls import Call
from venue.mexc.words import KINDS, decimals, plain
from venue.serving.desk import Market

TRADING, PAUSED = "1", "2"


def exchange_info(call: Call) -> dict[str, Any]:
    """GET exchangeInfo."""
    desk = call.desk
    markets = [desk.market(call.params)] if call.params.text("symbol") else desk.listed
    return {
        "timezone": "CST",
        "serverTime": desk.now_ms(),
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [_symbol(call, market) for market in markets],
    }


def fees(call: Call) -> tuple[str, str]:
    """Maker and taker fee as fractions: those of the first key's account, since anyone may ask."""
    account = min(call.desk.accounts, default=None)
    if account is None:
        return "0", "0"
    maker, taker = call.desk.exchange.fees(account)
    return f"{maker / 1e6:g}", f"{taker / 1e6:g}"


def _symbol(call: Call, market: Market) -> dict[str, Any]:
    rules = market.words.rules
    record = as_record(rules, market.exchange.assets)
    base, quote = decimals(rules.lot), decimals(rules.tick)
    maker, taker = fees(call)
    return {
        "symbol": market.symbol,
        "status": PAUSED if market.exchange.is_halted(market.symbol) else TRADING,
        "baseAsset": rules.base,
        "baseAssetPrecision": base,
        "quoteAsset": rules.quote,
        "quotePrecision": quote,
        "quoteAssetPrecision": quote,
        "baseCommissionPrecision": base,
        "quoteCommissionPrecision": quote,
        "orderTypes": list(KINDS),
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "permissions": ["SPOT"],
        "filters": [],
        "baseSizePrecision": market.words.size(record["min_size"]),
        "quoteAmountPrecision": plain(rules.min_notional),
        "maxQuoteAmount": plain(rules.max_notional) if rules.max_notional else "2000000",
        "makerCommission": maker,
        "takerCommission": taker,
        "tradeSideType": 1,
    }


def trade_fee(call: Call) -> dict[str, Any]:
    """GET tradeFee: of the account that asks."""
    call.desk.market(call.params)
    maker, taker = call.desk.exchange.fees(call.account)
    data = {"makerCommission": maker / 1e6, "takerCommission": taker / 1e6}
    return {"data": data, "code": 0, "msg": "success", "timestamp": call.desk.now_ms()}


def coins(call: Call) -> list[dict[str, Any]]:
    """GET capital/config/getall: the assets; nothing can be withdrawn."""
    return [{"coin": name, "name": name, "networkList": []} for name in call.desk.exchange.assets.names]


def contracts(call: Call) -> dict[str, Any]:
    """GET contract/detail: there are no futures here."""
    return {"success": True, "code": 0, "data": []}


def contract_ping(call: Call) -> dict[str, Any]:
    """GET contract/ping."""
    return {"success": True, "code": 0, "data": call.desk.now_ms()}
