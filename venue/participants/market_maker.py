"""A market maker: quotes both sides around what it thinks the coin is worth, and may leave.

Each wake-up takes the same number of draws, whatever the market does. A refresh is a cancel and,
a moment later, a new order; what it tolerates is known to the truth alone.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from venue.draws import Draws
from venue.participants.agent import SECOND, Agent
from venue.participants.quoting import Family, Style, Target, is_stale, targets
from venue.participants.withdrawal import Hazard, Pressure, Withdrawal, cause_of_leaving, withdrawal
from venue.pit import Fill, Pit

WIDE, SMALL = 2.5, 0.4
SEES_LATE_S = 0.3
OPINION_BPS = 0.3  # noise of its price


class Quote:
    """One place in the book that is to be filled again and again."""

    __slots__ = ("is_moving", "level", "order", "price", "side", "since")

    def __init__(self, side: int, level: int) -> None:
        self.side = side
        self.level = level
        self.order = 0
        self.price = 0.0
        self.since = 0
        self.is_moving = False


class MarketMaker(Agent):
    """Quotes in one of the families of quoting.py."""

    def __init__(self, name: str, pit: Pit, seed: int, style: Style, hazard: Hazard) -> None:
        super().__init__(name, pit, seed)
        self.style = style
        self.hazard = hazard
        self.family = f"mm-{style.family.value}"
        self.leaving = Draws(seed, f"{name}/leaving")
        self.quotes = [Quote(side, level) for level in range(style.levels) for side in (1, -1)]
        self.state = "full"
        self.spell = 0
        self.toxicity = 0.0
        self.swept: deque[tuple[int, float]] = deque()
        self.paused_until = {1: 0, -1: 0}
        self.turn = 1  # the side that an alternating one moves

    def traits(self) -> dict[str, Any]:
        """Its habits, the tolerance included."""
        return {
            name: getattr(self.style, name)
            for name in ("quote", "size_jitter", "rate_hz", "half_spread_bps", "levels", "tolerance")
        }

    def begin(self) -> None:
        """Announce the state to the truth and wake up within a period."""
        self.note("start")
        self.after(self.draws.uniform() / self.style.rate_hz, self.wake)

    def note(self, cause: str) -> None:
        """Write the state into the truth."""
        row = (self.pit.symbol.name, self.name, self.sim.now, self.state, cause)
        self.sim.truth.quoting.append(row)

    def wake(self) -> None:
        """Look at the market, decide whether to stay, refresh what is stale."""
        draws, style = self.draws, self.style
        period = math.exp(style.rate_jitter * draws.normal() - style.rate_jitter**2 / 2) / style.rate_hz
        opinion = 1 + OPINION_BPS * 1e-4 * draws.normal()
        sizes = [math.exp(style.size_jitter * draws.normal()) for _ in self.quotes]
        delay, gap = draws.lognormal(0.02, 0.6), draws.lognormal(min(0.06, 0.25 / style.rate_hz), 0.6)
        u = draws.uniform()
        if style.family is Family.ALTERNATING:
            period /= 2
            self.turn = -self.turn
        self.after(period, self.wake)
        if self.state != "full" or not self.leaves(period, u):
            fair = self.pit.worth(self.sim.now - round(SEES_LATE_S * SECOND)) * opinion
            self.refresh(fair, sizes, delay, gap)

    def lean(self) -> float:
        """Inventory as a share of its limit."""
        money = self.pit.money(self.inventory, self.pit.worth(self.sim.now))
        return max(-1.0, min(1.0, money / (self.style.limit_quotes * self.style.quote)))

    def leaves(self, seconds: float, u: float) -> bool:
        """Whether it withdraws now, because of all that weighs on it."""
        pressure = Pressure(self.toxicity, self.swept_quotes(), self.lean(), self.sim.regime)
        cause = cause_of_leaving(self.hazard, pressure, seconds, u)
        if cause:
            self.withdraw(withdrawal(cause, self.leaving))
        return bool(cause)

    def swept_quotes(self) -> float:
        """What was taken from it within a second, in quotes."""
        while self.swept and self.swept[0][0] < self.sim.now - SECOND:
            self.swept.popleft()
        return sum(money for _, money in self.swept) / self.style.quote

    def withdraw(self, change: Withdrawal) -> None:
        """Change the state, pull what it no longer wants, plan the return."""
        self.state = change.state
        self.spell += 1
        self.note(change.cause)
        for quote in self.quotes:
            if not self.is_wanted(quote.side):
                self.pull(quote)
        if change.length_s:
            self.after(change.length_s, self.recover, self.spell)

    def recover(self, spell: int) -> None:
        """Quote as usual again, unless another withdrawal has come."""
        if spell == self.spell:
            self.state = "full"
            self.toxicity = 0.0
            self.note("recovery")

    def is_wanted(self, side: int) -> bool:
        """Whether the state has this side quoted."""
        return self.state not in ("away", "bid_only" if side < 0 else "ask_only")

    def refresh(self, fair: float, sizes: list[float], delay: float, gap: float) -> None:
        """Move every quote that is stale."""
        width = WIDE if self.state == "wide" else 1.0
        if self.style.family is Family.INVENTORY:
            width *= 1 + 0.3 * min(2.0, max(0.0, self.toxicity) / 10)
        wanted = {side: targets(self.style, side, fair, self.lean(), width) for side in (1, -1)}
        for quote, jitter in zip(self.quotes, sizes, strict=True):
            target = wanted[quote.side][quote.level]
            if not quote.is_moving and self.is_wanted(quote.side) and self.is_due(quote, target.price):
                quote.is_moving = True
                scale = jitter * (SMALL if self.state == "small" else 1.0)
                start = delay + self.lag(quote.side)
                self.after(start, self.pull, quote)
                self.after(start + gap, self.put, quote, Target(target.price, target.quote * scale))

    def lag(self, side: int) -> float:
        """Seconds by which it moves ``side`` after the other."""
        return self.style.apart_s if self.style.family is Family.SEQUENTIAL and side < 0 else 0.0

    def is_due(self, quote: Quote, price: float) -> bool:
        """Whether a quote is missing or stale, and its side not paused."""
        if self.sim.now < self.paused_until[quote.side]:
            return False
        if self.style.family is Family.ALTERNATING and quote.side != self.turn:
            return False
        age_s = (self.sim.now - quote.since) / SECOND
        return not quote.order or is_stale(self.style, price, quote.price, age_s)

    def pull(self, quote: Quote) -> None:
        """Cancel a quote."""
        if quote.order:
            order, quote.order = quote.order, 0
            self.cancel(order)

    def put(self, quote: Quote, target: Target) -> None:
        """Place a quote, unless the state has changed meanwhile."""
        quote.is_moving = False
        if self.is_wanted(quote.side):
            quote.order = self.make(quote.side, target.price, target.quote, "quote", parent=quote.level)
            quote.price = target.price
            quote.since = self.sim.now

    def on_fill(self, fill: Fill) -> None:
        """Book it, look at its markout in a second, and leave at once where too much was swept."""
        super().on_fill(fill)
        for quote in self.quotes:
            if quote.order == fill.order and fill.left == 0:
                quote.order = 0
        self.swept.append((self.sim.now, self.pit.money(fill.size, fill.price)))
        self.after(1.0, self.judge, fill.side, fill.price)
        if self.style.family is Family.HUMMINGBOT:
            self.paused_until[fill.side] = self.sim.now + round(self.style.pause_s * SECOND)
        if self.state == "full" and self.swept_quotes() > self.style.tolerance:
            self.after(1e-3, self.flee)

    def flee(self) -> None:
        """The answer to a sweep beyond the tolerance."""
        if self.state == "full":
            self.withdraw(withdrawal("tolerance", self.leaving))

    def judge(self, side: int, price: int) -> None:
        """How much a fill has lost since, in basis points, into the mean."""
        loss = side * (price - self.pit.worth(self.sim.now)) / price * 1e4
        self.toxicity = 0.8 * self.toxicity + 0.2 * loss
