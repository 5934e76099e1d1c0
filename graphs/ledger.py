"""The memory ledger of a reflection: what lessons, strategies and rules were worth on the shadow book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from graphs.improvement import Occasion
from graphs.learning import select_trades
from memory.lessons import Lesson
from memory.statistics import TradeFact
from memory.strategies import DEPRECATED, StrategyVersion
from memory.worth import ADAPTATION, LESSON, RULE, STRATEGY, WorthRecord
from tools.domain.clock import day_bounds
from tools.domain.parameter import ParameterSet
from tools.domain.regime import Regime
from tools.domain.strategies import Example
from tools.domain.trading import Action
from tools.risk.adaptation import FACTORS, SIZE, Adaptation, Condition
from tools.risk.worth import Worth, worth_of

STORMY = frozenset({Regime.VOLATILE.label, Regime.PANIC.label})


def ledger(
    history: Sequence[TradeFact],
    examples: Sequence[Example],
    lessons: Sequence[Lesson],
    strategies: Sequence[StrategyVersion],
    parameters: ParameterSet,
    occasion: Occasion,
) -> tuple[WorthRecord, ...]:
    """What each of them was worth, at the usual order size."""
    order = Decimal(str(parameters["default_order_size_usd"]))
    told = [
        *_rules(history, order),
        *_lessons(history, lessons, order),
        *_strategies(examples, strategies, order),
        *_adaptations(history, order),
    ]
    return tuple(_record(kind, name, worth, occasion) for kind, name, worth in told)


Told = tuple[str, str, Worth]


def _rules(history: Sequence[TradeFact], order: Decimal) -> Iterator[Told]:
    """Signals that one rule alone refused: without it they would have gone on."""
    refused = [one for one in history if one.kind == "shadow" and one.decision.action != Action.ENTER.value]
    for rule in sorted({name for one in refused for name in one.decision.rules}):
        alone = [one for one in refused if one.decision.rules == (rule,)]
        yield RULE, rule, worth_of(_timed(alone), -1, order)


def _lessons(history: Sequence[TradeFact], lessons: Sequence[Lesson], order: Decimal) -> Iterator[Told]:
    """Later signals within a lesson's scope: entered where it says they earn, left where they lose."""
    shadow = [one for one in history if one.kind == "shadow"]
    for lesson in lessons:
        since = day_bounds(lesson.day)[1]
        later = [one for one in shadow if one.decision.ts >= since]
        population = str(lesson.invalid_condition.get("population", "followed"))
        bears = select_trades(later, "followed" if population == "taken" else population, lesson.scope)
        yield LESSON, lesson.lesson_id, worth_of(_timed(bears), 1 if lesson.effect > 0 else -1, order)


def _strategies(
    examples: Sequence[Example], strategies: Sequence[StrategyVersion], order: Decimal
) -> Iterator[Told]:
    for version in strategies:
        if version.standing == DEPRECATED:
            continue
        rules = version.learned()
        own = [(one.ts, one) for one in examples if one.ts > version.ts and rules.matches(one.features)]
        yield STRATEGY, version.strategy_id, worth_of(own, 1, order)


def _adaptations(history: Sequence[TradeFact], order: Decimal) -> Iterator[Told]:
    """Entered signals under a condition, had their size been adapted to it; told whether it is on or not."""
    entered = [one for one in history if one.kind == "shadow" and one.decision.action == Action.ENTER.value]
    stormy = [one for one in entered if one.decision.regime in STORMY]
    for condition, bears in (
        (Condition.VOLATILE, stormy),
        (Condition.LOSING, _in_losing_streaks(history, entered)),
    ):
        if bears:
            yield ADAPTATION, condition.value, worth_of(_timed(bears), FACTORS[condition][SIZE] - 1, order)


def _in_losing_streaks(history: Sequence[TradeFact], entered: Sequence[TradeFact]) -> list[TradeFact]:
    """Those of ``entered`` that were decided while the round trips known by then were a losing streak."""
    taken = sorted((one for one in history if one.kind == "taken"), key=lambda one: one.ts_known)
    place, streak, found = 0, Adaptation(), []
    for one in sorted(entered, key=lambda one: one.decision.ts):
        while place < len(taken) and taken[place].ts_known <= one.decision.ts:
            streak.learn(taken[place].net_bps)
            place += 1
        if Condition.LOSING in streak.conditions(one.symbol):
            found.append(one)
    return found


def _timed(trades: Sequence[TradeFact]) -> list[tuple[int, TradeFact]]:
    return sorted(((one.decision.ts, one) for one in trades), key=lambda pair: (pair[0], pair[1].outcome_id))


def _record(kind: str, name: str, worth: Worth, occasion: Occasion) -> WorthRecord:
    return WorthRecord(
        kind=kind,
        name=name,
        day=occasion.day,
        n=worth.n,
        effect_bps=worth.mean_bps,
        value_quote=worth.value,
        low_quote=worth.low,
        high_quote=worth.high,
        verdict=worth.verdict,
        run_id=occasion.run_id,
        world=occasion.world,
        ts_known=occasion.ts,
    )
