"""The one seam through which time enters Keeper.

Everything else receives a Clock, so a replay decides exactly as the live run did.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

NS = 1_000_000_000


class Clock(Protocol):
    """Tells the time; nothing else in Keeper may ask the operating system."""

    def now(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's clock, for live and paper sessions."""

    def now(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        return time.time_ns()


class Stopwatch(Protocol):
    """Measures how long something takes or has been silent; no step of the wall clock moves it."""

    def elapsed(self) -> int:
        """Nanoseconds since some fixed moment; never runs backwards."""
        ...


class SystemStopwatch:
    """The machine's monotonic clock."""

    def elapsed(self) -> int:
        """Nanoseconds since some fixed moment; never runs backwards."""
        return time.monotonic_ns()


def sleep(seconds: float) -> None:
    """Wait in real time; only live pacing uses it."""
    if seconds > 0:
        time.sleep(seconds)


def iso(ts: int) -> str:
    """``ts`` nanoseconds as UTC text with milliseconds, e.g. ``2024-08-08T23:55:01.123Z``."""
    whole, rest = divmod(ts, NS)
    base = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{base}.{rest // 1_000_000:03d}Z"


def day_of(ts: int) -> str:
    """The UTC date of ``ts`` nanoseconds as ``YYYY-MM-DD``."""
    return _day(ts // (86_400 * NS))


@lru_cache(maxsize=64)
def _day(number: int) -> str:
    """The date of the ``number``-th day since 1970."""
    return datetime.fromtimestamp(number * 86_400, UTC).strftime("%Y-%m-%d")


def day_bounds(day: str) -> tuple[int, int]:
    """First nanosecond of ``day`` (``YYYY-MM-DD``, UTC) and of the day after it.

    Raises:
        ValueError: ``day`` is not a date.
    """
    start = int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * NS
    return start, start + 86_400 * NS


def month_bounds(ts: int) -> tuple[int, int]:
    """First nanosecond of the UTC month of ``ts`` and of the month after it."""
    first = datetime.fromtimestamp(ts // NS, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = divmod(first.year * 12 + first.month, 12)
    return int(first.timestamp()) * NS, int(first.replace(year=year, month=month + 1).timestamp()) * NS
