"""The slices of the plan, one after the other, a fixed delay apart, resting at one price."""

from __future__ import annotations

from collections.abc import Sequence

from tools.execution.schedules.schedule import NEVER, Sight, Slice


class Planned:
    """What the plan says: a slice that was refused or withdrawn is not sent again.

    Args:
        slices: Size units.
        price: Where they rest, price units.
        delay_ns: From one to the next.
        start: When the first is due, ns.
    """

    takes = False
    watches_order = False

    def __init__(self, slices: Sequence[int], price: int, delay_ns: int, start: int) -> None:
        self._slices = list(slices)
        self._price = price
        self._delay_ns = delay_ns
        self.next_look = start

    @property
    def is_over(self) -> bool:
        """Whether every slice was sent."""
        return not self._slices

    def due(self, sight: Sight) -> Slice | None:
        """The next slice, once its delay has passed."""
        if not self._slices or sight.ts < self.next_look:
            return None
        size = self._slices.pop(0)
        self.next_look = sight.ts + self._delay_ns if self._slices else NEVER
        return Slice(size, self._price)

    def is_stale(self, sight: Sight, sent: int, price: int | None) -> bool:
        """Never: a slice rests until the entry's time is over."""
        return False

    def stop(self) -> None:
        """Offer nothing more."""
        self._slices.clear()
        self.next_look = NEVER

    def slices_left(self, bought: int) -> int:
        """Slices not sent yet."""
        return len(self._slices)
