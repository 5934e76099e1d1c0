"""Those who take: informed traders, followers of momentum, and metaorders."""

from __future__ import annotations

import math
from dataclasses import dataclass

from venue.draws import Draws
from venue.participants.agent import SECOND, Agent
from venue.pit import NO_ASK, Pit


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """How often an informed trader looks, and what mispricing it takes."""

    look_s: float = 1.0
    edge_bps: float = 6.0
    quote: float = 30.0


class Informed(Agent):
    """Takes what is mispriced against the worth, in bursts while it stays so."""

    family = "informed"

    def __init__(self, name: str, pit: Pit, seed: int, insight: Insight) -> None:
        super().__init__(name, pit, seed)
        self.insight = insight

    def begin(self) -> None:
        """Look for the first time."""
        self.after(self.draws.exponential(self.insight.look_s), self.look)

    def look(self) -> None:
        """Take where the touch is beyond the worth by more than the edge."""
        pit, insight, draws = self.pit, self.insight, self.draws
        noise, size, gap = (
            draws.normal(),
            draws.lognormal(insight.quote, 0.7),
            draws.exponential(insight.look_s),
        )
        worth = pit.worth(self.sim.now) * (1 + 1e-4 * noise)
        cheap, dear = worth * (1 - insight.edge_bps * 1e-4), worth * (1 + insight.edge_bps * 1e-4)
        taken = 0
        if pit.best_ask <= cheap:
            taken = self.take_within(1, math.floor(cheap), size, "informed")
        elif pit.best_bid >= dear:
            taken = self.take_within(-1, math.ceil(dear), size, "informed")
        self.after(gap * (0.2 if taken else 1.0), self.look)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Follows (or, with ``follows`` -1, fades) moves over a look-back."""

    look_s: float = 20.0
    back_s: float = 20.0
    move_bps: float = 12.0
    quote: float = 20.0
    follows: int = 1


class Momentum(Agent):
    """Trades in the direction in which the mid has moved."""

    family = "momentum"

    def __init__(self, name: str, pit: Pit, seed: int, trend: Trend) -> None:
        super().__init__(name, pit, seed)
        self.trend = trend
        self.seen: list[tuple[int, float]] = []

    def begin(self) -> None:
        """Look for the first time."""
        self.after(self.draws.exponential(self.trend.look_s), self.look)

    def look(self) -> None:
        """Compare the mid with the oldest one within the look-back."""
        trend, now = self.trend, self.sim.now
        size, gap, lust = (
            self.draws.lognormal(trend.quote, 0.6),
            self.draws.exponential(trend.look_s),
            self.draws.uniform(),
        )
        mid = self.pit.mid(now)
        self.seen = [(ts, price) for ts, price in self.seen if ts >= now - 3 * trend.back_s * SECOND]
        if self.seen and lust < 0.7:
            move = 1e4 * (mid / self.seen[0][1] - 1)
            if abs(move) > trend.move_bps:
                self.take(trend.follows * (1 if move > 0 else -1), size, "momentum", reach_bps=15)
        self.seen.append((now, mid))
        self.after(gap, self.look)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Metaorders: how often one starts, and its children."""

    every_s: float = 400.0
    tail: float = 1.5
    least: int = 3
    most: int = 200
    gap_s: float = 6.0
    quote: float = 12.0


class Metaorders(Agent):
    """Works off large orders in slices; Pareto lengths give the signs a long memory."""

    family = "metaorder"

    def __init__(self, name: str, pit: Pit, seed: int, program: Program) -> None:
        super().__init__(name, pit, seed)
        self.program = program
        self.count = 0

    def begin(self) -> None:
        """Wait for the first one."""
        self.after(self.draws.exponential(self.program.every_s), self.launch)

    def launch(self) -> None:
        """Start a metaorder; always the same number of draws."""
        program, draws = self.program, self.draws
        length = min(program.most, round(program.least * (1 - draws.uniform()) ** (-1 / program.tail)))
        side = 1 if draws.uniform() < 0.5 else -1
        gap, size = draws.lognormal(program.gap_s, 0.7), draws.lognormal(program.quote, 0.5)
        self.count += 1
        self.slice(side, length, gap, size, self.count, Draws(self.seed, f"{self.name}/{self.count}"))
        self.after(draws.exponential(program.every_s), self.launch)

    def slice(self, side: int, left: int, gap: float, size: float, parent: int, draws: Draws) -> None:
        """One child after another."""
        pit = self.pit
        touch = pit.best_ask if side > 0 else pit.best_bid
        if touch not in (0, NO_ASK) and abs(touch / pit.worth(self.sim.now) - 1) < 0.004:
            self.take(side, size, "metaorder", reach_bps=10, parent=parent)
        if left > 1:
            self.after(draws.exponential(gap), self.slice, side, left - 1, gap, size, parent, draws)
