"""``keeper run`` at a venue: live market data in, orders through the gateway, for as long as asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from rich.markup import escape

from keeper_agent.app import Keeper, current_model
from keeper_agent.brains import open_brain, told_of_brain
from keeper_agent.commands.layers import layers_as_data
from keeper_agent.commands.reflect import reflect_day
from keeper_agent.commands.run import stopping
from keeper_agent.dashboard.wanted import serving_if_wanted
from keeper_agent.latency import Meter
from keeper_agent.logs import open_log
from keeper_agent.reflecting import timetable_of
from keeper_agent.reporting import Reporter
from keeper_agent.seeing import SeenFeed, seen_by
from keeper_agent.settings import Settings
from keeper_agent.venue_side import venue_side
from keeper_agent.views.board import SymbolRow
from keeper_agent.views.live import LiveView
from memory.account import present
from memory.account_lock import AccountLock
from memory.episodes import EpisodeLog
from memory.lock import HomeLock
from memory.open_orders import OpenOrders
from memory.patterns import PatternLibrary
from memory.store import Store
from scheduler.cycle import DecisionCycle
from scheduler.leading import follow_leader
from scheduler.live import Stop
from scheduler.run import RunIdentity, Tally
from scheduler.summary import results
from scheduler.timetable import Timetable
from scheduler.trading import Trading
from tools.domain.clock import Clock, SystemClock, SystemStopwatch
from tools.domain.identity import fresh_run_id
from tools.domain.market import NANOS, Instrument, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Holding
from tools.domain.trading import World
from tools.execution.client import AccountKey
from tools.execution.gateway import OrderGateway
from tools.execution.guards import unless_killed, while_owned
from tools.execution.kill import KillSwitch
from tools.execution.news import NewsDesk
from tools.execution.recent import recent_prints
from tools.execution.reconcile import Reconciler, Reconciliation
from tools.execution.recovery import Recovered, Recovery
from tools.execution.routed import RoutedMarket
from tools.execution.wire import Wire
from tools.execution.working import GatewayConfig
from tools.market.endpoints import endpoint_of
from tools.market.feed import Feed

FLUSH_S = 5.0
BADGES = {World.VENUE: "LOCAL VENUE", World.LIVE: "LIVE"}
PLACES = {World.VENUE: "a local venue", World.LIVE: "a live account"}
RESULT_S = 15.0  # between two lines with the result so far, where nothing is drawn


class VenueSession:
    """One run of the agent at a venue."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        lock: HomeLock,
        console: Any,
        wire: Wire,
        account: AccountLock,
        config: GatewayConfig,
        resources: ExitStack,
        world: World = World.VENUE,
    ) -> None:
        self._world = world
        self._settings, self._store, self._lock, self._console = settings, store, lock, console
        self._log = open_log(settings.keeper_home, settings.keeper_log_level)
        self._clock: Clock = SystemClock()
        self._start = present(store, self._clock.now())
        switch = KillSwitch(settings.keeper_home)
        guards = (while_owned(lambda: account.is_valid), unless_killed(switch))
        self._gateway = OrderGateway(wire, self._clock, guards=guards, config=config)
        self._desk = NewsDesk(self._gateway)
        self._tally = Tally()
        model = current_model(settings)
        self._view = LiveView(console, self._tally, model.version if model else None, BADGES[world])
        identity = RunIdentity(fresh_run_id(self._start), world, settings.keeper_seed)
        brain = resources.enter_context(open_brain(settings, store, identity, self._clock, SystemStopwatch()))
        self._keeper = Keeper(
            settings,
            store,
            identity,
            wire.instruments,
            self._view,
            model,
            self._start,
            self._tally,
            self._market,
            brain=brain,
            meter=Meter(SystemStopwatch()),
        )
        self._reporter = Reporter(settings, self._keeper, self._clock, PLACES[world])
        self._record = OpenOrders(store, world.value, wire.dialect.venue)
        self._reconciler = Reconciler(self._gateway, self._record, self._alarm)
        self._reporter.watch(self._reconciler)
        self._flushed = self._told = self._began = self._clock.now()

    def _market(self, instrument: Instrument, parameters: ParameterSet) -> RoutedMarket:
        exchange = self._desk.exchange(instrument.symbol)
        return RoutedMarket(
            instrument, parameters, exchange, has_brackets=self._gateway.wire.dialect.has_brackets
        )

    def _complain(self, text: str) -> None:
        self._log.warning(text)
        self._console.print(text, style="yellow", markup=False)

    def _alarm(self, found: Reconciliation) -> None:
        self._log.error("entries halted", found=str(found))
        self._console.print(f"[bold red]entries halted:[/] {escape(str(found))}", soft_wrap=True)

    async def play(self, key: AccountKey) -> dict[str, Any]:
        """Recover, trade, wind down, reflect; returns the summary."""
        keeper, wire = self._keeper, self._gateway.wire
        words = {
            "world": self._world.value,
            "parameters": self._settings.parameter_overrides(),
            "has_brackets": wire.dialect.has_brackets,
        }
        keeper.begin("run", words, "", self._start)
        self._log.info("run began", run_id=keeper.identity.run_id, world=self._world.value)
        self._gateway.start()
        recovery = Recovery(
            self._gateway, self._record, EpisodeLog(self._store), self._reconciler, self._clock
        )
        recovered = await recovery.recover()
        if recovered.resolved or recovered.closed:
            self._console.print(
                f"recovered {len(recovered.resolved)} orders, closed {len(recovered.closed)} positions"
            )
        self._adopt(recovered)
        reconciling = asyncio.create_task(self._reconciler.run())
        stop = Stop()
        quote = next(iter(wire.traded.values())).quote
        self._view.begin_tape(f"{', '.join(wire.traded)} at {PLACES[self._world]}", quote)
        try:
            with (
                stopping(stop),
                serving_if_wanted(self._settings, self._console) as new_link,
                self._view,
                self._timetable(),
                self._reporter.serving(new_link),
            ):
                left = await self._trade(key, stop)
        finally:
            reconciling.cancel()
            await asyncio.gather(reconciling, return_exceptions=True)
            await self._gateway.close()
        keeper.end(self._clock.now())
        self._log.info("run ended", run_id=keeper.identity.run_id, decisions=keeper.tally.decisions)
        with PatternLibrary(self._lock, self._store) as library:
            library.sync()
        summary = self._summary(left)
        self._reporter.finish()
        return summary

    def _adopt(self, recovered: Recovered) -> None:
        """What could not be sold stays at stake: it takes room in every limit, and is named."""
        for holding in recovered.stuck:
            self._take_room(holding, is_stranded=False)
            base = escape(self._gateway.wire.instruments[holding.intent.symbol].base)
            self._console.print(f"[bold red]could not be sold:[/] {to_decimal(holding.size)} {base}")
        for holding in recovered.stranded:
            self._take_room(holding, is_stranded=True)

    def _take_room(self, holding: Holding, *, is_stranded: bool) -> None:
        instrument = self._gateway.wire.instruments[holding.intent.symbol]
        usd = holding.cost * (instrument.quote_usd or Decimal(0))
        decision = holding.intent.decision_id
        self._keeper.ledger.adopt(decision, instrument.symbol, usd, is_stranded=is_stranded)

    def _timetable(self) -> Timetable:
        """The daily and weekly reflections, done beside the trading."""
        return timetable_of(
            self._store,
            self._settings,
            self._keeper.parameters,
            self._world.value,
            self._clock,
            self._complain,
        )

    async def _trade(self, key: AccountKey, stop: Stop) -> tuple[str, ...]:
        wire = self._gateway.wire
        minutes = self._settings.keeper_minutes
        feed = Feed(
            endpoint_of(wire.dialect.venue, key.base_url),
            list(wire.traded),
            clock=self._clock,
            stopwatch=SystemStopwatch(),
            rng=np.random.default_rng(self._settings.keeper_seed),
            complain=self._complain,
        )
        run_id = self._keeper.identity.run_id
        seen = seen_by(self._settings, run_id, wire.dialect.venue, feed, self._complain)
        cycles = {symbol: self._keeper.cycle(one) for symbol, one in wire.traded.items()}
        await self._prime(cycles, seen)
        self._began = self._clock.now()
        follow_leader(cycles)
        async with feed, seen:
            frames = partial(self._each_frame, cycles=cycles, feed=feed)
            trading = Trading(seen, self._desk, cycles, self._clock, frames, seen.wind_down, feed.passed)
            return await trading.run(stop, None if minutes is None else minutes * 60)

    async def _prime(self, cycles: Mapping[str, DecisionCycle], seen: SeenFeed) -> None:
        """Let the tapes begin full: a thin coin takes a minute to print what a window holds."""
        now = self._clock.now()
        window = self._keeper.parameters.snapshot(now).nanos("tape_window_s")
        client: Any = self._gateway.wire.client
        for symbol, cycle in cycles.items():
            instrument = self._gateway.wire.instruments[symbol]
            prints = await recent_prints(client, instrument, now - window, now)
            if len(prints):
                seen.keep(symbol, prints)
                cycle.run(prints, int(prints["ts_init"][-1]))

    def _each_frame(self, ts: int, cycles: Mapping[str, DecisionCycle], feed: Feed) -> None:
        rests = self._keeper.ledger.snapshot(ts).rests
        rows = [
            SymbolRow(
                symbol,
                cycle.market.status,
                cycle.market.features(max(ts, cycle.market.ts)),
                cycle.executor.entry,
                max(0, rests.get(symbol, 0) - ts) / NANOS,
            )
            for symbol, cycle in cycles.items()
        ]
        self._reporter.publish(ts, cycles, venue_side(self._gateway, self._reconciler, feed))
        minutes = self._settings.keeper_minutes
        share = None if minutes is None else min(1.0, (ts - self._began) / (minutes * 60 * NANOS))
        self._view.frame_of(ts, share, rows)
        if ts - self._told > RESULT_S * NANOS:
            self._view.tell_result(ts)
            self._told = ts
        if ts - self._flushed > FLUSH_S * NANOS:
            self._store.flush()
            self._flushed = ts

    def _summary(self, left: Sequence[str]) -> dict[str, Any]:
        keeper, decision = self._keeper, self._view.worth_asking
        questions = [f"why did you decide {decision}?"] if decision else []
        return {
            "run_id": keeper.identity.run_id,
            "home": str(self._settings.keeper_home),
            "world": self._world.value,
            "quote": "/".join(sorted({one.quote for one in self._gateway.wire.traded.values()})),
            **results(keeper.tally, keeper.identity.seed),
            "left_open": list(left),
            "makers_found": self._view.makers_found,
            "patterns_remembered": len(keeper.recall),
            "brain": told_of_brain(self._settings, self._store, keeper.identity.run_id),
            "report": self._reflect(),
            "layers": layers_as_data(keeper.layers(self._clock.now())),
            "questions": [*questions, "how many signals did you skip today?"],
        }

    def _reflect(self) -> str | None:
        keeper, ts = self._keeper, self._clock.now()
        if keeper.tally.decisions == 0:
            return None
        found = reflect_day(
            self._store,
            self._settings,
            run_id=keeper.identity.run_id,
            ts=ts,
            parameters=keeper.parameters,
        )
        self._store.flush()
        return str(found.report_path)
