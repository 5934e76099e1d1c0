"""How long the laboratory's wires take: lognormal, each way of each order fixed by the seed and its name.

A delay depends on nothing but the seed, the order's name and how much was said of it before, so
two sessions that do the same have the same delays, and one order more in one of them does not
move the delays of the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from tools.domain.errors import BadUsage
from tools.domain.identity import unit_draw

Z99 = NormalDist().inv_cdf(0.99)
MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Delays between the agent and the venue.

    Attributes:
        request_ms: Median from sending to the engine acting.
        news_ms: Median from the engine's event to the agent hearing of it.
        tail: 99th percentile over the median, both ways.
    """

    request_ms: float = 80.0
    news_ms: float = 20.0
    tail: float = 5.0

    def __post_init__(self) -> None:
        """Refuse delays that lead into the past."""
        if not (self.request_ms > 0 and self.news_ms > 0 and self.tail >= 1):
            raise BadUsage(f"delays must be positive and their tail at least 1, were {self}")

    def request_ns(self, seed: int, kind: str, name: str) -> int:
        """Of the request ``kind`` on the order ``name``."""
        return self._ns(self.request_ms, unit_draw(seed, "request", kind, name))

    def news_ns(self, seed: int, name: str, number: int) -> int:
        """Of the ``number``-th news of the order ``name``."""
        return self._ns(self.news_ms, unit_draw(seed, "news", name, number))

    def _ns(self, median_ms: float, u: float) -> int:
        z = NormalDist().inv_cdf(min(max(u, 1e-12), 1 - 1e-12))
        return max(1, round(median_ms * MS * math.exp(math.log(self.tail) / Z99 * z)))
