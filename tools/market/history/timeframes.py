"""Lengths of candles, and the grid of their opening times, milliseconds UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tools.domain.errors import BadUsage
from tools.market.history.spans import Span

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
UNITS_MS = {"s": SECOND_MS, "m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS, "w": 7 * DAY_MS}
MONDAY_MS = 4 * DAY_MS  # the epoch was a Thursday; weeks open on Mondays

# months vary in length, and nobody says where three days begin: neither has a grid to look for holes on
NAMES = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w")


@dataclass(frozen=True, slots=True)
class Timeframe:
    """One length of candles: they open at ``anchor_ms`` and every ``span_ms`` before and after."""

    name: str
    span_ms: int
    anchor_ms: int = 0

    def up(self, ms: int) -> int:
        """The first opening time at or after ``ms``."""
        return ms + (self.anchor_ms - ms) % self.span_ms

    def down(self, ms: int) -> int:
        """The last opening time at or before ``ms``."""
        return ms - (ms - self.anchor_ms) % self.span_ms

    def count(self, span: Span) -> int:
        """How many candles open in ``span``."""
        return max(0, (self.up(span[1]) - self.up(span[0])) // self.span_ms)


def timeframe_of(name: str, offered: Iterable[str], venue: str) -> Timeframe:
    """The timeframe ``name``, as far as ``venue`` offers it.

    Raises:
        BadUsage: It does not, or it is no timeframe at all.
    """
    known = [one for one in NAMES if one in set(offered)]
    if name not in known:
        raise BadUsage(f"--timeframe expects one that {venue} has ({', '.join(known)}), was {name[:20]!r}")
    return Timeframe(name, int(name[:-1]) * UNITS_MS[name[-1]], MONDAY_MS if name.endswith("w") else 0)
