"""Where the basis points of round trips went: the same steps for every trip, by how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.models.validation import ClusterDraws, Figure

STEPS = (
    "entry_spread",
    "adverse",
    "drift",
    "delay",
    "exit_spread",
    "entry_fee",
    "exit_fee",
    "rest",
)
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class TripParts:
    """One round trip, step by step; basis points of its cost, above 0 is a gain. ``STEPS`` add up to ``net``.

    Attributes:
        ending: Why it ended.
        entry_rested, exit_rested: Share of the size that rested until others took it.
        entry_spread: From the entry's price to the mid just before it filled.
        adverse: What the mid did in the second after the fill.
        drift: What it did from then until the sale was decided on, or filled where it rested.
        delay: What it did while the sale was on its way.
        exit_spread: From that mid to the price of the sale.
        entry_fee, exit_fee: Below 0.
        rest: Lots and roundings.
        taker_fee: Paid for what was taken, above 0; part of the two fees.
        held_s: From the first fill to the last.
    """

    ending: str
    entry_rested: float
    exit_rested: float
    entry_spread: float
    adverse: float
    drift: float
    delay: float
    exit_spread: float
    entry_fee: float
    exit_fee: float
    rest: float
    net: float
    taker_fee: float
    held_s: float

    @property
    def taken(self) -> float:
        """Orders of the size of the trip that took, 0 to 2."""
        return 2.0 - self.entry_rested - self.exit_rested


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The trips that ended one way, in the mean.

    Attributes:
        ending: Which way; ``ALL`` is every trip.
        share: Of all trips.
        steps: Mean of every step, basis points; they add up to ``net``.
    """

    ending: str
    trips: int
    share: float
    entry_rested: float
    exit_rested: float
    held_s: float
    steps: Mapping[str, Figure | None]
    net: Figure | None


def endings(worlds: Sequence[Sequence[TripParts]], draws: ClusterDraws) -> tuple[Ending, ...]:
    """All trips, then every ending, the most frequent first; nothing where no trip was taken apart."""
    parts = [part for world in worlds for part in world]
    if not parts:
        return ()
    counts: dict[str, int] = {}
    for part in parts:
        counts[part.ending] = counts.get(part.ending, 0) + 1
    names = [ALL, *sorted(counts, key=lambda name: (-counts[name], name))]
    return tuple(_ending(name, worlds, len(parts), draws) for name in names)


def breakeven_taker_bps(worlds: Sequence[Sequence[TripParts]], draws: ClusterDraws) -> Figure | None:
    """The fee for taking at which the same trips would pay nothing, basis points; None where none took.

    Below 0 the venue would have to pay for it. What other trips another fee would have led to is not asked.
    """
    before_it = _sums(worlds, lambda part: part.net + part.taker_fee)
    return draws.ratio(before_it, _sums(worlds, lambda part: part.taken), sum(map(len, worlds)))


def _ending(name: str, worlds: Sequence[Sequence[TripParts]], n: int, draws: ClusterDraws) -> Ending:
    chosen = [[part for part in world if name in (ALL, part.ending)] for world in worlds]
    parts = [part for world in chosen for part in world]
    trips = _sums(chosen, lambda part: 1.0)

    def mean(of: Callable[[TripParts], float]) -> float:
        return sum(map(of, parts)) / len(parts)

    def figure(step: str) -> Figure | None:
        return draws.ratio(_sums(chosen, lambda part: float(getattr(part, step))), trips, len(parts))

    return Ending(
        ending=name,
        trips=len(parts),
        share=len(parts) / n,
        entry_rested=mean(lambda part: part.entry_rested),
        exit_rested=mean(lambda part: part.exit_rested),
        held_s=mean(lambda part: part.held_s),
        steps={step: figure(step) for step in STEPS},
        net=figure("net"),
    )


def _sums(worlds: Sequence[Sequence[TripParts]], of: Callable[[TripParts], float]) -> NDArray[np.float64]:
    return np.array([sum(map(of, world)) for world in worlds], dtype=np.float64)
