"""What algorithms that follow a trajectory have in common: whatever is behind it is due."""

from __future__ import annotations

from tools.execution.schedules.schedule import LOOK_NS, NEVER, Parent, Sight, Slice

RESERVE = 1.5  # times the slices that are left could still be placed: some come back with nothing


class Paced:
    """A trajectory of what should be bought by when; subclasses say it in ``wanted``.

    Whatever the trajectory, it leaves off waiting in time for the slices that are left, one ``spacing_ns``
    after the other, to be placed before the end.
    """

    watches_order = False

    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.next_look = parent.start
        self.is_over = False
        self._free_from = parent.start  # the next slice may not be sent before
        self._orders = 0

    @property
    def takes(self) -> bool:
        """As the parent has it."""
        return self.parent.takes

    def wanted(self, sight: Sight) -> float:
        """Size units that should be bought by now; at most what is asked for in all."""
        raise NotImplementedError

    def due(self, sight: Sight) -> Slice | None:
        """A slice of what is behind the trajectory."""
        if self.is_over:
            return None
        parent, left = self.parent, self.parent.size - sight.bought
        if self.is_done(sight.ts, left):
            self.stop()
            return None
        self.next_look = max(sight.ts + LOOK_NS, self._free_from)
        if sight.ts < self._free_from:
            return None
        behind = max(self.wanted(sight), self.latest(sight.ts)) - sight.bought
        if behind < min(max(parent.smallest, parent.largest // 2), left):  # not many small orders for one
            return None
        size = parent.slice_of(round(behind), left)
        return self.sent(sight, size) if size and self.is_affordable(sight) else None

    def is_done(self, ts: int, left: int) -> bool:
        """Whether nothing can be sent any more: too little is left, of size, time or orders."""
        parent = self.parent
        return left < parent.smallest or ts >= parent.end or self._orders >= parent.most_orders

    def latest(self, ts: int) -> int:
        """What must be bought by now if slices of the largest size are to suffice until the end."""
        parent = self.parent
        room = int((parent.end - ts) / parent.spacing_ns / RESERVE) - 1
        return parent.size - parent.largest * max(0, room)

    def is_affordable(self, sight: Sight) -> bool:
        """Whether the price that would be paid is within the cap."""
        return not self.parent.takes or 0 < sight.ask <= self.parent.cap

    def sent(self, sight: Sight, size: int) -> Slice:
        """The slice itself, and no other before ``spacing_ns`` has passed."""
        self._orders += 1
        self._free_from = sight.ts + self.parent.spacing_ns
        self.next_look = self._free_from
        return Slice(size, None if self.parent.takes else self.parent.cap)

    def is_stale(self, sight: Sight, sent: int, price: int | None) -> bool:
        """Never: a slice rests until the entry's time is over."""
        return False

    def stop(self) -> None:
        """Offer nothing more."""
        self.is_over = True
        self.next_look = NEVER

    def slices_left(self, bought: int) -> int:
        """How many slices are still to come, at least."""
        return 0 if self.is_over else -(-max(0, self.parent.size - bought) // self.parent.largest)
