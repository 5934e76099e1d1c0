"""Which operation answers to which path of REST and to which method of the WebSocket API."""

from __future__ import annotations

from typing import Any

from venue.binance import account, errors, listing, lists, public, trading
from venue.binance.calls import Call, Operation, Security

NONE, KEY, SIGNED, TRADE = Security.NONE, Security.KEY, Security.SIGNED, Security.TRADE


def listen_key(call: Call) -> Any:
    """The spot listen key, which is no more."""
    raise errors.discontinued()


def orders_weight(params: Any) -> int:
    """Open orders of one symbol are cheap."""
    return 6 if params.text("symbol") else 80


PING = Operation("ping", public.ping)
TIME = Operation("time", public.time)
INFO = Operation("exchangeInfo", listing.exchange_info, weight=20)
DEPTH = Operation("depth", public.depth, weight=public.depth_weight)
TRADES = Operation("trades", public.trades, weight=25)
AGGREGATES = Operation("aggTrades", public.agg_trades, weight=4)
KLINES = Operation("klines", public.klines, weight=2)
TICKER = Operation("ticker.24hr", public.ticker_day, weight=public.tickers_weight)
PRICE = Operation("ticker.price", public.ticker_price, weight=2)
BEST = Operation("ticker.book", public.ticker_book, weight=2)
AVERAGE = Operation("avgPrice", public.avg_price, weight=2)
PLACE = Operation("order.place", trading.place, TRADE)
TEST = Operation("order.test", trading.check, TRADE)
CANCEL = Operation("order.cancel", trading.cancel, TRADE)
REPLACE = Operation("order.cancelReplace", trading.replace, TRADE)
CANCEL_ALL = Operation("openOrders.cancelAll", trading.cancel_all, TRADE)
OCO = Operation("orderList.place.oco", lists.place, TRADE)
OCO_LEGACY = Operation("orderList.place", lists.place_legacy, TRADE)
CANCEL_LIST = Operation("orderList.cancel", lists.cancel, TRADE)
LIST = Operation("orderList.status", lists.query, SIGNED, 4)
QUERY = Operation("order.status", account.query, SIGNED, 4)
OPEN = Operation("openOrders.status", account.open_orders, SIGNED, orders_weight)
ALL = Operation("allOrders", account.all_orders, SIGNED, 20)
FILLS = Operation("myTrades", account.my_trades, SIGNED, 20)
STATUS = Operation("account.status", account.status, SIGNED, 20)
COUNTS = Operation("account.rateLimits.orders", account.order_counts, SIGNED, 40)
RIGHTS = Operation("apiRestrictions", account.restrictions, SIGNED)
LISTEN_KEY = Operation("userDataStream", listen_key, KEY, 2)

REST: dict[tuple[str, str], Operation] = {
    ("GET", "/api/v3/ping"): PING,
    ("GET", "/api/v3/time"): TIME,
    ("GET", "/api/v3/exchangeInfo"): INFO,
    ("GET", "/api/v3/depth"): DEPTH,
    ("GET", "/api/v3/trades"): TRADES,
    ("GET", "/api/v3/historicalTrades"): TRADES,
    ("GET", "/api/v3/aggTrades"): AGGREGATES,
    ("GET", "/api/v3/klines"): KLINES,
    ("GET", "/api/v3/uiKlines"): KLINES,
    ("GET", "/api/v3/ticker/24hr"): TICKER,
    ("GET", "/api/v3/ticker/price"): PRICE,
    ("GET", "/api/v3/ticker/bookTicker"): BEST,
    ("GET", "/api/v3/avgPrice"): AVERAGE,
    ("GET", "/api/v3/account"): STATUS,
    ("POST", "/api/v3/order"): PLACE,
    ("GET", "/api/v3/order"): QUERY,
    ("DELETE", "/api/v3/order"): CANCEL,
    ("POST", "/api/v3/order/test"): TEST,
    ("POST", "/api/v3/order/cancelReplace"): REPLACE,
    ("POST", "/api/v3/orderList/oco"): OCO,
    ("POST", "/api/v3/order/oco"): OCO_LEGACY,
    ("GET", "/api/v3/orderList"): LIST,
    ("DELETE", "/api/v3/orderList"): CANCEL_LIST,
    ("GET", "/api/v3/openOrders"): OPEN,
    ("DELETE", "/api/v3/openOrders"): CANCEL_ALL,
    ("GET", "/api/v3/allOrders"): ALL,
    ("GET", "/api/v3/myTrades"): FILLS,
    ("GET", "/api/v3/rateLimit/order"): COUNTS,
    ("POST", "/api/v3/userDataStream"): LISTEN_KEY,
    ("PUT", "/api/v3/userDataStream"): LISTEN_KEY,
    ("DELETE", "/api/v3/userDataStream"): LISTEN_KEY,
    ("GET", "/sapi/v1/account/apiRestrictions"): RIGHTS,
}

WS_API: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        PING,
        TIME,
        INFO,
        DEPTH,
        KLINES,
        TICKER,
        PRICE,
        BEST,
        PLACE,
        TEST,
        CANCEL,
        REPLACE,
        CANCEL_ALL,
        OCO,
        OCO_LEGACY,
        CANCEL_LIST,
        LIST,
        QUERY,
        OPEN,
        ALL,
        FILLS,
        STATUS,
        COUNTS,
    )
} | {"trades.recent": TRADES, "trades.historical": TRADES, "trades.aggregate": AGGREGATES}
