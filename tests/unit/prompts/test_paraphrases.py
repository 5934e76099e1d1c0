"""Random typed questions, put into words, are read as what they mean, and never as another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prompts.queries import Query
from prompts.questions import parse_question
from tests.examination.sitting import wilson
from tests.support.paraphrases import DAY, SYMBOLS, Typed, is_meant, render, typed_queries
from tools.domain.clock import day_bounds
from tools.domain.errors import BadUsage, NotInRecord

START = day_bounds("2031-03-03")[0]
NOW = START + 21 * DAY - 1
N = 150


def parsed(text: str) -> Query:
    return parse_question(text, symbols=SYMBOLS, now=NOW, newest=NOW - DAY // 100, oldest=START + DAY // 100)


def marks(
    is_aside: bool, means: Callable[[Query, Typed, int], bool] = is_meant
) -> tuple[int, list[str], list[str]]:
    """How many were right, and the questions refused and read wrongly."""
    right, refused, wrong = 0, [], []
    for typed, rng in typed_queries(seed=20310401 + is_aside, n=N):
        text = render(typed, rng, is_aside=is_aside)
        try:
            is_right = means(parsed(text), typed, START)
        except (NotInRecord, BadUsage) as refusal:
            refused.append(f"{text} | {refusal}"[:160])
            continue
        right += is_right
        if not is_right:
            wrong.append(f"{text} | {parsed(text)}")
    return right, refused, wrong


def test_every_way_the_grammar_was_made_with_is_read_as_meant() -> None:
    right, refused, wrong = marks(is_aside=False)
    assert (right, refused, wrong) == (N, [], [])


def test_ways_kept_aside_are_read_as_meant_or_refused_and_seldom_wrong() -> None:
    right, refused, wrong = marks(is_aside=True)
    low, high = wilson(right, N)
    told = f"{right} of {N} right [{low:.3f}, {high:.3f}], {len(refused)} refused, {len(wrong)} wrong"
    assert not wrong, (told, wrong[:3])
    assert low >= 0.7, (told, refused[:5])


def test_a_question_read_without_its_symbol_would_be_noticed() -> None:
    def means_other(query: Query, typed: Typed, start: int) -> bool:
        return is_meant(query, Typed(typed.figure, "", typed.span, typed.hours), start)

    right, _, _ = marks(is_aside=False, means=means_other)
    assert right < N // 2


@pytest.mark.parametrize("word", ["funding", "leverage", "sharpe", "wallet", "glorp"])
def test_a_word_that_is_not_used_is_never_overlooked(word: str) -> None:
    for typed, rng in typed_queries(seed=7, n=12):
        text = render(typed, rng, is_aside=False).replace("?", f" {word}?")
        with pytest.raises(NotInRecord):
            parsed(text)
