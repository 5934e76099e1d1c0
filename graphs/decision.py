"""The decision graph: observe → recall → score → route → escalate → (consult) → limit → size → propose.

A batch of signals goes through in one invocation, because the framework costs the same for
one as for fifty. Nodes read state, call the tools and return an update; none but ``consult``,
which asks a brain, has an effect outside. No checkpointer: a decision takes milliseconds, or
as long as a brain may think, and is recorded by whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

from graphs.brain import ConsultRequest, ask, consult_request
from graphs.context import DecisionContext
from graphs.proposal import propose_decision
from graphs.state import DecisionState
from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Priority
from tools.domain.trading import Decision, Signal, Vote
from tools.execution.entries import draft_entries, size_entries
from tools.risk.escalation import ASK_ALL, Purpose, Verdict
from tools.risk.limits import limit_batch
from tools.risk.probing import choose_probes
from tools.risk.routing import advise, settle, unasked

NOBODY_THERE = "nobody to ask"
Node: TypeAlias = Callable[[DecisionState, DecisionContext], DecisionState]


class _BoundNode(Protocol):
    def __call__(self, state: DecisionState) -> DecisionState: ...


def observe(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Look at the account once, so that every later node judges the same instant."""
    return {"account": context.account.snapshot(state["ts"])}


