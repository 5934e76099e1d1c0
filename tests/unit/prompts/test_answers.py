"""Only an exact answer is an answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.answers import AnswerRejected, ConsultAction, parse_reply

GOOD = {"action": "reduce", "size_fraction": 0.5, "reason": "few neighbours", "cited_ids": ["o_1"]}


def test_an_exact_answer_is_read() -> None:
    reply = parse_reply(json.dumps(GOOD), {"o_1", "o_2"})
    assert reply.action is ConsultAction.REDUCE
    assert (reply.size_fraction, reply.reason, reply.cited_ids) == (0.5, "few neighbours", ("o_1",))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"action": "buy"}, "action"),
        ({"action": "TAKE"}, "action"),
        ({"size_fraction": 1.5}, "size_fraction"),
        ({"size_fraction": -0.1}, "size_fraction"),
        ({"size_fraction": "0.5"}, "size_fraction"),
        ({"size_fraction": True}, "size_fraction"),
        ({"size_fraction": float("nan")}, "size_fraction"),
        ({"size_fraction": float("inf")}, "size_fraction"),
        ({"reason": "x" * 201}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"max_order_size_usd": 1e9}, "max_order_size_usd"),
        ({"cited_ids": ["o_3"]}, "o_3"),
        ({"cited_ids": "o_1"}, "cited_ids"),
    ],
)
def test_anything_else_is_rejected_and_the_message_says_where(change: dict[str, object], place: str) -> None:
    with pytest.raises(AnswerRejected, match=place):
        parse_reply(json.dumps({**GOOD, **change}), {"o_1"})


@pytest.mark.parametrize(
    "text", ["", "take", "null", "[]", "{}", '{"action": "take"', "```json\n{}\n```", " " * 4_001]
)
def test_garbage_is_rejected(text: str) -> None:
    with pytest.raises(AnswerRejected):
        parse_reply(text, ())


@given(
    text=st.text(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=15), inner, max_size=4),
        max_leaves=10,
    ).map(json.dumps)
)
def test_no_text_gets_past_the_bounds(text: str) -> None:
    try:
        reply = parse_reply(text, ())
    except AnswerRejected:
        return
    assert 0 <= reply.size_fraction <= 1
    assert reply.cited_ids == ()
