"""The live loop over recorded tapes: the same cycle, paced by the clock.

Tapes are shifted so that the first event is now, or right after the last thing memory
knows where an earlier run was played faster than real time: memory never sees two runs at
one moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.cycle import DecisionCycle
from tools.domain.clock import Clock, sleep
from tools.domain.market import NANOS
from tools.market.events import Events, shift

FRAME_S = 0.1  # seconds of wall time between two batches


@dataclass(slots=True)
class Stop:
    """Set by a signal handler; the loop ends in order at the next batch."""

    requested: bool = False


def place_in_time(events: Events, start: int) -> Events:
    """``events`` moved so that the first was received at ``start``, ns."""
    return shift(events, start - int(events["ts_init"][0]))


def play(
    cycle: DecisionCycle,
    events: Events,
    *,
    speed: float,
    clock: Clock,
    stop: Stop,
    each_frame: Callable[[float], None],
) -> int:
    """Play ``events`` at ``speed`` until they end or ``stop`` is requested; returns the last time played.

    Each frame takes every event whose time has come, so a slow machine falls behind in
    frames, never in events. ``each_frame`` gets the share of the tape done, and once more after what was held
    has been sold.
    """
    stamps = events["ts_init"]
    first, last = int(stamps[0]), int(stamps[-1])
    began = clock.now()
    index = 0
    now = first
    while index < len(events) and not stop.requested:
        now = min(last, first + int((clock.now() - began) * speed))
        end = int(np.searchsorted(stamps, now, side="right"))
        cycle.run(events[index:end], now)
        index = end
        each_frame(index / len(events))
        if index < len(events):
            sleep(min(FRAME_S, max(0.0, (int(stamps[index]) - now) / NANOS / speed) + FRAME_S / 2))
    cycle.close(now)
    each_frame(index / len(events))
    return now
