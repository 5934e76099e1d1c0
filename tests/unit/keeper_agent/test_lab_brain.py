"""In the laboratory a brain's answer comes in the world's time: nothing waits, and the seed says all."""

from __future__ import annotations

from pathlib import Path

from graphs.brain import ConsultAnswer, ConsultRequest, ScriptedBrain
from keeper_agent.brains import BrainParts
from keeper_agent.lab.sitting import Sitting
from memory.codec import json_line
from memory.store import Store
from scheduler.run import RunIdentity
from tests.support.laboratory import SEED, operator, settings
from tests.support.minds import GOOD_REPLY
from tools.domain.market import NANOS
from tools.domain.trading import Action, Decision, Route, World
from tools.risk.escalation import ASK_ALL
from venue.scenario.build import build

LATENCY_NS = 2 * NANOS + 345_678_901  # between two buckets of the feed
SECONDS = 100.0
PARAMETERS = "mm_min_confidence=0,signal_spacing_s=1,probe_share=0"


def script(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
    reply = GOOD_REPLY.replace('"o_1"', "")
    return ConsultAnswer(request.decision_id, reply, request.ts + LATENCY_NS)


def held(folder: Path) -> tuple[list[Decision], bytes, dict[str, int]]:
    """A while with a brain that is asked about everything: decisions, record, and when each was asked."""
    own = operator(keeper_home=folder, keeper_parameters=PARAMETERS)
    asked: dict[str, int] = {}

    def noting(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        asked[request.decision_id] = request.ts
        return script(request, deadline_ns)

    brain = BrainParts(
        ScriptedBrain(noting), lambda: 0.0, lambda: True, lambda requests: None, 6 * NANOS, ASK_ALL
    )
    with Store.open(folder, is_throwaway=True) as store:
        identity = RunIdentity("run_0000000000", World.VENUE, 3)
        conditions = settings()
        sim = build(conditions.world("T2", SEED, 400.0), start_ns=conditions.start_ns)
        sim.run(conditions.warm_s)
        sitting = Sitting(sim, conditions, own, store, identity, brain)
        sitting.hold(SECONDS, None)
        decisions = [one.decision for one in sitting.witness.chosen]
        parts = (decisions, sitting.witness.intents, sitting.witness.fills, sitting.witness.outcomes)
        return decisions, b"".join(json_line(one) for part in parts for one in part), asked


def test_answers_come_in_the_worlds_time_and_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    decisions, record, asked = held(tmp_path / "one")
    answered = [one for one in decisions if one.decision_id in asked and "session ended" not in one.reason]
    assert len(answered) > 5
    assert {one.ts - asked[one.decision_id] for one in answered} == {LATENCY_NS}
    assert {one.route for one in answered} == {Route.LLM}
    assert any(one.action is Action.ENTER for one in answered)
    assert held(tmp_path / "two")[1] == record
