"""Three weeks that hundreds of questions are asked about; answers are worked out by plain SQL elsewhere."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
from sqlalchemy import Select, select

from memory.codec import amount_text
from memory.connection import DATABASE
from memory.consultations import AUDIT, DECIDE, Consultation, ConsultationLog, Tokens
from memory.lessons import Lesson, LessonBook
from memory.parameters import ParameterStore
from memory.rows import Row
from memory.schema import METADATA
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.clock import day_bounds
from tools.domain.market import Side
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision, Result, Route

SYMBOLS = ("ALGOUSDT", "BTCUSDT", "ETHUSDT")
DAYS = tuple(f"2024-08-{day:02d}" for day in range(5, 24))
NOW = at("12:00:00", "2024-08-23")  # a Friday
SEED = 20240823
RULES = ("mm_confidence", "spoofing", "payoff", "data")
REGIMES = (Regime.CALM, Regime.VOLATILE, Regime.TRENDING, Regime.PANIC)


@dataclass
class AskedWorld:
    """The memory and a plain connection to its file."""

    home: Path
    plain: sqlite3.Connection

    def value(self, sql: str) -> object:
        """The only value of a statement; names of days become nanoseconds."""
        row = self.plain.execute(sql).fetchone()
        return None if row is None else row[0]

    def values(self, sql: str) -> list[object]:
        """The first column of a statement."""
        return [row[0] for row in self.plain.execute(sql)]


def an_asked_world(home: Path) -> AskedWorld:
    """Write three weeks into ``home``."""
    rng = np.random.default_rng(SEED)
    with a_memory(home) as build:
        for number, day in enumerate(DAYS):
            if number == len(DAYS) - 2:
                build.begin("run_0000000002", ts=at("00:00:00", day))
            for ts in _times(rng, day):
                _episode(build, rng, ts)
        _parameters(build)
        _lessons(build)
        _open_position(build)
    plain = sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)
    return AskedWorld(home, plain)


def _times(rng: np.random.Generator, day: str) -> list[int]:
    """Distinct minutes of a day, up to the present on the last one."""
    last = 11 if day == DAYS[-1] else 23
    minutes = rng.choice(np.arange(5, last * 60), size=int(rng.integers(14, 24)), replace=False)
    start = day_bounds(day)[0]
    return [
        start + int(minute) * 60 * SECOND + int(rng.integers(1, 50)) * SECOND for minute in sorted(minutes)
    ]


def _episode(build: MemoryBuilder, rng: np.random.Generator, ts: int) -> None:
    symbol = SYMBOLS[int(rng.choice(3, p=(0.25, 0.45, 0.3)))]
    regime = REGIMES[int(rng.choice(4, p=(0.45, 0.3, 0.15, 0.1)))]
    chance = rng.random()
    if chance < 0.5:
        n_rules = 1 if rng.random() < 0.8 else 2
        rules = [
            str(name) for name in rng.choice(RULES, size=n_rules, replace=False, p=(0.45, 0.3, 0.15, 0.1))
        ]
        decision = build.decide(ts, symbol=symbol, regime=regime, refusing=rules)
        _paper(build, rng, decision)
    elif chance < 0.58:
        decision = build.decide(ts, symbol=symbol, regime=regime, action=Action.ABSTAIN, route=Route.ABSTAIN)
        _consult(build, rng, decision, AUDIT)
    elif chance < 0.64:
        decision = build.decide(ts, symbol=symbol, regime=regime, action=Action.SKIP, route=Route.LLM)
        _consult(build, rng, decision, DECIDE)
    else:
        _entry(build, rng, ts, symbol, regime)


def _entry(build: MemoryBuilder, rng: np.random.Generator, ts: int, symbol: str, regime: Regime) -> None:
    route = (Route.PATTERN, Route.MODEL, Route.STRATEGY)[int(rng.choice(3, p=(0.6, 0.3, 0.1)))]
    is_probe = rng.random() < 0.12
    decision = build.decide(
        ts, symbol=symbol, regime=regime, action=Action.ENTER, route=route, is_probe=is_probe
    )
    if rng.random() < 0.1:
        outcome = build._outcome(decision, "taken", 0.0, Result.UNFILLED, 30)
        build.log.record_outcome(
            replace(
                outcome,
                net_bps=None,
                gross_bps=None,
                entry_price=None,
                exit_price=None,
                ts_entry=None,
                size=0,
            )
        )
        return
    result = (Result.TAKE_PROFIT, Result.STOP, Result.TIMEOUT, Result.ABORT)[
        int(rng.choice(4, p=(0.5, 0.25, 0.17, 0.08)))
    ]
    low, high = {"take_profit": (2, 14), "stop": (-30, -12), "timeout": (-6, 4), "abort": (-9, 1)}[
        result.value
    ]
    net = round(float(rng.uniform(low, high)), 3)
    _taken(build, decision, net, result, int(rng.integers(6, 290)))


def _taken(build: MemoryBuilder, decision: Decision, net: float, result: Result, seconds: int) -> None:
    entry = build._execute(decision, "entry", Side.BUY, decision.ts + 2 * SECOND)
    build._execute(decision, "exit", Side.SELL, entry.ts + seconds * SECOND)
    fees = Decimal("0.0400") + Decimal(build.count % 7) / 1000
    outcome = build._outcome(decision, "taken", net, result, seconds)
    build.log.record_outcome(
        replace(outcome, net_quote=Decimal(str(net)) * Decimal("0.0061"), fees_quote=fees)
    )


def _paper(build: MemoryBuilder, rng: np.random.Generator, decision: Decision) -> None:
    if rng.random() < 0.7:
        net = round(float(rng.normal(-4, 9)), 3)
        build.follow(decision, net, Result.TAKE_PROFIT if net > 0 else Result.STOP, int(rng.integers(5, 100)))


def _consult(build: MemoryBuilder, rng: np.random.Generator, decision: Decision, purpose: str) -> None:
    is_first = rng.random() < 0.7
    provider, model = ("openai", "gpt-5-mini") if is_first else ("anthropic", "claude-haiku-4-5")
    cause = None if rng.random() < 0.8 else "late"
    cost = Decimal(int(rng.integers(200, 900))) / 1_000_000
    name = f"k_{decision.decision_id[2:]}"
    ConsultationLog(build.store).record(
        Consultation(
            consultation_id=name,
            decision_id=decision.decision_id,
            run_id=build.run_id,
            world=build.world,
            purpose=purpose,
            propensity=1.0 if purpose == DECIDE else 0.01,
            attempt=0,
            provider=provider,
            model=model,
            prompt_version="consult-2",
            fingerprint=name,
            request=b"{}",
            answer=b"{}",
            text="",
            cause=cause,
            detail="",
            tokens=Tokens(1200, 60),
            cost_usd=cost,
            ts=decision.ts,
            ts_known=decision.ts + SECOND,
        )
    )
    shared = {"reservation_id": name, "run_id": build.run_id, "world": build.world, "provider": provider}
    for stage, amount in (("reserved", cost * 4), ("settled", cost)):
        values = {**shared, "stage": stage, "model": model, "amount_usd": amount_text(amount)}
        build.store.write([Row("spend", {**values, "ts": decision.ts, "ts_known": decision.ts + SECOND})])


def _parameters(build: MemoryBuilder) -> None:
    changes = (
        ("take_profit_buffer_bps", 3.0, "later signals reached further", "2024-08-12"),
        ("stop_bps", 25.0, "stops were hit and then won", "2024-08-15"),
        ("take_profit_buffer_bps", 5.0, "later signals reached further still", "2024-08-20"),
    )
    for name, value, reason, day in changes:
        ParameterStore(build.store).change(
            name,
            value,
            reason=reason,
            evidence=[],
            ts=at("00:10:00", day),
            run_id=build.run_id,
            world=build.world,
        )


def _lessons(build: MemoryBuilder) -> None:
    evidence = [row["outcome_id"] for row in build.store.read(_some_outcomes())]
    for number, (symbol, day) in enumerate((("ALGOUSDT", "2024-08-14"), ("ETHUSDT", "2024-08-21"))):
        lesson = Lesson(
            lesson_id=f"l_{number:010d}",
            kind="symbol",
            statement=f"{symbol} earns less than the others",
            scope={"symbol": symbol},
            effect=-3.5,
            interval_low=-6.0,
            interval_high=-1.0,
            n=40,
            evidence=tuple(evidence[number * 3 : number * 3 + 3]),
            invalid_condition={"population": "followed"},
            day=day,
            run_id=build.run_id,
            world=build.world,
            ts_known=at("00:20:00", day) + 86_400 * SECOND,
            ts_retired=None,
        )
        LessonBook(build.store).record(lesson)


def _some_outcomes() -> Select[tuple[str]]:
    return select(METADATA.tables["outcome"].c.outcome_id).limit(6)


def _open_position(build: MemoryBuilder) -> None:
    """One entry that is bought and not sold yet."""
    decision = build.decide(
        at("11:40:00", DAYS[-1]), symbol="ETHUSDT", action=Action.ENTER, route=Route.PATTERN
    )
    build._execute(decision, "entry", Side.BUY, decision.ts + 2 * SECOND)
