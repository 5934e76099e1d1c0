"""The crowd: limit orders at all distances that mostly get cancelled, and a few that take.

Arrivals come in bursts. Distance, lifetime and size follow what was measured on a real book
(tails by power laws, a mass at round sizes); where an order goes depends on the queues.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from venue.draws import Draws
from venue.participants.agent import SECOND, Agent
from venue.pit import NO_ASK, Pit

LIFETIME_S = ((0.0, 0.02), (0.1, 0.14), (0.25, 2.0), (0.5, 9.0), (0.75, 47.0), (0.9, 77.0))
LIFETIME_TAIL = (0.5, 7200.0)
DISTANCE_BPS = ((0.0, 2.0), (0.1, 9.0), (0.5, 83.0), (0.9, 206.0))
DISTANCE_TAIL = (1.2, 3000.0)
ROUND_MONEY = (5.0, 10.0, 10.0, 20.0, 20.0, 25.0, 50.0, 50.0, 100.0, 200.0)
BURST_S, LULL_S, BURST_FACTOR = 3.0, 9.0, 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How a crowd trades.

    Args:
        adds_hz: limit orders a second, both sides together.
        median_quote: median size.
        sigma: of the log size.
        round_share: orders of a round size in money or in coins.
        takes_share: market orders among all.
        opening: orders that are in the book at the start.
    """

    adds_hz: float
    median_quote: float = 20.0
    sigma: float = 1.0
    round_share: float = 0.25
    takes_share: float = 0.015
    opening: int = 60


def quantile(table: tuple[tuple[float, float], ...], tail: tuple[float, float], u: float) -> float:
    """The value at ``u`` of a table of quantiles, log-linear between them, with a Pareto tail."""
    top, last = table[-1]
    if u >= top:
        exponent, most = tail
        return min(most, last * float(((1 - u) / (1 - top)) ** (-1 / exponent)))
    for low, high, width, first, ratio in _pieces(table):
        if u < high:
            return first * float(ratio ** ((u - low) / width))
    return last


@cache
def _pieces(table: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float, float, float, float], ...]:
    """Each piece of a table: where it begins and ends, its width, its first value and its growth."""
    return tuple(
        (low, high, high - low, first, second / first) for (low, first), (high, second) in pairwise(table)
    )


def round_coins(quote: float, price: float) -> float:
    """The nearest one, two or five times a power of ten coins, in quote."""
    coins = quote / price
    power = 10.0 ** math.floor(math.log10(coins))
    return min((power * m for m in (1, 2, 5, 10)), key=lambda c: abs(math.log(c / coins))) * price


class Noise(Agent):
    """A crowd in one account."""

    family = "noise"

    def __init__(self, name: str, pit: Pit, seed: int, crowd: Crowd) -> None:
        super().__init__(name, pit, seed)
        self.crowd = crowd
        self.bursts = Draws(seed, f"{name}/bursts")
        self.is_burst = False
        self.change_ts = 0

    def begin(self) -> None:
        """Fill the book and let the first order come."""
        for _ in range(self.crowd.opening):
            self.add(
                self.size(), self.draws.uniform(), self.draws.uniform(), 0.5 + 0.5 * self.draws.uniform(), 1.0
            )
        self.after(self.gap(), self.arrive)

    def gap(self) -> float:
        """Seconds to the next arrival."""
        if self.sim.now >= self.change_ts:
            self.is_burst = not self.is_burst
            length = self.bursts.exponential(BURST_S if self.is_burst else LULL_S)
            self.change_ts = self.sim.now + round(length * SECOND)
        share = BURST_S / (BURST_S + LULL_S)
        lull_hz = self.crowd.adds_hz / (1 - share + share * BURST_FACTOR)
        return self.draws.exponential(1 / (lull_hz * BURST_FACTOR if self.is_burst else lull_hz))

    def size(self) -> float:
        """Money of one order; always the same number of draws."""
        crowd, u = self.crowd, self.draws.uniform()
        free = crowd.median_quote * math.exp(crowd.sigma * self.draws.normal())
        if u >= crowd.round_share:
            return free
        if u < 0.6 * crowd.round_share:
            return ROUND_MONEY[int(u / (0.6 * crowd.round_share) * len(ROUND_MONEY))]
        return round_coins(free, self.pit.worth(self.sim.now) * self.pit.tick)

    def arrive(self) -> None:
        """One arrival: always the same number of draws."""
        size, draw = self.size(), self.draws.uniform
        u, where, side, life, inside = draw(), draw(), draw(), draw(), draw()
        self.after(self.gap(), self.arrive)
        if u < self.crowd.takes_share and self.spread_bps() < 80 * inside + 10:
            self.take(1 if side < 0.5 else -1, 0.7 * size, "noise-take", reach_bps=20)
        else:
            self.add(size, where, side, life, inside)

    def spread_bps(self) -> float:
        """Spread; very wide where a side is empty."""
        pit = self.pit
        if not pit.best_bid or pit.best_ask == NO_ASK:
            return 1e4
        return 1e4 * (pit.best_ask - pit.best_bid) / pit.best_bid

    def anchor(self) -> float:
        """What the crowd thinks the price is, in ticks: the mid unless it is far from the worth."""
        worth = self.pit.worth(self.sim.now - SECOND)
        mid = self.pit.mid(self.sim.now)
        return mid if abs(mid / worth - 1) < 0.001 else worth

    def add(self, size: float, where: float, side_at: float, life: float, inside: float) -> None:
        """A limit order: improves a wide spread now and then, else lies at its distance."""
        side = 1 if side_at < 0.5 else -1
        distance = quantile(DISTANCE_BPS, DISTANCE_TAIL, where)
        price = self.anchor() * (1 - side * distance * 1e-4)
        if inside < 0.06 and 20 < self.spread_bps() < 1e4:
            price = self.pit.best_bid + 1 if side > 0 else self.pit.best_ask - 1
        lifetime = quantile(LIFETIME_S, LIFETIME_TAIL, life)
        end = self.sim.now + round(lifetime * SECOND)
        order = self.make(side, price, size, "noise", planned_end_ts=end)
        if order:
            self.after(lifetime, self.cancel, order)
