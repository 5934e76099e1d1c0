"""Made questions: what they ask is answered as plain SQL answers it, and a wrong answer would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graphs.query import answer
from memory.statistics import last_decision_time
from memory.store import Store
from prompts.nearest import examples
from prompts.questions import NotUnderstood
from tests.examination.second.grammar import Made, every_question, some_questions
from tests.examination.second.paper import column, desk
from tests.examination.second.putting import REFUSED, RIGHT, WRONG, verdict
from tools.domain.errors import BadUsage, NotInRecord

SEED, N = 7, 150
MINUTE_NS = 60 * 10**9


@pytest.fixture(scope="module")
def store(second_home: Path) -> Iterator[Store]:
    with Store.open(second_home, is_throwaway=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def now(store: Store) -> int:
    last = last_decision_time(store)
    assert last is not None
    return last + MINUTE_NS


def test_the_grammar_makes_thousands_of_questions_in_both_languages() -> None:
    made = Counter(one.language for one in every_question())
    assert made["en"] > 2_000
    assert made["vi"] > 500


def test_no_made_question_is_answered_wrongly_and_hardly_any_is_refused(
    store: Store, second_home: Path, now: int
) -> None:
    with desk(second_home) as connection:
        found = [(one, *verdict(store, connection, one, now)) for one in some_questions(SEED, N)]
    wrong = [(one.text, why) for one, mark, why in found if mark == WRONG]
    refused = [(one.text, why) for one, mark, why in found if mark == REFUSED]
    assert wrong == []
    assert len(refused) <= 0.03 * N, refused


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("how many trades on ADA yesterday?", "SELECT count(*) FROM t WHERE symbol = 'ADAUSDT'"),
        ("which coin made the most?", "SELECT 'FILUSDT'"),
        ("average holding time", "SELECT avg(held) + 1 FROM t"),
    ],
)
def test_an_answer_to_another_question_is_marked_wrong(
    store: Store, second_home: Path, now: int, text: str, query: str
) -> None:
    with desk(second_home) as connection:
        assert verdict(store, connection, Made("en", text, query), now)[0] == WRONG


def test_what_is_refused_although_it_is_there_is_marked_so(store: Store, second_home: Path, now: int) -> None:
    made = Made("en", "how many trades on ADA?", "SELECT count(*) FROM t WHERE symbol = 'ADAUSDT'")
    with desk(second_home) as connection:
        assert verdict(store, connection, made, now)[0] == RIGHT
        strange = replace(made, text="how many frobnicated trades on ADA?")
        assert verdict(store, connection, strange, now)[0] == REFUSED


@pytest.mark.parametrize("text", examples())
def test_every_question_that_is_offered_is_answered(store: Store, now: int, text: str) -> None:
    assert answer(store, text, now).text


@pytest.mark.parametrize(
    ("text", "strange", "near"),
    [
        ("how many frobnicated skips last week?", "frobnicated", "how many signals were skipped last week?"),
        ("bao nhiêu lệnh bị xyz hôm qua?", "xyz", "hôm qua có bao nhiêu lệnh?"),
    ],
)
def test_who_is_not_understood_hears_which_word_and_what_is_near(
    store: Store, now: int, text: str, strange: str, near: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        answer(store, text, now)
    assert f'"{strange}"' in str(refused.value)
    assert f'"{near}"' in str(refused.value)


def _value(store: Store, text: str, now: int, before: tuple[str, ...] = ()) -> object:
    return answer(store, text, now, before).numbers["value"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("how many entries did the symbol exposure cap cut?", "limit_name = 'symbol_exposure'"),
        (
            "how often were we limited by mm_protection in September?",
            "limit_name = 'mm_protection' AND day < '2033-10-01'",
        ),
        ("hôm qua có mấy lệnh bị cắt giảm khối lượng?", "day = '2033-10-07'"),
    ],
)
def test_what_a_limit_cut_is_counted(
    store: Store, second_home: Path, now: int, text: str, query: str
) -> None:
    with desk(second_home) as connection:
        wanted = column(connection, f"SELECT count(*) FROM cut WHERE {query}")[0]  # noqa: S608 (our own)
    assert _value(store, text, now) == wanted > 0


def test_the_limit_that_cut_most_is_named_first(store: Store, second_home: Path, now: int) -> None:
    with desk(second_home) as connection:
        name = column(connection, "SELECT limit_name FROM cut GROUP BY limit_name ORDER BY count(*) DESC")[0]
    assert answer(store, "which limit cut the most entries?", now).numbers["name"] == name


def test_who_was_refused_most_by_a_rule_is_counted(store: Store, second_home: Path, now: int) -> None:
    query = "SELECT symbol FROM refused WHERE rule = 'mm_confidence' AND action = 'skip' GROUP BY symbol"
    with desk(second_home) as connection:
        name = column(connection, f"{query} ORDER BY count(*) DESC")[0]
    assert answer(store, "which coin was refused most by mm_confidence?", now).numbers["name"] == name


def test_the_last_departure_is_one(store: Store, second_home: Path, now: int) -> None:
    with desk(second_home) as connection:
        (name,) = column(connection, "SELECT id FROM t WHERE result = 'abort' ORDER BY ts DESC LIMIT 1")
    assert answer(store, "when was the last departure?", now).citations == (name,)


def test_a_model_is_asked_for_by_its_name(store: Store, second_home: Path, now: int) -> None:
    with desk(second_home) as connection:
        (n,) = column(connection, "SELECT count(*) FROM asked WHERE model = 'gpt-5-mini'")
        (tokens,) = column(connection, "SELECT sum(input_tokens + output_tokens) FROM consultation")
    found = answer(store, "how often was gpt-5-mini asked?", now)
    assert (found.numbers["attempts"], found.query.model) == (n, "gpt-5-mini")
    assert _value(store, "how many tokens did the llm use?", now) == tokens


def test_the_last_trade_is_not_picked_by_what_is_asked_of_it(
    store: Store, second_home: Path, now: int
) -> None:
    with desk(second_home) as connection:
        (wanted,) = column(
            connection, "SELECT net > 0 FROM t WHERE symbol = 'ADAUSDT' ORDER BY ts DESC LIMIT 1"
        )
    assert answer(store, "was the last ADA trade a win?", now).numbers["wins"] == wanted


def test_the_first_trade_is_not_measured_with_all_others(store: Store, second_home: Path, now: int) -> None:
    with desk(second_home) as connection:
        (name,) = column(connection, "SELECT id FROM t WHERE day = '2033-10-04' ORDER BY ts LIMIT 1")
    assert answer(store, "what was the result of the first trade on Oct 4?", now).citations == (name,)


def test_the_fees_of_the_best_trade_are_those_of_the_best_trade(
    store: Store, second_home: Path, now: int
) -> None:
    with desk(second_home) as connection:
        (name,) = column(connection, "SELECT id FROM t WHERE symbol = 'DOTUSDT' ORDER BY net DESC LIMIT 1")
    assert answer(store, "what fees did the best trade on DOT pay?", now).citations == (name,)


def test_a_symbol_between_the_words_of_a_phrase_is_heeded(store: Store, now: int) -> None:
    text = "how confident were you in the TIA market maker at 22:12 on oct 3?"
    assert answer(store, text, now).query.where.symbol == "TIAUSDT"


def test_all_lessons_are_counted_whether_they_hold_or_not(store: Store, second_home: Path, now: int) -> None:
    with desk(second_home) as connection:
        (n,) = column(connection, "SELECT count(DISTINCT lesson_id) FROM lesson")
    assert _value(store, "how many lessons have you learned in total?", now) == n


def test_a_hypothesis_that_names_nothing_is_about_what_was_asked_before(
    store: Store, second_home: Path, now: int
) -> None:
    opening = "why was ATOM passed over at 8:23 on 21 September?"
    found = answer(store, "what if we had taken it?", now, (opening,))
    query = "SELECT id FROM d WHERE symbol = 'ATOMUSDT' AND day = '2033-09-21' AND clock = '08:23'"
    with desk(second_home) as connection:
        assert found.citations == tuple(column(connection, query))


def test_a_weekday_beside_its_date_names_no_second_day(store: Store, second_home: Path, now: int) -> None:
    found = answer(store, "how many trades on Sunday, the 18th of September?", now)
    with desk(second_home) as connection:
        assert (
            found.numbers["value"] == column(connection, "SELECT count(*) FROM t WHERE day = '2033-09-18'")[0]
        )
    assert found.query.sides == ()


def test_a_date_on_another_weekday_is_refused(store: Store, now: int) -> None:
    with pytest.raises(BadUsage, match="2033-09-19 is a Monday"):
        answer(store, "how many trades on Sunday, the 19th of September?", now)


def test_a_figure_of_the_first_trade_is_not_that_of_all(store: Store, now: int) -> None:
    with pytest.raises(NotInRecord, match="the first of them"):
        answer(store, "what was the win rate of the first trade on Oct 4?", now)
