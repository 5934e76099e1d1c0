"""A day is reflected on once and for all: figures by hand, lessons from effects alone, versions kept."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import orjson
import pytest
from sqlalchemy import select

from graphs.day import DayFigures
from graphs.reflection import Reflection, ReflectionContext, reflect
from memory.lessons import LessonBook
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.store import Store
from tests.support.memories import DAY, SECOND, MemoryBuilder, a_memory, at
from tests.support.remembered import NEXT_DAY, NOW, a_remembered_day
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.regime import Regime

LATER = at("06:00:00", NEXT_DAY)


def no_plot(figures: DayFigures, path: Path) -> None:
    path.write_bytes(b"")


def reflect_on(build: MemoryBuilder, day: str | None = None, ts: int = LATER) -> Reflection:
    context = ReflectionContext(
        store=build.store,
        log=build.log,
        parameters=ParameterStore(build.store),
        home=build.store.path.parent,
        run_id=build.run_id,
        ts=ts,
        seed=7,
        draw=no_plot,
        render=lambda report: report.name,
    )
    return reflect(context, day)


def follow_many(
    build: MemoryBuilder,
    rng: np.random.Generator,
    *,
    mean: float,
    regime: Regime,
    n: int = 60,
    start: str = "10:00:00",
) -> None:
    for i in range(n):
        decision = build.decide(at(start) + i * 30 * SECOND, regime=regime, refusing=["mm_confidence"])
        build.follow(decision, float(rng.normal(mean, 8)))


def reports(store: Store) -> list[dict[str, object]]:
    table = METADATA.tables["report"]
    return [dict(row) for row in store.read(select(table).order_by(table.c.ts_known))]


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_effect_becomes_a_lesson_with_its_evidence(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    with a_memory(tmp_path) as build:
        follow_many(build, rng, mean=-9, regime=Regime.VOLATILE)
        follow_many(build, rng, mean=0, regime=Regime.CALM, start="14:00:00")
        found = reflect_on(build, DAY)
        (lesson,) = [one for one in found.lessons if one.scope == {"symbol": "BTCUSDT", "regime": "volatile"}]
        assert lesson.interval_low < lesson.effect < lesson.interval_high < 0
        assert (lesson.n, len(set(lesson.evidence))) == (60, 60)
        assert lesson.invalid_condition["refuted_if"] == "at_least"
        assert "on BTCUSDT in regime volatile the followed signals lose" in lesson.statement
        assert f"n=60, {found.comparisons} groups tried" in lesson.statement
        assert not [one for one in found.lessons if one.scope.get("regime") == "calm"]
        outcomes = METADATA.tables["outcome"]
        known = {row["outcome_id"] for row in build.store.read(select(outcomes.c.outcome_id))}
        assert set(lesson.evidence) <= known
        assert lesson.lesson_id in found.report_path.read_text()


def test_noise_teaches_no_lesson_over_ten_seeds(tmp_path: Path) -> None:
    taught = 0
    for seed in range(10):
        with a_memory(tmp_path / str(seed)) as build:
            rng = np.random.default_rng(seed)
            follow_many(build, rng, mean=0, regime=Regime.VOLATILE, n=40)
            follow_many(build, rng, mean=0, regime=Regime.CALM, n=40, start="14:00:00")
            taught += bool(reflect_on(build, DAY).lessons)
    assert taught <= 1


def test_the_figures_of_a_day_are_those_of_its_rows(tmp_path: Path) -> None:
    a_remembered_day(tmp_path)
    with Store.open(tmp_path) as store:
        build = MemoryBuilder(store)
        found = reflect_on(build, DAY, ts=NOW)
        whole, by = found.figures.whole, found.figures.by
        assert (whole.decisions, whole.entries, whole.probes) == (9, 5, 1)
        assert (whole.taken.n, whole.taken.wins, whole.refused.n) == (5, 2, 3)
        assert whole.taken.net_quote == Decimal("-0.2501")
        assert [(row.name, row.decisions) for row in by["symbol"]] == [("BTCUSDT", 8), ("ETHUSDT", 1)]
        assert [(row.name, row.refused.n) for row in by["rule"]] == [
            ("rule.mm_confidence", 2),
            ("rule.spoofing", 1),
        ]
        assert found.lessons == ()
        text = found.report_path.read_text()
        assert "No lesson" in text
        assert f"]({DAY}.png)" in text
        kept = reports(store)[0]
        assert orjson.loads(str(kept["statistics"]))["all"]["taken"]["n"] == 5


def test_reflecting_twice_adds_a_version_and_repeats_no_lesson(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        follow_many(build, np.random.default_rng(1), mean=-9, regime=Regime.VOLATILE)
        first, second = reflect_on(build, DAY), reflect_on(build, DAY, ts=LATER + 1)
        assert first.lessons
        assert [one.lesson_id for one in first.lessons] == [one.lesson_id for one in second.lessons]
        assert [one.effect for one in first.lessons] == [one.effect for one in second.lessons]
        assert len(LessonBook(build.store).known(LATER + 2)) == len(first.lessons)
        assert [row["ts_known"] for row in reports(build.store)] == [LATER, LATER + 1]


def test_a_lesson_that_no_longer_follows_is_retired(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        rng = np.random.default_rng(1)
        follow_many(build, rng, mean=-9, regime=Regime.VOLATILE, n=40)
        assert reflect_on(build, DAY).lessons
        follow_many(build, rng, mean=9, regime=Regime.VOLATILE, n=40, start="14:00:00")
        found = reflect_on(build, DAY, ts=LATER + 1)
        held = LessonBook(build.store).known(LATER + 2)
        assert {one.lesson_id for one in held} == {one.lesson_id for one in found.lessons}
        assert not [one for one in held if one.scope == {"symbol": "BTCUSDT"}]


def test_a_later_day_refutes_a_lesson_by_its_own_condition(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        rng = np.random.default_rng(1)
        follow_many(build, rng, mean=-9, regime=Regime.VOLATILE)
        lessons = {one.lesson_id for one in reflect_on(build, DAY).lessons}
        for i in range(40):
            ts = at("08:00:00", NEXT_DAY) + i * 30 * SECOND
            build.follow(
                build.decide(ts, regime=Regime.VOLATILE, refusing=["mm_confidence"]), float(rng.normal(9, 8))
            )
        found = reflect_on(build, NEXT_DAY, ts=at("20:00:00", NEXT_DAY))
        assert {one.lesson_id for one in found.refuted} == lessons
        assert "## Refuted" in found.report_path.read_text()


def test_the_same_recording_played_twice_counts_once_as_evidence(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        follow_many(build, np.random.default_rng(3), mean=-9, regime=Regime.VOLATILE, n=20)
        build.begin("run_0000000002")
        follow_many(build, np.random.default_rng(3), mean=-9, regime=Regime.VOLATILE, n=20, start="14:00:00")
        found = reflect_on(build, DAY)
        assert (found.figures.repeated, found.comparisons, found.lessons) == (1, 0, ())
        assert found.figures.whole.refused.n == 40


def test_what_is_known_later_teaches_nothing_yet(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        follow_many(build, np.random.default_rng(1), mean=-9, regime=Regime.VOLATILE)
        found = reflect_on(build, DAY, ts=at("10:05:00"))
        assert found.figures.whole.decisions == 11
        assert found.figures.whole.refused.n == 10


def test_a_bad_date_and_an_empty_day_are_told_apart(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        with pytest.raises(NotInRecord, match="holds no decision"):
            reflect_on(build)
        build.decide(at("10:00:00"))
        with pytest.raises(BadUsage, match="expected a date"):
            reflect_on(build, "08/08/2024")
        with pytest.raises(NotInRecord, match=f"last day with decisions is {DAY}"):
            reflect_on(build, "2024-08-01")
        assert reflect_on(build).day == DAY
