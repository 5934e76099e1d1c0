"""One life of the agent: memory, order path, cycles and live loop as ``keeper run`` wires them.

Only signals and decisions are scripted, so that every kind of entry and ending comes about.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from memory.account import account_day, present
from memory.account_lock import AccountLock
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.open_orders import OpenOrders
from memory.store import Store
from scheduler import trading
from scheduler.cycle import DecisionCycle
from scheduler.live import Stop
from scheduler.parts import CycleParts
from scheduler.run import RunIdentity, Tally
from scheduler.trading import Trading
from tests.simulation.client import UserStream, connect
from tests.simulation.feed import Books
from tests.simulation.scripted import ScriptedCycle, ScriptedDecider
from tests.simulation.transport import Door, Sent
from tests.simulation.world import LoopClock, World, instruments
from tools.domain.identity import derived_run_id
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Fill, Intent, OrderUpdate
from tools.domain.trading import World as Where
from tools.execution.client import AccountKey
from tools.execution.gateway import OrderGateway
from tools.execution.guards import unless_killed, while_owned
from tools.execution.kill import KillSwitch
from tools.execution.news import NewsDesk
from tools.execution.reconcile import Reconciler, Reconciliation
from tools.execution.recovery import Recovered, Recovery
from tools.execution.routed import RoutedMarket
from tools.execution.working import GatewayConfig
from tools.risk.exposure import LedgerSnapshot
from tools.risk.ledger import RiskLedger

TICK_S = 0.5  # the live loop looks at its timers so often; twenty times a second would cost a seed seconds
CONFIG = GatewayConfig(has_stream=True, kill_check_s=0.5)
LIMITS = {
    "max_symbol_exposure_usd": 150.0,
    "max_total_exposure_usd": 250.0,
    "max_trades_per_day": 1e5,
    "blacklist_departures": 0,
    "max_departure_share": 1,
    "daily_loss_limit_usd": 1e6,
    "departure_rest_s": 20.0,
    "stop_dwell_ms": 0.0,
}
trading.TICK_S = TICK_S


class Died(BaseException):
    """The process ended here, between two statements."""


class MortalLog(EpisodeLog):
    """The log, with a step before and after every write of the order path."""

    step: Callable[[], None]

    def record_intent(self, intent: Intent) -> None:
        self.step()
        super().record_intent(intent)
        self.step()

    def record_fill(self, fill: Fill) -> None:
        self.step()
        super().record_fill(fill)
        self.step()

    def record_order(self, update: OrderUpdate) -> None:
        self.step()
        super().record_order(update)
        self.step()


@dataclass(slots=True)
class Kinds:
    """Which classes a life is made of: the product's, or a broken copy."""

    gateway: type[OrderGateway] = OrderGateway
    ledger: type[RiskLedger] = RiskLedger
    recovery: type[Recovery] = Recovery
    log: type[MortalLog] = MortalLog
    cycle: type[DecisionCycle] = ScriptedCycle
    guards: Callable[[Sequence[Any]], Sequence[Any]] = field(default=lambda guards: guards)


