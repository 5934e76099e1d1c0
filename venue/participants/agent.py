"""What all participants share: a name, an account, draws of its own, and its open orders."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from venue.draws import Draws
from venue.engine.codes import OrderKind, TimeInForce
from venue.pit import NO_ASK, Fill, Pit
from venue.sim import Simulation

SECOND = 1_000_000_000


class Agent(ABC):
    """A participant in one market.

    Args:
        name: unique; with ``seed`` it names the agent's draws.
    """

    family = "agent"

    def __init__(self, name: str, pit: Pit, seed: int) -> None:
        self.name = name
        self.pit = pit
        self.seed = seed
        self.draws = Draws(seed, name)
        self.inventory = 0  # lots
        self.sim: Simulation

    def start(self, sim: Simulation) -> None:
        """Join and schedule the first action."""
        self.sim = sim
        self.begin()

    @abstractmethod
    def begin(self) -> None:
        """Schedule the first action."""

    def on_fill(self, fill: Fill) -> None:
        """An own order traded."""
        self.inventory += fill.side * fill.size

    def on_end(self, order: int) -> None:  # noqa: B027 (a hook; most participants need nothing then)
        """An own order is over without having traded in full."""

    def traits(self) -> dict[str, Any]:
        """What scorers may want to know."""
        return {}

    def after(self, seconds: float, action: Callable[..., None], *args: Any) -> None:
        """Let something happen in so many seconds."""
        sim, wait = self.sim, round(seconds * SECOND)
        sim.at(sim.now + (wait if wait > 1 else 1), self.name, action, *args)

    def make(
        self, side: int, price: float, quote: float, intent: str, parent: int = 0, planned_end_ts: int = 0
    ) -> int:
        """Rest so much money at a price in ticks, never crossing; returns the order, 0 where refused."""
        pit = self.pit
        ticks = math.floor(price) if side > 0 else math.ceil(price)
        ticks = min(ticks, pit.best_ask - 1) if side > 0 else max(ticks, pit.best_bid + 1)
        ticks = max(1, ticks)
        return self.sim.place(
            self,
            side,
            ticks,
            pit.lots(quote, ticks),
            intent=intent,
            parent=parent,
            planned_end_ts=planned_end_ts,
        )

    def take(self, side: int, quote: float, intent: str, reach_bps: float = 30, parent: int = 0) -> int:
        """Take so much money at the market, at most ``reach_bps`` beyond the touch; 0 where none is there."""
        pit = self.pit
        touch = pit.best_ask if side > 0 else pit.best_bid
        if touch in (0, NO_ASK):
            return 0
        limit = (
            math.floor(touch * (1 + reach_bps * 1e-4))
            if side > 0
            else math.ceil(touch * (1 - reach_bps * 1e-4))
        )
        return self.take_within(side, limit, quote, intent, parent)

    def take_within(self, side: int, limit: int, quote: float, intent: str, parent: int = 0) -> int:
        """Take so much money up to a limit in ticks."""
        return self.sim.place(
            self,
            side,
            limit,
            self.pit.lots(quote, limit),
            intent=intent,
            kind=OrderKind.LIMIT,
            tif=TimeInForce.IOC,
            parent=parent,
        )

    def cancel(self, order: int) -> None:
        """Cancel an order that may be over."""
        self.sim.cancel(self, order)
