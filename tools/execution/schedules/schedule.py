"""What an execution algorithm is: asked for the next slice, it says one, or when to ask again.

It never sends anything and never sees an order: the executor asks only while no entry order works,
writes the intent, sends, and shows what was bought. Sizes are units, prices are price units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

NEVER = 1 << 62
LOOK_NS = 250_000_000  # how soon a schedule looks again while it waits for the market


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """An entry as a whole.

    Attributes:
        largest: Of one slice; what the market maker bears.
        smallest: Of one slice; what the venue takes.
        end: Until when it should be bought, ns.
        cap: The highest price it may be bought at.
        takes: Whether slices may take from the book; otherwise they rest at ``cap`` and never cross.
        spacing_ns: Least time between two slices.
        most_orders: That may be sent for it, those that came to nothing among them.
    """

    size: int
    lot: int
    largest: int
    smallest: int
    start: int
    end: int
    cap: int
    takes: bool
    spacing_ns: int
    most_orders: int

    def __post_init__(self) -> None:
        """Refuse what no schedule could carry out."""
        if not 0 < self.lot <= self.smallest <= self.largest or self.size < self.smallest:
            raise ValueError(f"expected 0 < lot <= smallest <= largest and smallest <= size, was {self}")
        if self.end <= self.start or min(self.cap, self.spacing_ns, self.most_orders) <= 0:
            raise ValueError(f"expected start < end, cap, spacing and orders above 0, was {self}")

    @property
    def slices(self) -> int:
        """Fewest slices that carry it."""
        return -(-self.size // self.largest)

    def slice_of(self, wanted: int, left: int) -> int:
        """A slice of ``wanted`` on the lot grid, no rest too small to be sent; 0 where none can be.

        Args:
            wanted: How much is due.
            left: How much is not bought yet.
        """
        size = min(wanted, self.largest, left)
        size -= size % self.lot
        rest = left - size
        if 0 < rest < self.smallest:
            size = left if left <= self.largest else left - self.smallest
            size -= size % self.lot
        return size if self.smallest <= size <= left else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a schedule sees when it is asked.

    Attributes:
        bid, ask: Best prices; 0 is none.
        bought: Of the parent so far.
        ts_fill: Of its last fill, ns; 0 is none.
        ts_refresh: When the market maker last placed both its quotes anew, ns; 0 is never seen.
        traded: Base units that traded in the market since a time, ours included.
    """

    ts: int
    bid: int
    ask: int
    tick: int
    bought: int
    ts_fill: int
    ts_refresh: int
    traded: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Slice:
    """An order to be placed; ``price`` None takes what is there, a price rests and never crosses.

    Attributes:
        venue: Where; "" is the venue of the decision.
    """

    size: int
    price: int | None
    venue: str = ""


class Schedule(Protocol):
    """An execution algorithm at work on one parent.

    Attributes:
        next_look: When it must be asked again even if nothing happens, ns; NEVER while news alone matter.
    """

    next_look: int

    @property
    def takes(self) -> bool:
        """Whether its slices may take: all is then meant to be bought in time, and no resting defers it."""
        ...

    @property
    def watches_order(self) -> bool:
        """Whether it wants to be asked while its slice rests, to move it."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be offered."""
        ...

    def due(self, sight: Sight) -> Slice | None:
        """The slice to place now, None where none is due; called only while no entry order works."""
        ...

    def is_stale(self, sight: Sight, sent: int, price: int | None) -> bool:
        """Whether the resting slice sent at ``sent`` for ``price`` is to be withdrawn."""
        ...

    def stop(self) -> None:
        """Offer nothing more."""
        ...

    def slices_left(self, bought: int) -> int:
        """How many slices are still to come, at least."""
        ...
