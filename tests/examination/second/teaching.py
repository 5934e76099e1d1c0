"""What was learned in the days of the second set: lessons, changes of parameters, strategies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from memory.lesson_checks import CheckBook, LessonCheck
from memory.lessons import Lesson, LessonBook
from memory.parameters import ParameterStore
from memory.store import Store
from memory.strategies import ConditionRules, StrategyBook, StrategyRules, StrategyVersion
from memory.trials import EffectRecord, TrialBook
from tests.examination.learning import Evening
from tests.examination.trading import WORLD
from tools.domain import identity
from tools.domain.market import NANOS
from tools.domain.trading import Decision

Scope = dict[str, str | int | float]

CHANGES: dict[int, tuple[str, float, str]] = {
    1: ("hold_timeout_s", 180, "positions closed by the clock were on their way to the target"),
    5: ("mm_min_confidence", 0.68, "signals refused for low confidence did well on paper"),
    9: ("symbol_size_share@FILUSDT", 0.25, "FILUSDT lost more than the others"),
    11: ("stop_bps", 28, "stops were touched and the price came back"),
    14: ("spoof_max_score", 0.85, "signals refused for spoofing did well on paper"),
    16: ("stop_bps", 24, "wide stops cost more than they saved"),
    19: ("take_profit_buffer_bps", 4, "winners went farther than their target"),
    21: ("spoof_max_score", 0.8, "rolled back: trades since the change did worse"),
}
ROLLED_BACK_ON = 21
SCOPES: dict[int, Scope] = {
    2: {"symbol": "FILUSDT"},
    4: {"regime": "panic"},
    7: {"symbol": "ATOMUSDT"},
    10: {"hour": "17"},
    13: {"symbol": "XLMUSDT"},
    18: {"symbol": "FILUSDT"},
    20: {"regime": "calm"},
    22: {"symbol": "TIAUSDT"},
}
REFUTED_ON, REFINED_ON = {12: 4}, {18: 2}
FOUND: dict[int, tuple[str, float]] = {
    3: ("mm_confidence", 0.88),
    6: ("mm_refresh_rate", 2.5),
    8: ("spread_bps", 3.5),
    13: ("mm_spread_bps", 14.0),
}
GIVEN_UP: dict[int, tuple[str, int, int]] = {15: ("mm_refresh_rate", 83, 29), 20: ("spread_bps", 117, 52)}


@dataclass(frozen=True, slots=True)
class Teacher:
    """Writes, evening after evening, what was learned.

    Attributes:
        lessons: What was learned, by the index of the day.
    """

    store: Store
    lessons: dict[int, Lesson]

    def reflect(self, evening: Evening) -> None:
        """Keep a day's lesson, change and strategies, where it has any."""
        if evening.index in SCOPES:
            self._learn(evening)
        self._look_back(evening, REFUTED_ON, "refuted")
        self._look_back(evening, REFINED_ON, "refined")
        if evening.index in CHANGES:
            self._change(evening)
        self._strategies(evening)

    def _learn(self, evening: Evening) -> None:
        lesson = lesson_of(evening, SCOPES[evening.index])
        LessonBook(self.store).record(lesson)
        self.lessons[evening.index] = lesson

    def _look_back(self, evening: Evening, endings: Mapping[int, int], verdict: str) -> None:
        if evening.index not in endings:
            return
        old, newer = self.lessons[endings[evening.index]], self.lessons.get(evening.index)
        LessonBook(self.store).retire(old.lesson_id, evening.ts)
        check = LessonCheck(
            lesson_id=old.lesson_id,
            day=evening.day,
            verdict=verdict,
            n=2 * old.n,
            value=-old.effect,
            other=newer.lesson_id if newer is not None and verdict == "refined" else "",
            reason=f"{verdict} by later trades",
            run_id=evening.run_id,
            world=WORLD,
            ts_known=evening.ts,
        )
        CheckBook(self.store).record([check])

    def _change(self, evening: Evening) -> None:
        name, value, reason = CHANGES[evening.index]
        parameters = ParameterStore(self.store)
        if evening.index == ROLLED_BACK_ON:
            held = next(one for one in parameters.known(evening.ts) if one.name == name)
            TrialBook(self.store).record([], [_worse(evening, held.version)])
        parameters.change(
            name,
            value,
            reason=reason,
            evidence=[outcome.outcome_id for _, outcome, _ in evening.trades[-5:]],
            ts=evening.ts,
            run_id=evening.run_id,
            world=WORLD,
        )

    def _strategies(self, evening: Evening) -> None:
        book = StrategyBook(self.store)
        if evening.index in FOUND:
            book.record(_strategy(evening, *FOUND[evening.index]))
        if evening.index in GIVEN_UP:
            feature, n, wins = GIVEN_UP[evening.index]
            known = book.known(evening.ts)
            held = next(one for one in known if one.rules.conditions[0].feature == feature)
            reason = f"{wins} of {n} matches made money, under 50 %"
            book.record(
                replace(
                    held,
                    run_id=evening.run_id,
                    standing="deprecated",
                    reason=reason,
                    n=n,
                    wins=wins,
                    ts_known=evening.ts,
                )
            )


