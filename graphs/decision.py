"""The decision graph: observe → recall → score → route → escalate → consult → heed → limit → size → propose.

A batch of signals goes through in one invocation, because the framework costs the same for
one as for fifty. Nodes read state, call the tools and return an update; none but ``consult``,
which asks a brain, has an effect outside. Nobody waits in it: a batch that asks ends there, and
goes on at ``heed`` when there is an answer. No checkpointer: whoever asked keeps the thought.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

from graphs.asking import AskedBeside, Heard, ask_at_once
from graphs.brain import ConsultAnswer, ConsultRequest, advice_of, consult_request
from graphs.context import DecisionContext
from graphs.proposal import propose_decision
from graphs.state import DecisionState
from graphs.thought import Conclusion, Thought, concluded, decide_at_once, read_state, resumed
from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Neighbour, Priority, Where
from tools.domain.trading import Decision, Signal, Vote
from tools.execution.entries import draft_entries, size_entries
from tools.execution.freshness import Sighting, outdated_by
from tools.risk.bandits import withhold
from tools.risk.escalation import ASK_ALL, Purpose, Verdict
from tools.risk.limits import limit_batch
from tools.risk.probing import choose_probes
from tools.risk.routing import advise, outdate, settle, unasked

NOBODY_THERE = "nobody to ask"
Node: TypeAlias = Callable[[DecisionState, DecisionContext], DecisionState]


class _Running(Protocol):
    """What LangGraph hands to a node beside the state."""

    @property
    def context(self) -> DecisionContext: ...


class _BoundNode(Protocol):
    def __call__(self, state: DecisionState, runtime: _Running) -> DecisionState: ...


def observe(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Look at the account once, so that every later node judges the same instant."""
    return {"account": context.account.snapshot(state["ts"])}


