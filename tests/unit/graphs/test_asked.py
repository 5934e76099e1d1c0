"""Questions as people put them are answered as plain SQL answers them, or refused; wrong is worst."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from graphs.answers import Answer
from graphs.query import answer
from memory.lookup import find_decision
from memory.store import Store
from tests.support.asked_later import LATER
from tests.support.asked_questions import CITED, FACTS, MISSING, NAME, NUMBER, Fact
from tests.support.asked_world import NOW, AskedWorld, an_asked_world
from tools.domain.errors import NotInRecord

PUT = [(fact, question) for fact in (*FACTS, *LATER) for question in (*fact.developed, *fact.aside)]


@dataclass
class Told:
    """The memory as the product and as plain SQL read it."""

    store: Store
    world: AskedWorld


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    world = an_asked_world(tmp_path_factory.mktemp("home"))
    with Store.open(world.home, read_only=True) as store:
        yield Told(store, world)
    world.plain.close()


def is_right(told: Told, fact: Fact, found: Answer) -> bool:
    expected = told.world.value(fact.sql)
    if fact.kind == CITED:
        return found.citations[:1] == (expected,)
    if fact.kind == NAME:
        return found.numbers.get("name") == expected and str(expected) in found.text.split("\n")[0]
    value = found.numbers.get("value", found.numbers.get("n"))
    return value is not None and float(value) == pytest.approx(float(str(expected)), rel=1e-6)


@pytest.mark.parametrize(("fact", "question"), PUT, ids=[question for _, question in PUT])
def test_a_question_is_answered_as_sql_answers_it(told: Told, fact: Fact, question: str) -> None:
    if fact.kind == MISSING:
        with pytest.raises(NotInRecord, match="not in the record"):
            answer(told.store, question, NOW)
        return
    found = answer(told.store, question, NOW)
    assert is_right(told, fact, found), (found.text, told.world.value(fact.sql))
    for name in found.citations:
        assert find_decision(told.store, name).decision_id == name
    if fact.kind == NUMBER:
        first = found.text.split("\n")[0]
        shown = [float(one) for one in re.findall(r"[-+]?\d+(?:\.\d+)?", first)]
        value = float(str(found.numbers.get("value", found.numbers.get("n"))))
        assert any(_rounds_to(value, one) for one in shown), (first, value)


def _rounds_to(value: float, shown: float) -> bool:
    minutes = (value // 60, value)
    scaled = (value, 100 * value, *minutes)
    return any(abs(abs(one) - abs(shown)) < 0.0501 * max(1.0, min(abs(one), 1.0)) for one in scaled)
