"""The other rules' queries are held to account for each part of a question that narrows or ranks."""

from dataclasses import replace

import pytest

from graphs.reading.accounting import overlooked
from memory.lookup import DecisionFilter
from prompts.queries import Ask, Query, Subject
from prompts.reading.spotting import Spot, Spotted

COUNT = Query(Ask.COUNT, Subject.TRADES, DecisionFilter(symbol="ADAUSDT"))


def said(*slots: tuple[str, str]) -> Spotted:
    return Spotted([Spot(at, value, ((slot, value),)) for at, (slot, value) in enumerate(slots)], [], ())


def test_what_the_query_holds_is_accounted_for() -> None:
    assert overlooked(said(("q", "count"), ("ent", "trade"), ("symbol", "ADAUSDT")), COUNT) == []


@pytest.mark.parametrize(
    "part",
    [("symbol", "DOTUSDT"), ("num", "3"), ("t", "0"), ("sup", "most"), ("result", "stop"), ("better", "up")],
)
def test_a_part_that_the_query_has_nothing_of_is_told(part: tuple[str, str]) -> None:
    assert overlooked(said(part, ("ent", "trade")), COUNT) == [part[1]]


def test_a_number_of_minutes_is_found_in_seconds() -> None:
    assert overlooked(said(("num", "3")), replace(COUNT, limit=180)) == []


def test_a_denial_is_overlooked_unless_it_only_closes_the_question() -> None:
    assert overlooked(said(("neg", "not"), ("symbol", "ADAUSDT")), COUNT) == ["not"]
    assert overlooked(said(("symbol", "ADAUSDT"), ("neg", "khong")), COUNT) == []


@pytest.mark.parametrize("thing", ["order", "fill", "lesson", "strategy"])
def test_an_answer_about_another_sort_of_thing_overlooks_it(thing: str) -> None:
    assert overlooked(said(("q", "count"), ("ent", thing)), COUNT) == [thing]
    assert overlooked(said(("q", "count"), ("ent", "order")), replace(COUNT, subject=Subject.ORDERS)) == []
