"""One decision being carried out: what it wished, what works for it, what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tools.domain.market import NANOS, Side
from tools.domain.parameter import ParameterSet
from tools.domain.sources import is_from_candles
from tools.domain.trading import Decision, Fill, Intent, Result, Signal
from tools.execution.schedules.schedule import NEVER, Schedule

ENTRY, TARGET, BRACKET, EXIT, DEPARTED = "entry", "target", "bracket", "exit", "departed"


GUARD_NS = NANOS // 2  # from one look at whether an entry is too near to the middle to the next


def lead_every_ns(parameters: ParameterSet) -> int:
    """From one move of an offer to the next: at least a second, 0 where offers stay; ns."""
    every = parameters.nanos("exit_lead_s")
    return max(NANOS, every) if every else 0


@dataclass(slots=True)
class Entry:
    """The state of an entry; amounts are size units.

    Attributes:
        schedule: Which slice is due when.
        left: What of each working order is not executed yet.
        withdrawn: Working orders that a cancel was asked for.
        refused: Brackets refused in a row.
        target: Where what is held is offered.
        ts_moved, ts_guarded: When offers and entries were looked at last, ns; 0 is never.
        is_moving: Whether an offer was withdrawn in order to be placed elsewhere.
        is_led: Whether its offers go along with the market maker.
        is_guarded: Whether an entry too near to the market maker's middle is withdrawn; never one whose
            schedule takes, for that is to be bought in its time wherever the middle is.
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
    target: int = 0
    ts_moved: int = 0
    ts_guarded: int = 0
    is_moving: bool = False
    is_led: bool = field(init=False)
    is_guarded: bool = field(init=False)
    _lead_ns: int = field(init=False)

    def __post_init__(self) -> None:
        """What is held is offered at the signal's target first; a candle's target has another meaning."""
        self.target = self.target or self.signal.take_profit
        goes_along = not is_from_candles(self.signal.source)
        self._lead_ns = lead_every_ns(self.parameters)
        self.is_led = self._lead_ns > 0 and goes_along
        is_patient = goes_along and not self.schedule.takes
        self.is_guarded = self.parameters["entry_least_bps"] > 0 and is_patient

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
    def next_wake(self) -> int:
        """When to look again even if nothing happens, ns; never while it is left."""
        if self.leaving:
            return NEVER
        if self.entered:
            return min(self.hold_deadline, self.next_check, self.next_move)
        wake = min(self.deadline, self.next_check, self.next_move)
        schedule = self.schedule
        if not schedule.is_over and (schedule.watches_order or not self.is_entering):
            wake = min(wake, schedule.next_look)
        return wake

    @property
    def next_move(self) -> int:
        """When to look whether orders are to be withdrawn or moved, ns; never where they stay."""
        if not (self.is_led or self.is_guarded):
            return NEVER
        looks = [NEVER]
        if self.is_led and self.fills:
            looks.append(max(self.ts_moved, self.fills[0].ts) + self._lead_ns)
        if self.is_guarded and not self.withdrawn:
            sent = [intent.ts for intent in self.working.values() if intent.leg == ENTRY]
            looks += [max(self.ts_guarded, ts) + GUARD_NS for ts in sent]
        return min(looks)

    @property
    def has_sold(self) -> bool:
        """Whether a part of it was sold."""
        return any(fill.side is Side.SELL for fill in self.fills)

    def add(self, intent: Intent) -> None:
        """An order is on its way."""
        self.attempts = intent.attempt
        self.working[intent.client_order_id] = intent
        self.left[intent.client_order_id] = intent.size
        self.is_moving = self.is_moving and intent.side is Side.BUY

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
