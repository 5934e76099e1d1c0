"""Large orders that are meant: they stay for minutes and are cancelled when news come."""

from __future__ import annotations

from venue.participants.agent import SECOND, Agent
from venue.pit import Pit

LOOK_S = 0.3
NEWS_BPS = 5.0


class Benign(Agent):
    """Places one real large order after another.

    Args:
        every_s: mean time between them.
        quote: median size in money.
    """

    family = "benign"

    def __init__(self, name: str, pit: Pit, seed: int, every_s: float, quote: float) -> None:
        super().__init__(name, pit, seed)
        self.every_s = every_s
        self.quote = quote

    def begin(self) -> None:
        """Wait for the first one."""
        self.after(self.draws.exponential(self.every_s), self.place)

    def place(self) -> None:
        """A large order a little behind the touch."""
        draws, pit = self.draws, self.pit
        size, life = draws.lognormal(self.quote, 0.4), draws.lognormal(120, 0.8)
        away, coin = draws.uniform(1, 8), draws.uniform()
        self.after(draws.exponential(self.every_s), self.place)
        side = 1 if coin < 0.5 else -1
        touch = pit.best_bid if side > 0 else pit.best_ask
        end = self.sim.now + round(life * SECOND)
        order = self.make(side, touch - side * away, size, "benign-large", planned_end_ts=end)
        if order:
            self.look(order, pit.worth(self.sim.now), end)

    def look(self, order: int, worth: float, end: int) -> None:
        """Cancel on a sudden move or when its time is up."""
        now = self.pit.worth(self.sim.now)
        if self.sim.now >= end or abs(now / worth - 1) > NEWS_BPS * 1e-4:
            self.cancel(order)
        else:
            self.after(LOOK_S, self.look, order, now, end)
