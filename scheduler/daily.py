"""What is done once a day and leaves a trace of its own: the newest date that is over, and no other.

Unlike a job of ``scheduler.jobs`` it needs no state in memory: that a date was served shows in its trace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.jobs import HOUR_NS, newest_over
from tools.domain.clock import Clock


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of earlier days.

    Attributes:
        first: The first date there is anything of, or None.
        last: The last date that was served, or None.
        work: Serve a date.
    """

    first: Callable[[], str | None]
    last: Callable[[], str | None]
    work: Callable[[str], object]


class OnceADay:
    """Serves the newest date that is over, once; after a failure it rests for an hour.

    Args:
        trace: What was served so far, and how a date is.
        hour: UTC hour from which the day before is over.
        clock: Tells which dates are.
    """

    def __init__(self, trace: Trace, *, hour: int, clock: Clock) -> None:
        self._trace, self._hour, self._clock = trace, hour, clock
        self._rests_until: int | None = None

    def run_due(self) -> None:
        """Serve the date that is due, if one is."""
        date, now = newest_over(self._clock, self._hour), self._clock.now()
        if self._rests_until is not None and now < self._rests_until <= now + HOUR_NS:
            return
        first, last = self._trace.first(), self._trace.last()
        if first is None or first > date or (last is not None and last >= date):
            return
        self._rests_until = now + HOUR_NS
        self._trace.work(date)
        self._rests_until = None
