"""Cycles on hand-made markets whose signals the test raises: the real cycle, graph, ledger and executor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphs.brain import Brain
from graphs.context import DecisionContext
from graphs.plain import PlainDecisions
from graphs.thought import Conclusion
from scheduler.cycle import DecisionCycle
from scheduler.observer import Silent
from scheduler.parts import CycleParts
from scheduler.run import RunIdentity, Tally
from tests.support.executions import COIN, entry_signal
from tests.support.minds import FakeMemory
from tests.support.proposals import a_vote
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.ports import Neighbour
from tools.domain.trading import Decision, Fill, Intent, OrderUpdate, Outcome, Signal, Vote, World
from tools.execution.entries import SizingDesk
from tools.execution.market import MarketSlice
from tools.market.events import Events
from tools.risk.ledger import RiskLedger
from tools.risk.probing import ProbePolicy

AMBIGUOUS = a_vote("pattern", 0.6, 3.0, "o_1")
CLEAR = a_vote("pattern", 9.0, 1.0, "o_1")
ONE, TWO = replace(COIN, symbol="ONEEUR"), replace(COIN, symbol="TWOEUR")
LOOSE = {
    "mm_min_confidence": 0.0,
    "stop_dwell_ms": 0.0,
    "default_order_size_usd": 5.0,
    "max_symbol_positions": 1.0,
}
SEEN: dict[str, float | None] = {
    "mid": 100.0,
    "spread_bps": 2.0,
    "mm_confidence": 0.3,
    "mm_lower_bound": None,
    "mm_upper_bound": None,
}


class HandCycle(DecisionCycle):
    """The real cycle; a signal is raised when the test says so."""

    def raise_signal(self, ts: int, **changes: Any) -> None:
        """A signal at ``ts``, which is decided or asked about at once."""
        self._raised = entry_signal(self._sequence + 1, ts, self.market.instrument)
        self._raised = replace(self._raised, **{"features": SEEN, **changes})
        self._decide(ts)

    def _next_signal_id(self, ts: int, source: str = "") -> str:
        self._sequence += 1
        return self._raised.signal_id

    def _signal(self, name: str, ts: int, parameters: ParameterSet) -> Signal:
        return self._raised


@dataclass
class Journal(Silent):
    """Everything that was said, in order."""

    said: list[tuple[str, Any]] = field(default_factory=list)
    heard: Callable[[str, Any], None] = lambda kind, what: None
    sealed: list[Conclusion] = field(default_factory=list)

    def note(self, kind: str, what: Any) -> None:
        """One thing more."""
        self.said.append((kind, what))
        self.heard(kind, what)

    def record_signal(self, signal: Signal) -> None:
        """Keep it."""
        self.note("signal", signal)

    def record_decision(self, decision: Decision) -> None:
        """Keep it."""
        self.note("decision", decision)

    def record_outcome(self, outcome: Outcome) -> None:
        """Keep it."""
        self.note(outcome.kind, outcome)

    def record_intent(self, intent: Intent) -> None:
        """Keep it."""
        self.note("intent", intent)

    def record_fill(self, fill: Fill) -> None:
        """Keep it."""
        self.note("fill", fill)

    def record_order(self, update: OrderUpdate) -> None:
        """Keep it."""
        self.note("order", update)

    def all(self, kind: str) -> list[Any]:
        """What was said of a kind."""
        return [what for said, what in self.said if said == kind]

    def seal(self, conclusion: Conclusion, parameters: ParameterSet, market: MarketSlice) -> None:
        """Keep what a decision was taken from."""
        self.sealed.append(conclusion)


@dataclass(frozen=True)
class FixedParameters:
    """The same parameters at any time."""

    values: ParameterSet

    def snapshot(self, ts: int) -> ParameterSet:
        """The same."""
        return self.values


class Floor:
    """Two symbols of one account.

    Args:
        brain: Asked about everything on ``ONEEUR``; what is raised on ``TWOEUR`` is clear.
        is_beside: Whether it is asked in a thread of its own.
    """

    def __init__(
        self,
        brain: Brain,
        *,
        is_beside: bool = False,
        budget_s: float = 5.0,
        probes: bool = False,
        **parameters: float,
    ) -> None:
        self.journal = Journal()
        self.ledger = RiskLedger()
        self.tally = Tally()
        self.context = DecisionContext(
            recall=FakeMemory(),
            pattern_voter=_by_symbol,
            account=self.ledger,
            desk=SizingDesk({one.symbol: one for one in (ONE, TWO)}),
            probes=ProbePolicy(7, World.RECORDED, probes),
            brain=brain,
            consult_budget_ns=round(budget_s * NANOS),
            is_beside=is_beside,
        )
        parts = CycleParts(
            identity=RunIdentity("run_test", World.RECORDED, 7),
            decider=PlainDecisions(self.context),
            log=self.journal,  # type: ignore[arg-type]
            parameters=FixedParameters(default_parameters({**LOOSE, **parameters})),  # type: ignore[arg-type]
            ledger=self.ledger,
            observer=self.journal,
            seal=self.journal.seal,
        )
        self.one, self.two = (self._cycle(one, parts) for one in (ONE, TWO))

    def _cycle(self, instrument: Instrument, parts: CycleParts) -> HandCycle:
        cycle = HandCycle(instrument, parts, self.tally)
        cycle.market.desk["plan"]["next_check"] = 1 << 62  # the test raises the signals
        return cycle

    def play(self, cycle: HandCycle, *events: Events) -> None:
        """Take ``events`` one message at a time."""
        for batch in events:
            cycle.run(batch, int(batch["ts_init"][-1]))

    @property
    def decisions(self) -> list[Decision]:
        """Everything decided so far."""
        return self.journal.all("decision")


def _by_symbol(signal: Signal, neighbours: Sequence[Neighbour], parameters: ParameterSet) -> Vote:
    return AMBIGUOUS if signal.symbol == ONE.symbol else CLEAR
