"""Chains of orders placed anew, in plain Python: what the kernels of chains are held against."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.dict_posterior import DictPosterior
from benchmarks.dict_trail import Placement

NUMBERS = Path(__file__).resolve().parents[1] / "tools" / "detection" / "posterior_apart.json"
SLOTS, KEPT = 16, 64
SOON_NS, LOST_NS = 400_000_000, 60_000_000_000
MOST_PLACED, UNSEEN = 600.0, 60.0


@dataclass
class Link:
    """An order that may be a hand's quote."""

    ts: int
    price: int
    size: int
    value: float
    hand: int
    links: int = 0
    period: float = 0.0
    log_period: float = 0.0
    off: float = 0.0
    unsteady: float = 0.0
    ts_gone: int = 0
    is_taken: bool = False

    def alive(self, ts: int) -> bool:
        """Whether it still counts."""
        period = self.period if self.links else 3.0
        if self.ts_gone and (ts - self.ts_gone) * 1e-9 > 2.0 * period + 1.0:
            return False
        return (ts - self.ts) * 1e-9 <= 6.0 * period + 5.0

    def fall(self, ts: int, before: int, after: int, taken: bool) -> bool:
        """Its level fell; whether that says anything new of it."""
        fallen = before - after
        is_short = 2 * after < self.size
        if taken:
            if self.ts_gone or not is_short:
                return False
            self.is_taken = True
        else:
            is_whole = is_short or abs(fallen - self.size) <= 0.02 * self.size
            if not is_whole and not (self.links and fallen > 0.3 * self.size):
                return False
            if self.ts_gone and (self.links == 0 or self.is_taken):
                return False
        self.ts_gone = ts
        return True

    def leads_to(self, ts: int, price: int, value: float, near: float, far: float) -> bool:
        """Whether an order may be this one placed anew."""
        if not self.ts_gone or self.ts >= ts:
            return False
        off, unlike, after = abs(self.price - price), abs(value - self.value), ts - self.ts_gone
        is_chain = self.links >= 2
        if off > near and (not is_chain or off > far or unlike > 0.3):
            return False
        if not self.is_taken and after <= SOON_NS:
            return True
        return is_chain and after * 1e-9 <= 2.0 * self.period and unlike < (1.0 if self.is_taken else 0.7)


