"""One episode of the long record: signal, decision, orders, fills, result, and what it taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from memory.consultations import Consultation, Tokens
from memory.lessons import Lesson
from tools.domain import identity
from tools.domain.market import NANOS, UNITS, Side
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
from tools.features.fingerprint import SIZE
from tools.features.names import FEATURES

RECALLED = 25
PRICE, LOT = 100 * UNITS, UNITS // 50
RULES = ("data", "mm_confidence", "spoofing", "payoff")
REFUSED, ENTERED = 0.85, 0.08
AT_ONCE = 100_000
REQUEST = b'{"messages":[{"role":"user","content":"' + b"evidence of one decision, " * 60 + b'"}]}'


@dataclass
class Draws:
    """Numbers drawn in large blocks, as one at a time costs more than the rows they end in."""

    generator: np.random.Generator
    fill_share: float
    _units: list[float] = field(default_factory=list)

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._units:
            self._units = self.generator.random(AT_ONCE).tolist()
        return self._units.pop()

    def whole(self, below: int) -> int:
        """A whole number in [0, ``below``)."""
        return int(self.unit() * below)

    def net_bps(self) -> float:
        """A result after costs, -30 to 30 bps."""
        return (self.unit() + self.unit() - 1) * 30


def signal_at(draws: Draws, number: int, run_id: str, symbol: str, ts: int) -> Signal:
    """The ``number``-th signal of the record."""
    features: dict[str, float | None] = {name: draws.unit() * 100 for name in FEATURES}
    regime = draws.whole(5)
    features["regime"] = float(regime) or None
    return Signal(
        signal_id=identity.signal_id(run_id, symbol, "mm_range", ts, number),
        run_id=run_id,
        world="live",
        symbol=symbol,
        venue="mexc",
        source="mm_range",
        ts=ts,
        ts_event=ts - 3_000_000,
        side=Side.BUY,
        entry_price=PRICE,
        take_profit=PRICE + PRICE // 400,
        stop=PRICE - PRICE // 400,
        entry_timeout_ns=30 * NANOS,
        hold_timeout_ns=300 * NANOS,
        cost_bps=5.0,
        confidence=draws.unit(),
        features=features,
        vector=tuple(draws.unit() - 0.5 for _ in range(SIZE)),
    )


def decision_on(draws: Draws, signal: Signal, recent: tuple[str, ...]) -> Decision:
    """What was concluded: most are refused by a rule, few are entered, the rest abstained from."""
    chance = draws.unit()
    is_refused, is_entered = chance < REFUSED, chance >= 1 - ENTERED
    recalled = () if is_refused else recent
    return Decision(
        decision_id=identity.decision_id(signal.signal_id),
        signal_id=signal.signal_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        ts=signal.ts,
        action=Action.ENTER if is_entered else Action.SKIP if is_refused else Action.ABSTAIN,
        route=Route.RULE if is_refused else Route.PATTERN,
        probability=None if is_refused else draws.unit(),
        breakeven=signal.breakeven,
        expected_bps=None if is_refused else draws.net_bps(),
        is_probe=is_entered and draws.unit() < 0.1,
        plan=SizePlan(LOT, (LOT,), 0.0, Decimal(2), "adaptive, balanced: one order") if is_entered else None,
        votes=_votes(RULES[draws.whole(4)] if is_refused else "", recalled),
        clamps=(Clamp("smallest_order", "1", "2", "the smallest order is 2 USD"),) if is_entered else (),
        reason="a rule refused" if is_refused else "25 similar states",
        parameters_version=0,
        model_version=None,
        recalled=recalled,
    )


def _votes(refusing: str, recalled: tuple[str, ...]) -> tuple[Vote, ...]:
    rules = [
        Vote(f"rule.{name}", "skip" if name == refusing else "silent", None, None, None, "nothing against it")
        for name in RULES
    ]
    pattern = Vote("pattern", "enter" if recalled else "silent", 0.6, 1.2, 0.5, "similar states", recalled)
    return (*rules, pattern, Vote("strategy", "silent", None, None, None, "no learned strategy matches"))


def executions(
    decision: Decision, *, is_left: bool
) -> list[tuple[Intent, tuple[OrderUpdate, ...], tuple[Fill, ...]]]:
    """The orders of an entry and its exit, or what is left of it: bought and not yet sold."""
    entry = _execution(decision, "entry", Side.BUY, decision.ts + NANOS)
    if not is_left:
        return [entry, _execution(decision, "exit", Side.SELL, decision.ts + 60 * NANOS)]
    intent, updates, _ = _execution(decision, "exit", Side.SELL, decision.ts + 60 * NANOS)
    return [entry, (intent, updates[:1], ())]


def _execution(
    decision: Decision, leg: str, side: Side, ts: int
) -> tuple[Intent, tuple[OrderUpdate, ...], tuple[Fill, ...]]:
    shared: dict[str, Any] = {
        "client_order_id": identity.client_order_id(decision.decision_id, leg, 0),
        "decision_id": decision.decision_id,
        "run_id": decision.run_id,
        "world": decision.world,
        "symbol": decision.symbol,
        "venue": decision.venue,
        "side": side,
        "price": PRICE,
        "size": LOT,
    }
    is_entry = leg == "entry"
    intent = Intent(**shared, leg=leg, attempt=0, is_post_only=is_entry, is_reduce_only=not is_entry, ts=ts)
    trade = f"{decision.decision_id[2:]}{leg}"
    fill = Fill(**shared, trade_id=trade, fee_quote=Decimal("0.001"), is_maker=is_entry, ts=ts + NANOS)
    name = intent.client_order_id
    updates = (
        OrderUpdate(name, OrderStatus.OPEN, 0, ts + NANOS // 10, ""),
        OrderUpdate(name, OrderStatus.FILLED, LOT, ts + NANOS, ""),
    )
    return intent, updates, (fill,)


def followed(draws: Draws, signal: Signal, decision: Decision) -> Outcome:
    """The follow on paper; without a result where it was never filled."""
    is_filled = draws.unit() < draws.fill_share
    return _outcome(draws, decision, "shadow", is_filled=is_filled, size=LOT)


def round_trip(draws: Draws, decision: Decision) -> Outcome:
    """The result of an entry."""
    return _outcome(draws, decision, "taken", is_filled=True, size=LOT)


def _outcome(draws: Draws, decision: Decision, kind: str, *, is_filled: bool, size: int) -> Outcome:
    net = draws.net_bps() if is_filled else None
    entry, done = decision.ts + 2 * NANOS, decision.ts + 120 * NANOS
    is_money = is_filled and kind == "taken"
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
        result=Result.UNFILLED if net is None else Result.TAKE_PROFIT if net > 0 else Result.STOP,
        ts_entry=entry if is_filled else None,
        ts_exit=done if is_filled else None,
        ts_known=done,
        entry_price=PRICE if is_filled else None,
        exit_price=PRICE if is_filled else None,
        size=size if is_filled else 0,
        gross_bps=None if net is None else net + 5,
        net_bps=net,
        net_quote=Decimal(round((net or 0) * 2)) / 10_000 if is_money else None,
        fees_quote=Decimal("0.002") if is_money else None,
        mfe_bps=abs(net) + 1 if net is not None else None,
        mae_bps=-abs(net) - 1 if net is not None else None,
        time_to_target_ns=9 * NANOS if net is not None and net > 0 else None,
        time_to_stop_ns=9 * NANOS if net is not None and net <= 0 else None,
    )


def asked(decision: Decision) -> Consultation:
    """What a brain was asked and answered."""
    return Consultation(
        consultation_id=identity.consultation_id(decision.decision_id, 0),
        decision_id=decision.decision_id,
        run_id=decision.run_id,
        world=decision.world,
        purpose="decide",
        propensity=0.03,
        attempt=0,
        provider="openai",
        model="gpt-5-mini",
        prompt_version="1",
        fingerprint=identity.content_hash(decision.decision_id.encode()),
        request=REQUEST + decision.decision_id.encode(),
        answer=b'{"action":"skip","reason":"the spread does not pay for it"}',
        text="the spread does not pay for it",
        cause=None,
        detail="",
        tokens=Tokens(410, 22),
        cost_usd=Decimal("0.0004"),
        ts=decision.ts,
        ts_known=decision.ts + NANOS,
    )


def lesson_of_day(day: str, population: str, evidence: Sequence[str], run_id: str, ts: int) -> Lesson:
    """A lesson that rests on trades of ``day``."""
    return Lesson(
        lesson_id=identity.lesson_id(f"live|{population}", day),
        kind=f"{population}_net_bps",
        statement=f"{population} trades of {day} earned more than the others",
        scope={"population": population},
        effect=1.5,
        interval_low=0.2,
        interval_high=2.8,
        n=len(evidence),
        evidence=tuple(evidence),
        invalid_condition={"mean_below": 0.0},
        day=day,
        run_id=run_id,
        world="live",
        ts_known=ts,
    )
