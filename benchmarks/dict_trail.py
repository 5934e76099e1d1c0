"""A followed maker's quotes, each by itself, in plain Python: what the trail's kernels are held against."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

UNKNOWN, STANDS, WITHDRAWN, TAKEN = "unknown", "stands", "withdrawn", "taken"
GONE = (WITHDRAWN, TAKEN)
PAIR_NS, MOMENT_NS, SOON_NS, LOST_NS = 50_000_000, 150_000_000, 600_000_000, 60_000_000_000


class Placement(NamedTuple):
    """An order that seems to have been placed."""

    ts: int
    price: int
    size: int
    level: int

    @property
    def value(self) -> float:
        """Quote."""
        return self.price * 1e-8 * self.size * 1e-8


class Follow:
    """One quote."""

    def __init__(self) -> None:
        self.state = UNKNOWN
        self.price = self.size = self.other = self.level = self.ts_gone = 0

    def change(self, ts: int, price: int, after: int, taken: bool) -> None:
        """A level of its side holds ``after`` now."""
        if self.state != STANDS or price != self.price:
            return
        fallen, self.level = self.level - after, after
        short = 2 * after < self.size
        exact = any(size > 0 and abs(fallen - size) <= 0.02 * size for size in (self.size, self.other))
        if taken and not short:
            return
        if taken or after == 0 or exact or (short and fallen > self.size):
            self.state, self.ts_gone = TAKEN if taken else WITHDRAWN, ts
        elif 0 < fallen < self.size:
            self.other = self.size - fallen

    def renew(self, placed: Placement) -> None:
        """It stands where ``placed`` is."""
        is_in_place = self.state == STANDS and placed.price == self.price
        size = placed.size + self.size if is_in_place else placed.size
        self.size = size if 0 < size <= placed.level else placed.level
        self.state, self.price, self.level, self.other = STANDS, placed.price, placed.level, 0


class DictTrail:
    """Bid and ask of the maker that is followed."""

    def __init__(self) -> None:
        self.quotes = (Follow(), Follow())
        self.usual, self.alike = 0.0, 0.0
        self.ts_placed = 0

    def renew(self, side: int, placed: Placement) -> None:
        """The quote of a side is ``placed``."""
        self.quotes[side].renew(placed)
        self.ts_placed = placed.ts

    def bounds(self) -> tuple[int, int] | None:
        """Prices of bid and ask, if they are two that are known."""
        bid, ask = (quote.price for quote in self.quotes)
        return (bid, ask) if 0 < bid < ask else None

    def lost(self) -> None:
        """The book is not to be believed."""
        for quote in self.quotes:
            quote.state, quote.price = UNKNOWN, 0

    def second(self, sizes: Sequence[float]) -> None:
        """Learn from the log values of the maker's orders."""
        self.usual = math.nan
        if len(sizes) >= 3:
            self.usual = statistics.median(sizes)
            spread = statistics.median(abs(size - self.usual) for size in sizes)
            self.alike = min(max(4.5 * spread, 0.2), 1.0)

    def _is_alike(self, placed: Placement) -> bool:
        return placed.size > 0 and abs(math.log(placed.value) - self.usual) <= self.alike

    @property
    def went_together(self) -> bool:
        """Whether both are gone since one moment."""
        bid, ask = self.quotes
        return bid.state in GONE and ask.state in GONE and abs(bid.ts_gone - ask.ts_gone) <= MOMENT_NS

    def message(
        self,
        pair: tuple[Placement, Placement] | None,
        is_linked: bool,
        recent: Sequence[Sequence[Placement]],
        reach: int,
        tick: int,
    ) -> None:
        """A message is whole: the pair that it refreshed, the latest placements, and the maker's distance."""
        if pair and self._is_renewal(pair, is_linked):
            for side in (0, 1):
                self.renew(side, pair[side])
            return
        states = [quote.state for quote in self.quotes]
        if all(state in GONE for state in states) and self._renew_both(recent):
            return
        is_alone = not self.went_together
        for side in (0, 1):
            if states[side] == WITHDRAWN or (states[side] == TAKEN and states[1 - side] != WITHDRAWN):
                near = max(tick, reach // 4) if is_alone else -1
                self._renew_side(side, recent[side], reach, near)

    def _is_renewal(self, pair: tuple[Placement, Placement], is_linked: bool) -> bool:
        if math.isnan(self.usual) or is_linked:
            return True
        bid, ask = pair
        if min(bid.size, ask.size) > 0 and abs(math.log(bid.value / ask.value)) <= self.alike:
            return True
        return any(self._is_alike(placed) for placed in pair) and not self.went_together

    def _candidates(self, side: int, recent: Sequence[Placement]) -> list[Placement]:
        quote = self.quotes[side]
        return [
            placed
            for placed in recent
            if placed.ts >= quote.ts_gone - (0 if placed.price == quote.price else PAIR_NS)
            and self._is_alike(placed)
        ]

    def _renew_both(self, recent: Sequence[Sequence[Placement]]) -> bool:
        bids, asks = (self._candidates(side, recent[side]) for side in (0, 1))
        last: tuple[Placement, Placement] | None = None
        for bid in bids:
            together = [ask for ask in asks if abs(bid.ts - ask.ts) <= PAIR_NS]
            if together and (last is None or bid.ts > last[0].ts):
                last = bid, together[-1]
        if last is None:
            return False
        self.renew(0, last[0])
        self.renew(1, last[1])
        return True

    def _renew_side(self, side: int, recent: Sequence[Placement], reach: int, near: int) -> None:
        quote = self.quotes[side]
        for placed in self._candidates(side, recent):
            off, after = abs(placed.price - quote.price), placed.ts - quote.ts_gone
            if (after <= SOON_NS and off <= reach) or (after <= LOST_NS and off <= near):
                self.renew(side, placed)
                return

    def has_left(self, ts: int, period: float) -> bool:
        """Whether neither has been renewed for long enough."""
        states = [quote.state for quote in self.quotes]
        if not all(state in GONE for state in states) or states == [TAKEN, TAKEN]:
            return False
        gone = (ts - max(quote.ts_gone for quote in self.quotes)) * 1e-9
        return gone >= max(2.0 * period, 1.0)
