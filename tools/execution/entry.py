"""One decision being carried out: what it wished, what works for it, what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tools.domain.market import Side
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision, Fill, Intent, Result, Signal
from tools.execution.schedules.schedule import Schedule

ENTRY, TARGET, BRACKET, EXIT, DEPARTED = "entry", "target", "bracket", "exit", "departed"


@dataclass(slots=True)
class Entry:
    """The state of an entry; amounts are size units.

    Attributes:
        schedule: Which slice is due when.
        left: What of each working order is not executed yet.
        withdrawn: Working orders that a cancel was asked for.
        refused: Brackets refused in a row.
    """

    decision: Decision
    signal: Signal
    parameters: ParameterSet
    schedule: Schedule
    bounds: tuple[float | None, float | None]
    confidence: float
    deadline: int
    next_check: int
    working: dict[str, Intent] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    fills: list[Fill] = field(default_factory=list)
    position: int = 0
    attempts: int = 0
    refused: int = 0
    entered: bool = False
    leaving: Result | None = None
    is_stopped: bool = False
    is_unsellable: bool = False
    cost_open: Decimal = Decimal(0)

    @property
    def is_entering(self) -> bool:
        """Whether an entry order works."""
        return any(intent.leg == ENTRY for intent in self.working.values())

    @property
    def bought(self) -> int:
        """What was bought so far, fees not taken off."""
        return sum(fill.size for fill in self.fills if fill.side is Side.BUY)

    @property
    def hold_deadline(self) -> int:
        """When what is held is given back at the latest, ns; there is a fill."""
        return self.fills[0].ts + self.signal.hold_timeout_ns

    @property
    def has_sold(self) -> bool:
        """Whether a part of it was sold."""
        return any(fill.side is Side.SELL for fill in self.fills)

    def add(self, intent: Intent) -> None:
        """An order is on its way."""
        self.attempts = intent.attempt
        self.working[intent.client_order_id] = intent
        self.left[intent.client_order_id] = intent.size

    def remove(self, client_order_id: str) -> Intent | None:
        """An order is over; None where it is none of this entry's."""
        self.left.pop(client_order_id, None)
        self.withdrawn.discard(client_order_id)
        return self.working.pop(client_order_id, None)

    def brackets(self) -> list[Intent]:
        """Working brackets that nobody asked to cancel."""
        return [
            intent
            for name, intent in self.working.items()
            if intent.leg == BRACKET and name not in self.withdrawn
        ]

    @property
    def offered(self) -> int:
        """What working orders may still sell, withdrawn ones included: it is locked at the venue."""
        return sum(self.left[name] for name, intent in self.working.items() if intent.side is Side.SELL)
