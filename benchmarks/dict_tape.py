"""The tape in plain Python: a deque of prints whose sums are kept as they come and go."""

from __future__ import annotations

import math
from collections import defaultdict, deque

RING = 65_536
CLUSTERS = 512
TAIL = 0.1
UNIT = 1e-8

Print = tuple[int, int, int, int]


class DictTape:
    """Prints of one window, with exact running sums in integers."""

    def __init__(self, window_ns: int, velocity_ns: int, large_quote: float) -> None:
        self.window_ns = window_ns
        self.velocity_ns = velocity_ns
        self.large_quote = large_quote
        self.prints: deque[Print] = deque()
        self.recent: deque[int] = deque()
        self.last_price = 0
        self.last_side = 0
        self.ts_gap = 0
        self.total = self.bought = self.large = self.value = self.value_squared = 0
        self.volume: dict[int, dict[int, int]] = {
            1: defaultdict(int),
            -1: defaultdict(int),
            0: defaultdict(int),
        }

    def add(self, ts: int, price: int, size: int, side: int) -> None:
        """Take a print in."""
        self.prints.append((ts, price, size, side))
        self.recent.append(ts)
        self.last_price = price
        self.last_side = side
        self._count(price, size, side, 1)

    def _count(self, price: int, size: int, side: int, sign: int) -> None:
        value = price * size
        self.total += sign * size
        self.value += sign * value
        self.value_squared += sign * value * value
        if side > 0:
            self.bought += sign * size
        if (price * UNIT) * (size * UNIT) >= self.large_quote:
            self.large += sign
        volume = self.volume[side]
        left = volume[price] + sign * size
        if left:
            volume[price] = left
        else:
            del volume[price]

    def expire(self, ts: int) -> None:
        """Let go of what has left the windows by ``ts``."""
        prints = self.prints
        while prints and (prints[0][0] <= ts - self.window_ns or len(prints) > RING):
            _, price, size, side = prints.popleft()
            self._count(price, size, side, -1)
        recent = self.recent
        while recent and (recent[0] <= ts - self.velocity_ns or len(recent) > RING):
            recent.popleft()

    def statistics(self) -> list[float]:
        """Aggressor ratio, large prints, variance of the print value, prints per second."""
        n = len(self.prints)
        spread = n * self.value_squared - self.value * self.value
        return [
            self.bought / self.total if self.total else math.nan,
            math.nan if math.isnan(self.large_quote) else float(self.large),
            spread / (n * n) * 1e-32 if n > 1 else math.nan,
            min(len(self.recent), n) / (self.velocity_ns * 1e-9),
        ]

    def was_taken(self, ts: int, within_ns: int, side: int, price: int) -> bool:
        """Whether a print of the last ``within_ns`` reached ``price`` of the book's ``side``."""
        for when, at, _, aggressor in reversed(self.prints):
            if ts - when > within_ns:
                return False
            if aggressor == -side and (at - price) * side <= 0:
                return True
        return False

    def bounds(self) -> tuple[float, float]:
        """Clusters of 1 bp that leave a tenth of the sold volume below, of the bought above."""
        return self._bound(-1), self._bound(1)

    def _bound(self, side: int) -> float:
        volumes = self.volume[side]
        if not volumes:
            return math.nan
        anchor = self.last_price * UNIT
        width = anchor * 1e-4
        clusters: dict[int, list[float]] = {}
        total = 0.0
        for price, units in volumes.items():
            at, volume = price * UNIT, units * UNIT
            place = math.floor((at - anchor) / width) + CLUSTERS // 2
            cluster = clusters.setdefault(min(max(place, 0), CLUSTERS - 1), [0.0, 0.0])
            cluster[0] += volume
            cluster[1] += volume * at
            total += volume
        seen = 0.0
        for place in sorted(clusters, reverse=side > 0):
            volume, weighted = clusters[place]
            seen += volume
            if seen > TAIL * total:
                return weighted / volume
        return math.nan
