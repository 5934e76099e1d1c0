"""The brain behind ambiguous decisions, and the guard around it.

A brain returns text or a fault. Whether it is late, garbage, missing or an exception, the
guard turns it into an advice with a typed cause, so that a fault is an abstention on the
record and never a trade, a crash or a silent hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from memory.consultations import DECIDE
from prompts.answers import AnswerRejected, ClaimRejected, ConsultAction, ConsultReply, parse_supported
from prompts.render import Prompt, render_consult
from tools.domain.ports import Neighbour
from tools.domain.trading import Signal, Vote
from tools.risk.advice import Advice, AdviceAction, Cause

ACTIONS = {
    ConsultAction.TAKE: AdviceAction.TAKE,
    ConsultAction.REDUCE: AdviceAction.REDUCE,
    ConsultAction.SKIP: AdviceAction.SKIP,
}
LONGEST_CAUSE = 200
CALLS_COUNTED = 50  # of the last calls, whose mean is what the next is expected to cost


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a brain has no usable answer."""

    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True)
class ConsultRequest:
    """One signal with its evidence, as data and as the text a model is shown.

    Attributes:
        ts: When it is asked, ns UTC on the session's clock.
        purpose: ``decide``, or ``audit`` of a decision that stands whatever is answered.
        propensity: How likely this decision was to be sent.
        lately: What happened on the symbol lately, as it is shown; None where nobody looked.
    """

    decision_id: str
    signal: Signal
    votes: tuple[Vote, ...]
    neighbours: tuple[Neighbour, ...]
    prompt: Prompt
    ts: int
    purpose: str = DECIDE
    propensity: float = 1.0
    lately: Mapping[str, float] | None = None

    @property
    def fingerprint(self) -> str:
        """Identity of exactly what is shown."""
        return self.prompt.fingerprint

    @property
    def run_id(self) -> str:
        """The run that asks."""
        return self.signal.run_id

    @property
    def world(self) -> str:
        """Its world."""
        return self.signal.world


class Asked(Protocol):
    """Anything a brain is asked: what it is shown, who asks, and what for."""

    @property
    def decision_id(self) -> str:
        """What it is about; for a question its own id."""
        ...

    @property
    def prompt(self) -> Prompt:
        """What is shown."""
        ...

    @property
    def ts(self) -> int:
        """When it is asked, ns UTC on the session's clock."""
        ...

    @property
    def purpose(self) -> str:
        """What for."""
        ...

    @property
    def propensity(self) -> float:
        """How likely it was to be asked."""
        ...

    @property
    def fingerprint(self) -> str:
        """Identity of exactly what is shown."""
        ...

    @property
    def run_id(self) -> str:
        """The run that asks."""
        ...

    @property
    def world(self) -> str:
        """Its world."""
        ...


@dataclass(frozen=True, slots=True)
class ConsultAnswer:
    """A brain's raw text on one request, or why there is none, and when it was complete, ns UTC."""

    decision_id: str
    text: str
    ts_answered: int
    fault: Fault | None = None


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


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """What was answered to a request, or the fault there was instead, and how long it took, ns."""

    decision_id: str
    fingerprint: str
    text: str
    fault: Fault | None = None
    latency_ns: int = 0


class RecordedBrain:
    """Repeats recorded answers to exactly the same requests, so that a replay is a replay.

    Where the same was asked twice, the answer of the same decision is repeated, else the first.
    """

    def __init__(self, recorded: Iterable[RecordedAnswer]) -> None:
        self._by_decision: dict[tuple[str, str], RecordedAnswer] = {}
        self._by_request: dict[str, RecordedAnswer] = {}
        for answer in recorded:
            self._by_decision.setdefault((answer.decision_id, answer.fingerprint), answer)
            self._by_request.setdefault(answer.fingerprint, answer)

    def consult(self, requests: Sequence[ConsultRequest], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """The recorded answer by fingerprint; a request that was never recorded gets a fault."""
        return [self._answer(request, deadline_ns) for request in requests]

    def _answer(self, request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        key = (request.decision_id, request.fingerprint)
        found = self._by_decision.get(key) or self._by_request.get(request.fingerprint)
        if found is None:
            fault = Fault(Cause.NOT_RECORDED, "nobody was asked this before, and a replay asks nobody")
            return ConsultAnswer(request.decision_id, "", deadline_ns, fault)
        return ConsultAnswer(request.decision_id, found.text, request.ts + found.latency_ns, found.fault)


def consult_request(
    decision_id: str,
    signal: Signal,
    votes: Sequence[Vote],
    neighbours: Sequence[Neighbour],
    *,
    ts: int,
    purpose: str = DECIDE,
    propensity: float = 1.0,
    profile: Mapping[str, float] | None = None,
    lately: Mapping[str, float] | None = None,
    version: str | None = None,
) -> ConsultRequest:
    """The request on ``signal`` with its prompt rendered, see ``render_consult``."""
    prompt = render_consult(signal, votes, neighbours, profile, lately, version)
    return ConsultRequest(
        decision_id, signal, tuple(votes), tuple(neighbours), prompt, ts, purpose, propensity, lately
    )


def hear(brain: Brain, requests: Sequence[ConsultRequest], deadline_ns: int) -> tuple[ConsultAnswer, ...]:
    """What ``brain`` says; an exception is a fault of each request."""
    try:
        return tuple(brain.consult(requests, deadline_ns))
    except Exception as error:  # noqa: BLE001  whatever a brain throws, the safe answer is to abstain
        fault = Fault(Cause.FAILED, f"failed with {type(error).__name__}: {error}")
        return tuple(ConsultAnswer(one.decision_id, "", one.ts, fault) for one in requests)


def ask(brain: Brain, requests: Sequence[ConsultRequest], deadline_ns: int) -> tuple[Advice, ...]:
    """Checked advice on each request, in order; every fault becomes an advice with its cause."""
    answers = hear(brain, requests, deadline_ns)
    return tuple(advice_of(request, answers, deadline_ns) for request in requests)


def read_reply(request: Asked, text: str) -> ConsultReply | Fault:
    """The answer in ``text``, or why it is none; the only door for what a model says."""
    try:
        return parse_supported(text, request.prompt.supplied)
    except ClaimRejected as rejected:
        return Fault(Cause.FALSE_CLAIM, f"gave no usable answer: {rejected}")
    except AnswerRejected as rejected:
        return Fault(Cause.INVALID, f"gave no usable answer: {rejected}")


def advice_of(request: ConsultRequest, answers: Sequence[object], deadline_ns: int) -> Advice:
    """Checked advice on ``request`` out of ``answers``; every fault becomes an advice with its cause."""
    mine = [a for a in answers if isinstance(a, ConsultAnswer) and a.decision_id == request.decision_id]
    if len(mine) != 1:
        return _no_advice(Fault(Cause.NO_ANSWER, f"gave {len(mine)} answers where 1 was expected"))
    answer = mine[0]
    if answer.fault is not None:
        return _no_advice(answer.fault)
    if answer.ts_answered > deadline_ns:
        late_ms = (answer.ts_answered - deadline_ns) // 1_000_000
        return _no_advice(Fault(Cause.LATE, f"answered {late_ms} ms after the deadline"))
    reply = read_reply(request, answer.text)
    if isinstance(reply, Fault):
        return _no_advice(reply)
    return Advice(ACTIONS[reply.action], Decimal(str(reply.size_fraction)), reply.reason, reply.cited_ids)


def _no_advice(fault: Fault) -> Advice:
    return Advice(AdviceAction.NONE, Decimal(0), fault.detail[:LONGEST_CAUSE], cause=fault.cause)
