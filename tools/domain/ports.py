"""What the lower rooms need from the upper ones, as records and small protocols.

Memory implements them, ``keeper_agent.app`` wires them, and tools never learn who answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tools.domain.parameter import ParameterSet
from tools.domain.trading import Decision, Fill, Intent, OrderUpdate, Outcome, Signal


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A remembered market state similar to the present one, with what came of it.

    Attributes:
        ts: When the state was seen; None where it is not kept. Together with ``ts_known`` it
            spans the stretch of market the outcome comes from.
        weight: What recency and importance leave of it, in (0, 1]; 1 where neither was asked for.
    """

    signal_id: str
    outcome_id: str
    similarity: float
    net_bps: float
    result: str
    ts_known: int
    ts: int | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Priority:
    """How much recency and importance count beside similarity when states are recalled.

    A state weighs ``importance ** power * 2 ** (-age / half_life_ns)``; what it earned is no part of it.

    Attributes:
        power: 0 lets importance not count, 1 lets it count in proportion.
        half_life_ns: Age at which a state weighs half; 0 lets age not count.
    """

    power: float = 0.0
    half_life_ns: int = 0

    def __post_init__(self) -> None:
        """Refuse what would let an unimportant or an old state count for more."""
        if self.power < 0 or self.half_life_ns < 0:
            raise ValueError(f"power and half-life must not be negative, were {self}")

    @classmethod
    def of(cls, parameters: ParameterSet) -> Priority:
        """The priority that is in force."""
        return cls(
            power=parameters["pattern_importance_power"],
            half_life_ns=parameters.days_ns("pattern_half_life_days"),
        )

    def weight(self, importance: float, age_ns: int) -> float:
        """What a state of ``importance`` in (0, 1] weighs after ``age_ns``.

        >>> Priority(power=0.5, half_life_ns=10).weight(0.25, 20)
        0.125
        """
        faded = 2.0 ** (-age_ns / self.half_life_ns) if self.half_life_ns else 1.0
        return float(importance**self.power * faded)


EVEN = Priority()  # similarity alone


@dataclass(frozen=True, slots=True)
class Where:
    """Which remembered states are meant; None leaves a field open."""

    symbol: str | None = None
    venue: str | None = None
    world: str | None = None
    source: str | None = None


ANYWHERE = Where()


@dataclass(frozen=True, slots=True)
class Holding:
    """What is left of a decision's trades: held ``size`` units, with a fill that opened it.

    Attributes:
        size: Sum of the fills, less fees taken in the base asset; size units.
        intent: The last intent of the decision, which an intent to close follows.
        price: Price of the last fill, units.
        cost: What the held size cost when it was bought, quote currency: what is at stake.
    """

    size: int
    intent: Intent
    price: int
    cost: Decimal


class OrderRecord(Protocol):
    """What memory knows of orders when a process starts, or is compared with the venue."""

    def open_intents(self) -> Sequence[Intent]:
        """Every intent whose order has no end in memory, oldest first."""
        ...

    def fills_of(self, client_order_id: str) -> Sequence[Fill]:
        """The fills of an order."""
        ...

    def holdings(self, base_of: Mapping[str, str]) -> Sequence[Holding]:
        """What decisions still hold; ``base_of`` names the base asset of each symbol."""
        ...

    def knows(self, client_order_id: str) -> bool:
        """Whether an intent of that id was ever written."""
        ...


class IntentLog(Protocol):
    """Where the executor writes before it acts; intents and fills are durable when a call returns."""

    def record_intent(self, intent: Intent) -> None:
        """Keep the wish, committed to disk, before the order is sent."""
        ...

    def record_fill(self, fill: Fill) -> None:
        """Keep the fill, committed to disk; a known (venue, trade_id) is ignored."""
        ...

    def record_order(self, update: OrderUpdate) -> None:
        """Keep what the venue said of the order; at worst it has to be asked again."""
        ...


class Episodes(Protocol):
    """Where the decision cycle keeps what it saw, concluded and got."""

    def record_signal(self, signal: Signal) -> None:
        """Keep a signal with its features."""
        ...

    def record_decision(self, decision: Decision) -> None:
        """Keep a decision with its evidence."""
        ...

    def record_outcome(self, outcome: Outcome) -> None:
        """Keep an outcome; from ``ts_known`` on it may be recalled."""
        ...


class Recall(Protocol):
    """What is remembered, as it was known at a decision time."""

    def neighbours(
        self,
        vectors: Sequence[tuple[float, ...]],
        ts: int,
        limit: int,
        min_similarity: float,
        *,
        priority: Priority = EVEN,
        where: Where = ANYWHERE,
    ) -> list[list[Neighbour]]:
        """For each vector the states that count most, of those known and not yet retired at ``ts``.

        A state counts similarity times its weight under ``priority``; best first.
        """
        ...


class ParameterSource(Protocol):
    """The parameters in force at a time."""

    def snapshot(self, ts: int) -> ParameterSet:
        """Every parameter as it was known at ``ts``."""
        ...
