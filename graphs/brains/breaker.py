"""A circuit breaker: a provider that keeps failing is left alone for a while, then tried once.

Source: Nygard, Release It! (2007), stability patterns.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

from tools.domain.clock import NS, Stopwatch


class Circuit(StrEnum):
    """State of a breaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerConfig:
    """When a provider is left alone, and for how long.

    Attributes:
        most_faults: Faults in a row that open the circuit.
        rest_s: First rest, seconds; doubled each time a probe fails.
        longest_rest_s: Never longer than this.
    """

    most_faults: int = 3
    rest_s: float = 30.0
    longest_rest_s: float = 1_800.0


class Breaker:
    """Lets calls through while they succeed; safe to share between threads."""

    def __init__(self, stopwatch: Stopwatch, config: BreakerConfig | None = None) -> None:
        self._stopwatch = stopwatch
        self._config = config or BreakerConfig()
        self._lock = threading.Lock()
        self._state = Circuit.CLOSED
        self._faults = 0
        self._rest_s = self._config.rest_s
        self._opened = 0

    @property
    def state(self) -> Circuit:
        """Its state now."""
        return self._state

    def admits(self) -> bool:
        """Whether a call may be made; after a rest, one call alone may probe until it was heard of."""
        with self._lock:
            if self._state is Circuit.OPEN and self._is_rested():
                self._state = Circuit.HALF_OPEN
                return True
            return self._state is Circuit.CLOSED

    def succeeded(self) -> None:
        """A call gave an answer."""
        with self._lock:
            self._state, self._faults, self._rest_s = Circuit.CLOSED, 0, self._config.rest_s

    def failed(self) -> None:
        """A call gave none."""
        with self._lock:
            self._faults += 1
            if self._state is Circuit.HALF_OPEN:
                self._rest_s = min(2 * self._rest_s, self._config.longest_rest_s)
                self._open()
            elif self._state is Circuit.CLOSED and self._faults >= self._config.most_faults:
                self._open()

    def passed(self) -> None:
        """A call that was admitted was not made after all; a probe is still owed."""
        with self._lock:
            if self._state is Circuit.HALF_OPEN:
                self._state = Circuit.OPEN

    def _open(self) -> None:
        self._state, self._opened = Circuit.OPEN, self._stopwatch.elapsed()

    def _is_rested(self) -> bool:
        return self._stopwatch.elapsed() - self._opened >= self._rest_s * NS