def recall(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Remember similar market states whose outcome was known by now."""
    parameters = state["parameters"]
    found = context.recall.neighbours(
        [signal.vector for signal in state["signals"]],
        state["ts"],
        parameters.whole("pattern_neighbours"),
        parameters["pattern_min_similarity"],
        priority=Priority.of(parameters),
    )
    _require_one_each("recall", found, state)
    return {"neighbours": tuple(tuple(neighbours) for neighbours in found)}


def score(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Hear the patterns, the model and the learned strategies."""
    parameters = state["parameters"]
    pairs = zip(state["signals"], state["neighbours"], strict=True)
    patterns = [context.pattern_voter(signal, neighbours, parameters) for signal, neighbours in pairs]
    heard: list[tuple[Vote, ...]] = [(pattern,) for pattern in patterns]
    if context.scorer is not None:
        models: Sequence[Vote] = context.scorer(state["signals"], parameters)
        _require_one_each("the model", models, state)
        heard = [(*votes, model) for votes, model in zip(heard, models, strict=True)]
    if context.strategy_voter is not None:
        voter = context.strategy_voter
        strategies = [voter(signal, parameters) for signal in state["signals"]]
        heard = [(*votes, strategy) for votes, strategy in zip(heard, strategies, strict=True)]
    return {"votes": tuple(heard)}


def route(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Settle what rules and clear evidence settle."""
    parameters, weights = state["parameters"], context.weights(state["parameters"])
    pairs = zip(state["signals"], state["votes"], strict=True)
    return {"settlements": tuple(settle(signal, votes, parameters, weights) for signal, votes in pairs)}


def escalate(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Choose which decisions a brain is asked about, where there is one."""
    settlements = state["settlements"]
    if context.brain is None:
        return {"verdicts": tuple(Verdict(None, NOBODY_THERE) for _ in settlements)}
    chooser = context.escalator or ASK_ALL
    ids = [signal.signal_id for signal in state["signals"]]
    return {"verdicts": chooser.choose(settlements, ids, state["parameters"])}


def consult(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Ask the brain about what was chosen at once; audits are handed on and change nothing."""
    if context.brain is None:
        return {}
    verdicts, settlements = state["verdicts"], list(state["settlements"])
    audits = [_request(state, context, i) for i, one in enumerate(verdicts) if one.purpose is Purpose.AUDIT]
    if audits:
        context.audit(audits)
    asked = [i for i, one in enumerate(verdicts) if one.purpose is Purpose.DECIDE]
    requests = [_request(state, context, i) for i in asked]
    advices = ask(context.brain, requests, state["ts"] + context.consult_budget_ns) if requests else ()
    for i, advice in zip(asked, advices, strict=True):
        settlements[i] = advise(settlements[i], advice)
    return {"settlements": tuple(settlements)}


def _request(state: DecisionState, context: DecisionContext, i: int) -> ConsultRequest:
    verdict = state["verdicts"][i]
    return consult_request(
        decision_id(state["signals"][i].signal_id),
        state["signals"][i],
        state["settlements"][i].votes,
        state["neighbours"][i],
        ts=state["ts"],
        purpose=str(verdict.purpose),
        propensity=verdict.propensity,
        profile=context.profile(state["signals"][i]),
    )


def limit(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Draw probes, then let the account's limits cut the batch's wishes one after the other."""
    signals, parameters, account = state["signals"], state["parameters"], state["account"]
    told = zip(state["settlements"], state["verdicts"], strict=True)
    settlements = choose_probes(
        [unasked(settlement, verdict.reason) for settlement, verdict in told],
        signals,
        parameters,
        policy=context.probes,
        open_probes={entry.symbol for entry in account.entries if entry.is_probe},
    )
    drafts = draft_entries(signals, settlements, context.desk, parameters)
    wishes = (draft.limit if draft else None for draft in drafts)
    return {"settlements": settlements, "drafts": drafts, "limited": limit_batch(wishes, account, parameters)}


def size(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Size and slice what the limits left."""
    return {"sizings": size_entries(state["drafts"], state["limited"], state["parameters"])}


def propose(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Write the conclusions down; acting on them is somebody else's job."""
    rows = zip(
        state["signals"],
        state["settlements"],
        state["limited"],
        state["sizings"],
        state["neighbours"],
        strict=True,
    )
    decisions = tuple(
        propose_decision(
            signal,
            settlement,
            limited=limited,
            sizing=sizing,
            neighbours=neighbours,
            parameters=state["parameters"],
            ts=state["ts"],
        )
        for signal, settlement, limited, sizing, neighbours in rows
    )
    return {"decisions": decisions}


NODES: tuple[Node, ...] = (
    observe,
    recall,
    score,
    route,
    escalate,
    consult,
    limit,
    size,
    propose,
)


class DecisionGraph:
    """The compiled graph over one context.

    Stateless between calls but for the quota of its escalator: the same sequence of signals,
    parameters, account, memory and answers gives the same decisions.
    """

    def __init__(self, context: DecisionContext) -> None:
        # LangGraph takes about a second to import; only a program that decides pays for it.
        from langsmith import tracing_context

        self._untraced = tracing_context
        self._graph = _compile(context)

    def decide(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> tuple[Decision, ...]:
        """One decision a signal, in order, stamped ``ts``; all in one invocation.

        Raises:
            InvariantBroken: A signal is from after ``ts``, appears twice, or names an unknown instrument.
        """
        if not signals:
            return ()
        require_decidable(signals, ts)
        start: DecisionState = {"signals": tuple(signals), "parameters": parameters, "ts": ts}
        with self._untraced(enabled=False):  # decisions never leave the machine through a tracing variable
            final = self._graph.invoke(start)
        decisions: tuple[Decision, ...] = final["decisions"]
        return decisions


def _compile(context: DecisionContext) -> Any:
    # LangGraph takes about a second to import; only a program that decides pays for it.
    from langgraph.graph import END, START, StateGraph

    builder = StateGraph(DecisionState)
    for node in NODES:
        builder.add_node(node.__name__, _bound(node, context))
    for before, after in pairwise((START, "observe", "recall", "score", "route", "escalate")):
        builder.add_edge(before, after)
    builder.add_conditional_edges("escalate", _after_escalation(context), ["consult", "limit"])
    for before, after in pairwise(("consult", "limit", "size", "propose", END)):
        builder.add_edge(before, after)
    return builder.compile()


def _bound(node: Node, context: DecisionContext) -> _BoundNode:
    def run(state: DecisionState) -> DecisionState:
        return node(state, context)

    return run


def is_consulted(state: DecisionState, context: DecisionContext) -> bool:
    """Whether the brain is asked: there is one, and something was chosen."""
    return context.brain is not None and any(verdict.purpose for verdict in state["verdicts"])


def _after_escalation(context: DecisionContext) -> Callable[[DecisionState], str]:
    def choose(state: DecisionState) -> str:
        return "consult" if is_consulted(state, context) else "limit"

    return choose


def require_decidable(signals: Sequence[Signal], ts: int) -> None:
    """Refuse a batch that cannot be decided at ``ts``.

    Raises:
        InvariantBroken: A signal is from after ``ts`` or appears twice.
    """
    late = [signal.signal_id for signal in signals if signal.ts > ts]
    if late:
        raise InvariantBroken(f"signals from after the decision time {ts}: {', '.join(late)}")
    if len({signal.signal_id for signal in signals}) != len(signals):
        raise InvariantBroken("a signal appears twice in one batch; it has exactly one decision")


def _require_one_each(who: str, results: Sequence[object], state: DecisionState) -> None:
    if len(results) != len(state["signals"]):
        raise InvariantBroken(f"{who} gave {len(results)} results for {len(state['signals'])} signals")
