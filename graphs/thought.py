"""What a batch of signals has come to: conclusions, or a thought that waits for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from graphs.asking import UNHEARD_AT_END, Heard, Question, unheard
from graphs.brain import ConsultAnswer
from graphs.state import DecisionState
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision, Signal
from tools.execution.freshness import Sighting
from tools.risk.exposure import LedgerSnapshot


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Decisions, one a signal, with what they were taken from.

    Attributes:
        account: The account that the limits saw.
        weights: The reliability each component's votes had.
        heard: By decision, for those that waited for an answer.
    """

    decisions: tuple[Decision, ...]
    account: LedgerSnapshot
    weights: Mapping[str, float]
    heard: Mapping[str, Heard]


@dataclass(frozen=True, slots=True)
class Thought:
    """A batch that waits for an answer; everything up to the question is done."""

    state: DecisionState

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.state["question"]

    @property
    def parameters(self) -> ParameterSet:
        """What was in force when it was asked."""
        return self.state["parameters"]

    def answers(self, ts: int, *, is_ended: bool) -> tuple[ConsultAnswer, ...]:
        """What is to be used at ``ts``; once the session has ended, nothing."""
        if is_ended:
            return unheard(self.question.requests, ts, UNHEARD_AT_END)
        return self.question.answers(ts)


def concluded(state: DecisionState) -> Conclusion:
    """The conclusion in a finished ``state``."""
    return Conclusion(state["decisions"], state["account"], state["weights"], state.get("heard", {}))


class Thinker(Protocol):
    """Thinks about signals, and concludes when there is an answer."""

    def think(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> Conclusion | Thought:
        """Conclude, or ask."""
        ...

    def conclude(
        self,
        thought: Thought,
        answers: Sequence[ConsultAnswer],
        sightings: Mapping[str, Sighting],
        ts: int,
    ) -> Conclusion:
        """Conclude by what was answered."""
        ...


def decide_at_once(
    thinker: Thinker, signals: Sequence[Signal], parameters: ParameterSet, ts: int
) -> tuple[Decision, ...]:
    """One decision a signal, in order, stamped ``ts``, however long a brain that answers at once took."""
    if not signals:
        return ()
    found = thinker.think(signals, parameters, ts)
    if isinstance(found, Thought):
        found = thinker.conclude(found, found.question.answers(ts), {}, ts)
    return found.decisions


def read_state(state: DecisionState) -> Conclusion | Thought:
    """What ``state`` has come to."""
    return concluded(state) if "decisions" in state else Thought(state)


def resumed(
    thought: Thought, answers: Sequence[ConsultAnswer], sightings: Mapping[str, Sighting], ts: int
) -> DecisionState:
    """The state of ``thought``, ready to go on at ``ts``."""
    return {**thought.state, "answers": tuple(answers), "sightings": sightings, "ts": ts}
