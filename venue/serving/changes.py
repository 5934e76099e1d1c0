"""Which levels of a book have changed since its stream last spoke, and which versions that spans."""

from __future__ import annotations

from dataclasses import dataclass

from venue.serving.desk import Market

Levels = list[tuple[int, int]]  # ticks and lots; no lots is no level


@dataclass(frozen=True, slots=True)
class Change:
    """Bids and asks that lead from the version before ``first`` to ``last``."""

    first: int
    last: int
    bids: Levels
    asks: Levels


class Changes:
    """Gathers; what came before the stream began is not in it."""

    def __init__(self, market: Market) -> None:
        self._sent = market.book(1).update_id
        self._seen = self._sent
        self._sides: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def add(self, side: int, ticks: int, lots: int, update_id: int) -> None:
        """A level's new size."""
        if update_id <= self._sent:
            return
        self._sides[side][ticks] = lots
        self._seen = update_id

    def take(self) -> Change | None:
        """All since the last call; None where the book stood still."""
        if self._seen == self._sent:
            return None
        bids, asks = (list(side.items()) for side in self._sides)
        change = Change(self._sent + 1, self._seen, bids, asks)
        self._sent = self._seen
        self._sides = ({}, {})
        return change
