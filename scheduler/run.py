"""What one run is: its identity, world and seed, and the counts it ends with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from tools.domain.market import to_decimal
from tools.domain.trading import Decision, Fill, Outcome, Route, World


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """Names everything a run writes."""

    run_id: str
    world: World
    seed: int


@dataclass(slots=True)
class Tally:
    """Running counts and results of a run; nothing here is recalled by a decision."""

    signals: int = 0
    decisions: int = 0
    routes: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    probes: int = 0
    orders: int = 0
    fills: int = 0
    departures: int = 0
    unfollowed: int = 0
    censored: int = 0
    net_bps: list[float] = field(default_factory=list)
    breakeven: list[float] = field(default_factory=list)
    open_positions: int = 0
    open_cost_quote: Decimal = Decimal(0)
    net_quote: Decimal = Decimal(0)
    fees_quote: Decimal = Decimal(0)
    shadow: int = 0
    candles: Counter[str] = field(default_factory=Counter)

    def count_decision(self, decision: Decision) -> None:
        """Take in a decision."""
        self.decisions += 1
        self.routes[decision.route.value] += 1
        self.actions[decision.action.value] += 1
        self.probes += decision.is_probe

    def count_outcome(self, outcome: Outcome, breakeven: float) -> None:
        """Take in a finished round trip or follow."""
        if outcome.kind == "shadow":
            self.shadow += 1
        elif outcome.net_bps is not None and outcome.net_quote is not None:
            self.net_bps.append(outcome.net_bps)
            self.breakeven.append(breakeven)
            self.net_quote += outcome.net_quote
        elif outcome.entry_price is not None:
            self.open_positions += 1
            self.open_cost_quote += to_decimal(outcome.size) * to_decimal(outcome.entry_price)

    def count_fill(self, fill: Fill) -> None:
        """Take in an execution of ours; its fee counts whatever becomes of the position."""
        self.fills += 1
        self.fees_quote += fill.fee_quote

    @property
    def round_trips(self) -> int:
        """Finished round trips with money in them."""
        return len(self.net_bps)

    @property
    def wins(self) -> int:
        """Round trips that made money after costs."""
        return sum(1 for value in self.net_bps if value > 0)

    def route_counts(self) -> dict[str, int]:
        """Decisions by route, every route named."""
        return {route.value: self.routes[route.value] for route in Route}
