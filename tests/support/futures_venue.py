"""A local futures venue at the address of a spot one, with a real ccxt client pointed at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ccxt.pro

from tests.support.binance_venue import LIMIT_S, MARKET, compile_kernels
from tools.market.localize import localize_binance
from venue.binance.demo import RandomFlow, demo_wire
from venue.binance.facade import Facade
from venue.clock import WallClock
from venue.engine.codes import OrderKind, Side
from venue.engine.exchange import NewOrder
from venue.futures.facade import Futures, open_futures_account
from venue.serving.keys import ApiKey
from venue.wire import Wire

SWAP = "SOL/USDT:USDT"
OPTIONS = {"fetchMarkets": {"types": ["linear"]}, "fetchCurrencies": False, "fetchMargins": False}
WALLET = Decimal(10_000)


@dataclass(slots=True)
class FuturesWorld:
    """The venue, its two facades, a client, and a flow that the test steps."""

    facade: Facade
    futures: Futures
    wire: Wire
    key: ApiKey
    flow: RandomFlow
    client: Any

    def best(self) -> tuple[float, float]:
        """Best bid and ask."""
        book = self.wire.exchange.book(MARKET, 1)
        return book.bids[0][0] / 100, book.asks[0][0] / 100

    def take(self, side: Side, lots: int) -> None:
        """A market order of somebody else."""
        order = NewOrder(side=side, kind=OrderKind.MARKET, size=lots)
        exchange = self.wire.exchange
        self.wire.tell(exchange.place(self.facade.desk.keys["demo"].account, MARKET, order, ts=0))

    async def trade_at_random(self, steps: int, *, pause_s: float = 0.002) -> None:
        """Let the flow go on while clients listen."""
        for _ in range(steps):
            self.flow.step()
            await asyncio.sleep(pause_s)


def futures_client(address: str, key: ApiKey, kind: str = "binanceusdm") -> Any:
    """An unmodified client but for its urls."""
    options = dict(OPTIONS) | ({"defaultType": "swap"} if kind == "binance" else {})
    client = getattr(ccxt.pro, kind)(
        {"apiKey": key.key, "secret": key.secret, "enableRateLimit": False, "options": options}
    )
    client.timeout_on_exit = 0  # there is no TLS to say goodbye to
    localize_binance(client, address)
    return client


@asynccontextmanager
async def futures_world(kind: str = "binanceusdm") -> AsyncIterator[FuturesWorld]:
    """Both venues at one address."""
    clock = WallClock()
    wire, spot_key = demo_wire(clock)
    other = ApiKey("demo", "demo", spot_key.account)
    facade = Facade(wire, [other], clock=clock)
    account, units = open_futures_account(facade, WALLET)
    key = ApiKey("futures-key", "futures-secret", account)
    futures = Futures(facade, [key], {account: units})
    async with facade:
        flow = RandomFlow(wire, MARKET, 1, clock)
        made = FuturesWorld(facade, futures, wire, key, flow, futures_client(facade.address, key, kind))
        try:
            await made.client.load_markets()
            yield made
        finally:
            await made.client.close()


def at_futures(story: Callable[[FuturesWorld], Coroutine[Any, Any, None]], kind: str = "binanceusdm") -> None:
    """Run a story at a fresh venue, in bounded time."""
    compile_kernels()

    async def told() -> None:
        async with asyncio.timeout(LIMIT_S), futures_world(kind) as made:
            await story(made)

    asyncio.run(told())
