"""What the executor writes down, shown to an observer after it is written."""

from __future__ import annotations

from scheduler.observer import Observer
from scheduler.run import Tally
from tools.domain.ports import IntentLog
from tools.domain.trading import Fill, Intent, OrderUpdate
from tools.execution.reacting import ReactionWatch


class Witness:
    """The log with an observer beside it: first written, then shown.

    ``watch`` is told of orders and fills to see how the market maker takes them; None watches nobody.
    """

    def __init__(
        self, log: IntentLog, observer: Observer, tally: Tally, watch: ReactionWatch | None = None
    ) -> None:
        self._log = log
        self._observer = observer
        self._tally = tally
        self._watch = watch

    def record_intent(self, intent: Intent) -> None:
        """Write it down, then count and show it."""
        self._log.record_intent(intent)
        self._tally.orders += 1
        self._observer.on_intent(intent)
        if self._watch is not None:
            self._watch.sent(intent)

    def record_fill(self, fill: Fill) -> None:
        """Write it down, then count and show it."""
        self._log.record_fill(fill)
        self._tally.count_fill(fill)
        self._observer.on_fill(fill)
        if self._watch is not None:
            self._watch.filled(fill)

    def record_order(self, update: OrderUpdate) -> None:
        """Write it down, then show it."""
        self._log.record_order(update)
        self._observer.on_order(update)
