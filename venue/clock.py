"""The venue's clock: the wall's, moved by a skew, or one that a simulation winds."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in nanoseconds since 1970, UTC."""

    def now(self) -> int:
        """The present."""
        ...


class WallClock:
    """The machine's time."""

    def now(self) -> int:
        """The present."""
        return time.time_ns()


class WoundClock:
    """A time that stands still until it is moved."""

    def __init__(self, start: int) -> None:
        self._now = start

    def now(self) -> int:
        """The present."""
        return self._now

    def move_to(self, moment: int) -> None:
        """Go to a later moment."""
        if moment < self._now:
            raise ValueError(f"time must not run backwards: {moment} is before {self._now}")
        self._now = moment