def lesson_of(evening: Evening, scope: Scope) -> Lesson:
    """What the trades of ``scope`` earned so far, with two standard errors around it."""
    group = [outcome for decision, outcome, regime in evening.trades if fits(scope, decision, regime)]
    results = [float(outcome.net_bps or 0) for outcome in group]
    mean = sum(results) / len(results)
    error = (sum((one - mean) ** 2 for one in results) / len(results) ** 2) ** 0.5
    name, value = next(iter(scope.items()))
    where = {"symbol": "on {}", "regime": "in regime {}", "hour": "in the hour {} UTC"}[name].format(value)
    verb, low, high = "earn" if mean > 0 else "lose", mean - 2 * error, mean + 2 * error
    return Lesson(
        lesson_id=identity.lesson_id(f"{WORLD}|taken|{name}={value}", evening.day),
        kind="taken_net_bps",
        statement=f"{where} entries {verb} {abs(mean):.1f} bps a trade after costs "
        f"[{low:.1f}, {high:.1f}], n={len(group)}",
        scope=scope,
        effect=mean,
        interval_low=low,
        interval_high=high,
        n=len(group),
        evidence=tuple(outcome.outcome_id for outcome in group),
        invalid_condition={"measure": "mean_net_bps", "threshold_bps": 0.0},
        day=evening.day,
        run_id=evening.run_id,
        world=WORLD,
        ts_known=evening.ts,
    )


def fits(scope: Scope, decision: Decision, regime: str) -> bool:
    """Whether a decision is in a lesson's scope."""
    hour = f"{decision.ts // (3_600 * NANOS) % 24:02d}"
    seen = {"symbol": decision.symbol, "regime": regime, "hour": hour}
    return all(seen[name] == value for name, value in scope.items())


def _worse(evening: Evening, version: int) -> EffectRecord:
    return EffectRecord(
        version=version,
        day=evening.day,
        verdict="rolled_back",
        n=73,
        effect_bps=-3.2,
        interval_low=-5.6,
        interval_high=-0.9,
        looks=4,
        run_id=evening.run_id,
        world=WORLD,
        ts_known=evening.ts,
    )


def _strategy(evening: Evening, feature: str, low: float) -> StrategyVersion:
    return StrategyVersion(
        strategy_id=identity.strategy_id(WORLD, feature, low),
        rules=StrategyRules(
            conditions=(ConditionRules(feature=feature, low=low),), size_share=0.5, stop_bps=20, target_bps=10
        ),
        standing="active",
        reason="survived the shuffles",
        origin="mined",
        n=0,
        wins=0,
        net_bps=0.0,
        error_bps=0.0,
        evidence=tuple(outcome.outcome_id for _, outcome, _ in evening.trades[:6]),
        day=evening.day,
        run_id=evening.run_id,
        world=WORLD,
        ts=evening.ts,
        ts_known=evening.ts,
    )
