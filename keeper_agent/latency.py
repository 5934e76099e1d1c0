"""How long memory, model and whole decisions take, over the last thousand of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from graphs.brain import ConsultAnswer
from graphs.thought import Conclusion, Thinker, Thought
from tools.domain.clock import Stopwatch
from tools.domain.parameter import ParameterSet
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Recall, Where
from tools.domain.trading import Signal
from tools.execution.freshness import Sighting

KEPT = 1_000
MEMORY, MODEL, DECISION = "memory", "model", "decision"
T = TypeVar("T")


class Meter:
    """Measures by name; nothing that is measured is decided by."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._taken: dict[str, deque[int]] = {}

    def measure(self, name: str, work: Callable[[], T]) -> T:
        """What ``work`` returns, its time kept under ``name``."""
        began = self._stopwatch.elapsed()
        try:
            return work()
        finally:
            taken = self._taken.setdefault(name, deque(maxlen=KEPT))
            taken.append(self._stopwatch.elapsed() - began)

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
