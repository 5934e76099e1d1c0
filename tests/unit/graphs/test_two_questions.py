"""Two questions in one sentence are both answered, or neither is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphs.query import answer
from memory.store import Store
from prompts.reading.doubled import two_questions
from tests.support.remembered import NOW, a_remembered_day
from tools.domain.errors import NotInRecord


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home: Path = tmp_path_factory.mktemp("home")
    a_remembered_day(home)
    with Store.open(home, read_only=True) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "halves"),
    [
        (
            "how many decisions on BTC, and what was your best trade?",
            ("how many decisions on BTC?", "what was your best trade?"),
        ),
        (
            "which symbol lost most and how many trades did it take?",
            ("which symbol lost most?", "how many trades did it take?"),
        ),
        (
            "what was the worst trade; when did you sell it?",
            ("what was the worst trade?", "when did you sell it?"),
        ),
    ],
)
def test_both_halves_are_answered(store: Store, question: str, halves: tuple[str, str]) -> None:
    assert two_questions(question) == halves
    first = answer(store, halves[0], NOW)
    second = answer(store, halves[1], NOW, halves[:1], shown=first.citations)
    found = answer(store, question, NOW)
    assert found.question == question
    assert found.text == f"{first.text}\n{second.text}"
    assert found.numbers == {"first": first.numbers, "second": second.numbers}
    assert set(first.citations[:5]) <= set(found.citations)
    assert set(second.citations[:5]) <= set(found.citations)


@pytest.mark.parametrize(
    "question",
    [
        "how many decisions on BTC?",
        "how many signals did you skip and how many did you take?",
        "which symbol lost most, and why?",
        "which settings were changed, when and why?",
        "which trade was worst and what was it?",
        "the best and what was it",
        "bao nhiêu quyết định và vì sao?",
    ],
)
def test_one_question_is_left_alone(question: str) -> None:
    assert two_questions(question) is None


def test_where_one_half_is_not_in_the_record_neither_is_told(store: Store) -> None:
    with pytest.raises(NotInRecord, match="weather"):
        answer(store, "how many decisions on BTC, and what is the weather in Rome?", NOW)
    with pytest.raises(NotInRecord, match="weather"):
        answer(store, "what is the weather in Rome, and how many decisions on BTC?", NOW)
