"""Which operation of the futures venue answers to which path; faults know them as ``futures.…``."""

from __future__ import annotations

from venue.binance import public
from venue.binance.calls import Handler, Operation, Security
from venue.binance.parameters import Params
from venue.futures import account, market, orders

NONE, KEY, SIGNED, TRADE = Security.NONE, Security.KEY, Security.SIGNED, Security.TRADE
DEPTH_WEIGHTS = ((50, 2), (100, 5), (500, 10), (5_000, 20))


def depth_weight(params: Params) -> int:
    """What a snapshot costs."""
    limit = params.limit(500, public.MOST_LEVELS)
    return next(weight for most, weight in DEPTH_WEIGHTS if limit <= most)


def _op(name: str, handler: Handler, security: Security = NONE, weight: int = 1) -> Operation:
    return Operation(f"futures.{name}", handler, security, weight)


DEPTH = Operation("futures.depth", market.depth, weight=depth_weight)
STATUS = _op("account.status", account.status, SIGNED, 5)
BALANCE = _op("balance", account.balance, SIGNED, 5)
RISK = _op("positionRisk", account.position_risk, SIGNED, 5)

REST: dict[tuple[str, str], Operation] = {
    ("GET", "/fapi/v1/ping"): _op("ping", public.ping),
    ("GET", "/fapi/v1/time"): _op("time", public.time),
    ("GET", "/fapi/v1/exchangeInfo"): _op("exchangeInfo", market.exchange_info),
    ("GET", "/fapi/v1/depth"): DEPTH,
    ("GET", "/fapi/v1/trades"): _op("trades", public.trades, weight=5),
    ("GET", "/fapi/v1/historicalTrades"): _op("trades", public.trades, weight=20),
    ("GET", "/fapi/v1/aggTrades"): _op("aggTrades", public.agg_trades, weight=20),
    ("GET", "/fapi/v1/klines"): _op("klines", public.klines, weight=5),
    ("GET", "/fapi/v1/premiumIndex"): _op("premiumIndex", market.premium_index),
    ("GET", "/fapi/v1/fundingRate"): _op("fundingRate", market.funding_rate),
    ("GET", "/fapi/v1/ticker/24hr"): _op("ticker.24hr", public.ticker_day, weight=40),
    ("GET", "/fapi/v1/ticker/price"): _op("ticker.price", public.ticker_price),
    ("GET", "/fapi/v2/ticker/price"): _op("ticker.price", public.ticker_price),
    ("GET", "/fapi/v1/ticker/bookTicker"): _op("ticker.book", market.ticker_book, weight=2),
    ("POST", "/fapi/v1/order"): _op("order.place", orders.place, TRADE),
    ("GET", "/fapi/v1/order"): _op("order.status", orders.query, SIGNED),
    ("DELETE", "/fapi/v1/order"): _op("order.cancel", orders.cancel, TRADE),
    ("DELETE", "/fapi/v1/allOpenOrders"): _op("allOpenOrders", orders.cancel_all, TRADE),
    ("GET", "/fapi/v1/openOrders"): _op("openOrders", orders.open_orders, SIGNED, 40),
    ("GET", "/fapi/v1/allOrders"): _op("allOrders", orders.all_orders, SIGNED, 5),
    ("GET", "/fapi/v1/userTrades"): _op("userTrades", orders.user_trades, SIGNED, 5),
    ("GET", "/fapi/v2/account"): STATUS,
    ("GET", "/fapi/v3/account"): STATUS,
    ("GET", "/fapi/v2/balance"): BALANCE,
    ("GET", "/fapi/v3/balance"): BALANCE,
    ("GET", "/fapi/v2/positionRisk"): RISK,
    ("GET", "/fapi/v3/positionRisk"): RISK,
    ("GET", "/fapi/v1/leverageBracket"): _op("leverageBracket", account.leverage_bracket, SIGNED),
    ("GET", "/fapi/v1/commissionRate"): _op("commissionRate", account.commission_rate, SIGNED, 20),
    ("GET", "/fapi/v1/positionSide/dual"): _op("positionMode", account.position_mode, SIGNED, 30),
    ("POST", "/fapi/v1/leverage"): _op("leverage", account.set_leverage, TRADE),
    ("POST", "/fapi/v1/listenKey"): _op("listenKey.new", account.new_listen_key, KEY),
    ("PUT", "/fapi/v1/listenKey"): _op("listenKey.keep", account.keep_listen_key, KEY),
    ("DELETE", "/fapi/v1/listenKey"): _op("listenKey.end", account.end_listen_key, KEY),
}
