"""A grid bot: keeps orders of one size coming on one side, like half a market maker."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from venue.participants.agent import Agent
from venue.pit import Pit


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Its side, order size in money, levels, and how often it moves one of them."""

    side: int
    quote: float
    size_jitter: float
    rate_hz: float
    levels: int
    step_bps: float


class GridBot(Agent):
    """Moves one level of its grid at each wake-up."""

    family = "grid"

    def __init__(self, name: str, pit: Pit, seed: int, grid: Grid) -> None:
        super().__init__(name, pit, seed)
        self.grid = grid
        self.orders = [0] * grid.levels
        self.next = 0

    def traits(self) -> dict[str, Any]:
        """Its grid."""
        return {"quote": self.grid.quote, "side": self.grid.side, "rate_hz": self.grid.rate_hz}

    def begin(self) -> None:
        """Wake up within a period."""
        self.after(self.draws.uniform() / self.grid.rate_hz, self.wake)

    def wake(self) -> None:
        """Cancel the oldest level and place it anew a moment later."""
        grid, draws = self.grid, self.draws
        size = grid.quote * math.exp(grid.size_jitter * draws.normal())
        gap, period = draws.lognormal(0.07, 0.6), draws.lognormal(1 / grid.rate_hz, 0.25)
        level = self.next
        self.next = (level + 1) % grid.levels
        if self.orders[level]:
            self.cancel(self.orders[level])
        self.after(gap, self.put, level, size)
        self.after(period, self.wake)

    def put(self, level: int, size: float) -> None:
        """Place one level."""
        grid = self.grid
        price = self.pit.worth(self.sim.now) * (1 - grid.side * (level + 1) * grid.step_bps * 1e-4)
        self.orders[level] = self.make(grid.side, price, size, "grid", parent=level)
