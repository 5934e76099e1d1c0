"""Whatever a brain does, the decision stands on the record and nothing is raised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest

from graphs.brain import (
    Brain,
    ConsultAnswer,
    ConsultRequest,
    RecordedAnswer,
    RecordedBrain,
    ScriptedBrain,
    consult_request,
)
from graphs.decision import DecisionGraph
from tests.support.minds import GOOD_REPLY, a_context, brain_says
from tests.support.proposals import NOW, a_neighbour, a_signal, a_vote
from tools.domain.parameter import default_parameters
from tools.domain.trading import Action, Decision, Route

PARAMETERS = default_parameters({"default_order_size_usd": 10})
AMBIGUOUS = a_vote("pattern", 0.6, 3.0, "o_1")


def decided(brain: Brain | None) -> Decision:
    (decision,) = DecisionGraph(a_context(pattern=AMBIGUOUS, brain=brain)).decide(
        [a_signal()], PARAMETERS, NOW
    )
    return decision


def reply(action: str, fraction: object, **more: object) -> str:
    return json.dumps({"action": action, "size_fraction": fraction, "reason": "said so", **more})


class RaisingBrain:
    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        raise TimeoutError("provider is gone")


class MuteBrain:
    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        return []


class StammeringBrain:
    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        return [ConsultAnswer(request.decision_id, GOOD_REPLY, NOW) for request in requests for _ in range(2)]


class MisaddressedBrain:
    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        return [ConsultAnswer("d_other", GOOD_REPLY, NOW) for _ in requests]


class NonsenseBrain:
    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        return None  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("brain", "cause"),
    [
        (RaisingBrain(), "TimeoutError: provider is gone"),
        (MuteBrain(), "gave 0 answers"),
        (StammeringBrain(), "gave 2 answers"),
        (MisaddressedBrain(), "gave 0 answers"),
        (NonsenseBrain(), "TypeError"),
        (brain_says(GOOD_REPLY, late_ns=5_000_000), "5 ms after the deadline"),
        (brain_says("I would buy here."), "Invalid JSON"),
        (brain_says(""), "Invalid JSON"),
        (brain_says('{"action": "take", "size_fraction": NaN, "reason": "x"}'), "size_fraction"),
        (brain_says(reply("take", 50)), "size_fraction"),
        (brain_says(reply("double", 1)), "action"),
        (brain_says(reply("take", 1, symbol="SCAMUSDT")), "symbol"),
        (brain_says(reply("take", 1, cited_ids=["o_99"])), "o_99"),
    ],
)
def test_a_fault_abstains_and_names_its_cause(brain: Brain, cause: str) -> None:
    decision = decided(brain)
    assert (decision.action, decision.route, decision.plan) == (Action.ABSTAIN, Route.ABSTAIN, None)
    assert cause in decision.reason
    assert decision.votes[-1].component == "llm"
    assert decision.votes[-1].stance == "silent"


def test_a_take_enters_with_the_usual_size_and_cites_its_evidence() -> None:
    decision = decided(brain_says(GOOD_REPLY))
    assert (decision.action, decision.route) == (Action.ENTER, Route.LLM)
    assert decision.plan is not None
    assert decision.plan.value_quote == Decimal(10)
    assert decision.votes[-1].evidence == ("o_1",)


def test_a_reduce_shrinks_and_the_shrink_is_a_clamp() -> None:
    decision = decided(brain_says(reply("reduce", 0.25)))
    assert decision.plan is not None
    assert decision.plan.value_quote == Decimal("2.5")
    assert [(c.limit, c.before, c.after) for c in decision.clamps] == [("brain", "10", "2.5")]


def test_a_shrink_below_the_smallest_order_is_no_order() -> None:
    decision = decided(brain_says(reply("reduce", 0.01)))
    assert (decision.action, decision.plan) == (Action.SKIP, None)
    assert [clamp.limit for clamp in decision.clamps] == ["brain", "smallest_order"]


def test_a_veto_skips() -> None:
    decision = decided(brain_says(reply("skip", 0)))
    assert (decision.action, decision.route) == (Action.SKIP, Route.LLM)
    assert decision.reason == "brain: said so"


def test_a_brain_that_obeys_an_attacker_still_cannot_exceed_what_no_brain_allowed() -> None:
    usual = decided(brain_says(GOOD_REPLY)).plan
    assert usual is not None
    for fraction in (0.999, 1, 1.0001, 1e308, -1, "1e9"):
        plan = decided(brain_says(reply("take", fraction))).plan
        assert plan is None or plan.size <= usual.size


def test_a_recorded_brain_answers_exactly_what_was_asked_before() -> None:
    heard: list[ConsultRequest] = []

    def script(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        heard.append(request)
        return ConsultAnswer(request.decision_id, GOOD_REPLY, deadline_ns)

    live = decided(ScriptedBrain(script))
    recorded = RecordedBrain(
        RecordedAnswer(request.decision_id, request.fingerprint, GOOD_REPLY) for request in heard
    )
    assert decided(recorded) == live
    assert "not_recorded" in decided(RecordedBrain([])).reason


def test_a_request_is_identified_by_exactly_what_is_shown() -> None:
    neighbours = (a_neighbour(1),)
    first = consult_request("d_1", a_signal(), (AMBIGUOUS,), neighbours, ts=NOW)
    assert (
        first.fingerprint == consult_request("d_1", a_signal(), (AMBIGUOUS,), neighbours, ts=NOW).fingerprint
    )
    other = consult_request("d_1", a_signal(confidence=0.91), (AMBIGUOUS,), neighbours, ts=NOW)
    assert first.fingerprint != other.fingerprint
