"""What a process holds, sampled as it runs: memory, files, tasks, threads, and how late its loop is.

Samples go to arrays made beforehand, so that measuring does not grow what is measured.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tools.domain.clock import Stopwatch
from tools.domain.market import NANOS

GAUGES = ("rss_kib", "blocks", "files", "tasks", "threads")
LAG_STEP_S = 0.01
LAG_BINS = 20_000  # of a tenth of a millisecond

Reals: TypeAlias = npt.NDArray[np.float64]
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") / 1024


def settle() -> None:
    """Let the collector forget what is there for good, so that a collection for a sample takes no time."""
    gc.collect()
    gc.freeze()


def reading() -> tuple[float, ...]:
    """One sample, in the order of ``GAUGES``; blocks are what Python has allocated and still needs.

    Cycles that nobody needs are collected first: they may lie for minutes and are no leak.
    """
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (names alone, no objects)
    tasks, threads = len(asyncio.all_tasks()), threading.active_count()
    return (resident * PAGE_KIB, sys.getallocatedblocks(), files, tasks, threads)


class Samples:
    """Readings over time, shape (n, 1 + len(GAUGES)); the first column is the time in seconds."""

    def __init__(self, most: int, stopwatch: Stopwatch) -> None:
        self._rows = np.full((most, 1 + len(GAUGES)), np.nan)
        self._n = 0
        self._stopwatch = stopwatch
        self._start = stopwatch.elapsed()

    async def run(self, step_s: float) -> None:
        """Sample until cancelled or full."""
        while self._n < len(self._rows):
            at = (self._stopwatch.elapsed() - self._start) / NANOS
            self._rows[self._n] = (at, *reading())
            self._n += 1
            await asyncio.sleep(step_s)

    def taken(self) -> Reals:
        """All samples."""
        return self._rows[: self._n].copy()


class LagMeter:
    """How much later than asked for the loop wakes a sleeper, as a histogram."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._bins = np.zeros(LAG_BINS, np.int64)
        self._stopwatch = stopwatch
        self.most_ms = 0.0

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            before = self._stopwatch.elapsed()
            await asyncio.sleep(LAG_STEP_S)
            late_ms = max(0.0, (self._stopwatch.elapsed() - before) / 1e6 - LAG_STEP_S * 1000)
            self._bins[min(int(late_ms * 10), LAG_BINS - 1)] += 1
            self.most_ms = max(self.most_ms, late_ms)

    def percentile_ms(self, share: float) -> float:
        """Milliseconds that ``share`` of the wake-ups stayed below, to a tenth."""
        total = self._bins.cumsum()
        return float(np.searchsorted(total, share * total[-1]) + 1) / 10
