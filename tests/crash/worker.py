"""The process that dies: store, order path and the real client, driven as the executor drives them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.open_orders import OpenOrders
from memory.store import Store
from tests.crash.mutants import GATEWAYS, SEND_FIRST
from tests.crash.steps import SteppedLog, Steps, count_awaits
from tools.domain.clock import SystemClock
from tools.domain.identity import client_order_id, decision_id, derived_run_id, signal_id
from tools.domain.market import UNITS, Instrument, Side
from tools.domain.trading import Action, Decision, Intent, OrderStatus, Route, Signal, SizePlan
from tools.execution.client import AccountKey, connect
from tools.execution.gateway import OrderGateway
from tools.execution.limiter import Limiter, LimiterConfig
from tools.execution.reconcile import ReconcileConfig, Reconciler
from tools.execution.recovery import Recovery
from tools.execution.working import GatewayConfig

WORLD = "venue"
VENUE = "binance"
COIN = Instrument(
    symbol="SOLUSDT",
    venue=VENUE,
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
OVER = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


@dataclass(frozen=True, slots=True)
class Job:
    """What one life of the worker is given."""

    home: str
    url: str
    key: str
    secret: str
    seed: int
    kill_at: int
    rounds: int
    mutant: str = ""
    has_stream: bool = False


def config(job: Job) -> GatewayConfig:
    """Short times: a life lasts a second."""
    return GatewayConfig(
        recv_window_s=0.3,
        margin_s=0.1,
        deadline_s=0.15,
        poll_s=0.05,
        quiet_poll_s=0.3,
        patience_s=1.0,
        backoff_s=0.01,
        longest_backoff_s=0.1,
        has_stream=job.has_stream,
    )


def live(job: Job, say: Callable[[dict[str, Any]], None], wait: Callable[[], None]) -> None:
    """One life: recover, say so, wait for the word, trade until the end or until killed."""
    steps = Steps(job.kill_at)
    loop = asyncio.new_event_loop()
    count_awaits(loop, steps)
    loop.run_until_complete(_live(job, steps, say, wait))


async def _live(
    job: Job, steps: Steps, say: Callable[[dict[str, Any]], None], wait: Callable[[], None]
) -> None:
    home = Path(job.home)
    clock = SystemClock()
    with HomeLock.acquire(home, "crash worker"), Store.open(home) as store:
        episodes = EpisodeLog(store)
        log = SteppedLog(episodes, steps)
        record = OpenOrders(store, WORLD, VENUE)
        wire = await connect(
            AccountKey(VENUE, job.key, job.secret, job.url), {COIN.symbol: COIN}, config(job)
        )
        limiter = Limiter(LimiterConfig(per_second=1e6, burst=1e6))
        kind = GATEWAYS.get(job.mutant, OrderGateway)
        gateway = kind(wire, clock, limiter=limiter, config=config(job))
        gateway.start()
        reconciler = Reconciler(gateway, record, lambda found: None, ReconcileConfig(settle_s=0.02))
        recovered = await Recovery(gateway, record, log, reconciler, clock).recover()
        store.flush()
        say(
            {
                "recovered": len(recovered.resolved),
                "closed": len(recovered.closed),
                "external": list(recovered.external),
                "agrees": recovered.agreement.is_equal,
                "words": str(recovered.agreement),
                "steps": steps.count,
            }
        )
        wait()
        await Driver(job, store, episodes, log, gateway).trade()
        await gateway.close()
        await wire.client.close()  # type: ignore[attr-defined]
    say({"finished": True, "steps": steps.count})


class Driver:
    """Round trips as the executor makes them: intent, order, fills, exit, one order at a time."""

    def __init__(
        self, job: Job, store: Store, episodes: EpisodeLog, log: SteppedLog, gateway: OrderGateway
    ) -> None:
        self._job = job
        self._store = store
        self._episodes = episodes
        self._log = log
        self._gateway = gateway
        self._clock = SystemClock()
        self._chance = np.random.default_rng(job.seed)
        self._run = derived_run_id("crash", job.seed, self._clock.now())
        self._held = 0

    async def trade(self) -> None:
        """All rounds."""
        self._episodes.begin_run(
            run_id=self._run,
            world=WORLD,
            command="crash",
            config={},
            code_version="",
            input_hash="",
            seed=self._job.seed,
            ts=self._clock.now(),
        )
        for number in range(self._job.rounds):
            await self._round_trip(self._decide(number))

    async def _round_trip(self, decision: Decision) -> None:
        self._held = 0
        attempt = 0
        status = OrderStatus.REJECTED
        while status is OrderStatus.REJECTED and attempt < 3:
            attempt += 1
            status = await self._order(await self._entry(decision, attempt))
        while (size := self._held - self._held % COIN.lot) * 140 >= 5 * UNITS:
            attempt += 1
            await self._order(_intent(decision, "exit", attempt, Side.SELL, None, size, self._clock.now()))

    async def _entry(self, decision: Decision, attempt: int) -> Intent:
        """A market order, a limit order that crosses, or one that rests and is withdrawn."""
        kind = int(self._chance.integers(3))
        size = int(self._chance.integers(40, 3_000)) * COIN.lot
        price = None
        if kind > 0:
            book = await self._gateway.wire.client.fetch_order_book("SOL/USDT", 5)  # type: ignore[attr-defined]
            levels = book["asks"][:3][-1:] if kind == 1 else book["bids"][:1]
            price = round(levels[0][0] * 100) * COIN.tick if levels else 150 * UNITS
        return _intent(
            decision, "entry", attempt, Side.BUY, price, size, self._clock.now(), is_post_only=kind == 2
        )

    async def _order(self, intent: Intent) -> OrderStatus:
        """One order from its intent to its end."""
        if self._job.mutant == SEND_FIRST:
            self._gateway.place(intent)
            await asyncio.sleep(0.03)
            self._log.record_intent(intent)
        else:
            self._log.record_intent(intent)
            self._gateway.place(intent)
        patience = float(self._chance.uniform(0.0, 0.08))
        while True:
            for_fills = self._gateway.drain()
            for fill in for_fills.fills:
                self._log.record_fill(fill)
                self._held += fill.held_change(COIN.base)
            for update in for_fills.updates:
                self._log.record_order(update)
                if update.client_order_id == intent.client_order_id and update.status in OVER:
                    return update.status
            try:
                async with asyncio.timeout(patience):
                    await self._gateway.news.wait()
            except TimeoutError:
                self._gateway.cancel(intent.client_order_id, self._clock.now())
                patience = 1.0

    def _decide(self, number: int) -> Decision:
        ts = self._clock.now()
        signal = signal_id(self._run, COIN.symbol, "crash", ts, number)
        shared: dict[str, Any] = {
            "signal_id": signal,
            "run_id": self._run,
            "world": WORLD,
            "symbol": COIN.symbol,
            "venue": VENUE,
            "ts": ts,
        }
        self._episodes.record_signal(
            Signal(
                **shared,
                source="crash",
                ts_event=ts,
                side=Side.BUY,
                entry_price=150 * UNITS,
                take_profit=151 * UNITS,
                stop=149 * UNITS,
                entry_timeout_ns=1,
                hold_timeout_ns=1,
                cost_bps=1.0,
                confidence=1.0,
                features={},
                vector=(0.0,),
            )
        )
        decision = Decision(
            **shared,
            decision_id=decision_id(signal),
            action=Action.ENTER,
            route=Route.RULE,
            probability=None,
            breakeven=0.5,
            expected_bps=None,
            is_probe=False,
            plan=SizePlan(UNITS, (UNITS,), 0.0, Decimal(1), "crash"),
            votes=(),
            clamps=(),
            reason="crash",
            parameters_version=0,
            model_version=None,
            recalled=(),
        )
        self._episodes.record_decision(decision)
        return decision


def _intent(
    decision: Decision,
    leg: str,
    attempt: int,
    side: Side,
    price: int | None,
    size: int,
    ts: int,
    *,
    is_post_only: bool = False,
) -> Intent:
    return Intent(
        client_order_id=client_order_id(decision.decision_id, leg, attempt),
        decision_id=decision.decision_id,
        run_id=decision.run_id,
        world=decision.world,
        symbol=decision.symbol,
        venue=decision.venue,
        leg=leg,
        attempt=attempt,
        side=side,
        price=price,
        size=size,
        is_post_only=is_post_only,
        is_reduce_only=side is Side.SELL,
        ts=ts,
    )
