"""Which operation answers to which path."""

from __future__ import annotations

from venue.mexc import account, listing, public, trading
from venue.mexc.calls import Operation, Security
from venue.mexc.users import Users

SIGNED, TRADE = Security.SIGNED, Security.TRADE
Routes = dict[tuple[str, str], Operation]

PUBLIC: Routes = {
    ("GET", "/api/v3/ping"): Operation("ping", public.ping),
    ("GET", "/api/v3/time"): Operation("time", public.time),
    ("GET", "/api/v3/exchangeInfo"): Operation("exchangeInfo", listing.exchange_info, weight=10),
    ("GET", "/api/v3/depth"): Operation("depth", public.depth),
    ("GET", "/api/v3/trades"): Operation("trades", public.trades, weight=5),
    ("GET", "/api/v3/historicalTrades"): Operation("trades", public.trades, weight=5),
    ("GET", "/api/v3/aggTrades"): Operation("aggTrades", public.agg_trades),
    ("GET", "/api/v3/klines"): Operation("klines", public.klines),
    ("GET", "/api/v3/avgPrice"): Operation("avgPrice", public.avg_price),
    ("GET", "/api/v3/ticker/24hr"): Operation("ticker.24hr", public.ticker_day),
    ("GET", "/api/v3/ticker/price"): Operation("ticker.price", public.ticker_price),
    ("GET", "/api/v3/ticker/bookTicker"): Operation("ticker.book", public.ticker_book),
    ("GET", "/api/v1/contract/detail"): Operation("contract.detail", listing.contracts),
    ("GET", "/api/v1/contract/ping"): Operation("contract.ping", listing.contract_ping),
}
OWN: Routes = {
    ("GET", "/api/v3/account"): Operation("account.status", account.status, SIGNED, 10),
    ("GET", "/api/v3/tradeFee"): Operation("tradeFee", listing.trade_fee, SIGNED, 20),
    ("GET", "/api/v3/capital/config/getall"): Operation("coins", listing.coins, SIGNED, 10),
    ("POST", "/api/v3/order"): Operation("order.place", trading.place, TRADE),
    ("POST", "/api/v3/order/test"): Operation("order.test", trading.check, TRADE),
    ("GET", "/api/v3/order"): Operation("order.status", account.query, SIGNED, 2),
    ("DELETE", "/api/v3/order"): Operation("order.cancel", trading.cancel, TRADE),
    ("GET", "/api/v3/openOrders"): Operation("openOrders.status", account.open_orders, SIGNED, 3),
    ("DELETE", "/api/v3/openOrders"): Operation("openOrders.cancelAll", trading.cancel_all, TRADE),
    ("GET", "/api/v3/allOrders"): Operation("allOrders", account.all_orders, SIGNED, 10),
    ("GET", "/api/v3/myTrades"): Operation("myTrades", account.my_trades, SIGNED, 10),
}
STREAM = "/api/v3/userDataStream"


def routes(users: Users) -> Routes:
    """Everything that is answered, listen keys included."""
    keys = {
        ("POST", STREAM): Operation("userDataStream.create", users.create, SIGNED),
        ("GET", STREAM): Operation("userDataStream.list", users.listed, SIGNED),
        ("PUT", STREAM): Operation("userDataStream.extend", users.extend, SIGNED),
        ("DELETE", STREAM): Operation("userDataStream.delete", users.delete, SIGNED),
    }
    return PUBLIC | OWN | keys
