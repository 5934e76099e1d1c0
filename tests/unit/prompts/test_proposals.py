"""A model's reading of a question is taken only where it names nothing of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prompts.answers import AnswerRejected, ClaimRejected
from prompts.proposals import RULE_NAMES, ProposedQuery, proposal_schema, read_proposal
from prompts.queries import Ask, Measure, Query, Subject
from tests.support.asked_world import NOW, SYMBOLS
from tests.support.proposing import EMPTY, a_proposal
from tools.domain.clock import day_bounds
from tools.risk.routing import RULES

QUESTION = "gimme the tally of bitcoin scalps yesterday"


def read(question: str = QUESTION, **changes: Any) -> Query | None:
    return read_proposal(a_proposal(**{"symbols": ["BTCUSDT"], **changes}), question, SYMBOLS, NOW)


def test_a_proposal_becomes_a_query_with_the_period_of_the_question() -> None:
    query = read(won="won", from_utc="2024-08-01T00:00:00Z")
    assert query is not None
    assert (query.ask, query.subject, query.won) == (Ask.COUNT, Subject.TRADES, True)
    assert (query.where.symbol, query.where.kind) == ("BTCUSDT", "taken")
    assert (query.where.ts_from, query.where.ts_to) == day_bounds("2024-08-22")


def test_a_period_that_the_rules_cannot_read_may_be_proposed() -> None:
    question = "tally of bitcoin scalps around the assumption feast"
    query = read(question, from_utc="2024-08-15T00:00:00Z", to_utc="2024-08-16T00:00:00+00:00")
    assert query is not None
    assert (query.where.ts_from, query.where.ts_to) == day_bounds("2024-08-15")


@pytest.mark.parametrize(
    "changes",
    [
        {"symbols": ["ETHUSDT"]},
        {"symbols": []},
        {"symbols": ["BTCUSDT", "ETHUSDT"]},
        {"symbols": ["BTCUSDT'; DROP TABLE decision; --"]},
        {"decision": "d_0123456789"},
        {"parameter": "my_parameter"},
    ],
)
def test_what_the_question_does_not_name_is_a_false_claim(changes: dict[str, Any]) -> None:
    with pytest.raises(ClaimRejected):
        read(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"ask": "delete"},
        {"subject": "decision; DROP TABLE decision"},
        {"group": "api_key"},
        {"limit": 11},
        {"limit": "5"},
        {"is_answerable": "yes"},
        {"sql": "SELECT 1"},
        {"answer": "You made 1,000,000 USDT"},
        {"measure": "win_rate"},
        {"ask": "why", "won": "won"},
        {"ask": "list", "group": "symbol"},
        {"ask": "result", "measure": "budget"},
        {"ask": "learned"},
        {"won": "maybe"},
        {"rule": "x" * 100},
    ],
)
def test_what_is_no_query_is_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerRejected):
        read(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"from_utc": "2030-01-01T00:00:00Z"},
        {"from_utc": "yesterday"},
        {"from_utc": "2024-08-10T00:00:00Z", "to_utc": "2024-08-09T00:00:00Z"},
    ],
)
def test_a_period_that_cannot_be_is_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerRejected):
        read("tally of bitcoin scalps", **changes)


@pytest.mark.parametrize("text", ["", "null", "[]", "I think it is a count.", "{" * 100, "x" * 5_000])
def test_other_text_is_rejected(text: str) -> None:
    with pytest.raises(AnswerRejected):
        read_proposal(text, QUESTION, SYMBOLS, NOW)


def test_a_question_that_no_record_answers_has_no_query() -> None:
    assert read(is_answerable=False) is None


def test_several_symbols_are_compared() -> None:
    query = read("tally of bitcoin vs ether scalps", symbols=["BTCUSDT", "ETHUSDT"], ask="result")
    assert query is not None
    assert [side.name for side in query.sides] == ["BTCUSDT", "ETHUSDT"]


def test_the_schema_asks_for_every_field_and_no_other() -> None:
    schema = proposal_schema()
    assert list(schema["properties"]) == schema["required"] == list(ProposedQuery.model_fields)  # type: ignore[call-overload]
    assert schema["additionalProperties"] is False
    assert len(json.dumps(schema)) < 4_000
    assert set(EMPTY) == set(ProposedQuery.model_fields)


def test_every_hard_rule_and_figure_can_be_proposed() -> None:
    assert set(RULE_NAMES) == {name for name, _ in RULES}
    choices = proposal_schema()["properties"]["measure"]["enum"]  # type: ignore[index]
    assert set(choices) == {"none", *Measure}
