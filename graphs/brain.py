"""The brain behind ambiguous decisions, and the guard around it.

A brain returns text. Whether it is late, garbage, missing or an exception, the guard turns
it into an advice with a cause, so that a fault is an abstention on the record and never a
trade, a crash or a silent hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from prompts.answers import AnswerRejected, ConsultAction, parse_reply
from prompts.render import render_consult, shown_ids
from tools.domain.identity import content_hash
from tools.domain.ports import Neighbour
from tools.domain.trading import Signal, Vote
from tools.risk.routing import Advice, AdviceAction

ACTIONS = {
    ConsultAction.TAKE: AdviceAction.TAKE,
    ConsultAction.REDUCE: AdviceAction.REDUCE,
    ConsultAction.SKIP: AdviceAction.SKIP,
}
LONGEST_CAUSE = 200


@dataclass(frozen=True, slots=True)
class ConsultRequest:
    """One ambiguous signal with its evidence, as data and as the text a model is shown."""

    decision_id: str
    signal: Signal
    votes: tuple[Vote, ...]
    neighbours: tuple[Neighbour, ...]
    prompt: str

    @property
    def fingerprint(self) -> str:
        """Identity of exactly what is shown."""
        return content_hash(self.prompt.encode())


@dataclass(frozen=True, slots=True)
class ConsultAnswer:
    """A brain's raw text on one request and when it was complete, ns UTC."""

    decision_id: str
    text: str
    ts_answered: int


class Brain(Protocol):
    """Answers ambiguous signals.

    Must return by ``deadline_ns`` (ns UTC, on the session's clock) with what it has; an
    answer it does not give is an abstention. It gets no tool, key or limit to change.
    """

    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """One answer a request, in any order."""
        ...


class ScriptedBrain:
    """Answers as it was told: for tests, demonstrations and faults on purpose."""

    def __init__(self, script: Callable[[ConsultRequest, int], ConsultAnswer]) -> None:
        self._script = script

    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """The script's answer to each request."""
        return [self._script(request, deadline_ns) for request in requests]


class RecordedBrain:
    """Repeats recorded answers to exactly the same requests, so that a replay is a replay."""

    def __init__(self, recorded: Mapping[str, str]) -> None:
        self._recorded = recorded

    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """The recorded text by fingerprint; a request that was never recorded gets no answer."""
        return [
            ConsultAnswer(request.decision_id, self._recorded[request.fingerprint], deadline_ns)
            for request in requests
            if request.fingerprint in self._recorded
        ]


def consult_request(
    decision_id: str, signal: Signal, votes: Sequence[Vote], neighbours: Sequence[Neighbour]
) -> ConsultRequest:
    """The request on ``signal`` with its prompt rendered."""
    prompt = render_consult(signal, votes, neighbours)
    return ConsultRequest(decision_id, signal, tuple(votes), tuple(neighbours), prompt)


def ask(brain: Brain, requests: Sequence[ConsultRequest], deadline_ns: int) -> tuple[Advice, ...]:
    """Checked advice on each request, in order; every fault becomes an advice with its cause."""
    try:
        answers = list(brain.consult(requests, deadline_ns))
    except Exception as fault:  # noqa: BLE001  whatever a brain throws, the safe answer is to abstain
        return tuple(_fault(f"failed with {type(fault).__name__}: {fault}") for _ in requests)
    return tuple(_check(request, answers, deadline_ns) for request in requests)


def _check(request: ConsultRequest, answers: Sequence[object], deadline_ns: int) -> Advice:
    mine = [a for a in answers if isinstance(a, ConsultAnswer) and a.decision_id == request.decision_id]
    if len(mine) != 1:
        return _fault(f"gave {len(mine)} answers where 1 was expected")
    answer = mine[0]
    if answer.ts_answered > deadline_ns:
        return _fault(f"answered {(answer.ts_answered - deadline_ns) // 1_000_000} ms after the deadline")
    try:
        reply = parse_reply(answer.text, shown_ids(request.votes, request.neighbours))
    except AnswerRejected as fault:
        return _fault(f"gave no usable answer: {fault}")
    return Advice(ACTIONS[reply.action], Decimal(str(reply.size_fraction)), reply.reason, reply.cited_ids)


def _fault(cause: str) -> Advice:
    return Advice(AdviceAction.NONE, Decimal(0), cause[:LONGEST_CAUSE])