class Life:
    """A process from its start to its end, whichever that is."""

    def __init__(
        self, world: World, home: Path, number: int, seed: int, on_sent: Sent, kinds: Kinds, is_last: bool
    ) -> None:
        self.number = number
        self.home = home
        self.clock = LoopClock(asyncio.get_running_loop())  # type: ignore[arg-type]
        self.is_last = is_last
        self.stop = Stop()
        self.gateway: OrderGateway | None = None
        self.stream: UserStream | None = None
        self.client: Any = None
        self.store: Store | None = None
        self.driver: sqlite3.Connection | None = None
        self.recovered: Recovered | None = None
        self.mismatches: list[Reconciliation] = []
        self.locks: list[Any] = []
        self.step: Callable[[], None] = lambda: None
        self._world, self._seed, self._on_sent, self._kinds = world, seed, on_sent, kinds
        self.tally = Tally()

    async def live(self) -> None:
        """Own the home, recover, trade, wind down."""
        self.locks = [HomeLock.acquire(self.home, "simulation")]
        self.locks.append(AccountLock.acquire(self.home / "accounts", self._world.key.key))
        self.store = store = Store.open(self.home)
        self.driver = store._driver
        await self._play(store, self.locks[1])
        store.close()
        self.release()

    def release(self) -> None:
        """What the kernel does when a process is gone."""
        for lock in self.locks:
            lock.release()

    def let_go(self) -> None:
        """Let the client library believe that it was closed."""
        if self.client is not None:
            self.client.session = self.client.asyncio_loop = None

    async def _play(self, store: Store, account: AccountLock) -> None:
        key = AccountKey("binance", self._world.key.key, self._world.key.secret)
        door = Door(self._world.answering, self._world.weather, self.number, self._on_sent)
        wire, self.stream = await connect(
            key, instruments(), CONFIG, self.clock, door, self._world.weather, self._world.markets
        )
        self.client = wire.client
        switch = KillSwitch(self.home)
        guards = (while_owned(lambda: account.is_valid), unless_killed(switch))
        self.gateway = self._kinds.gateway(
            wire, self.clock, guards=tuple(self._kinds.guards(guards)), config=CONFIG
        )
        log = self._kinds.log(store)
        log.step = self.step
        record = OpenOrders(store, Where.VENUE.value, "binance")
        reconciler = Reconciler(self.gateway, record, self.mismatches.append)
        start = present(store, self.clock.now())
        identity = RunIdentity(derived_run_id("simulation", self._seed, self.number), Where.VENUE, self._seed)
        log.begin_run(
            run_id=identity.run_id,
            world=identity.world.value,
            command="simulation",
            config={},
            code_version="",
            input_hash="",
            seed=self._seed,
            ts=start,
        )
        self.gateway.start()
        recovery = self._kinds.recovery(self.gateway, record, log, reconciler, self.clock)
        self.recovered = await recovery.recover()
        reconciling = asyncio.create_task(reconciler.run())
        if not self.is_last:
            await self._trade(store, log, identity, switch, start)
        reconciling.cancel()
        await asyncio.gather(reconciling, return_exceptions=True)
        await self.gateway.close()

    async def _trade(
        self, store: Store, log: MortalLog, identity: RunIdentity, switch: KillSwitch, start: int
    ) -> None:
        assert self.gateway is not None
        gateway = self.gateway
        desk = NewsDesk(gateway)
        day = account_day(store, identity.world.value, start)
        realised = sum(day.realised_quote.values(), Decimal(0))
        begin = LedgerSnapshot(ts=start, entries_today=day.entries, realised_usd=realised)
        ledger = self._kinds.ledger(begin, lambda: switch.is_set)
        assert self.recovered is not None
        for holding in (*self.recovered.stuck, *self.recovered.stranded):
            instrument = gateway.wire.instruments[holding.intent.symbol]
            is_stranded = holding in self.recovered.stranded
            ledger.adopt(holding.intent.decision_id, instrument.symbol, holding.cost, is_stranded=is_stranded)
        chance = np.random.default_rng([self._seed, self.number])
        parameters = default_parameters(LIMITS)

        def market(instrument: Instrument, parameters: ParameterSet) -> RoutedMarket:
            routed = RoutedMarket(instrument, parameters, desk.exchange(instrument.symbol), has_brackets=True)
            routed.desk["plan"]["next_check"] = 1 << 62  # signals are scripted
            return routed

        parts = CycleParts(
            identity=identity,
            decider=ScriptedDecider(chance, ledger),
            log=log,
            parameters=_Fixed(parameters),
            ledger=ledger,
            observer=_Nobody(),
            market=market,
        )
        wanted = gateway.wire.instruments
        cycles = {symbol: self._kinds.cycle(one, parts, self.tally) for symbol, one in wanted.items()}
        for cycle in cycles.values():
            cycle.chance = chance  # type: ignore[attr-defined]
        feed = Books(self._world.exchange, list(wanted.values()), self.clock)
        await Trading(feed, desk, cycles, self.clock, lambda ts: store.flush()).run(self.stop, None)


@dataclass(frozen=True, slots=True)
class _Fixed:
    parameters: ParameterSet

    def snapshot(self, ts: int) -> ParameterSet:
        del ts
        return self.parameters


class _Nobody:
    """An observer who looks away."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None
