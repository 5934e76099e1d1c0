"""The order gateway at a local venue, with everything it says kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tests.support import mexc_venue
from tests.support.binance_venue import LIMIT_S, MARKET, World, compile_kernels, until, world
from tests.support.mexc_venue import MexcWorld
from tools.domain.clock import SystemClock
from tools.domain.market import UNITS, Instrument, Side
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution.barrier import Guard
from tools.execution.client import AccountKey, connect
from tools.execution.gateway import OrderGateway
from tools.execution.limiter import Limiter, LimiterConfig
from tools.execution.trades import TradeLedger
from tools.execution.wire import Wire
from tools.execution.working import GatewayConfig

SOL = Instrument(
    symbol=MARKET,
    venue="binance",
    base="SOL",
    quote="USDT",
    tick=UNITS // 100,
    lot=UNITS // 1000,
    min_notional=Decimal(5),
    maker_fee_bps=10.0,
    taker_fee_bps=10.0,
    quote_usd=Decimal(1),
    quiet_limit_s=None,
    has_dense_trade_ids=False,
)
FAST = GatewayConfig(
    recv_window_s=0.3,
    margin_s=0.1,
    deadline_s=60.0,
    poll_s=0.05,
    quiet_poll_s=0.5,
    patience_s=60.0,
    backoff_s=0.01,
    longest_backoff_s=0.1,
    kill_check_s=0.02,
)  # a machine that lets everybody wait for a second makes nothing unknown, nor an entry old
HASTY = replace(FAST, recv_window_s=60.0, deadline_s=1.5)  # for what is held back on purpose
HELD_S = 3_600.0  # an answer that never comes
LATE_S = 2.0  # after the deadline of who is hasty, and within the window
OVER = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


@dataclass(slots=True)
class OrderPath:
    """A gateway, its venue, and what was heard so far."""

    world: World | MexcWorld
    gateway: OrderGateway
    wire: Wire
    updates: list[OrderUpdate] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)

    def hear(self) -> None:
        """Take in what the gateway has to say."""
        news = self.gateway.drain()
        self.updates += news.updates
        self.fills += news.fills

    def statuses(self, order: str) -> list[OrderStatus]:
        """What was said of an order, in order."""
        self.hear()
        return [update.status for update in self.updates if update.client_order_id == order]

    def reason(self, order: str) -> str:
        """The last word on an order."""
        self.hear()
        return [update for update in self.updates if update.client_order_id == order][-1].reason

    def is_over(self, order: str) -> bool:
        """Whether an order's end has been told."""
        return bool(OVER & set(self.statuses(order)))

    def filled(self, order: str) -> int:
        """The sum of an order's fills."""
        self.hear()
        return sum(fill.size for fill in self.fills if fill.client_order_id == order)

    async def over(self, order: str) -> OrderStatus:
        """Wait for the end of an order."""
        await until(lambda: self.is_over(order))
        return self.statuses(order)[-1]

    def at_venue(self) -> list[Any]:
        """Every order the venue has had from the account."""
        return self.world.wire.exchange.all_orders(self.world.key.account, MARKET)


def an_order(order: str, **changes: Any) -> Intent:
    """A market buy of one coin, unless changed."""
    usual = Intent(
        client_order_id=order,
        decision_id="d_1",
        run_id="run_1",
        world="venue",
        symbol=MARKET,
        venue="binance",
        leg="entry",
        attempt=1,
        side=Side.BUY,
        price=None,
        size=UNITS,
        is_post_only=False,
        is_reduce_only=False,
        ts=SystemClock().now(),
    )
    return replace(usual, **changes)


def resting(order: str, **changes: Any) -> Intent:
    """A buy far below the market."""
    return an_order(order, **({"price": 140 * UNITS, "is_post_only": True} | changes))


def selling(order: str, **changes: Any) -> Intent:
    """A reduce-only market sell."""
    return an_order(order, **({"side": Side.SELL, "is_reduce_only": True, "leg": "exit"} | changes))


@asynccontextmanager
async def order_path(
    at: World | MexcWorld,
    guards: Sequence[Guard] = (),
    config: GatewayConfig = FAST,
    trades: TradeLedger | None = None,
) -> AsyncIterator[OrderPath]:
    """A started gateway with a client of its own."""
    venue = "mexc" if isinstance(at, MexcWorld) else "binance"
    key = AccountKey(venue, at.key.key, at.key.secret, f"http://{at.facade.address}")
    wire = await connect(key, {MARKET: replace(SOL, venue=venue)}, config)
    wire.client.timeout_on_exit = 0  # type: ignore[attr-defined]
    limiter = Limiter(LimiterConfig(per_second=1e5, burst=1e5))
    gateway = OrderGateway(wire, SystemClock(), guards=guards, limiter=limiter, config=config, trades=trades)
    gateway.start()
    try:
        yield OrderPath(at, gateway, wire)
    finally:
        await gateway.close()
        await wire.client.close()  # type: ignore[attr-defined]


def with_orders(
    story: Callable[[OrderPath], Coroutine[Any, Any, None]],
    guards: Sequence[Guard] = (),
    config: GatewayConfig = FAST,
    venue: str = "binance",
) -> None:
    """Run a story with a gateway at a fresh venue, in bounded time."""
    compile_kernels()

    async def told() -> None:
        fresh = mexc_venue.world() if venue == "mexc" else world()
        async with asyncio.timeout(LIMIT_S), fresh as at, order_path(at, guards, config) as path:
            await story(path)

    asyncio.run(told())
