"""True books of the symbols that a sender tells of, and how they change.

A book is a fixed ladder of prices whose sizes change; prices and sizes are kept as the text
that goes on the wire, so that making a message costs little beside reading it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.loopback.dialects import Changed

SIDE = 500  # levels a side
MOST_LOTS = 4000
VERSIONS = 2  # that one change moves a book by
PRICES = tuple(
    tuple(f"{60_000 - 0.01 * sign * (level + 0.5):.3f}" for level in range(SIDE)) for sign in (1, -1)
)
SIZES = tuple(f"{lots / 1000:.3f}" for lots in range(MOST_LOTS))


@dataclass(slots=True)
class TrueBook:
    """One symbol's book: lots at each level of bids and asks, and the version they belong to."""

    lots: tuple[list[int], list[int]]
    last: int = 0
    number: int = -1  # of the message that told of the latest change
    trade: int = 0  # id of the latest trade

    @classmethod
    def opened(cls, rng: np.random.Generator) -> TrueBook:
        """A book in which every level is taken."""
        bids, asks = (rng.integers(1, MOST_LOTS, SIDE).tolist() for _ in range(2))
        return cls((bids, asks))

    def levels(self) -> tuple[dict[int, int], dict[int, int]]:
        """Price to size of bids and asks, units of 1e-8."""
        bids, asks = (
            {
                units(price): size * 100_000
                for price, size in zip(PRICES[side], self.lots[side], strict=True)
                if size
            }
            for side in (0, 1)
        )
        return bids, asks

    def told(self, number_ms: int) -> bytes:
        """The body of a REST answer, with the venue time of the latest change."""
        sides = (
            ",".join(
                f'["{price}","{SIZES[size]}"]'
                for price, size in zip(PRICES[side], self.lots[side], strict=True)
                if size
            )
            for side in (0, 1)
        )
        bids, asks = sides
        return f'{{"lastUpdateId":{self.last},"E":{number_ms},"bids":[{bids}],"asks":[{asks}]}}'.encode()


def units(price: str) -> int:
    """A price with three decimals as units of 1e-8, without a float."""
    whole, _, rest = price.partition(".")
    return int(whole + rest) * 100_000


@dataclass(slots=True)
class Draws:
    """Random numbers of the changes, drawn many at a time."""

    rng: np.random.Generator
    levels: int
    _ladder: list[list[int]] = field(default_factory=list)
    _lots: list[list[int]] = field(default_factory=list)

    def change(self) -> tuple[list[int], list[int]]:
        """Levels, different ones on each side and more often near the touch, and their new lots."""
        if not self._ladder:
            self._draw(2048)
        return self._ladder.pop(), self._lots.pop()

    def _draw(self, n: int) -> None:
        half = self.levels // 2
        first = np.minimum(self.rng.geometric(0.05, (n, 2, 1)) - 1, SIDE - 8 * half)
        steps = self.rng.integers(1, 8, (n, 2, half)).cumsum(axis=2) - 1
        lots = self.rng.integers(1, MOST_LOTS, (n, 2 * half))
        lots[self.rng.random(lots.shape) < 0.125] = 0
        self._ladder = np.minimum(first + steps, SIDE - 1).reshape(n, -1).tolist()
        self._lots = lots.tolist()


def changed(book: TrueBook, change: tuple[list[int], list[int]]) -> tuple[Changed, Changed]:
    """Change ``book``, which moves it by ``VERSIONS``; prices and new sizes of bids and asks."""
    ladder, lots = change
    half = len(ladder) // 2
    told: tuple[Changed, Changed] = ([], [])
    for side in (0, 1):
        prices, own = PRICES[side], book.lots[side]
        part = slice(side * half, (side + 1) * half)
        for level, size in zip(ladder[part], lots[part], strict=True):
            own[level] = size
            told[side].append((prices[level], SIZES[size]))
    book.last += VERSIONS
    return told
