"""Signals, decisions, intents, orders, fills and outcomes: the record of a trade's life.

Values are frozen; prices and sizes are units of 1e-8 (see ``market``), quote amounts are
Decimal, times are nanoseconds UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from tools.domain.market import UNITS, Side


class World(StrEnum):
    """Where the events of a run come from."""

    RECORDED = "recorded"
    VENUE = "venue"
    LIVE = "live"


class Action(StrEnum):
    """What the graph concluded."""

    ENTER = "enter"
    SKIP = "skip"
    ABSTAIN = "abstain"


class Route(StrEnum):
    """Who settled a decision."""

    RULE = "rule"
    PATTERN = "pattern"
    MODEL = "model"
    STRATEGY = "strategy"
    LLM = "llm"
    ABSTAIN = "abstain"

    @property
    def label(self) -> str:
        """In one word, as whoever decided."""
        return {Route.LLM: "brain", Route.ABSTAIN: "nobody"}.get(self, self.value)

    @property
    def by(self) -> str:
        """What follows the deed in a short line."""
        return "as nobody was sure" if self is Route.ABSTAIN else f"by {self.label}"

    @property
    def told(self) -> str:
        """A part of a sentence."""
        return _TOLD[self]


_TOLD = {
    Route.RULE: "decided by the rules",
    Route.PATTERN: "decided by remembered patterns",
    Route.MODEL: "decided by the model",
    Route.STRATEGY: "decided by a learned strategy",
    Route.LLM: "decided by a brain",
    Route.ABSTAIN: "nobody was sure enough",
}


class OrderStatus(StrEnum):
    """Life of an order; UNKNOWN until the venue has said something."""

    UNKNOWN = "unknown"
    OPEN = "open"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Result(StrEnum):
    """How a round trip, taken or followed on paper, ended.

    OFFER_SOLD: an offer that was led along with the market was taken below the signal's target, be it at a
    loss; records of before 2026-11-28 call that TAKE_PROFIT, too. ABORT: the market maker left while it was
    being entered (K6.3). CLOSE_OUT: sold at the market for another reason, be it that the session ended or
    that the position could not be protected.
    """

    TAKE_PROFIT = "take_profit"
    OFFER_SOLD = "offer_sold"
    STOP = "stop"
    TIMEOUT = "timeout"
    ABORT = "abort"
    CLOSE_OUT = "close_out"
    UNFILLED = "unfilled"


@dataclass(frozen=True, slots=True)
class Signal:
    """A candidate trade from one source, with everything that was sensed when it was raised.

    Attributes:
        features: Feature name to value; absent or None means there was nothing to say.
        vector: Fingerprint of the market state, unit length or all zeros, shape (n,).
    """

    signal_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    source: str
    ts: int
    ts_event: int
    side: Side
    entry_price: int
    take_profit: int
    stop: int
    entry_timeout_ns: int
    hold_timeout_ns: int
    cost_bps: float
    confidence: float
    features: Mapping[str, float | None]
    vector: tuple[float, ...]

    @property
    def gain_bps(self) -> float:
        """Net gain at the take-profit, basis points of the entry, after round-trip cost."""
        return (self.take_profit / self.entry_price - 1) * 1e4 * int(self.side) - self.cost_bps

    @property
    def loss_bps(self) -> float:
        """Net loss at the stop, positive basis points of the entry, after round-trip cost."""
        return (1 - self.stop / self.entry_price) * 1e4 * int(self.side) + self.cost_bps

    @property
    def breakeven(self) -> float:
        """Win probability at which the trade is worth nothing; above 1 it cannot pay."""
        span = self.gain_bps + self.loss_bps
        return self.loss_bps / span if span > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Vote:
    """What one component said about a signal, and on what evidence.

    Attributes:
        stance: ``enter``, ``skip``, ``unsure`` or ``silent`` (nothing to say).
        expected_bps: Expected value after costs, basis points; None when silent.
        interval_bps: One standard error of ``expected_bps``; None when silent.
        evidence: Ids of outcomes, lessons or model versions the vote rests on.
    """

    component: str
    stance: str
    probability: float | None
    expected_bps: float | None
    interval_bps: float | None
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clamp:
    """A limit that changed a wish; no clamp is silent."""

    limit: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class SizePlan:
    """How much, in how many slices, how far apart, and why.

    ``slices`` are size units; they add up exactly to ``size``.
    """

    size: int
    slices: tuple[int, ...]
    split_delay_s: float
    value_quote: Decimal
    reasoning: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the graph concluded on a signal, with every component's evidence."""

    decision_id: str
    signal_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    ts: int
    action: Action
    route: Route
    probability: float | None
    breakeven: float
    expected_bps: float | None
    is_probe: bool
    plan: SizePlan | None
    votes: tuple[Vote, ...]
    clamps: tuple[Clamp, ...]
    reason: str
    parameters_version: int
    model_version: str | None
    recalled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """A durable wish to place one order, written before anything is sent.

    Attributes:
        stop_price: Of a bracket (a target and a stop of which one ends the other): where its stop
            acts, units; None for a plain order.
        stop_limit: The worst price that stop may sell at, units.
    """

    client_order_id: str
    decision_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    leg: str
    attempt: int
    side: Side
    price: int | None
    size: int
    is_post_only: bool
    is_reduce_only: bool
    ts: int
    stop_price: int | None = None
    stop_limit: int | None = None


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """What the venue said of an order."""

    client_order_id: str
    status: OrderStatus
    filled: int
    ts: int
    reason: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of the order."""
        return self.status in (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of one of our orders; (venue, trade_id) is unique.

    Attributes:
        fee_quote: The fee's value in quote, whatever asset it was taken in.
        fee_asset: The asset it was taken in; empty where it is the quote.
        fee_amount: What was taken of ``fee_asset``; 0 where it is the quote.
    """

    trade_id: str
    client_order_id: str
    decision_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    side: Side
    price: int
    size: int
    fee_quote: Decimal
    is_maker: bool
    ts: int
    fee_asset: str = ""
    fee_amount: Decimal = Decimal(0)

    def held_change(self, base: str) -> int:
        """By how much it changes what is held of ``base``, units: a fee taken in base lessens it."""
        taken = self.fee_amount * UNITS if self.fee_asset == base else Decimal(0)
        return self.size * int(self.side) - int(taken.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A round trip's result: ``taken`` with money or ``shadow``, followed on paper.

    Excursions are basis points of the entry on the exit side; times to touch are
    nanoseconds from entry, None when the barrier was never touched. ``ts_known`` is when
    the result could first be known; recall before that must not see it.

    Attributes:
        time_to_fill_ns: From the signal to its entry; of an unfilled follow, when the entry would have
            filled had it waited longer, and then the excursions are those of that late position.
        reach_bps: The farthest target that would have been filled before the stop acted.
        halt_bps: Where the bid was when the stop would have acted; None where it never would.
        final_bps: Where the bid was at the end of the holding time; None where it was not seen.
    """

    outcome_id: str
    signal_id: str
    decision_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    kind: str
    is_probe: bool
    result: Result
    ts_entry: int | None
    ts_exit: int | None
    ts_known: int
    entry_price: int | None
    exit_price: int | None
    size: int
    gross_bps: float | None
    net_bps: float | None
    net_quote: Decimal | None
    fees_quote: Decimal | None
    mfe_bps: float | None
    mae_bps: float | None
    time_to_target_ns: int | None
    time_to_stop_ns: int | None
    time_to_fill_ns: int | None = None
    reach_bps: float | None = None
    halt_bps: float | None = None
    final_bps: float | None = None

    @property
    def won(self) -> bool | None:
        """Whether it made money after costs; None where no position came about."""
        return None if self.net_bps is None else self.net_bps > 0
