"""Lessons held against later days: held, refuted, refined, contradicted; the history stays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from graphs.checking import inspect
from graphs.improvement import Occasion
from graphs.learning import learn_from
from graphs.ledger import ledger
from memory.lesson_checks import CONTRADICTED, REFINED, CheckBook
from memory.lessons import Lesson, LessonBook
from memory.lookup import DecisionFilter
from memory.statistics import TradeFact, trade_facts
from tests.support.memories import DAY, SECOND, MemoryBuilder, a_memory, at
from tests.support.remembered import NEXT_DAY
from tools.domain.parameter import default_parameters
from tools.domain.regime import Regime
from tools.domain.trading import Action

LATER = at("20:00:00", NEXT_DAY)
OCCASION = Occasion(DAY, "run_0000000001", "recorded", at("23:00:00"))
NEXT = Occasion(NEXT_DAY, "run_0000000001", "recorded", LATER)


def follow_many(build: MemoryBuilder, mean: float, *, day: str, n: int = 60, seed: int = 1) -> None:
    """``n`` refused signals whose results have exactly that mean."""
    noise = np.random.default_rng(seed).normal(0, 8, n)
    for i, net in enumerate(noise - noise.mean() + mean):
        ts = at("08:00:00", day) + i * 60 * SECOND
        build.follow(build.decide(ts, regime=Regime.VOLATILE, refusing=["spoofing"]), float(net))


def trades(build: MemoryBuilder) -> list[TradeFact]:
    return trade_facts(build.store, DecisionFilter(world="recorded", as_of=LATER))


def a_lesson(build: MemoryBuilder, mean: float = -9) -> Lesson:
    follow_many(build, mean, day=DAY)
    (lesson, *_) = learn_from(trades(build), OCCASION, 7).lessons
    return lesson


def verdict(build: MemoryBuilder, lesson: Lesson, learned: list[Lesson] | None = None) -> str:
    (check,) = inspect([lesson], learned or [], trades(build), NEXT, 7).checks
    return check.verdict


def test_a_later_day_that_agrees_lets_a_lesson_hold(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        lesson = a_lesson(build)
        follow_many(build, -9, day=NEXT_DAY, seed=2)
        assert verdict(build, lesson) == "held"


def test_a_day_that_turned_beyond_its_spread_refutes_it(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        lesson = a_lesson(build)
        follow_many(build, 9, day=NEXT_DAY, seed=2)
        assert verdict(build, lesson) == "refuted"


def test_a_bad_day_within_its_own_spread_refutes_nothing(tmp_path: Path) -> None:
    """The mutant that looks at the mean alone would end a lesson of -1 on a noisy day of +0.3."""
    with a_memory(tmp_path) as build:
        lesson = replace(a_lesson(build), effect=-1.0)
        claimed = {**lesson.invalid_condition, "claimed_bps": -1.0}
        follow_many(build, 0.3, day=NEXT_DAY, n=40, seed=4)
        assert verdict(build, replace(lesson, invalid_condition=claimed)) == "held"


def test_too_few_later_trades_say_nothing(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        lesson = a_lesson(build)
        follow_many(build, 9, day=NEXT_DAY, n=29)
        assert verdict(build, lesson) == "silent"


def test_a_newer_lesson_refines_or_contradicts_the_older_and_both_stay(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        lesson = a_lesson(build)
        book, checks = LessonBook(build.store), CheckBook(build.store)
        book.record(lesson)
        same = replace(lesson, lesson_id="l_2", effect=-4.0, day=NEXT_DAY, ts_known=LATER)
        other = replace(lesson, lesson_id="l_3", effect=4.0, day=NEXT_DAY, ts_known=LATER)
        assert verdict(build, lesson, [same]) == REFINED
        seen = inspect([lesson], [other], trades(build), NEXT, 7)
        assert [(one.verdict, one.other) for one in seen.checks] == [(CONTRADICTED, "l_3")]
        assert seen.ended == (lesson.lesson_id,)
        for name in seen.ended:
            book.retire(name, LATER)
        checks.record(seen.checks)
        assert book.known(LATER - 1) == [lesson if lesson.ts_retired else replace(lesson, ts_retired=LATER)]
        assert book.known(LATER) == []
        assert [one.verdict for one in checks.known(LATER, lesson_id=lesson.lesson_id)] == [CONTRADICTED]


def test_a_look_from_the_future_is_invisible(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        lesson, checks = a_lesson(build), CheckBook(build.store)
        checks.record(inspect([lesson], [], trades(build), NEXT, 7).checks)
        assert (len(checks.known(LATER - 1)), len(checks.known(LATER))) == (0, 1)


def test_a_rule_and_a_lesson_are_worth_what_heeding_them_saved(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        lesson = a_lesson(build)
        follow_many(build, -9, day=NEXT_DAY, seed=2)
        found = ledger(trades(build), [], [lesson], [], default_parameters(), NEXT)
        by = {(one.kind, one.name): one for one in found}
        rule, held = by[("rule", "rule.spoofing")], by[("lesson", lesson.lesson_id)]
        assert (rule.n, rule.verdict, held.n, held.verdict) == (120, "earns", 60, "earns")
        later = [one for one in trades(build) if one.decision.ts >= at("00:00:00", NEXT_DAY)]
        saved = -sum(one.net_bps for one in later) * 2 / 10_000
        assert abs(float(held.value_quote or 0) - saved) < 1e-5
        assert (held.low_quote or Decimal(0)) > 0


def test_an_adaptation_is_valued_whether_it_is_on_or_not(tmp_path: Path) -> None:
    """Of entered signals in a volatile market, which lost, four fifths of the size would have lost less."""
    with a_memory(tmp_path) as build:
        losing = np.random.default_rng(3)
        for n in range(120):
            ts = at("00:00:00", NEXT_DAY) + 600 * n * 10**9
            regime = Regime.VOLATILE if n % 2 else Regime.CALM
            decision = build.decide(ts, action=Action.ENTER, regime=regime)
            build.follow(decision, float(losing.normal(-9 if n % 2 else 9, 2)))
        found = ledger(trades(build), [], [], [], default_parameters(), NEXT)
        (one,) = [one for one in found if one.kind == "adaptation"]
        assert (one.name, one.n, one.verdict) == ("volatile market", 60, "earns")
        assert one.effect_bps == pytest.approx(0.2 * 9, abs=0.2)


def test_a_losing_streak_is_valued_from_its_twentieth_round_trip_on(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        for n in range(60):
            decision = build.decide(at("00:00:00", NEXT_DAY) + 600 * n * 10**9, action=Action.ENTER)
            build.trade(decision, -9.0 + n % 3)
            build.follow(decision, -9.0 + n % 3)
        found = ledger(trades(build), [], [], [], default_parameters(), NEXT)
        (one,) = [one for one in found if one.kind == "adaptation"]
        assert (one.name, one.n, one.verdict) == ("losing streak", 40, "earns")
