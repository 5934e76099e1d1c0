"""Which questions are offered to who was not understood."""

from __future__ import annotations

import pytest

from prompts.nearest import MOST_SHOWN, examples, nearest_questions
from prompts.vietnamese import is_vietnamese
from prompts.vocabulary import LIMITS
from tools.risk import limits


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (
            "frobnicate the spoofing rule refusals",
            "how many signals did the spoofing rule refuse in the last 7 days?",
        ),
        ("luật nào kỳ cục nhất", "luật nào chặn nhiều tín hiệu nhất?"),
    ],
)
def test_the_nearest_shares_the_rarest_words_and_the_language(text: str, near: str) -> None:
    found = nearest_questions(text)
    assert found[0] == near
    assert len(found) == MOST_SHOWN
    assert {is_vietnamese(one) for one in found} == {is_vietnamese(text)}


def test_no_question_is_offered_twice() -> None:
    assert len(set(examples())) == len(examples())


def test_limits_that_can_be_named_are_those_that_clamp() -> None:
    known = {one.name for one in limits.RULES}
    assert known - {"pause", "paused"} <= set(LIMITS)
