"""How long memory, model and whole decisions take: the last thousand of each, and all as a histogram."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from graphs.brain import ConsultAnswer
from graphs.thought import Conclusion, Thinker, Thought
from tools.domain.clock import NS, Stopwatch
from tools.domain.parameter import ParameterSet
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Recall, Where
from tools.domain.trading import Signal
from tools.execution.freshness import Sighting

KEPT = 1_000
BOUNDS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MEMORY, MODEL, DECISION = "memory", "model", "decision"
T = TypeVar("T")


class Spread:
    """Durations since the start, counted by size.

    Attributes:
        counts: Of those up to each of ``BOUNDS_S``, and of longer ones, (n_bounds + 1,).
        total_ns: Their sum.
    """

    __slots__ = ("counts", "total_ns")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.total_ns = 0

    def take(self, duration_ns: int) -> None:
        """Count one more."""
        self.counts[bisect_left(BOUNDS_S, duration_ns / NS)] += 1
        self.total_ns += duration_ns

    def as_data(self) -> dict[str, Any]:
        """Bounds in seconds, counts and the sum in seconds."""
        return {"bounds_s": list(BOUNDS_S), "counts": list(self.counts), "total_s": self.total_ns / NS}


class Meter:
    """Measures by name; nothing that is measured is decided by."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._taken: dict[str, deque[int]] = {}
        self._spreads: dict[str, Spread] = {}

    def measure(self, name: str, work: Callable[[], T]) -> T:
        """What ``work`` returns, its time kept under ``name``."""
        began = self._stopwatch.elapsed()
        try:
            return work()
        finally:
            took = self._stopwatch.elapsed() - began
            self._taken.setdefault(name, deque(maxlen=KEPT)).append(took)
            self._spreads.setdefault(name, Spread()).take(took)

    def figures(self) -> dict[str, dict[str, float]]:
        """By name, how many, the median and the 99th percentile in milliseconds."""
        return {
            name: {
                "n": len(taken),
                "p50_ms": float(np.percentile(taken, 50)) / 1e6,
                "p99_ms": float(np.percentile(taken, 99)) / 1e6,
            }
            for name, taken in self._taken.items()
        }

    def spreads(self) -> dict[str, dict[str, Any]]:
        """By name, all durations since the start as a histogram."""
        return {name: spread.as_data() for name, spread in self._spreads.items()}


@dataclass(frozen=True, slots=True)
class MeasuredRecall:
    """A recall with a meter on it."""

    inner: Recall
    meter: Meter

    def neighbours(
        self,
        vectors: Sequence[tuple[float, ...]],
        ts: int,
        limit: int,
        min_similarity: float,
        *,
        priority: Priority = EVEN,
        where: Where = ANYWHERE,
    ) -> list[list[Neighbour]]:
        """The same, measured."""
        return self.meter.measure(
            MEMORY,
            lambda: self.inner.neighbours(vectors, ts, limit, min_similarity, priority=priority, where=where),
        )


@dataclass(frozen=True, slots=True)
class MeasuredThinker:
    """A decision graph with a meter on it."""

    inner: Thinker
    meter: Meter

    def think(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> Conclusion | Thought:
        """The same, measured."""
        return self.meter.measure(DECISION, lambda: self.inner.think(signals, parameters, ts))

    def conclude(
        self,
        thought: Thought,
        answers: Sequence[ConsultAnswer],
        sightings: Mapping[str, Sighting],
        ts: int,
    ) -> Conclusion:
        """The same; what an answer took is on its own record."""
        return self.inner.conclude(thought, answers, sightings, ts)
