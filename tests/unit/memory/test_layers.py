"""Each layer says how full it is as of a time, and stays within its capacity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.episodes import EpisodeLog
from memory.layers import Layer, layers, retire_beyond
from memory.lessons import Lesson, LessonBook
from memory.profiles import ProfileBook
from memory.promotion import Promotion
from memory.recall import PatternRecall
from memory.store import Store
from tests.support.profiles import a_profile
from tools.domain.parameter import ParameterSet, default_parameters
from tools.models.importance import appraise

FOR_EVER = 2**62
DAY_NS = 86_400 * 10**9


class Small:
    """A library of ten."""

    def snapshot(self, ts: int) -> ParameterSet:
        return default_parameters({"pattern_capacity": 10})


def a_lesson(make: Any, n: int, support: int, ts_known: int) -> Lesson:
    return Lesson(
        lesson_id=f"l_{n}",
        kind="followed_net_bps",
        statement="on BTCUSDT the followed signals lose",
        scope={"symbol": "BTCUSDT"},
        effect=-float(n),
        interval_low=-9.0,
        interval_high=-1.0,
        n=support,
        evidence=("o_1",),
        invalid_condition={},
        day="2024-08-08",
        run_id=make.run_id,
        world="recorded",
        ts_known=ts_known,
    )


def by_name(found: tuple[Layer, ...]) -> dict[str, Layer]:
    return {one.name: one for one in found}


def test_each_layer_is_told_as_of_a_time(home: Path, make: Any) -> None:
    with Store.open(home, is_throwaway=True) as store:
        recall = PatternRecall()
        log = EpisodeLog(store, recall, Promotion(recall, appraise, Small()))
        make.begin(log)
        for n in range(15):
            make.episode(log, n, ts_known=make.ts(n) + 5)
        LessonBook(store).record(a_lesson(make, 1, 30, make.ts(3)))
        LessonBook(store).retire("l_1", make.ts(9))
        ProfileBook(store).record(a_profile(make, ts_known=make.ts(5)))
        found = {
            n: by_name(layers(store, make.ts(n) + 5, Small().snapshot(0), log.session)) for n in range(15)
        }
        names = ["session", "episodes", "patterns", "semantic", "procedural"]
        assert all(list(one) == names for one in found.values())
        for n, one in found.items():
            assert (one["episodes"].size, one["episodes"].promoted) == (n + 1, n + 1)
            assert one["patterns"].size == min(n + 1, 10), "full after ten, whatever came later"
            assert one["patterns"].capacity == 10
            assert (one["patterns"].promoted or 0) - (one["patterns"].retired or 0) == one["patterns"].size
        semantic = {n: (one["semantic"].size, one["semantic"].retired) for n, one in found.items()}
        assert [semantic[n] for n in (2, 4, 6, 10)] == [(0, 0), (1, 0), (2, 0), (1, 1)]
        assert found[14]["session"].size == len(log.session) == 15 * 5
        assert found[14]["session"].capacity == 5 * 50
        (alone, *_) = layers(store, FOR_EVER, Small().snapshot(0))
        assert alone.size is None


supports = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 300)), min_size=1, max_size=25)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(supports)
def test_beyond_their_capacity_the_least_supported_lessons_are_retired(
    tmp_path_factory: Any, make: Any, told: list[tuple[int, int]]
) -> None:
    with Store.open(tmp_path_factory.mktemp("home") / "home", is_throwaway=True) as store:
        make.begin(EpisodeLog(store))
        book, now = LessonBook(store), make.ts(0) + 301 * DAY_NS
        for n, (support, day) in enumerate(told):
            book.record(a_lesson(make, n, support, make.ts(0) + day * DAY_NS))
        before = book.known(now)
        retired = retire_beyond(store, now, default_parameters({"lesson_capacity": 10}))
        after = book.known(now)
        assert retired == {"lesson": max(0, len(before) - 10), "profile": 0}
        assert len(after) == min(10, len(before))

        def value(one: Lesson) -> float:
            return one.n * 2.0 ** (-(now - one.ts_known) / (90 * DAY_NS))

        gone = [one for one in before if one.lesson_id not in {kept.lesson_id for kept in after}]
        assert not gone or max(map(value, gone)) <= min(map(value, after))
        assert {one.lesson_id for one in book.known(now - 1)} == {one.lesson_id for one in before}


def test_what_a_lesson_says_of_profit_does_not_decide_whether_it_stays(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    book = LessonBook(store)
    for n in range(12):  # the more it earns or loses, the less it rests on
        book.record(a_lesson(make, n, 100 - n, make.ts(0)))
    retire_beyond(store, make.ts(1), default_parameters({"lesson_capacity": 10}))
    assert {one.lesson_id for one in book.known(make.ts(1))} == {f"l_{n}" for n in range(10)}
