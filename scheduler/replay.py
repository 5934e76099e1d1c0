"""The cycle over a recording, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from scheduler.cycle import DecisionCycle
from tools.market.events import Events

CHUNK = 200_000  # events between two reports of progress


def chunks(events: Events, size: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Index ranges of about ``size`` events that never part events received at one instant."""
    stamps = events["ts_init"]
    start = 0
    while start < len(events):
        end = min(start + size, len(events))
        if end < len(events):
            end = int(np.searchsorted(stamps, stamps[end - 1], side="right"))
        yield start, end
        start = end


def replay(cycle: DecisionCycle, events: Events, progress: Callable[[int], None] | None = None) -> None:
    """Take the whole recording, then close what is open. ``progress`` gets the events done so far."""
    for start, end in chunks(events):
        part = events[start:end]
        cycle.run(part, int(part["ts_init"][-1]))
        if progress is not None:
            progress(end)
    if len(events):
        cycle.close(int(events["ts_init"][-1]))
