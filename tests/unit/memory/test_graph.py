"""An explanation shows the evidence of the time, and marks what came after as later."""

from __future__ import annotations

from typing import Any

import pytest

from memory.episodes import EpisodeLog
from memory.graph import explain_graph
from memory.lessons import Lesson, LessonBook
from memory.parameters import ParameterStore
from memory.store import Store
from tools.domain.errors import NotInRecord
from tools.domain.trading import Action, Decision, Vote


@pytest.fixture
def decision(store: Store, log: EpisodeLog, make: Any) -> Decision:
    """Decision 5: recalled outcome 1, and one that was not known yet; later it taught a lesson."""
    made: dict[str, Any] = {"run_id": make.run_id, "world": "recorded"}
    for n in (1, 2):
        make.episode(log, n)
    parameters = ParameterStore(store)
    parameters.change("stop_bps", 25, reason="r", evidence=[], ts=make.ts(3), **made)
    LessonBook(store).record(lesson("l_old", make.ts(3), (), **made))
    LessonBook(store).record(lesson("l_late", make.ts(6), (), **made))
    signal = make.signal(5)
    later = make.outcome(make.decision(make.signal(8)))
    votes = (Vote("rules", "skip", None, None, None, "spoofed", ("l_old", "l_late", "m7")),)
    recalled = (make.outcome(make.decision(make.signal(1))).outcome_id, later.outcome_id)
    whole: Decision = make.decision(signal, votes=votes, recalled=recalled, model_version="m7")
    log.record_signal(signal)
    log.record_decision(whole)
    intent = make.intent(whole)
    log.record_intent(intent)
    log.record_order(make.update(intent))
    log.record_fill(make.fill(intent, "t5"))
    outcome = make.outcome(whole)
    log.record_outcome(outcome)
    make.episode(log, 8)
    LessonBook(store).record(lesson("l_new", make.ts(20), (outcome.outcome_id,), **made))
    parameters.change("stop_bps", 30, reason="r", evidence=["l_new"], ts=make.ts(21), **made)
    parameters.change("entry_zone", 0.5, reason="r", evidence=["l_other"], ts=make.ts(22), **made)
    return whole


def lesson(name: str, ts: int, evidence: tuple[str, ...], **made: Any) -> Lesson:
    facts: dict[str, Any] = {"kind": "k", "statement": name, "scope": {}, "invalid_condition": {}}
    return Lesson(
        name,
        effect=1,
        interval_low=0,
        interval_high=2,
        n=9,
        evidence=evidence,
        day="2024-08-08",
        ts_known=ts,
        **facts,
        **made,
    )


def edges(graph: Any, relation: str) -> set[tuple[str, str]]:
    return {(a, b) for a, b, told in graph.edges(data="relation") if told == relation}


def test_the_evidence_of_the_time_is_there_and_nothing_later(store: Store, decision: Decision) -> None:
    graph, own = explain_graph(store, decision.decision_id), decision.decision_id
    known, unknown = decision.recalled
    assert edges(graph, "matched") == {(own, known), (own, unknown)}
    assert graph.nodes[known]["kind"] == "pattern"
    assert graph.nodes[unknown]["kind"] == graph.nodes["l_late"]["kind"] == "unknown"
    assert {b for _, b in edges(graph, "based_on")} == {
        decision.signal_id,
        "l_old",
        "l_late",
        "model:m7",
        "parameter:1",
    }
    for _, told in graph.nodes(data=True):
        assert told["is_later"] or told["ts_known"] <= decision.ts


def test_execution_outcome_and_teaching_are_marked_as_later(
    store: Store, decision: Decision, make: Any
) -> None:
    graph, own = explain_graph(store, decision.decision_id), decision.decision_id
    order, outcome = make.intent(decision).client_order_id, make.outcome(decision).outcome_id
    later = {name for name, is_later in graph.nodes(data="is_later") if is_later}
    assert later == {order, f"order:{order}", "fill:binance:t5", outcome, "l_new", "parameter:2"}
    assert edges(graph, "executed_as") == {(own, order), (order, f"order:{order}")}
    assert edges(graph, "resulted_in") == {(order, "fill:binance:t5"), (own, outcome)}
    assert edges(graph, "taught") == {(outcome, "l_new")}
    assert edges(graph, "changed") == {("l_new", "parameter:2")}


def test_what_was_known_later_than_asked_is_left_out(store: Store, decision: Decision, make: Any) -> None:
    kinds = []
    for ts in (decision.ts, make.outcome(decision).ts_known, make.ts(20), make.ts(21)):
        graph = explain_graph(store, decision.decision_id, as_of=ts)
        later = [told["kind"] for _, told in graph.nodes(data=True) if told["is_later"]]
        kinds.append(
            [sum(kind == wanted for kind in later) for wanted in ("fill", "outcome", "lesson", "parameter")]
        )
    assert kinds == [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]


def test_the_circumstances_and_limits_are_there(store: Store, decision: Decision, make: Any) -> None:
    graph = explain_graph(store, decision.decision_id[:8])
    assert edges(graph, "seen_on") == {(decision.signal_id, "symbol:BTCUSDT")}
    assert edges(graph, "seen_in") == {(decision.signal_id, "regime:volatile")}
    assert edges(graph, "part_of") == {(decision.decision_id, make.run_id)}
    assert edges(graph, "clamped_by") == {(decision.decision_id, "limit:max_order_size_usd")}
    assert edges(graph, "blocked_by") == set()


def test_a_refusal_shows_what_blocked_it(store: Store, log: EpisodeLog, make: Any) -> None:
    votes = (
        Vote("spoof", "skip", None, None, None, "score 0.9", ()),
        Vote("model", "silent", None, None, None, "none"),
    )
    refused = make.decision(make.signal(1), action=Action.SKIP, votes=votes, plan=None)
    log.record_signal(make.signal(1))
    log.record_decision(refused)
    blocked = {b for _, b in edges(explain_graph(store, refused.decision_id), "blocked_by")}
    assert blocked == {"limit:spoof", "limit:max_order_size_usd"}


def test_an_unknown_decision_cannot_be_explained(store: Store) -> None:
    with pytest.raises(NotInRecord):
        explain_graph(store, "d_0000000000")
