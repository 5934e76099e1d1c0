"""A long record, written day after day by the product's own writers.

Some 300 signals a day over fifty symbols, as they come out of a run: each with its features, decision,
bundle and follow; one in twelve is entered, with intents, orders, fills and a result; three in a
hundred are put to a brain. Every day is a run, teaches two lessons that rest on its trades and
writes a report; every thirtieth moves a parameter. The figures are drawn, the rows are real.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from benchmarks.memory.episodes import (
    RECALLED,
    Draws,
    asked,
    decision_on,
    executions,
    followed,
    lesson_of_day,
    round_trip,
    signal_at,
)
from memory.bundles import Bundle, BundleBook
from memory.consultations import ConsultationLog
from memory.episodes import EpisodeLog
from memory.lessons import LessonBook
from memory.parameters import ParameterStore
from memory.rows import Row
from memory.store import Store
from tools.domain.clock import day_bounds, day_of
from tools.domain.identity import derived_run_id
from tools.domain.market import NANOS
from tools.domain.trading import Action, Decision, Outcome

FIRST_DAY = "2017-01-01"
A_DAY = 300
DAY_NS = 86_400 * NANOS
WORLD = "live"
KNOWN_SYMBOLS = ("ALGOUSDT", "LINKUSDT", "NEARUSDT", "AVAXUSDT", "VETUSDT")
SYMBOLS = (*KNOWN_SYMBOLS, *(f"C{number:02d}USDT" for number in range(45)))
POLICY = {"code_version": "benchmark", "model": None, "seed": 7, "parameters": {"min_edge_bps": 1.0}}
ACCOUNT = {"entries": [], "entries_today": {}, "is_killed": False, "realised_usd": "0", "rests": {}}


@dataclass
class LongRecord:
    """Writes a record into a store.

    Args:
        store: The writer.
        patterns: About how many of all follows are filled, and so make a pattern.
        decisions: How many there will be.
        seed: Of everything drawn.
    """

    store: Store
    patterns: int
    decisions: int
    seed: int = 7
    _log: EpisodeLog = field(init=False)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECALLED))
    _trades: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the writers of each kind of row."""
        self._log = EpisodeLog(self.store)
        self._bundles = BundleBook(self.store)
        self._asked = ConsultationLog(self.store)
        self._lessons = LessonBook(self.store)
        self._parameters = ParameterStore(self.store)
        fill_share = min(1.0, self.patterns / self.decisions)
        self._draws = Draws(np.random.default_rng(self.seed), fill_share)

    def write(self, told: Callable[[int], None]) -> None:
        """Write all of it; ``told`` hears how many decisions there are, day by day."""
        for day in range(-(-self.decisions // A_DAY)):
            first = day * A_DAY
            self._write_day(day, range(first, min(first + A_DAY, self.decisions)))
            told(min(first + A_DAY, self.decisions))
        self.store.flush()

    def _write_day(self, day: int, numbers: range) -> None:
        start = day_bounds(FIRST_DAY)[0] + day * DAY_NS
        run_id = derived_run_id("benchmark", self.seed, day)
        self._log.begin_run(
            run_id=run_id, world=WORLD, command="run", config={}, code_version="benchmark",
            input_hash="", seed=self.seed, ts=start,
        )  # fmt: skip
        self._trades.clear()
        for number in numbers:
            self._write_decision(number, run_id, start + (number - numbers[0]) * DAY_NS // A_DAY)
        self._end_day(day, run_id, start + DAY_NS)

    def _write_decision(self, number: int, run_id: str, ts: int) -> None:
        symbol = SYMBOLS[self._draws.whole(len(SYMBOLS))]
        signal = signal_at(self._draws, number, run_id, symbol, ts)
        decision = decision_on(self._draws, signal, tuple(self._recent))
        self._log.record_signal(signal)
        self._log.record_decision(decision)
        self._bundles.record(_bundle(decision, number))
        if self._draws.unit() < 0.03:
            self._ask(decision)
        if decision.action is Action.ENTER:
            self._enter(decision, number)
        self._keep(followed(self._draws, signal, decision))

    def _ask(self, decision: Decision) -> None:
        consultation = asked(decision)
        self._asked.record(consultation)
        for stage, ts in (("reserved", decision.ts), ("settled", consultation.ts_known)):
            values = {"reservation_id": consultation.consultation_id, "stage": stage, "provider": "openai"}
            values |= {"model": "gpt-5-mini", "amount_usd": "0.0004", "run_id": decision.run_id}
            values |= {"world": decision.world}
            self.store.commit_durable([Row("spend", {**values, "ts": decision.ts, "ts_known": ts})])

    def _enter(self, decision: Decision, number: int) -> None:
        # The last few days leave an order that rests and a position that is held.
        is_left = number >= self.decisions - A_DAY
        for intent, updates, fills in executions(decision, is_left=is_left):
            self._log.record_intent(intent)
            for update in updates[:1]:
                self._log.record_order(update)
            for fill in fills:
                self._log.record_fill(fill)
            for update in updates[1:]:
                self._log.record_order(update)
        if not is_left:
            self._keep(round_trip(self._draws, decision))

    def _keep(self, outcome: Outcome) -> None:
        self._log.record_outcome(outcome)
        if outcome.net_bps is not None:
            self._trades.append(outcome.outcome_id)
            if outcome.kind == "shadow":
                self._recent.append(outcome.outcome_id)

    def _end_day(self, day: int, run_id: str, ts: int) -> None:
        date = day_of(ts - 1)
        known = ts + 600 * NANOS
        for part, population in enumerate(("taken", "shadow")):
            lesson = lesson_of_day(date, population, self._trades[part::2], run_id, known)
            self._lessons.record(lesson)
        self._log.record_report(
            run_id=run_id, world=WORLD, day=date, kind="daily", markdown="What happened. " * 200,
            statistics={"n": len(self._trades), "lines": ["a line of the report"] * 100}, ts=known,
        )  # fmt: skip
        if day % 30 == 29:
            self._move(day, run_id, known)
        self._log.end_run(run_id, known)

    def _move(self, day: int, run_id: str, ts: int) -> None:
        self._parameters.change(
            "take_profit_buffer_bps", 3.0 + (day // 30) % 2, reason="its neighbours earned more",
            evidence=self._trades, ts=ts, run_id=run_id, world=WORLD,
        )  # fmt: skip


def _bundle(decision: Decision, number: int) -> Bundle:
    market = f"{number:064x}"
    account = {**ACCOUNT, "ts": decision.ts, "realised_usd": str(Decimal(number % 97) / 100)}
    return Bundle(
        decision_id=decision.decision_id, run_id=decision.run_id, world=decision.world, ts=decision.ts,
        policy=POLICY, account=account, market_events=number * 40, market_hash=market,
        weights={"pattern": 0.9},
    )  # fmt: skip
