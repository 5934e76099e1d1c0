"""A sitting puts the right sixty questions to the real command and sums up what came back."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from tests.examination.__main__ import main, told
from tests.examination.asking import Reply, ask_apart, ask_here, own_home
from tests.examination.ledger import Ledger
from tests.examination.questions import Kind, Question
from tests.examination.record import Record
from tests.examination.scorer import Mark, Score, score
from tests.examination.sitting import as_data, conversations, questions, tally, wilson


def test_there_are_sixty_questions_as_laid_down(examined: Record) -> None:
    asked = questions(examined)
    kinds = {Kind.SINGLE: 34, Kind.OPENING: 8, Kind.FOLLOW_UP: 8, Kind.UNANSWERABLE: 6, Kind.HOSTILE: 4}
    assert Counter(one.language for one in asked) == {"en": 30, "vi": 30}
    assert Counter(one.kind for one in asked) == kinds
    assert len({one.text for one in asked}) == 60
    assert all(one.facts for one in asked if not one.is_to_be_refused)
    assert len({one.subject for one in asked}) >= 18


def test_a_follow_up_comes_right_after_what_it_follows(examined: Record) -> None:
    talks = list(conversations(questions(examined)))
    assert Counter(len(talk) for talk in talks) == {1: 44, 2: 8}
    for first, second in (talk for talk in talks if len(talk) == 2):
        assert (first.kind, second.kind) == (Kind.OPENING, Kind.FOLLOW_UP)
        assert second.before == first.text


def test_the_command_says_the_same_here_and_as_a_process_of_its_own(examined_home: Path) -> None:
    for question in ("How many probes have you taken in all?", "what about the moon"):
        with own_home(examined_home) as one, own_home(examined_home) as other:
            here, apart = ask_here(question, one), ask_apart(question, other)
        assert here == apart
        assert here.is_intact
    assert here.code == 6


def test_a_question_of_the_real_command_is_marked(
    examined_home: Path, examined: Record, ledger: Ledger
) -> None:
    question = next(one for one in questions(examined) if "not enter" in one.text)
    with own_home(examined_home) as copy:
        found = score(question, ask_here(question.text, copy), ledger)
    assert found.mark is not Mark.WRONG, found.why
    assert found.invented == found.dead == ()


def test_wilson_gives_the_interval_of_the_textbook() -> None:
    low, high = wilson(8, 10)
    assert math.isclose(low, 0.4901, abs_tol=1e-4)
    assert math.isclose(high, 0.9433, abs_tol=1e-4)
    assert wilson(0, 10)[0] == 0.0
    assert math.isclose(wilson(10, 10)[1], 1.0)


def a_score(language: str, mark: Mark) -> Score:
    question = Question(language, Kind.SINGLE, "counts", f"{language} {mark}")
    return Score(question, Reply(0, {}, ""), mark, ("d_1", "d_2"), ("d_2",), ("number 7",), "because")


def test_the_sums_are_those_of_the_marks() -> None:
    scores = [a_score("en", Mark.RIGHT), a_score("en", Mark.WRONG), a_score("vi", Mark.UNKNOWN)]
    found = as_data(5, scores)
    assert found["groups"]["en"] | {"low": 0, "high": 0} == {
        "n": 2,
        "right": 1,
        "wrong": 1,
        "does_not_know": 0,
        "share_right": 0.5,
        "low": 0,
        "high": 0,
    }
    assert found["groups"]["all"]["n"] == tally(scores).n == 3
    assert found["citations"] == {"n": 6, "resolved": 3}
    assert found["invented_numbers"] == 3
    assert [one["mark"] for one in found["failures"]] == ["wrong", "does not know"]
    assert "vi" in told(found)


def test_a_seed_that_is_none_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["--seed", "-1"])
    assert leaving.value.code == 2
    assert "expected a seed of at least 0, was -1" in capsys.readouterr().err
