"""A wash pair: one account rests inside the spread, its partner takes it a moment later."""

from __future__ import annotations

from venue.engine.codes import OrderKind, TimeInForce
from venue.participants.agent import Agent
from venue.pit import NO_ASK, Pit


class WashTaker(Agent):
    """The partner; it acts only when asked."""

    family = "wash"

    def begin(self) -> None:
        """Nothing to do by itself."""

    def hit(self, side: int, price: int, size: int, parent: int) -> None:
        """Take exactly the partner's order."""
        self.sim.place(
            self, side, price, size, intent="wash", kind=OrderKind.LIMIT, tif=TimeInForce.IOC, parent=parent
        )


class WashMaker(Agent):
    """Paints prints of equal size and alternating sign.

    Args:
        every_s: mean time between prints.
    """

    family = "wash"

    def __init__(
        self, name: str, pit: Pit, seed: int, partner: WashTaker, every_s: float, quote: float
    ) -> None:
        super().__init__(name, pit, seed)
        self.partner = partner
        self.every_s = every_s
        self.quote = quote
        self.count = 0

    def begin(self) -> None:
        """Wait for the first print."""
        self.after(self.draws.exponential(self.every_s), self.rest)

    def rest(self) -> None:
        """Rest between the best prices, where there is a place."""
        draws, pit = self.draws, self.pit
        where, size, wait = draws.uniform(), draws.lognormal(self.quote, 0.8), draws.exponential(0.02)
        self.after(draws.exponential(self.every_s), self.rest)
        free = pit.best_ask - pit.best_bid - 1
        if not pit.best_bid or pit.best_ask == NO_ASK or free < 1:
            return
        self.count += 1
        side = 1 if self.count % 2 else -1
        price = pit.best_bid + 1 + int(where * free)
        lots = pit.lots(size, price)
        order = self.sim.place(self, side, price, lots, intent="wash", parent=self.count)
        if order:
            self.after(0.001 + wait, self.partner.hit, -side, price, lots, self.count)
            self.after(0.002 + wait, self.cancel, order)
