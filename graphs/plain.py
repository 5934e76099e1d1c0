"""The decision graph's nodes called one after the other, without the framework around them.

The framework costs a millisecond or two a decision, whatever the nodes do; where a hundred
thousand decisions are wanted, in the laboratory, that is most of the time. The nodes are the same
and so are the decisions; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphs.brain import ConsultAnswer
from graphs.context import DecisionContext
from graphs.decision import (
    ACTING,
    THINKING,
    Node,
    consult,
    heed,
    is_consulted,
    require_decidable,
)
from graphs.state import DecisionState
from graphs.thought import Conclusion, Thought, concluded, decide_at_once, read_state, resumed
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision, Signal
from tools.execution.freshness import Sighting


class PlainDecisions:
    """Thinks and concludes as ``DecisionGraph`` does over one context."""

    def __init__(self, context: DecisionContext) -> None:
        self._context = context

    def think(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> Conclusion | Thought:
        """One decision a signal, in order, stamped ``ts``; or a thought, where a brain was asked.

        Raises:
            InvariantBroken: A signal is from after ``ts``, appears twice, or names an unknown instrument.
        """
        require_decidable(signals, ts)
        state = self._run(THINKING, {"signals": tuple(signals), "parameters": parameters, "ts": ts})
        if is_consulted(state, self._context):
            state = self._run((consult,), state)
        return read_state(state if "question" in state else self._run(ACTING, state))

    def conclude(
        self,
        thought: Thought,
        answers: Sequence[ConsultAnswer],
        sightings: Mapping[str, Sighting],
        ts: int,
    ) -> Conclusion:
        """The decisions of ``thought`` at ``ts``, by what was answered and what is seen by then."""
        return concluded(self._run((heed, *ACTING), resumed(thought, answers, sightings, ts)))

    def decide(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> tuple[Decision, ...]:
        """The same at once: waits for every answer and looks at nothing anew."""
        return decide_at_once(self, signals, parameters, ts)

    def _run(self, nodes: Sequence[Node], state: DecisionState) -> DecisionState:
        for node in nodes:
            state = {**state, **node(state, self._context)}
        return state
