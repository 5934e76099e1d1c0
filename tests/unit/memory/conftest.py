"""Made-up episodes for the tests of memory: small, whole and consistent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from memory.episodes import EpisodeLog
from memory.store import Store
from tools.domain import identity
from tools.domain.market import UNITS, Side
from tools.domain.trading import (
    Action,
    Clamp,
    Decision,
    Fill,
    Intent,
    OrderStatus,
    OrderUpdate,
    Outcome,
    Result,
    Route,
    Signal,
    SizePlan,
    Vote,
)

RUN = "run_0000000001"
T0 = 1_723_161_000_000_000_000
SECOND = 1_000_000_000


@dataclass
class Maker:
    """Builds records of one run; ``n`` tells them apart."""

    run_id: str = RUN
    world: str = "recorded"
    symbol: str = "BTCUSDT"

    def ts(self, n: int) -> int:
        return T0 + n * 10 * SECOND

    def vector(self, n: int) -> tuple[float, ...]:
        raw = [math.sin(1.7 * n + j) for j in range(16)]
        length = math.sqrt(sum(x * x for x in raw))
        return tuple(x / length for x in raw)

    def signal(self, n: int, **changes: Any) -> Signal:
        whole = Signal(
            signal_id=identity.signal_id(self.run_id, self.symbol, "mm_range", self.ts(n), n),
            run_id=self.run_id,
            world=self.world,
            symbol=self.symbol,
            venue="binance",
            source="mm_range",
            ts=self.ts(n),
            ts_event=self.ts(n) - 3_000_000,
            side=Side.BUY,
            entry_price=61_000 * UNITS + 1,
            take_profit=61_050 * UNITS,
            stop=60_900 * UNITS,
            entry_timeout_ns=30 * SECOND,
            hold_timeout_ns=300 * SECOND,
            cost_bps=15.1,
            confidence=0.1 + 0.2,
            features={"mid": 61_000.05, "regime": 1.0 + n % 2, "spoofing_score": None},
            vector=self.vector(n),
        )
        return replace(whole, **changes)

    def decision(self, signal: Signal, **changes: Any) -> Decision:
        whole = Decision(
            decision_id=identity.decision_id(signal.signal_id),
            signal_id=signal.signal_id,
            run_id=signal.run_id,
            world=signal.world,
            symbol=signal.symbol,
            venue=signal.venue,
            ts=signal.ts,
            action=Action.ENTER,
            route=Route.PATTERN,
            probability=0.61,
            breakeven=signal.breakeven,
            expected_bps=1.25,
            is_probe=False,
            plan=SizePlan(
                3 * UNITS // 1000, (UNITS // 1000, 2 * UNITS // 1000), 2.0, Decimal("183.0000"), "80 %"
            ),
            votes=(Vote("pattern", "enter", 0.61, 1.25, 0.5, "12 neighbours", ("o_1",)),),
            clamps=(Clamp("max_order_size_usd", "200", "183", "the most one entry may be"),),
            reason="neighbours won",
            parameters_version=0,
            model_version=None,
            recalled=(),
        )
        return replace(whole, **changes)

    def intent(self, decision: Decision, attempt: int = 0, **changes: Any) -> Intent:
        whole = Intent(
            client_order_id=identity.client_order_id(decision.decision_id, "entry", attempt),
            decision_id=decision.decision_id,
            run_id=decision.run_id,
            world=decision.world,
            symbol=decision.symbol,
            venue=decision.venue,
            leg="entry",
            attempt=attempt,
            side=Side.BUY,
            price=61_000 * UNITS,
            size=UNITS // 1000,
            is_post_only=True,
            is_reduce_only=False,
            ts=decision.ts,
        )
        return replace(whole, **changes)

    def update(self, intent: Intent, status: OrderStatus = OrderStatus.OPEN, **changes: Any) -> OrderUpdate:
        return replace(OrderUpdate(intent.client_order_id, status, 0, intent.ts + SECOND, ""), **changes)

    def fill(self, intent: Intent, trade_id: str = "t1", **changes: Any) -> Fill:
        whole = Fill(
            trade_id=trade_id,
            client_order_id=intent.client_order_id,
            decision_id=intent.decision_id,
            run_id=intent.run_id,
            world=intent.world,
            symbol=intent.symbol,
            venue=intent.venue,
            side=intent.side,
            price=61_000 * UNITS,
            size=intent.size,
            fee_quote=Decimal("0.0457500000000001"),
            is_maker=True,
            ts=intent.ts + 2 * SECOND,
        )
        return replace(whole, **changes)

    def outcome(self, decision: Decision, kind: str = "shadow", **changes: Any) -> Outcome:
        whole = Outcome(
            outcome_id=identity.outcome_id(decision.signal_id, kind),
            signal_id=decision.signal_id,
            decision_id=decision.decision_id,
            run_id=decision.run_id,
            world=decision.world,
            symbol=decision.symbol,
            venue=decision.venue,
            kind=kind,
            is_probe=decision.is_probe,
            result=Result.TAKE_PROFIT,
            ts_entry=decision.ts + 2 * SECOND,
            ts_exit=decision.ts + 7 * SECOND,
            ts_known=decision.ts + 7 * SECOND,
            entry_price=61_000 * UNITS,
            exit_price=61_050 * UNITS,
            size=UNITS // 1000,
            gross_bps=8.2,
            net_bps=-6.9,
            net_quote=Decimal("-0.0420900000000000001"),
            fees_quote=Decimal("0.0915"),
            mfe_bps=9.0,
            mae_bps=-1.5,
            time_to_target_ns=5 * SECOND,
            time_to_stop_ns=None,
        )
        return replace(whole, **changes)

    def begin(self, log: EpisodeLog) -> None:
        log.begin_run(
            run_id=self.run_id,
            world=self.world,
            command="replay",
            config={"speed": 1},
            code_version="0.1.0",
            input_hash="abc",
            seed=7,
            ts=T0,
        )

    def episode(self, log: EpisodeLog, n: int, trade_id: str | None = None, **outcome: Any) -> Decision:
        """Record one whole life of a trade; returns its decision."""
        signal = self.signal(n)
        decision = self.decision(signal)
        intent = self.intent(decision)
        log.record_signal(signal)
        log.record_decision(decision)
        log.record_intent(intent)
        log.record_order(self.update(intent))
        log.record_fill(self.fill(intent, trade_id or f"t{n}"))
        log.record_order(self.update(intent, OrderStatus.FILLED, filled=intent.size))
        log.record_outcome(self.outcome(decision, **outcome))
        return decision


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store.open(home, is_throwaway=True) as opened:
        yield opened


@pytest.fixture
def log(store: Store, make: Maker) -> EpisodeLog:
    episodes = EpisodeLog(store)
    make.begin(episodes)
    return episodes
