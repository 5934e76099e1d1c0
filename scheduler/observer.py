"""Who may watch a run: the terminal view and the files of a replay."""

from __future__ import annotations

from typing import Protocol

from tools.domain.trading import Decision, Fill, Intent, OrderUpdate, Outcome, Signal


class Observer(Protocol):
    """Told of everything that happens, in order; it may not influence anything."""

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """A signal was decided."""
        ...

    def on_intent(self, intent: Intent) -> None:
        """An order is about to be sent."""
        ...

    def on_order(self, update: OrderUpdate) -> None:
        """The venue said something of an order."""
        ...

    def on_fill(self, fill: Fill) -> None:
        """One of our orders was executed."""
        ...

    def on_outcome(self, outcome: Outcome) -> None:
        """A round trip or a follow is over."""
        ...


class Silent:
    """Watches nothing."""

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """Nothing to show."""

    def on_intent(self, intent: Intent) -> None:
        """Nothing to show."""

    def on_order(self, update: OrderUpdate) -> None:
        """Nothing to show."""

    def on_fill(self, fill: Fill) -> None:
        """Nothing to show."""

    def on_outcome(self, outcome: Outcome) -> None:
        """Nothing to show."""


class Both:
    """Two observers, told of everything one after the other."""

    def __init__(self, first: Observer, second: Observer) -> None:
        self._all = (first, second)

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """Pass it on."""
        for one in self._all:
            one.on_decision(decision, signal)

    def on_intent(self, intent: Intent) -> None:
        """Pass it on."""
        for one in self._all:
            one.on_intent(intent)

    def on_order(self, update: OrderUpdate) -> None:
        """Pass it on."""
        for one in self._all:
            one.on_order(update)

    def on_fill(self, fill: Fill) -> None:
        """Pass it on."""
        for one in self._all:
            one.on_fill(fill)

    def on_outcome(self, outcome: Outcome) -> None:
        """Pass it on."""
        for one in self._all:
            one.on_outcome(outcome)
