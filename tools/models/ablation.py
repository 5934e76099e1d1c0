"""What a part is worth: the same worlds with it and without it, world by world.

Money is compared by pairs: what a world came to with the part less the same world without it, with Student's
interval of the mean over the worlds. Basis points a round trip are a ratio of sums, so whole
worlds are drawn, the same draws for both. The verdict takes the interval that holds for all parts at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tools.models.validation import ClusterDraws, Figure, student_quantile

Floats = NDArray[np.float64]
LEVEL = 0.95
LEAST_WORLDS = 10  # fewer say too little about how different worlds are


class Verdict(StrEnum):
    """What the interval that holds for all parts at once says."""

    EARNS = "earns"
    COSTS = "costs"
    OPEN = "open"
    IDLE = "idle"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSums:
    """One world, played once: what it came to in quote, its round trips, the sum of their basis points."""

    net_quote: float
    round_trips: int
    sum_bps: float
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A part's worth; positive is better with it.

    Attributes:
        quote: Quote a world, with a 95 % interval.
        simultaneous: The interval of that which holds for all parts at once; None where there is none.
        bps: Basis points a round trip.
        trips_with, trips_without: Round trips in all worlds.
        changed: Worlds that were different at all.
        verdict: By ``simultaneous``.
    """

    quote: Figure
    simultaneous: tuple[float, float] | None
    bps: Figure | None
    trips_with: int
    trips_without: int
    changed: int
    verdict: Verdict


def effect_of(
    with_it: Sequence[WorldSums], without_it: Sequence[WorldSums], draws: ClusterDraws, *, at_once: int
) -> Effect:
    """The effect of a part from the same worlds with it and without it, in the same order.

    Args:
        with_it: The worlds with it, n.
        without_it: The same worlds without it, n.
        draws: Of those n worlds.
        at_once: Parts that are judged together, this one included.

    Raises:
        ValueError: The two are not as many.
    """
    pairs = list(zip(with_it, without_it, strict=True))
    gains = np.array([one.net_quote - other.net_quote for one, other in pairs])
    changed = sum(one.digest != other.digest for one, other in pairs)
    interval = paired_interval(gains, LEVEL)
    wide = paired_interval(gains, 1 - (1 - LEVEL) / at_once)
    low, high = interval if interval is not None else (None, None)
    return Effect(
        quote=Figure(float(gains.mean()), low, high, len(gains)),
        simultaneous=wide,
        bps=draws.difference(_trips(with_it), _trips(without_it), _count(with_it) + _count(without_it)),
        trips_with=_count(with_it),
        trips_without=_count(without_it),
        changed=changed,
        verdict=verdict_of(changed, wide),
    )


def paired_interval(values: Floats, level: float) -> tuple[float, float] | None:
    """Student's interval of the mean of independent ``values``, shape (n,); None for fewer than ten.

    >>> paired_interval(np.arange(9.0), 0.95) is None
    True
    >>> [round(x, 3) for x in paired_interval(np.arange(10.0), 0.95)]
    [2.334, 6.666]
    """
    n = len(values)
    if n < LEAST_WORLDS:
        return None
    reach = student_quantile(0.5 + level / 2, n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    mean = float(values.mean())
    return mean - reach, mean + reach


def verdict_of(changed: int, wide: tuple[float, float] | None) -> Verdict:
    """What is said of a part that ``changed`` so many things, by the interval ``wide``."""
    if changed == 0:
        return Verdict.IDLE
    if wide is None:
        return Verdict.TOO_FEW
    return Verdict.EARNS if wide[0] > 0 else Verdict.COSTS if wide[1] < 0 else Verdict.OPEN


def is_kept_on(effect: Effect) -> bool:
    """Whether this evidence alone would have the part on: only where it earns.

    Where all it does is trade less, money is saved in any stream that loses; each trip must be better, too.
    """
    if effect.verdict is not Verdict.EARNS or effect.trips_with >= effect.trips_without:
        return effect.verdict is Verdict.EARNS
    return effect.bps is not None and effect.bps.low is not None and effect.bps.low > 0


def sums_of(row: Mapping[str, float], digest: str) -> WorldSums:
    """A world's sums from the measures of its session."""
    return WorldSums(
        net_quote=row["net_quote"],
        round_trips=int(row["round_trips"]),
        sum_bps=row["sum_bps"],
        digest=digest,
    )


def _trips(worlds: Sequence[WorldSums]) -> tuple[Floats, Floats]:
    return (
        np.array([one.sum_bps for one in worlds]),
        np.array([one.round_trips for one in worlds], dtype=np.float64),
    )


def _count(worlds: Sequence[WorldSums]) -> int:
    return sum(one.round_trips for one in worlds)
