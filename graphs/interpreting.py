"""A question that the rules cannot read, put to a brain that proposes a typed query and nothing else.

What it proposes is checked as strictly as any answer of a model; every figure is worked out from
the record afterwards. The rules are asked first, and what they refuse for good is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from graphs.answers import Answer, Interpreted
from graphs.brain import Asked, ConsultAnswer, Fault
from graphs.query import Asking, answer_by_rules, answer_query
from graphs.refusing import refusing_in
from memory.consultations import ConsultationLog
from memory.statistics import symbols
from memory.store import Store
from prompts.answers import AnswerRejected, ClaimRejected
from prompts.proposals import read_proposal
from prompts.queries import Query
from prompts.questions import NotUnderstood
from prompts.render import Prompt, render_question
from tools.domain.clock import iso
from tools.domain.errors import NotInRecord
from tools.domain.identity import question_id
from tools.domain.market import NANOS, plain
from tools.risk.advice import Cause

ASK = "ask"


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """One question as a brain is asked it. Implements ``Asked``."""

    decision_id: str
    question: str
    symbols: tuple[str, ...]
    prompt: Prompt
    ts: int
    run_id: str
    world: str
    purpose: str = ASK
    propensity: float = 1.0

    @property
    def fingerprint(self) -> str:
        """Identity of exactly what is shown."""
        return self.prompt.fingerprint


class Consulted(Protocol):
    """Whoever asks providers within a budget; see ``graphs.brains.consultant``."""

    def consult(self, requests: Sequence[Asked], deadline_ns: int) -> Sequence[ConsultAnswer]:
        """One answer a request, by the deadline."""
        ...


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a brain made of a question.

    Attributes:
        query: What it proposes; None where it says that no record answers it, or gave nothing usable.
        fault: Why there is nothing usable; None otherwise.
        spent: Who was asked and what it cost.
    """

    query: Query | None
    fault: Fault | None
    spent: Interpreted


class Interpreter:
    """Asks a brain what a question means.

    Args:
        consultant: Asks within a deadline and a budget, and keeps what was said.
        log: Where that is kept.
        run_id: The run that asks.
        world: Its world.
        longest_s: Most time for an answer.
    """

    def __init__(
        self, consultant: Consulted, log: ConsultationLog, *, run_id: str, world: str, longest_s: float
    ) -> None:
        self._consultant = consultant
        self._log = log
        self._run_id = run_id
        self._world = world
        self._longest_s = longest_s

    def interpret(self, question: str, known: Sequence[str], now: int) -> Interpretation:
        """What ``question`` means, where ``known`` are the symbols in the record."""
        asked = QuestionAsked(
            decision_id=question_id(question, now),
            question=question,
            symbols=tuple(known),
            prompt=render_question(question, known, iso(now)),
            ts=now,
            run_id=self._run_id,
            world=self._world,
        )
        (said,) = self._consultant.consult([asked], now + round(self._longest_s * NANOS))
        spent = self._spent(asked.decision_id)
        if said.fault is not None:
            return Interpretation(None, said.fault, spent)
        found = read_query(asked, said.text)
        return (
            Interpretation(None, found, spent)
            if isinstance(found, Fault)
            else Interpretation(found, None, spent)
        )

    def _spent(self, asked: str) -> Interpreted:
        attempts = self._log.of_decision(asked)
        last = attempts[-1] if attempts else None
        return Interpreted(
            provider="nobody" if last is None else last.provider,
            model="" if last is None else last.model,
            attempts=len(attempts),
            cost_usd=sum((one.cost_usd for one in attempts), Decimal(0)),
        )


def read_query(request: Asked, text: str) -> Query | Fault | None:
    """The query in ``text``, or why it is none; the only door for what a model says of a question."""
    assert isinstance(request, QuestionAsked)  # noqa: S101 (nothing else is asked here)
    try:
        return read_proposal(text, request.question, request.symbols, request.ts)
    except ClaimRejected as rejected:
        return Fault(Cause.FALSE_CLAIM, f"gave no usable answer: {rejected}")
    except AnswerRejected as rejected:
        return Fault(Cause.INVALID, f"gave no usable answer: {rejected}")


def answer_or_ask(
    store: Store,
    question: str,
    asking: Asking,
    opened: Callable[[], AbstractContextManager[Interpreter | None]],
) -> Answer:
    """The answer by the rules, else by what a brain takes the question to mean.

    Args:
        store: The record; reading is enough.
        question: In plain words.
        asking: What is around it.
        opened: The interpreter while it is needed; None where nobody shall be asked.

    Raises:
        NotInRecord: Neither understood it, or the record does not reach there.
        BadUsage: It names an impossible date, time or number.
    """
    with refusing_in(question):
        try:
            return answer_by_rules(store, question, asking)
        except NotUnderstood as refused:
            with opened() as interpreter:
                if interpreter is None:
                    raise
                meant = interpreter.interpret(question, symbols(store), asking.now)
            if meant.query is None:
                raise NotInRecord(f"{refused}; {_told(meant)}") from refused
        return replace(answer_query(store, question, meant.query, asking), brain=meant.spent)


def _told(meant: Interpretation) -> str:
    spent = meant.spent
    who = f"{spent.provider} {spent.model}".strip()
    cost = f", for {plain(spent.cost_usd)} USD"
    if meant.fault is not None:
        return f"{who} was asked what it means and {meant.fault.detail} ({meant.fault.cause}){cost}"
    return f"{who} was asked what it means and found nothing the record answers{cost}"
