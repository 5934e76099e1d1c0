"""Decisions for the real executor: small, quick round trips near the market, one after the other."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from memory.episodes import EpisodeLog
from tests.crash.coin import COIN, VENUE, WORLD
from tools.domain.clock import SystemClock
from tools.domain.identity import decision_id, derived_run_id, signal_id
from tools.domain.market import NANOS, UNITS, Side
from tools.domain.parameter import default_parameters
from tools.domain.ports import IntentLog
from tools.domain.trading import Action, Decision, Outcome, Route, Signal, SizePlan
from tools.execution.executor import Executor
from tools.execution.gateway import OrderGateway
from tools.execution.news import NewsDesk
from tools.execution.routed import RoutedMarket
from tools.risk.ledger import RiskLedger
from tools.risk.limits import EntryRequest

MOST_WAIT_S = 0.02  # between two looks at the executor's timers
PARAMETERS = default_parameters(
    {
        "protective_gap_bps": 1.0,
        "max_order_size_usd": 1e5,
        "max_symbol_exposure_usd": 1e6,
        "max_total_exposure_usd": 1e6,
        "max_trades_per_day": 1e6,
        "daily_loss_limit_usd": 1e9,
    }
)


class Life(Protocol):
    """What of a worker's job concerns its trading."""

    @property
    def seed(self) -> int: ...

    @property
    def rounds(self) -> int: ...


class Driver:
    """Round trips by the executor itself: slices, brackets, deadlines, exits."""

    def __init__(self, job: Life, episodes: EpisodeLog, log: IntentLog, gateway: OrderGateway) -> None:
        self._job = job
        self._episodes = episodes
        self._gateway = gateway
        self._clock = SystemClock()
        self._chance = np.random.default_rng(job.seed)
        self._run = derived_run_id("crash", job.seed, self._clock.now())
        self._ledger = RiskLedger()
        self._desk = NewsDesk(gateway)
        market = RoutedMarket(COIN, PARAMETERS, self._desk.exchange(COIN.symbol), has_brackets=True)
        self._executor = Executor(market, log, self._ledger, self._keep)

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
            await self._round_trip(number)

    async def _round_trip(self, number: int) -> None:
        bid = await self._best_bid()
        signal = self._signal(number, bid)
        decision = self._decide(signal)
        request = EntryRequest(decision.decision_id, COIN.symbol, Decimal(1), signal.ts)
        assert not isinstance(self._ledger.reserve(request, PARAMETERS), list)
        self._executor.open(decision, signal, PARAMETERS)
        while self._executor.is_busy:
            now = self._clock.now()
            if self._desk.sort():
                self._executor.on_news(now)
            if self._executor.next_wake() <= now:
                self._executor.on_timer(now)
            with suppress(TimeoutError):
                async with asyncio.timeout(MOST_WAIT_S):
                    await self._gateway.news.wait()

    async def _best_bid(self) -> int:
        book = await self._gateway.wire.client.fetch_order_book("SOL/USDT", 5)  # type: ignore[attr-defined]
        return round(book["bids"][0][0] * 100) if book["bids"] else 15_000

    def _signal(self, number: int, bid: int) -> Signal:
        """Enter at the bid or one tick beside it; target and stop a few ticks away."""
        ts, draw = self._clock.now(), self._chance.integers
        entry = bid + int(draw(-1, 2))
        target, stop = entry + int(draw(1, 12)), entry - int(draw(1, 12))
        signal = Signal(
            signal_id=signal_id(self._run, COIN.symbol, "crash", ts, number),
            run_id=self._run,
            world=WORLD,
            symbol=COIN.symbol,
            venue=VENUE,
            source="crash",
            ts=ts,
            ts_event=ts,
            side=Side.BUY,
            entry_price=entry * COIN.tick,
            take_profit=target * COIN.tick,
            stop=stop * COIN.tick,
            entry_timeout_ns=int(self._chance.uniform(0.02, 0.3) * NANOS),
            hold_timeout_ns=int(self._chance.uniform(0.02, 0.6) * NANOS),
            cost_bps=1.0,
            confidence=0.0,
            features={},
            vector=(0.0,),
        )
        self._episodes.record_signal(signal)
        return signal

    def _decide(self, signal: Signal) -> Decision:
        lots = [int(self._chance.integers(40, 1_000)) for _ in range(int(self._chance.integers(1, 4)))]
        slices = tuple(n * COIN.lot for n in lots)
        shared: dict[str, Any] = {
            "signal_id": signal.signal_id,
            "run_id": self._run,
            "world": WORLD,
            "symbol": COIN.symbol,
            "venue": VENUE,
            "ts": signal.ts,
        }
        decision = Decision(
            **shared,
            decision_id=decision_id(signal.signal_id),
            action=Action.ENTER,
            route=Route.RULE,
            probability=None,
            breakeven=0.5,
            expected_bps=None,
            is_probe=False,
            plan=SizePlan(sum(slices), slices, 0.01, Decimal(sum(slices)) / UNITS, "crash"),
            votes=(),
            clamps=(),
            reason="crash",
            parameters_version=0,
            model_version=None,
            recalled=(),
        )
        self._episodes.record_decision(decision)
        return decision

    def _keep(self, outcome: Outcome, signal: Signal) -> None:
        del signal
        self._episodes.record_outcome(outcome)
