"""The last question before the wire: may this order be sent, now?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tools.domain.clock import Clock
from tools.domain.market import NANOS
from tools.domain.trading import Intent
from tools.execution.working import Phase, WorkingOrder

Guard = Callable[[Intent], str]


class Barrier:
    """Asks the guards, then what entries alone have to answer.

    Attributes:
        halted: Why entries are halted; empty where they are not.
    """

    def __init__(self, guards: Sequence[Guard], clock: Clock, patience_s: float) -> None:
        self._guards = tuple(guards)
        self._clock = clock
        self._patience_s = patience_s
        self.halted = ""

    def forbids(self, intent: Intent) -> str:
        """The first guard's word against an order; empty where none objects."""
        return next(filter(None, (guard(intent) for guard in self._guards)), "")

    def refusal(self, order: WorkingOrder, others: Iterable[WorkingOrder]) -> str:
        """Why ``order`` may not be sent beside the ``others``; empty where it may."""
        intent = order.intent
        if word := self.forbids(intent):
            return word
        if order.is_cancel_wanted:
            return "cancelled before it was sent"
        if intent.is_reduce_only:
            return ""
        if self.halted:
            return f"entries are halted: {self.halted}"
        if any(o.phase is Phase.UNKNOWN and o.intent.symbol == intent.symbol for o in others):
            return f"nobody knows what became of an earlier order on {intent.symbol}"
        return self._untimely(intent)

    def _untimely(self, intent: Intent) -> str:
        """A decision of long ago; or of a time that is still to come, as after a step of the clock."""
        age, patience = self._clock.now() - intent.ts, self._patience_s * NANOS
        if age > patience:
            return f"could not be sent within {self._patience_s} s"
        return f"was decided {-age / NANOS:.1f} s from now: the clock was set" if age < -patience else ""