class DictChains:
    """The chains of both sides and the two of them that are followed."""

    def __init__(self) -> None:
        self.orders: list[list[Link]] = [[], []]
        self.hands = 0
        self.followed = [0, 0]
        self.quotes: list[Link | None] = [None, None]
        self.changed = [False, False]
        self.ts_linked = [0, 0]
        self.last = -1
        self.turns = self.repeats = 0.0
        self.phase = [0.0, 0.0, 0.0]
        self.paces = [0.0, 0.0]
        self.gaps: deque[float] = deque(maxlen=KEPT)
        self.sizes: deque[float] = deque(maxlen=KEPT)
        self.ts_believed = 0
        self.posterior = DictPosterior(json.loads(NUMBERS.read_text("utf-8"))["numbers"])

    def lost(self) -> None:
        """Forget the orders and whom they were of."""
        self.orders, self.followed, self.quotes = [[], []], [0, 0], [None, None]

    def fall(self, ts: int, i: int, price: int, before: int, after: int, taken: bool) -> None:
        """A level of side ``i`` fell."""
        for one in self.orders[i]:
            if one.price == price and one.fall(ts, before, after, taken):
                self.changed[i] = True

    def message(
        self, ts: int, fresh: Sequence[Sequence[Placement]], placed: Sequence[float], mid: float, tick: int
    ) -> None:
        """A message is whole: the placements of both sides, nearest the mid first."""
        if max(placed) > MOST_PLACED:
            if self.orders[0] or self.orders[1]:
                self.lost()
            return
        near, far = max(4.0 * tick, 12.0 * 1e-4 * mid), 40.0 * 1e-4 * mid
        for i in (0, 1):
            for one in fresh[i]:
                if one.size > 0:
                    self._place(ts, i, one, near, far)
            if self.changed[i]:
                self._find(i)
            self.changed[i] = False

    def _place(self, ts: int, i: int, placed: Placement, near: float, far: float) -> None:
        value = math.log(placed.value)
        before = [one for one in self.orders[i] if one.leads_to(ts, placed.price, value, near, far)]
        if before:
            old = max(before, key=lambda one: one.links)
            links, gap = old.links + 1, (ts - old.ts) * 1e-9
            weight = max(1.0 / links, 0.15)
            log_gap = math.log(max(gap, 0.02))
            log_period = old.log_period + weight * (log_gap - old.log_period)
            off = abs(value - old.value) + abs(placed.price - old.price) / near
            usual = old.value + weight * (value - old.value)
            new = Link(ts, placed.price, placed.size, usual, old.hand, links, off=off)
            new.log_period, new.period = log_period, math.exp(log_period)
            uneven = abs(value - old.value) + (abs(log_gap - old.log_period) if links > 1 else 0.0)
            new.unsteady = old.unsteady + weight * (uneven - old.unsteady)
            if new.hand == self.followed[i] and old.ts_gone > self.ts_linked[i]:
                self._count(ts, i, new.period, gap, value)
        else:
            self.hands += 1
            new = Link(ts, placed.price, placed.size, value, self.hands)
        orders = self.orders[i]
        if len(orders) < SLOTS:
            orders.append(new)
        else:
            ranks = [(min(one.links, 3) if one.alive(ts) else -1, one.ts) for one in orders]
            orders[ranks.index(min(ranks))] = new
        self.changed[i] = True

    def _count(self, ts: int, i: int, period: float, gap: float, value: float) -> None:
        self.turns += self.last == 1 - i
        self.repeats += self.last == i
        if i == 1 and self.ts_linked[0]:
            phase = (ts - self.ts_linked[0]) * 1e-9 / period
            if phase < 1.3:
                for k, part in enumerate(
                    (math.cos(2.0 * math.pi * phase), math.sin(2.0 * math.pi * phase), 1.0)
                ):
                    self.phase[k] += part
        self.last = i
        self.paces[i] += 1.0
        self.ts_linked[i] = ts
        self.gaps.append(gap)
        self.sizes.append(value)

    def _find(self, i: int) -> None:
        mine = [
            one for one in self.orders[i] if self.followed[i] and one.hand == self.followed[i] and one.links
        ]
        if mine:
            best = max(mine, key=lambda one: (one.links - 1.5 * (one.ts_gone > 0), -one.off, one.ts))
            self.quotes[i] = replace(best)

    def second(self, ts: int) -> None:
        """A second ends at ``ts``."""
        keep = math.exp(-1.0 / 60.0)
        self.turns *= keep
        self.repeats *= keep
        self.phase = [part * keep for part in self.phase]
        self.paces = [pace * keep for pace in self.paces]
        bids, asks = ([one for one in side if one.links >= 2 and one.alive(ts)] for side in self.orders)
        most, best = 0.0, None
        for bid in bids:
            for ask in asks:
                score = math.log(min(float(min(bid.links, ask.links)), 60.0))
                score -= abs(bid.log_period - ask.log_period) + 0.5 * abs(bid.value - ask.value)
                if score > most:
                    most, best = score, (bid, ask)
        if best:
            self.followed = [one.hand for one in best]
            self._find(0)
            self._find(1)
        elif self.followed[0] and ts - max(one.ts for one in self.quotes if one) > LOST_NS:
            self.followed = [0, 0]

    # what is asked

    def is_apart(self, linked: float) -> bool:
        """Whether two chains go on; ``linked`` refreshes of the last minute moved both sides together."""
        pace = min(self.paces)
        is_steady = all(one is None or one.unsteady < 1.1 for one in self.quotes)
        return self.followed[0] > 0 and is_steady and pace >= 3.0 and linked < 0.1 * pace

    def prices(self) -> tuple[int, int] | None:
        """Of the followed bid and ask, if they are two."""
        bid, ask = (one.price if one else 0 for one in self.quotes)
        return (bid, ask) if 0 < bid < ask else None

    def probability(self, ts: int, belief: float, placed: Sequence[float]) -> float:
        """That one hand is behind both chains; ``belief`` is that of one that moves both together."""
        bid, ask = (one for one in self.quotes if one)
        silence = max((ts - one.ts) * 1e-9 / one.period for one in (bid, ask))
        gone = [(ts - one.ts_gone) * 1e-9 / one.period if one.ts_gone else 0.0 for one in (bid, ask)]
        cosine, sine, n = self.phase
        return self.posterior.probability([
            math.log(belief / (1.0 - belief)),
            math.log1p(min(self.paces)),
            max(bid.unsteady, ask.unsteady),
            abs(bid.log_period - ask.log_period),
            0.5 * (bid.log_period + ask.log_period),
            abs(bid.value - ask.value),
            (self.turns + 1.0) / (self.turns + self.repeats + 2.0),
            math.sqrt(cosine * cosine + sine * sine) / (n + 2.0),
            math.log1p(min(silence, UNSEEN)),
            math.log1p(min(*gone, UNSEEN)),
            math.log(min(placed) + 1.0),
        ])  # fmt: skip

    def departed(self, ts: int) -> float | None:
        """Whether both quotes are gone for long; None where nobody can be missed."""
        is_late = not self.ts_believed or ts - self.ts_believed > LOST_NS
        if not self.followed[0] or is_late or min(self.paces) < 4.0:
            return None
        bid, ask = (one for one in self.quotes if one)
        if not bid.ts_gone or not ask.ts_gone or (bid.is_taken and ask.is_taken):
            return 0.0
        period = math.exp(0.5 * (bid.log_period + ask.log_period))
        return float((ts - max(bid.ts_gone, ask.ts_gone)) * 1e-9 >= max(2.0 * period, 1.0))
