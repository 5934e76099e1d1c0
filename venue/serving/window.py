"""A count that starts anew with every interval: what limits of requests, orders and messages are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Window:
    """A count that starts anew with every interval."""

    span_ms: int
    number: int = -1
    count: int = 0

    def at(self, now_ms: int) -> int:
        """The count in the interval of ``now_ms``."""
        if now_ms // self.span_ms != self.number:
            self.number, self.count = now_ms // self.span_ms, 0
        return self.count

    def left_ms(self, now_ms: int) -> int:
        """Until the next interval."""
        return self.span_ms - now_ms % self.span_ms
