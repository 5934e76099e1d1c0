"""Binance USDT-M at the address of a spot facade: the same markets, accounts of their own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from aiohttp import web

from venue.binance.answering import Answering
from venue.binance.facade import Facade
from venue.binance.limits import LimitConfig, Limits
from venue.binance.rest import Rest
from venue.binance.streaming import Streaming
from venue.futures.desk import ASSET, FuturesDesk
from venue.futures.feeds import FuturesFeeds
from venue.futures.ledger import FuturesLedger
from venue.futures.routes import REST
from venue.futures.users import FuturesUsers
from venue.serving.keys import ApiKey
from venue.wire import Wire

LIMITS = LimitConfig(weight_a_minute=2_400, orders_10_s=300)
CLEARING = 10**15  # units of every asset with which the engine settles a futures account's trades
KINDS = ("public", "market")


def open_futures_account(facade: Facade, wallet: Decimal) -> tuple[int, int]:
    """An account of the engine that settles futures trades free of fees, and its wallet in units."""
    desk = facade.desk
    exchange = desk.exchange
    account = exchange.open_account(maker_ppm=0, taker_ppm=0, ts=desk.now())
    if exchange.history is not None:
        exchange.history.watch(account)
    stock_account(desk.wire, account, desk.now())
    return account, exchange.assets.units(ASSET, wallet)


def stock_account(wire: Wire, account: int, ts: int) -> None:
    """Give a settling account enough of everything; it is nobody's money."""
    for asset in wire.exchange.assets.names:
        wire.tell(wire.exchange.deposit(account, asset, CLEARING, ts=ts))


class Futures:
    """The futures venue as a guest of ``facade``; faults, sockets and clock are shared.

    Args:
        keys: Keys with the accounts that ``open_futures_account`` made.
        wallets: Money of each account, in units.
    """

    def __init__(
        self,
        facade: Facade,
        keys: Sequence[ApiKey],
        wallets: dict[int, int],
        *,
        maker_ppm: int = 200,
        taker_ppm: int = 500,
    ) -> None:
        spot = facade.desk
        self.ledger = FuturesLedger(spot.exchange, maker_ppm=maker_ppm, taker_ppm=taker_ppm)
        for account, units in wallets.items():
            self.ledger.open(account, units)
        self.desk = FuturesDesk(spot.wire, keys, spot.clock, Limits(LIMITS), self.ledger)
        self.feeds = FuturesFeeds(
            self.desk, kline_ms=facade.config.kline_ms, is_prompt=facade.config.is_prompt
        )
        self.users = FuturesUsers(self.desk, facade.sockets)
        self._sockets = facade.sockets
        self._rest = Rest(Answering(self.desk, facade.faults), REST)
        facade.guests.append(self)

    def mount(self, app: web.Application) -> None:
        """Add the paths of the futures protocols."""
        streaming = Streaming(self.feeds, self._sockets)
        app.router.add_get("/fstream/private/ws", self.users.serve)
        app.router.add_get("/fstream/private/ws/{key}", self.users.serve)
        for start in ("/fstream", *(f"/fstream/{kind}" for kind in KINDS)):
            app.router.add_get(f"{start}/ws", streaming.serve)
            app.router.add_get(f"{start}/ws/{{names:.+}}", streaming.serve)
        app.router.add_route("*", "/fapi/{path:.*}", self._rest.serve)

    def close(self) -> None:
        """Stop all beats."""
        self.feeds.close()