def recall(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Remember similar market states, of signals from the same source, whose outcome was known by now."""
    parameters, signals = state["parameters"], state["signals"]
    near: dict[str, tuple[Neighbour, ...]] = {}
    for source in dict.fromkeys(signal.source for signal in signals):
        alike = [signal for signal in signals if signal.source == source]
        found = context.recall.neighbours(
            [signal.vector for signal in alike],
            state["ts"],
            parameters.whole("pattern_neighbours"),
            parameters["pattern_min_similarity"],
            priority=Priority.of(parameters),
            where=Where(source=source),
        )
        _require_one_each("recall", found, alike)
        near.update((one.signal_id, tuple(them)) for one, them in zip(alike, found, strict=True))
    return {"neighbours": tuple(near[signal.signal_id] for signal in signals)}


def score(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Hear the patterns, the model and the learned strategies."""
    parameters = state["parameters"]
    pairs = zip(state["signals"], state["neighbours"], strict=True)
    patterns = [context.pattern_voter(signal, neighbours, parameters) for signal, neighbours in pairs]
    is_heard = bool(parameters["heed_patterns"])
    heard: list[tuple[Vote, ...]] = [(pattern,) if is_heard else () for pattern in patterns]
    if context.scorer is not None and parameters["heed_model"]:
        models: Sequence[Vote] = context.scorer(state["signals"], parameters)
        _require_one_each("the model", models, state["signals"])
        heard = [(*votes, model) for votes, model in zip(heard, models, strict=True)]
    if context.strategy_voter is not None and parameters["heed_strategies"]:
        voter = context.strategy_voter
        strategies = [voter(signal, parameters) for signal in state["signals"]]
        heard = [(*votes, strategy) for votes, strategy in zip(heard, strategies, strict=True)]
    return {"votes": tuple(heard)}


def route(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Settle what rules and clear evidence settle."""
    parameters, weights = state["parameters"], context.weights(state["parameters"])
    pairs = zip(state["signals"], state["votes"], strict=True)
    settlements = tuple(settle(signal, votes, parameters, weights) for signal, votes in pairs)
    return {"settlements": settlements, "weights": weights}


def escalate(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Choose which decisions a brain is asked about, where there is one."""
    settlements = state["settlements"]
    if context.brain is None:
        return {"verdicts": tuple(Verdict(None, NOBODY_THERE) for _ in settlements)}
    chooser = context.escalator or ASK_ALL
    ids = [signal.signal_id for signal in state["signals"]]
    return {"verdicts": chooser.choose(settlements, ids, state["parameters"])}


def consult(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Put what was chosen to the brain; audits are handed on and change nothing."""
    if context.brain is None:
        return {}
    verdicts = state["verdicts"]
    audits = [_request(state, context, i) for i, one in enumerate(verdicts) if one.purpose is Purpose.AUDIT]
    if audits:
        context.audit(audits)
    asked = tuple(i for i, one in enumerate(verdicts) if one.purpose is Purpose.DECIDE)
    if not asked:
        return {}
    put = AskedBeside if context.is_beside else ask_at_once
    deadline = state["ts"] + context.consult_budget_ns
    requests = [_request(state, context, i) for i in asked]
    return {"question": put(context.brain, requests, deadline), "asked": asked}


def heed(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Take in what was answered, and withdraw an entry whose signal no longer holds."""
    settlements, heard = list(state["settlements"]), {}
    for i, request in zip(state["asked"], state["question"].requests, strict=True):
        advice = advice_of(request, state["answers"], request.ts + context.consult_budget_ns)
        seen = state["sightings"].get(request.signal.symbol)
        faults = () if seen is None else outdated_by(request.signal, seen, state["parameters"])
        settlements[i] = outdate(advise(settlements[i], advice), faults)
        told = ("", "") if advice.cause is None else (str(advice.cause), advice.reason)
        heard[request.decision_id] = Heard(request.ts, seen, *told, lately=request.lately)
    account = context.account.snapshot(state["ts"])  # what is at stake when it is acted on
    return {"settlements": tuple(settlements), "heard": heard, "account": account}


def _request(state: DecisionState, context: DecisionContext, i: int) -> ConsultRequest:
    verdict, signal = state["verdicts"][i], state["signals"][i]
    name = decision_id(signal.signal_id)
    return consult_request(
        name,
        signal,
        state["settlements"][i].votes,
        state["neighbours"][i],
        ts=state["ts"],
        purpose=str(verdict.purpose),
        propensity=verdict.propensity,
        profile=context.profile(signal),
        lately=context.lately(signal),
        version=context.prompt_version(name),
    )


def limit(state: DecisionState, context: DecisionContext) -> DecisionState:
    """Let a bandit withhold, draw probes, then let the account's limits cut what is wished one by one."""
    signals, parameters, account = state["signals"], state["parameters"], state["account"]
    told = zip(state["settlements"], state["verdicts"], strict=True)
    settled = [unasked(settlement, verdict.reason) for settlement, verdict in told]
    settlements = choose_probes(
        withhold(settled, signals, parameters, context.probes.seed),
        signals,
        parameters,
        policy=context.probes,
        open_probes={entry.symbol for entry in account.entries if entry.is_probe},
    )
    drafts = draft_entries(signals, settlements, context.desk, parameters, state["ts"])
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


THINKING: tuple[Node, ...] = (observe, recall, score, route, escalate)
ACTING: tuple[Node, ...] = (limit, size, propose)


class DecisionGraph:
    """The compiled graph over one context.

    Stateless between calls but for the quota of its escalator: the same sequence of signals,
    parameters, account, memory and answers gives the same decisions.
    """

    def __init__(self, context: DecisionContext) -> None:
        # LangGraph takes about a second to import; only a program that decides pays for it.
        from langsmith import tracing_context

        self.context = context
        self._untraced = tracing_context
        self._graph = _compiled()

    def think(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> Conclusion | Thought:
        """One decision a signal, in order, stamped ``ts``; or a thought, where a brain was asked.

        Raises:
            InvariantBroken: A signal is from after ``ts``, appears twice, or names an unknown instrument.
        """
        require_decidable(signals, ts)
        return read_state(self._run({"signals": tuple(signals), "parameters": parameters, "ts": ts}))

    def conclude(
        self,
        thought: Thought,
        answers: Sequence[ConsultAnswer],
        sightings: Mapping[str, Sighting],
        ts: int,
    ) -> Conclusion:
        """The decisions of ``thought`` at ``ts``, by what was answered and what is seen by then."""
        return concluded(self._run(resumed(thought, answers, sightings, ts)))

    def decide(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> tuple[Decision, ...]:
        """The same at once: waits for every answer and looks at nothing anew."""
        return decide_at_once(self, signals, parameters, ts)

    def _run(self, state: DecisionState) -> DecisionState:
        with self._untraced(enabled=False):  # decisions never leave the machine through a tracing variable
            final: DecisionState = self._graph.invoke(state, context=self.context)
        return final


@cache
def _compiled() -> Any:
    """The graph, compiled once a process: what it works with comes along at each call."""
    # LangGraph takes about a second to import; only a program that decides pays for it.
    from langgraph.graph import END, START, StateGraph

    builder = StateGraph(DecisionState, context_schema=DecisionContext)
    for node in (*THINKING, consult, heed, *ACTING):
        builder.add_node(node.__name__, _bound(node))
    builder.add_conditional_edges(START, _beginning, ["observe", "heed"])
    for before, after in pairwise(("observe", "recall", "score", "route", "escalate")):
        builder.add_edge(before, after)
    builder.add_conditional_edges("escalate", _after_escalation, ["consult", "limit"])
    builder.add_conditional_edges("consult", _after_consulting, {"limit": "limit", "wait": END})
    for before, after in pairwise(("heed", "limit", "size", "propose", END)):
        builder.add_edge(before, after)
    return builder.compile()


def _bound(node: Node) -> _BoundNode:
    def run(state: DecisionState, runtime: _Running) -> DecisionState:
        return node(state, runtime.context)

    return run


def _beginning(state: DecisionState) -> str:
    return "heed" if "answers" in state else "observe"


def is_consulted(state: DecisionState, context: DecisionContext) -> bool:
    """Whether the brain is asked: there is one, and something was chosen."""
    return context.brain is not None and any(verdict.purpose for verdict in state["verdicts"])


def _after_escalation(state: DecisionState, runtime: _Running) -> str:
    return "consult" if is_consulted(state, runtime.context) else "limit"


def _after_consulting(state: DecisionState) -> str:
    return "wait" if "question" in state else "limit"


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


def _require_one_each(who: str, results: Sequence[object], signals: Sequence[Signal]) -> None:
    if len(results) != len(signals):
        raise InvariantBroken(f"{who} gave {len(results)} results for {len(signals)} signals")
