"""A reflection says what the record holds of each symbol and regime; an explanation, what was said before."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphs.explanation import explain
from graphs.improvement import Occasion
from graphs.profiling import profiles_of
from memory.profiles import ProfileBook
from memory.store import Store
from tests.support.memories import DAY, SECOND, MemoryBuilder, a_memory, at
from tests.support.remembered import NEXT_DAY
from tests.unit.graphs.test_reflection import follow_many, reflect_on
from tools.domain.regime import Regime

MORNING = at("06:00:00", NEXT_DAY)


def a_profiled_day(build: MemoryBuilder) -> None:
    rng = np.random.default_rng(7)
    follow_many(build, rng, mean=-20.0, regime=Regime.CALM)
    follow_many(build, rng, mean=4.0, regime=Regime.VOLATILE, start="14:00:00", n=20)
    traded = build.decide(at("16:00:00"), regime=Regime.PANIC)
    build.trade(traded, 500.0)


def test_reflection_profiles_every_symbol_and_regime_that_was_followed(tmp_path: Path) -> None:
    with a_memory(tmp_path / "home") as build:
        a_profiled_day(build)
        reflect_on(build, DAY, MORNING)
        found = {one.regime: one for one in ProfileBook(build.store).known(MORNING)}
        assert {name: one.n for name, one in found.items()} == {"calm": 60, "volatile": 20}
        calm = found["calm"]
        assert calm.net_low is not None
        assert calm.net_high is not None
        assert calm.net_low < -20 < calm.net_high < 0
        assert calm.win_low <= calm.wins / calm.n <= calm.win_high < calm.breakeven
        assert [one["hour"] for one in calm.hours] == [10]
        assert calm.ts_known == MORNING


def test_reflecting_again_on_the_same_record_adds_no_version(tmp_path: Path) -> None:
    with a_memory(tmp_path / "home") as build:
        a_profiled_day(build)
        reflect_on(build, DAY, MORNING)
        reflect_on(build, DAY, MORNING + SECOND)
        assert {one.ts_known for one in ProfileBook(build.store).known(MORNING + 2 * SECOND)} == {MORNING}


def test_an_explanation_tells_the_profile_of_then_and_none_of_later(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with a_memory(home) as build:
        a_profiled_day(build)
        reflect_on(build, DAY, MORNING)
        before = build.decide(MORNING - SECOND, regime=Regime.CALM)
        after = build.decide(MORNING + SECOND, regime=Regime.CALM)
        elsewhere = build.decide(MORNING + SECOND, regime=Regime.CALM, symbol="ETHUSDT")
    with Store.open(home, read_only=True) as store:
        assert explain(store, before.decision_id)["known_then"]["profile"] is None
        assert explain(store, elsewhere.decision_id)["known_then"]["profile"] is None
        told = explain(store, after.decision_id)["known_then"]["profile"]
        assert told["statement"].startswith("BTCUSDT in regime calm: ")
        assert told["n"] == 60


def test_without_follows_there_is_nothing_to_say() -> None:
    assert profiles_of([], [], Occasion(DAY, "run", "recorded", 1), 7) == ()
