"""Lessons hold from when they were learned until they are refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from memory.episodes import EpisodeLog
from memory.lessons import Lesson, LessonBook
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import day_bounds
from tools.domain.errors import InvariantBroken, NotInRecord

LESSON = Lesson(
    lesson_id="l_1",
    kind="symbol_failure_rate",
    statement="NEARUSDT loses more often than it pays",
    scope={"symbol": "NEARUSDT"},
    effect=0.309,
    interval_low=0.21,
    interval_high=0.41,
    n=81,
    evidence=("o_1", "o_2"),
    invalid_condition={"failure_rate_below": 0.2, "n": 50},
    day="2024-08-08",
    run_id="run_0000000001",
    world="recorded",
    ts_known=100,
)


@pytest.fixture
def book(store: Store, log: EpisodeLog) -> LessonBook:
    return LessonBook(store)


def test_a_lesson_reads_back_as_it_was_recorded(book: LessonBook) -> None:
    book.record(LESSON)
    assert book.known(100) == [LESSON]


def test_a_lesson_is_invisible_before_it_is_known_and_after_it_is_retired(book: LessonBook) -> None:
    book.record(LESSON)
    book.retire("l_1", 200)
    assert [len(book.known(ts)) for ts in (99, 100, 199, 200)] == [0, 1, 1, 0]


def test_the_same_lesson_again_is_ignored_and_a_changed_one_replaces_it(book: LessonBook) -> None:
    book.record(LESSON)
    book.record(replace(LESSON, ts_known=150))
    assert [one.ts_known for one in book.known(160)] == [100]
    book.record(replace(LESSON, ts_known=200, n=120))
    assert [(one.n, one.ts_known) for one in book.known(199)] == [(81, 100)]
    assert [(one.n, one.ts_known) for one in book.known(200)] == [(120, 200)]


def test_a_lesson_under_the_shorter_id_of_an_older_memory_is_the_same_lesson(book: LessonBook) -> None:
    wide = replace(LESSON, lesson_id="l_0123456789abcdef01234567", ts_known=200)
    book.record(replace(LESSON, lesson_id="l_0123456789"))
    book.record(wide)
    assert [one.ts_known for one in book.known(200)] == [100]
    book.record(replace(wide, n=120))
    assert [(one.lesson_id, one.n) for one in book.known(200)] == [(wide.lesson_id, 120)]


def test_lessons_are_found_by_kind_and_by_symbol_with_the_general_ones(book: LessonBook) -> None:
    book.record(LESSON)
    book.record(replace(LESSON, lesson_id="l_2", scope={}, kind="hour"))
    book.record(replace(LESSON, lesson_id="l_3", scope={"symbol": "BTCUSDT"}))
    assert [one.lesson_id for one in book.known(100, symbol="BTCUSDT")] == ["l_2", "l_3"]
    assert [one.lesson_id for one in book.known(100, kind="hour")] == ["l_2"]


def test_retiring_what_is_not_in_force_is_refused(book: LessonBook) -> None:
    with pytest.raises(NotInRecord, match="l_1 is none"):
        book.retire("l_1", 200)


def test_an_effect_that_is_not_a_number_is_refused(book: LessonBook) -> None:
    with pytest.raises(InvariantBroken, match="finite"):
        book.record(replace(LESSON, effect=float("nan")))
    assert book.known(100) == []


def test_a_lesson_happened_when_its_day_was_over_and_is_known_when_it_was_learned(
    book: LessonBook, store: Store
) -> None:
    end = day_bounds("2024-08-08")[1]
    book.record(replace(LESSON, ts_known=end + 500))
    table = METADATA.tables["lesson"]
    (row,) = store.read(select(table.c.ts, table.c.ts_known))
    assert (row["ts"], row["ts_known"]) == (end, end + 500)
