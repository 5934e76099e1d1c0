"""What buying costs all-in at several venues of one coin, and the cheapest split of an order over them.

All-in is price, fee and what the venue's delay is expected to cost. A venue's levels never get cheaper, so
with a least order a venue the cheapest split is found exactly: for every choice of venues each gets its
least order and the rest goes lot by lot to where the next is cheapest (Fox, Discrete optimization via
marginal analysis, 1966); the best of the choices is the best of all.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

BPS = 1e-4
HALF_NORMAL = 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueBook:
    """One venue as a buyer sees it.

    Attributes:
        venue: Its name, as intents write it.
        asks: (price, size) in price and size units, best first.
        bid: Best bid, price units; 0 is none.
        taker_bps, maker_bps: Our fees there.
        delay_s: Until an order acts.
        least: Smallest order it takes, size units.
        is_open: Whether orders may be sent; False where it halts or fails.
    """

    venue: str
    asks: tuple[tuple[int, int], ...]
    bid: int
    taker_bps: float
    maker_bps: float = 0.0
    delay_s: float = 0.0
    least: int = 1
    is_open: bool = True


def delay_bps(delay_s: float, volatility_bps: float) -> float:
    """What a delay is expected to cost, bps, where the mid moves ``volatility_bps`` a root second.

    Mean of a normal move where it is against us and 0 where it is not: who is late finds what has become
    dear, and what has become cheap taken by others.
    """
    return volatility_bps * math.sqrt(max(0.0, delay_s)) * HALF_NORMAL


def factor(book: VenueBook, volatility_bps: float) -> float:
    """All-in price over price."""
    return 1.0 + (book.taker_bps + delay_bps(book.delay_s, volatility_bps)) * BPS


def cost_of(sizes: Sequence[int], books: Sequence[VenueBook], volatility_bps: float) -> float:
    """All-in cost of taking ``sizes`` at ``books``, price times size units; infinite where there is less."""
    total = 0.0
    for size, book in zip(sizes, books, strict=True):
        left, scale = size, factor(book, volatility_bps)
        for price, there in book.asks:
            taken = min(left, there)
            total += taken * price * scale
            left -= taken
        if left:
            return math.inf
    return total


def cheapest(
    size: int, books: Sequence[VenueBook], lot: int, volatility_bps: float, cap: int
) -> tuple[int, ...]:
    """How much to take at each of ``books``: as much of ``size`` as there is, for the least all-in cost.

    Args:
        size: Size units, whole lots.
        books: The venues, in any order.
        lot: The grid of every part, size units.
        volatility_bps: Of the mid, basis points a root second.
        cap: Dearer levels are left alone, price units.

    Returns:
        Size units a book, 0 where nothing is sent; each part is a whole number of lots, at least the book's
        least order, and there to be taken. All 0 where no split can be sent.

    Source:
        Exactness: separable convex resource allocation with lower bounds, greedy by marginal cost.
    """
    pieces = [list(_pieces(book, lot, factor(book, volatility_bps), cap)) for book in books]
    usable = [n for n, book in enumerate(books) if book.is_open and pieces[n]]
    best: tuple[int, float, tuple[int, ...]] = (size // lot, 0.0, (0,) * len(books))
    for count in range(1, len(usable) + 1):
        for chosen in combinations(usable, count):
            found = _filled(size // lot, pieces, chosen, {n: -(-books[n].least // lot) for n in chosen})
            if found is not None and found[:2] < best[:2]:
                best = found
    return tuple(lots * lot for lots in best[2])


def _pieces(book: VenueBook, lot: int, scale: float, cap: int) -> Iterator[tuple[float, int]]:
    """(cost of one lot, lots) from the cheapest on; a lot that spans two levels costs what its parts do."""
    begun, spent = 0, 0.0
    for price, there in book.asks:
        if price > cap:
            return
        left = there
        if begun:
            taken = min(lot - begun, left)
            begun, spent, left = begun + taken, spent + taken * price * scale, left - taken
            if begun < lot:
                continue
            yield spent, 1
            begun, spent = 0, 0.0
        if left // lot:
            yield lot * price * scale, left // lot
        begun = left % lot
        spent = begun * price * scale


def _filled(
    lots: int, pieces: Sequence[Sequence[tuple[float, int]]], chosen: Sequence[int], least: dict[int, int]
) -> tuple[int, float, tuple[int, ...]] | None:
    """(lots not had, cost, lots a book), each of ``chosen`` with its least order; None where it cannot."""
    if sum(least.values()) > lots:
        return None
    sizes, cost, left = [0] * len(pieces), 0.0, lots
    rest: list[tuple[float, int, int, int]] = []
    for n in chosen:
        wanted = least[n]
        for place, (price, there) in enumerate(pieces[n]):
            taken = min(wanted, there)
            sizes[n], cost, wanted, left = (
                sizes[n] + taken,
                cost + taken * price,
                wanted - taken,
                left - taken,
            )
            if there > taken:
                rest.append((price, n, place, there - taken))
                break
        if wanted:
            return None
    heapq.heapify(rest)
    while rest and left:
        price, n, place, there = heapq.heappop(rest)
        taken = min(left, there)
        sizes[n], cost, left = sizes[n] + taken, cost + taken * price, left - taken
        if place + 1 < len(pieces[n]):
            following, lots_there = pieces[n][place + 1]
            heapq.heappush(rest, (following, n, place + 1, lots_there))
    return left, cost, tuple(sizes)
