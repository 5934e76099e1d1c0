"""Where a slice goes: any algorithm over several venues of a coin, each part to where it is cheapest all-in.

When and how much is the inner algorithm's to say. What a part did not buy, because its venue failed or its
levels were gone, goes to where it is cheapest then. One order works at a time, as in every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from tools.domain.market import NANOS
from tools.execution.schedules.all_in import VenueBook, cheapest
from tools.execution.schedules.schedule import LOOK_NS, NEVER, Parent, Schedule, Sight, Slice

AVOIDED_NS = 5 * NANOS  # a venue that gave nothing is left alone for so long
Books = Callable[[Sight], Sequence[VenueBook]]


class _Part(NamedTuple):
    """A part that was sent, and what had been bought before."""

    venue: str
    size: int
    bought: int


class Across:
    """``inner``'s slices over the venues of ``books``.

    Args:
        inner: Says when a slice is due and how large.
        parent: What it carries out.
        books: Every venue as it is seen at a moment, in an order that does not change.
        volatility_bps: Of the mid, basis points a root second; what a delay is expected to cost.
    """

    def __init__(self, inner: Schedule, parent: Parent, books: Books, volatility_bps: float) -> None:
        self._inner = inner
        self._parent = parent
        self._books = books
        self._volatility = volatility_bps
        self._rest = 0  # of the slice at hand, not sent yet
        self._sent: _Part | None = None
        self._free: dict[str, int] = {}  # from when a venue may be sent an order
        self._orders = 0
        self.next_look = inner.next_look

    @property
    def takes(self) -> bool:
        """As the inner algorithm does."""
        return self._inner.takes

    @property
    def watches_order(self) -> bool:
        """As the inner algorithm does."""
        return self._inner.watches_order

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be offered."""
        is_last = self._rest == 0 and self._sent is None
        return (self._inner.is_over and is_last) or self._orders >= self._parent.most_orders

    def due(self, sight: Sight) -> Slice | None:
        """The next part of the slice at hand, or of the next slice."""
        self._settle(sight)
        if self.is_over or sight.ts >= self._parent.end:
            self.stop()
            return None
        books = self._books(sight)
        if not self._rest:
            part = self._inner.due(_together(sight, books))
            self.next_look = self._inner.next_look
            if part is None or part.price is not None:
                return part and self._resting(part, books, sight.ts)
            self._rest = part.size
        return self._taking(sight, books)

    def is_stale(self, sight: Sight, sent: int, price: int | None) -> bool:
        """As the inner algorithm sees it, over all venues."""
        found = self._inner.is_stale(_together(sight, self._books(sight)), sent, price)
        self.next_look = self._inner.next_look
        return found

    def stop(self) -> None:
        """Offer nothing more."""
        self._inner.stop()
        self._rest, self._sent, self.next_look = 0, None, NEVER

    def slices_left(self, bought: int) -> int:
        """How many slices are still to come, at least."""
        return self._inner.slices_left(bought) + (self._rest > 0)

    def _settle(self, sight: Sight) -> None:
        """What the last part did not buy is to be sent again; who gave nothing is left alone for a while."""
        sent, self._sent = self._sent, None
        if sent is None:
            return
        missing = sent.size - (sight.bought - sent.bought)
        self._rest = min(self._rest + max(0, missing), self._parent.size - sight.bought)
        if missing == sent.size:
            self._free[sent.venue] = max(self._free[sent.venue], sight.ts + AVOIDED_NS)

    def _taking(self, sight: Sight, books: Sequence[VenueBook]) -> Slice | None:
        """The largest part of the cheapest split of the slice's rest; None where none can be sent."""
        parent = self._parent
        usable = [
            replace(
                book,
                is_open=book.is_open and self._free.get(book.venue, 0) <= sight.ts,
                least=max(book.least, parent.smallest),
            )
            for book in books
        ]
        sizes = cheapest(self._rest, usable, parent.lot, self._volatility, parent.cap)
        size = max(sizes, default=0)
        left = parent.size - sight.bought
        if 0 < left - size < parent.smallest:
            size = max(0, left - parent.smallest) // parent.lot * parent.lot
        self.next_look = sight.ts + LOOK_NS
        if size < parent.smallest:
            if self._rest < parent.smallest:
                self._rest = 0  # the algorithm sees that it was not bought
            return None
        venue = books[sizes.index(max(sizes))].venue
        self._rest = max(0, self._rest - size)
        self._sent = _Part(venue, size, sight.bought)
        return self._counted(Slice(size, None, venue), sight.ts)

    def _resting(self, part: Slice, books: Sequence[VenueBook], ts: int) -> Slice | None:
        """It rests where resting costs least; None, until it is offered again, where no venue is free."""
        able = [book for book in books if book.is_open and self._free.get(book.venue, 0) <= ts]
        if not able:
            return None
        return self._counted(replace(part, venue=min(able, key=lambda book: book.maker_bps).venue), ts)

    def _counted(self, part: Slice, ts: int) -> Slice:
        self._orders += 1
        self._free[part.venue] = ts + self._parent.spacing_ns
        return part


def _together(sight: Sight, books: Sequence[VenueBook]) -> Sight:
    """The best quotes of every venue that is open."""
    able = [book for book in books if book.is_open]
    bid = max((book.bid for book in able), default=0)
    return replace(sight, bid=bid, ask=min((book.asks[0][0] for book in able if book.asks), default=0))
