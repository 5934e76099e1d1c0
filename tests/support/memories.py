"""A small memory made of hand-made episodes, for tests of whatever reads the record."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from memory.episodes import EpisodeLog
from memory.store import Store
from tools.domain import identity
from tools.domain.clock import day_bounds
from tools.domain.market import UNITS, Side
from tools.domain.regime import Regime
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

SECOND = 1_000_000_000
DAY = "2024-08-08"
PRICE = 61_000 * UNITS
SIZE = UNITS // 1000


def at(clock: str, day: str = DAY) -> int:
    """Nanoseconds of ``HH:MM:SS`` on a day, UTC."""
    hour, minute, second = (int(part) for part in clock.split(":"))
    return day_bounds(day)[0] + (hour * 3_600 + minute * 60 + second) * SECOND


@dataclass
class MemoryBuilder:
    """Writes whole episodes into a home, one call each; counts them so that ids differ."""

    store: Store
    run_id: str = "run_0000000001"
    world: str = "recorded"
    log: EpisodeLog = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.log = EpisodeLog(self.store)

    def begin(
        self, run_id: str = "run_0000000001", *, input_hash: str = "tape", ts: int | None = None
    ) -> None:
        """Begin a run; what follows belongs to it."""
        self.run_id = run_id
        self.log.begin_run(
            run_id=run_id,
            world=self.world,
            command="run",
            config={},
            code_version="test",
            input_hash=input_hash,
            seed=7,
            ts=at("00:00:00") if ts is None else ts,
        )

    def decide(
        self,
        ts: int,
        *,
        symbol: str = "BTCUSDT",
        action: Action = Action.SKIP,
        route: Route = Route.RULE,
        regime: Regime = Regime.CALM,
        is_probe: bool = False,
        refusing: Sequence[str] = (),
        recalled: Sequence[str] = (),
        source: str = "mm_range",
        **changes: Any,
    ) -> Decision:
        """Record a signal and the decision on it."""
        self.count += 1
        signal = replace(self._signal(ts, symbol, regime), source=source)
        decision = replace(
            Decision(
                decision_id=identity.decision_id(signal.signal_id),
                signal_id=signal.signal_id,
                run_id=self.run_id,
                world=self.world,
                symbol=symbol,
                venue="binance",
                ts=ts,
                action=action,
                route=route,
                probability=0.61 if action is Action.ENTER else None,
                breakeven=signal.breakeven,
                expected_bps=1.25 if action is Action.ENTER else None,
                is_probe=is_probe,
                plan=_plan() if action is Action.ENTER else None,
                votes=_votes(refusing, recalled),
                clamps=(Clamp("max_order_size_usd", "200", "61", "the most one entry may be"),)
                if action is Action.ENTER
                else (),
                reason="neighbours won" if action is Action.ENTER else "MM confidence 0.43 below 0.70",
                parameters_version=3,
                model_version="m_1",
                recalled=tuple(recalled),
            ),
            **changes,
        )
        self.log.record_signal(signal)
        self.log.record_decision(decision)
        return decision

    def trade(self, decision: Decision, net_bps: float, result: Result = Result.TAKE_PROFIT) -> Outcome:
        """Record the orders, fills and the taken outcome of an entry."""
        entry = self._execute(decision, "entry", Side.BUY, decision.ts + 2 * SECOND)
        self._execute(decision, "exit", Side.SELL, entry.ts + 5 * SECOND)
        outcome = replace(
            self._outcome(decision, "taken", net_bps, result, 5),
            net_quote=Decimal(str(net_bps)) * Decimal("0.0061"),
            fees_quote=Decimal("0.0915"),
            mfe_bps=None,
            mae_bps=None,
            time_to_target_ns=None,
        )
        self.log.record_outcome(outcome)
        return outcome

    def follow(
        self, decision: Decision, net_bps: float, result: Result = Result.STOP, seconds: int = 5
    ) -> Outcome:
        """Record the outcome of a signal followed on paper."""
        outcome = self._outcome(decision, "shadow", net_bps, result, seconds)
        self.log.record_outcome(outcome)
        return outcome

    def _signal(self, ts: int, symbol: str, regime: Regime) -> Signal:
        raw = [math.sin(1.7 * self.count + j) for j in range(16)]
        length = math.sqrt(sum(x * x for x in raw))
        return Signal(
            signal_id=identity.signal_id(self.run_id, symbol, "mm_range", ts, self.count),
            run_id=self.run_id,
            world=self.world,
            symbol=symbol,
            venue="binance",
            source="mm_range",
            ts=ts,
            ts_event=ts - 3_000_000,
            side=Side.BUY,
            entry_price=PRICE,
            take_profit=61_150 * UNITS,
            stop=60_900 * UNITS,
            entry_timeout_ns=30 * SECOND,
            hold_timeout_ns=300 * SECOND,
            cost_bps=15.0,
            confidence=0.8,
            features={"mid": 61_000.05, "regime": float(regime) or None, "spoofing_score": None},
            vector=tuple(x / length for x in raw),
        )

    def _execute(self, decision: Decision, leg: str, side: Side, ts: int) -> Fill:
        shared: dict[str, Any] = {
            "client_order_id": identity.client_order_id(decision.decision_id, leg, 0),
            "decision_id": decision.decision_id,
            "run_id": decision.run_id,
            "world": decision.world,
            "symbol": decision.symbol,
            "venue": decision.venue,
            "side": side,
            "price": PRICE,
            "size": SIZE,
        }
        is_entry = leg == "entry"
        self.log.record_intent(
            Intent(
                **shared,
                leg=leg,
                attempt=0,
                is_post_only=is_entry,
                is_reduce_only=not is_entry,
                ts=ts - SECOND,
            )
        )
        trade_id = f"{decision.decision_id}-{leg}"
        fee = Decimal("0.04575")
        fill = Fill(**shared, trade_id=trade_id, fee_quote=fee, is_maker=is_entry, ts=ts)
        self.log.record_fill(fill)
        self.log.record_order(OrderUpdate(shared["client_order_id"], OrderStatus.FILLED, SIZE, ts))
        return fill

    def _outcome(
        self, decision: Decision, kind: str, net_bps: float, result: Result, seconds: int
    ) -> Outcome:
        ts_entry = decision.ts + 2 * SECOND
        ts_exit = ts_entry + seconds * SECOND
        return Outcome(
            outcome_id=identity.outcome_id(decision.signal_id, kind),
            signal_id=decision.signal_id,
            decision_id=decision.decision_id,
            run_id=decision.run_id,
            world=decision.world,
            symbol=decision.symbol,
            venue=decision.venue,
            kind=kind,
            is_probe=decision.is_probe,
            result=result,
            ts_entry=ts_entry,
            ts_exit=ts_exit,
            ts_known=ts_exit,
            entry_price=PRICE,
            exit_price=PRICE,
            size=SIZE,
            gross_bps=net_bps + 15,
            net_bps=net_bps,
            net_quote=None,
            fees_quote=None,
            mfe_bps=9.0,
            mae_bps=-1.5,
            time_to_target_ns=4 * SECOND,
            time_to_stop_ns=None,
        )


def _plan() -> SizePlan:
    return SizePlan(SIZE, (SIZE,), 2.0, Decimal("61"), "adaptive, conservative: one order")


def _votes(refusing: Sequence[str], evidence: Sequence[str]) -> tuple[Vote, ...]:
    names = refusing or ("payoff",)
    rules = [
        Vote(f"rule.{name}", "skip" if refusing else "silent", None, None, None, "as seen") for name in names
    ]
    return (*rules, Vote("pattern", "enter", 0.61, 1.25, 0.5, "12 neighbours", tuple(evidence)))


@contextmanager
def a_memory(home: Path) -> Iterator[MemoryBuilder]:
    """A builder over a fresh memory in ``home`` with a run begun."""
    with Store.open(home, is_throwaway=True) as store:
        builder = MemoryBuilder(store)
        builder.begin()
        yield builder
