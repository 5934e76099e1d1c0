"""The whole graph over fakes: each route, the batch, its limits, and that nodes change nothing."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from langsmith.utils import get_env_var, tracing_is_enabled

from graphs.brain import ConsultAnswer, ConsultRequest
from graphs.context import DecisionContext
from graphs.decision import ACTING, THINKING, DecisionGraph, consult, heed
from graphs.state import DecisionState
from tests.support.minds import GOOD_REPLY, FakeMemory, a_context, brain_says
from tests.support.proposals import NOW, a_signal, a_vote, with_features
from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.ports import Neighbour
from tools.domain.trading import Action, Decision, Route, Signal
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.ledger import RiskLedger

PARAMETERS = ParameterSet({**default_parameters().values, "max_symbol_positions": 100})
CLEAR = a_vote("pattern", 9.0, 1.0, "o_1")
AMBIGUOUS = a_vote("pattern", 0.6, 3.0, "o_1")


def decided(context: DecisionContext, *signals: Signal, ts: int = NOW) -> tuple[Decision, ...]:
    return DecisionGraph(context).decide(signals or (a_signal(),), PARAMETERS, ts)


def test_a_clear_pattern_enters_with_a_plan_and_its_evidence() -> None:
    (decision,) = decided(a_context(pattern=CLEAR))
    assert (decision.action, decision.route, decision.is_probe) == (Action.ENTER, Route.PATTERN, False)
    assert decision.decision_id == decision_id(a_signal().signal_id)
    assert decision.plan is not None
    assert decision.plan.value_quote == Decimal(2)
    assert decision.recalled == ("o_1", "o_2")
    assert decision.clamps == ()
    assert decision.model_version is None
    assert decision.votes[-1] == CLEAR


def test_a_heavier_model_gives_the_route_and_its_version() -> None:
    context = a_context(pattern=a_vote("pattern", 9.0, 5.0), model=a_vote("model", 9.0, 1.0, "outcome-3"))
    (decision,) = decided(context)
    assert (decision.action, decision.route, decision.model_version) == (
        Action.ENTER,
        Route.MODEL,
        "outcome-3",
    )


def test_a_hard_rule_skips_without_a_plan() -> None:
    (decision,) = decided(a_context(pattern=CLEAR), with_features(spoofing_score=0.95))
    assert (decision.action, decision.route, decision.plan) == (Action.SKIP, Route.RULE, None)
    assert "spoofing" in decision.reason


def test_what_is_ambiguous_abstains_where_nobody_can_be_asked() -> None:
    (decision,) = decided(a_context(pattern=AMBIGUOUS))
    assert (decision.action, decision.route) == (Action.ABSTAIN, Route.ABSTAIN)
    assert "nobody to ask" in decision.reason
    assert decision.expected_bps == pytest.approx(0.6)


def test_what_is_ambiguous_goes_to_the_brain_and_only_that() -> None:
    asked: list[str] = []

    class Listening:
        def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
            asked.extend(request.decision_id for request in requests)
            return brain_says(GOOD_REPLY).consult(requests, deadline_ns)

    bad, unclear = with_features(0, mid=None), a_signal(1)
    decisions = decided(a_context(pattern=AMBIGUOUS, brain=Listening()), bad, unclear)
    assert asked == [decision_id(unclear.signal_id)]
    assert [decision.route for decision in decisions] == [Route.RULE, Route.LLM]
    assert decisions[1].action is Action.ENTER


def test_a_brain_is_not_asked_when_all_is_clear() -> None:
    class Untouchable:
        def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
            raise AssertionError("asked about what was clear")

    (decision,) = decided(a_context(pattern=CLEAR, brain=Untouchable()))
    assert decision.route is Route.PATTERN


def test_a_batch_is_one_invocation_and_one_recall() -> None:
    memory = FakeMemory()
    signals = [a_signal(i) for i in range(50)]
    decisions = decided(a_context(pattern=AMBIGUOUS, memory=memory), *signals)
    assert [decision.signal_id for decision in decisions] == [signal.signal_id for signal in signals]
    assert memory.asked == [(50, NOW, 25, 0.6)]


def test_a_batch_respects_the_limits_together() -> None:
    held = OpenEntry("d_old", "ALGOUSDT", position_usd=Decimal(495))
    decisions = decided(
        a_context(pattern=CLEAR, account=LedgerSnapshot(entries=(held,))), *[a_signal(i) for i in range(4)]
    )
    values = [decision.plan.value_quote if decision.plan else None for decision in decisions]
    assert values == [Decimal(2), Decimal(2), Decimal(1), None]
    assert [clamp.limit for clamp in decisions[2].clamps] == ["symbol_exposure"]
    assert decisions[3].action is Action.SKIP
    assert decisions[3].reason.startswith("no size: symbol_exposure")


def test_a_batch_enters_a_symbol_once_by_default() -> None:
    signals = [a_signal(i) for i in range(3)]
    decisions = DecisionGraph(a_context(pattern=CLEAR)).decide(signals, default_parameters(), NOW)
    assert [decision.action for decision in decisions] == [Action.ENTER, Action.SKIP, Action.SKIP]
    assert decisions[1].clamps[0].limit == "symbol_positions"


def test_a_batch_opens_no_more_positions_than_allowed() -> None:
    decisions = decided(a_context(pattern=CLEAR), *[a_signal(i) for i in range(9)])
    assert sum(decision.action is Action.ENTER for decision in decisions) == 5


def test_a_resting_symbol_is_not_entered() -> None:
    (decision,) = decided(a_context(pattern=CLEAR, account=LedgerSnapshot(rests={"ALGOUSDT": NOW + 1})))
    assert decision.action is Action.SKIP
    assert decision.clamps[0].limit == "symbol_rest"


def test_a_small_mm_gets_slices_of_its_own_size() -> None:
    (decision,) = decided(a_context(pattern=CLEAR), with_features(mm_avg_order_size=1.25))
    assert decision.plan is not None
    assert len(decision.plan.slices) == 2
    assert sum(decision.plan.slices) == decision.plan.size


def test_probes_over_thousands_of_signals_are_bounded_and_the_same_each_time() -> None:
    context = a_context(pattern=AMBIGUOUS, probes_allowed=True)
    graph = DecisionGraph(context)
    batches = [[a_signal(100 * b + i) for i in range(100)] for b in range(50)]

    def probes() -> list[str]:
        taken = []
        for batch in batches:
            chosen = [d for d in graph.decide(batch, PARAMETERS, NOW) if d.is_probe]
            assert len(chosen) <= 1  # a symbol has one open probe
            taken += [decision.decision_id for decision in chosen]
        return taken

    first = probes()
    assert first == probes()
    assert 0 < len(first) <= 50


def test_the_share_of_probes_is_what_the_parameter_says() -> None:
    graph = DecisionGraph(a_context(pattern=AMBIGUOUS, probes_allowed=True))
    symbols = [f"C{i:02}USDT" for i in range(20)]
    context = a_context(pattern=AMBIGUOUS, probes_allowed=True)
    algo = context.desk.instruments["ALGOUSDT"]
    desk = replace(context.desk, instruments={s: replace(algo, symbol=s) for s in symbols})
    graph = DecisionGraph(replace(context, desk=desk))
    parameters = default_parameters({"max_open_positions": 1000})
    decisions = [
        decision
        for b in range(250)
        for decision in graph.decide(
            [a_signal(20 * b + i, symbol=symbol) for i, symbol in enumerate(symbols)], parameters, NOW
        )
    ]
    probed = [decision for decision in decisions if decision.is_probe]
    assert len(decisions) == 5_000
    assert 0.06 < len(probed) / len(decisions) < 0.10
    assert {d.action for d in probed} == {Action.ENTER}
    assert {d.plan.value_quote for d in probed if d.plan} == {Decimal(1)}


def test_a_probe_the_limits_refuse_is_no_probe() -> None:
    context = a_context(
        pattern=AMBIGUOUS, probes_allowed=True, account=LedgerSnapshot(realised_usd=Decimal(-50))
    )
    decisions = DecisionGraph(context).decide([a_signal(i) for i in range(200)], PARAMETERS, NOW)
    assert not any(decision.is_probe for decision in decisions)
    assert any(clamp.limit == "daily_loss" for decision in decisions for clamp in decision.clamps)


def test_the_same_inputs_give_the_same_decisions() -> None:
    signals = [a_signal(i) for i in range(20)]
    context = a_context(pattern=AMBIGUOUS, brain=brain_says(GOOD_REPLY), probes_allowed=True)
    assert decided(context, *signals) == decided(context, *signals)


def _answered(state: DecisionState, context: DecisionContext) -> DecisionState:
    return {"answers": state["question"].answers(NOW), "sightings": {}}


def test_running_any_node_again_changes_nothing_and_touches_nothing() -> None:
    ledger = RiskLedger()
    context = replace(a_context(pattern=AMBIGUOUS, brain=brain_says(GOOD_REPLY)), account=ledger)
    state: DecisionState = {"signals": (a_signal(0), a_signal(1)), "parameters": PARAMETERS, "ts": NOW}
    untouched = ledger.snapshot(NOW)
    for node in (*THINKING, consult, _answered, heed, *ACTING):
        before = copy.copy(state)
        first, again = node(state, context), node(state, context)
        assert first == again
        assert state == before
        state = {**state, **first}
        assert node(state, context) == first
    assert ledger.snapshot(NOW) == untouched
    assert state["decisions"] == decided(context, a_signal(0), a_signal(1))


def test_the_graph_is_imported_without_the_framework() -> None:
    probe = "import sys, graphs.decision; print([m for m in sys.modules if m.split('.')[0] == 'langgraph'])"
    seen = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_a_tracing_variable_does_not_make_decisions_leave_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    get_env_var.cache_clear()  # type: ignore[attr-defined]
    assert tracing_is_enabled()
    tracing_inside: list[object] = []

    class Watching(FakeMemory):
        def neighbours(self, *asked: object, **how: object) -> list[list[Neighbour]]:
            tracing_inside.append(tracing_is_enabled())
            return super().neighbours(*asked, **how)  # type: ignore[arg-type]

    decided(a_context(memory=Watching()))
    get_env_var.cache_clear()  # type: ignore[attr-defined]
    assert tracing_inside == [False]


def test_no_signals_give_no_decisions() -> None:
    assert DecisionGraph(a_context()).decide((), PARAMETERS, NOW) == ()


def test_a_signal_from_the_future_is_refused() -> None:
    with pytest.raises(InvariantBroken, match="after the decision time"):
        decided(a_context(), a_signal(ts=NOW + 1))


def test_a_signal_twice_in_a_batch_is_refused() -> None:
    with pytest.raises(InvariantBroken, match="twice"):
        decided(a_context(), a_signal(3), a_signal(3))


def test_an_unknown_instrument_is_an_error_that_names_it() -> None:
    with pytest.raises(InvariantBroken, match="NOPEUSDT"):
        decided(a_context(pattern=CLEAR), a_signal(symbol="NOPEUSDT"))


def test_a_model_that_loses_a_signal_is_an_error() -> None:
    context = replace(a_context(), scorer=lambda signals, parameters: [])
    with pytest.raises(InvariantBroken, match="0 results for 1"):
        decided(context)
