"""How long something takes, time and again: by the clock on the wall and by what it used of a core."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds of ``n`` calls.

    Attributes:
        cpu_p99_ms: Of the process alone; what the wall shows beyond it is the machine's other work.
    """

    n: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    cpu_p50_ms: float
    cpu_p99_ms: float


def timed(calls: Iterable[Callable[[], object]]) -> Timing:
    """The timing of ``calls``, each once and in order."""
    wall: list[int] = []
    cpu: list[int] = []
    for call in calls:
        began, used = time.perf_counter_ns(), time.process_time_ns()
        call()
        wall.append(time.perf_counter_ns() - began)
        cpu.append(time.process_time_ns() - used)
    return Timing(
        n=len(wall),
        p50_ms=_quantile_ms(wall, 0.5),
        p99_ms=_quantile_ms(wall, 0.99),
        max_ms=max(wall) / 1e6,
        cpu_p50_ms=_quantile_ms(cpu, 0.5),
        cpu_p99_ms=_quantile_ms(cpu, 0.99),
    )


def _quantile_ms(nanos: list[int], share: float) -> float:
    return float(np.quantile(nanos, share, method="higher")) / 1e6
