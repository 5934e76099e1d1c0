"""The decision graph's nodes called one after the other, without the framework around them.

The framework costs a millisecond or two a decision, whatever the nodes do; where a hundred
thousand decisions are wanted, in the laboratory, that is most of the time. The nodes are the same
and so are the decisions; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphs.context import DecisionContext
from graphs.decision import NODES, consult, is_consulted, require_decidable
from graphs.state import DecisionState
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision, Signal


class PlainDecisions:
    """Decides as ``DecisionGraph`` does over one context."""

    def __init__(self, context: DecisionContext) -> None:
        self._context = context

    def decide(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> tuple[Decision, ...]:
        """One decision a signal, in order, stamped ``ts``.

        Raises:
            InvariantBroken: A signal is from after ``ts``, appears twice, or names an unknown instrument.
        """
        if not signals:
            return ()
        require_decidable(signals, ts)
        state: DecisionState = {"signals": tuple(signals), "parameters": parameters, "ts": ts}
        for node in NODES:
            if node is not consult or is_consulted(state, self._context):
                state.update(node(state, self._context))
        return state["decisions"]
