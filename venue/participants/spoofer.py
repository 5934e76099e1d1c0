"""A spoofer: shows size it does not mean, to have a small real order on the other side filled.

The large orders go when their time is up, when the price comes close, or when the real order is
done. Lifetime, size and levels are parameters, so that an adversary may be tuned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from venue.participants.agent import SECOND, Agent
from venue.pit import Fill, Pit

LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoof:
    """How it spoofs.

    Args:
        every_s: mean time between attempts.
        multiple: size of each large order in usual orders.
        usual_quote: the usual order.
        lifetime_s: median of the planned lifetime; ``sigma`` of its logarithm.
        levels: large orders an attempt, next to each other.
        ticks_away: of the first from the touch.
    """

    every_s: float = 45.0
    multiple: float = 12.0
    usual_quote: float = 20.0
    lifetime_s: float = 0.8
    sigma: float = 0.6
    levels: int = 2
    ticks_away: int = 3


class Spoofer(Agent):
    """One attempt after another; between them it works off its position."""

    family = "spoof"

    def __init__(self, name: str, pit: Pit, seed: int, spoof: Spoof) -> None:
        super().__init__(name, pit, seed)
        self.spoof = spoof
        self.large: dict[int, int] = {}  # order → price
        self.real = 0
        self.side = 1
        self.attempt = 0
        self.end_ts = 0

    def traits(self) -> dict[str, Any]:
        """How it spoofs."""
        return {name: getattr(self.spoof, name) for name in ("multiple", "lifetime_s", "levels", "every_s")}

    def begin(self) -> None:
        """Wait for the first attempt."""
        self.after(self.draws.exponential(self.spoof.every_s), self.try_it)

    def try_it(self) -> None:
        """A real order here, large ones there; always the same number of draws."""
        spoof, draws, pit = self.spoof, self.draws, self.pit
        lifetime = min(30.0, max(0.1, draws.lognormal(spoof.lifetime_s, spoof.sigma)))
        multiple = max(3.0, draws.lognormal(spoof.multiple, 0.2))
        coin = draws.uniform()
        self.after(lifetime + draws.exponential(spoof.every_s), self.try_it)
        self.finish()
        self.attempt += 1
        self.side = 1 if coin < 0.5 else -1
        if self.inventory:  # buyers are lured when there is something to sell
            self.side = 1 if self.inventory > 0 else -1
        self.end_ts = self.sim.now + round(lifetime * SECOND)
        touch = pit.best_ask if self.side > 0 else pit.best_bid
        self.real = self.make(-self.side, touch, spoof.usual_quote, "spoof-real", parent=self.attempt)
        base = pit.best_bid if self.side > 0 else pit.best_ask
        for level in range(spoof.levels):
            price = base - self.side * (spoof.ticks_away + level)
            money = multiple * spoof.usual_quote
            order = self.make(
                self.side, price, money, "spoof", parent=self.attempt, planned_end_ts=self.end_ts
            )
            if order:
                self.large[order] = price
        self.after(LOOK_S, self.look, self.attempt)

    def look(self, attempt: int) -> None:
        """Pull the large orders when their time is up or the price is near."""
        if attempt != self.attempt or not self.large:
            return
        pit = self.pit
        touch = pit.best_bid if self.side > 0 else pit.best_ask
        nearest = max(self.side * price for price in self.large.values())
        if self.sim.now >= self.end_ts or nearest >= self.side * touch:
            self.finish()
        else:
            wait = min(LOOK_S, max(1e-3, (self.end_ts - self.sim.now) / SECOND))
            self.after(wait, self.look, attempt)

    def finish(self) -> None:
        """Cancel everything."""
        orders, self.large = list(self.large), {}
        for order in orders:
            self.cancel(order)
        if self.real:
            real, self.real = self.real, 0
            self.cancel(real)

    def on_fill(self, fill: Fill) -> None:
        """The real order has traded: the show is over."""
        super().on_fill(fill)
        if fill.order == self.real and fill.left == 0:
            self.real = 0
            self.after(0.02, self.finish)
