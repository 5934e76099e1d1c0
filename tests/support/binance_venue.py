"""A local Binance venue with a real ccxt client pointed at it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import ccxt.pro

from tools.market.localize import LOCAL_OPTIONS, localize_binance
from venue.binance.demo import RandomFlow, demo_wire
from venue.binance.facade import Facade, FacadeConfig
from venue.clock import Clock, WallClock
from venue.engine.codes import OrderKind, Side
from venue.engine.exchange import NewOrder
from venue.serving.faults import Fault
from venue.serving.keys import ApiKey
from venue.wire import Wire

SYMBOL = "SOL/USDT"
MARKET = "SOLUSDT"
LIMIT_S = 900.0  # costs nothing where it is not needed, and a busy machine may need it
TURN_S = 0.005
LOADED: list[Any] = []  # a client that has loaded the markets, which are the same in every world


@dataclass(slots=True)
class World:
    """The venue, its key, a client, and a random flow that the test steps."""

    facade: Facade
    wire: Wire
    key: ApiKey
    flow: RandomFlow
    client: Any
    others: list[Any] = field(default_factory=list)

    def new_client(self, **options: Any) -> Any:
        """Another client of the same account."""
        client = make_client(self.facade.address, self.key, **options)
        self.others.append(client)
        return client

    def arm(self, **fault: Any) -> None:
        """Let something go wrong."""
        self.facade.faults.arm(Fault(**fault))

    def struck(self) -> list[str]:
        """What has gone wrong so far."""
        return [kind for kind, _ in self.facade.faults.struck]

    def best(self) -> tuple[float, float]:
        """Best bid and ask."""
        book = self.wire.exchange.book(MARKET, 1)
        return book.bids[0][0] / 100, book.asks[0][0] / 100

    def take(self, side: Side, lots: int) -> None:
        """A market order of somebody else."""
        order = NewOrder(side=side, kind=OrderKind.MARKET, size=lots)
        exchange = self.wire.exchange
        self.wire.tell(exchange.place(self.key.account + 1, MARKET, order, ts=self.facade.desk.now()))

    async def trade_at_random(self, steps: int, *, pause_s: float = 0.002) -> None:
        """Let the flow go on while clients listen."""
        for _ in range(steps):
            self.flow.step()
            await asyncio.sleep(pause_s)


def make_client(address: str, key: ApiKey, **options: Any) -> Any:
    """A ccxt.pro client as it comes, but for its urls."""
    config: dict[str, Any] = {
        "apiKey": key.key,
        "secret": key.secret,
        "enableRateLimit": False,
        "options": dict(LOCAL_OPTIONS),
    }
    client = ccxt.pro.binance(config | options)
    client.timeout_on_exit = 0  # there is no TLS to say goodbye to
    localize_binance(client, address)
    return client


@asynccontextmanager
async def world(config: FacadeConfig | None = None, clock: Clock | None = None) -> AsyncIterator[World]:
    """A venue that serves, and a client that knows its markets."""
    clock = clock or WallClock()
    wire, key = demo_wire(clock)
    async with Facade(wire, [key], clock=clock, config=config) as facade:
        flow = RandomFlow(wire, MARKET, 1, clock)
        made = World(facade, wire, key, flow, make_client(facade.address, key))
        try:
            if not LOADED:
                await made.client.load_markets()
                LOADED.append(made.client)
            made.client.set_markets_from_exchange(LOADED[0])
            yield made
        finally:
            for client in (made.client, *made.others):
                await client.close()


@cache
def compile_kernels() -> None:
    """Use the engine once, so that no story waits for the compiler."""
    clock = WallClock()
    wire, _ = demo_wire(clock)
    RandomFlow(wire, MARKET, 1, clock)
    wire.exchange.book(MARKET, 1)


def at_venue(story: Callable[[World], Coroutine[Any, Any, None]], config: FacadeConfig | None = None) -> None:
    """Run a story at a fresh venue, in bounded time."""

    compile_kernels()

    async def told() -> None:
        async with asyncio.timeout(LIMIT_S), world(config) as made:
            await story(made)

    asyncio.run(told())


async def until(claim: Callable[[], bool], *, seconds: float = 600.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not claim():
            await asyncio.sleep(0.005)


async def awake(seconds: float) -> None:
    """Let time pass in which whatever is due in this process is done, however long that takes.

    It is counted in turns of the loop: of a time during which the machine let the process wait, one counts.
    """
    for _ in range(round(seconds / TURN_S)):
        await asyncio.sleep(TURN_S)


async def until_whole(is_whole: Callable[[], bool], trade: Callable[[int], Awaitable[None]]) -> None:
    """Wait until a watched book is the engine's, in a market that goes on: what was lost shows later."""
    while not is_whole():
        await trade(20)
        with suppress(TimeoutError):
            await until(is_whole, seconds=1.0)


async def raised_by(call: Awaitable[Any]) -> BaseException | None:
    """What a call raises; None where it succeeds."""
    try:
        await call
    except Exception as error:  # noqa: BLE001 (any class may be the one the test compares)
        return error
    return None
