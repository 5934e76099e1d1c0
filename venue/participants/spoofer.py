"""A spoofer: shows size it does not mean, to have a small real order on the other side filled.

The large orders go when their time is up, when the price comes close, or when the real order is
done. Lifetime, size, levels and the way are parameters, so that an adversary may be tuned.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from venue.draws import Draws
from venue.participants.agent import SECOND, Agent
from venue.pit import Fill, Pit

LOOK_S = 0.05
PULL_S = 0.02  # from its trade to the end of the show
STEP_S, PEEL_S = (0.05, 0.2), (0.1, 0.3)  # from one large order to the next, least and greatest
WAIT_S = (0.5, 4.5)  # for which a patient real order rests before the show


class Way(Enum):
    """How the show is timed, and how it is meant to pay."""

    MIRRORED = "mirrored"  # the real order comes and goes with the large ones
    ALONE = "alone"  # nothing opposite: it earns elsewhere
    TAKING = "taking"  # it hits those who were lured, then pulls
    PATIENT = "patient"  # the real order rests before and after
    STEPPED = "stepped"  # as mirrored; the large orders are placed one after another
    PEELED = "peeled"  # as mirrored; they are withdrawn one after another


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
        way: how it is timed and pays; others than MIRRORED take draws of their own.
    """

    every_s: float = 45.0
    multiple: float = 12.0
    usual_quote: float = 20.0
    lifetime_s: float = 0.8
    sigma: float = 0.6
    levels: int = 2
    ticks_away: int = 3
    way: Way = Way.MIRRORED


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
        self.draws_of_way = Draws(seed, f"{name}/way")

    def traits(self) -> dict[str, Any]:
        """How it spoofs."""
        names = ("multiple", "lifetime_s", "levels", "every_s")
        return {name: getattr(self.spoof, name) for name in names} | {"way": self.spoof.way.value}

    def begin(self) -> None:
        """Wait for the first attempt."""
        self.after(self.draws.exponential(self.spoof.every_s), self.try_it)

    def try_it(self) -> None:
        """A real order here, large ones there; always the same number of draws."""
        spoof, draws = self.spoof, self.draws
        lifetime = min(30.0, max(0.1, draws.lognormal(spoof.lifetime_s, spoof.sigma)))
        multiple = max(3.0, draws.lognormal(spoof.multiple, 0.2))
        coin = draws.uniform()
        lead = self.draws_of_way.between(*WAIT_S) if spoof.way is Way.PATIENT else 0.0
        self.after(lead + lifetime + draws.exponential(spoof.every_s), self.try_it)
        self.finish()
        self.attempt += 1
        self.side = 1 if coin < 0.5 else -1
        if self.inventory:  # buyers are lured when there is something to sell
            self.side = 1 if self.inventory > 0 else -1
        if spoof.way not in (Way.ALONE, Way.TAKING):
            touch = self.pit.best_ask if self.side > 0 else self.pit.best_bid
            self.real = self.make(-self.side, touch, spoof.usual_quote, "spoof-real", parent=self.attempt)
        if lead:
            self.after(lead, self.show, self.attempt, lifetime, multiple)
        else:
            self.show(self.attempt, lifetime, multiple)

    def show(self, attempt: int, lifetime: float, multiple: float) -> None:
        """The large orders, at once or step by step."""
        if attempt != self.attempt or (self.spoof.way is Way.PATIENT and not self.real):
            return
        spoof, pit, wait = self.spoof, self.pit, 0.0
        self.end_ts = self.sim.now + round(lifetime * SECOND)
        base = pit.best_bid if self.side > 0 else pit.best_ask
        for level in range(spoof.levels):
            price = base - self.side * (spoof.ticks_away + level)
            if spoof.way is Way.STEPPED and level:
                wait += self.draws_of_way.between(*STEP_S)
                self.after(wait, self.put, attempt, price, multiple)
            else:
                self.put(attempt, price, multiple)
        if spoof.way is Way.TAKING:
            self.after(lifetime * self.draws_of_way.between(0.5, 0.95), self.hit, attempt)
        self.after(LOOK_S, self.look, attempt)

    def put(self, attempt: int, price: int, multiple: float) -> None:
        """One large order, unless the show is over."""
        if attempt == self.attempt and self.sim.now < self.end_ts:
            money = multiple * self.spoof.usual_quote
            order = self.make(self.side, price, money, "spoof", parent=attempt, planned_end_ts=self.end_ts)
            if order:
                self.large[order] = price

    def hit(self, attempt: int) -> None:
        """Trade with those who were lured, and end the show."""
        if attempt == self.attempt and self.large:
            self.take(-self.side, self.spoof.usual_quote, "spoof-real", parent=attempt)
            self.after(PULL_S, self.finish)

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
        """Cancel everything; a way may have it that some of it goes later."""
        orders, self.large = list(self.large), {}
        wait = 0.0
        for order in orders:
            if wait:
                self.after(wait, self.cancel, order)
            else:
                self.cancel(order)
            if self.spoof.way is Way.PEELED:
                wait += self.draws_of_way.between(*PEEL_S)
        real, self.real = self.real, 0
        if real and self.spoof.way is Way.PATIENT:
            self.after(self.draws_of_way.between(0.3, 2.3), self.cancel, real)
        elif real:
            self.cancel(real)

    def on_fill(self, fill: Fill) -> None:
        """The real order has traded: the show is over."""
        super().on_fill(fill)
        if fill.order == self.real and fill.left == 0:
            self.real = 0
            self.after(PULL_S, self.finish)
