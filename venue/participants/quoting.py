"""How families of market makers choose prices and sizes; pure functions of what they see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What makes a market maker quote anew, and how."""

    TIMER = "timer"  # both sides, every period
    TRIGGERED = "triggered"  # when its price has moved, or the quotes are old
    INVENTORY = "inventory"  # Avellaneda and Stoikov: leans against its position
    LADDER = "ladder"  # several levels, growing geometrically
    HUMMINGBOT = "hummingbot"  # keeps quotes within a tolerance, pauses a side after a fill
    SEQUENTIAL = "sequential"  # both sides, every period, one order after the other
    ALTERNATING = "alternating"  # one side, then the other, half a period later at the price of then


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A market maker's habits.

    Args:
        quote: size of a quote, money.
        size_jitter: sigma of the log size, redrawn at each refresh.
        rate_hz: refreshes a second.
        rate_jitter: sigma of the log period.
        half_spread_bps: from its price to its first quote.
        levels: quotes a side; ``spacing`` and ``growth`` are ratios from one to the next.
        skew: how far it leans at full inventory, in half spreads.
        tolerance: what may be swept in a second, in quotes, before it leaves.
        pause_s: how long a side stays away after a fill (HUMMINGBOT).
        apart_s: from moving one side to moving the other (SEQUENTIAL).
    """

    family: Family
    quote: float
    size_jitter: float
    rate_hz: float
    rate_jitter: float
    half_spread_bps: float
    levels: int = 1
    spacing: float = 1.7
    growth: float = 1.35
    skew: float = 0.5
    tolerance: float = 3.0
    pause_s: float = 10.0
    apart_s: float = 0.3
    limit_quotes: float = 20.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where a quote should be, in ticks, and how large, in money before jitter."""

    price: float
    quote: float


def targets(style: Style, side: int, fair: float, lean: float, width: float) -> list[Target]:
    """The quotes of one side, nearest first.

    Args:
        style: the habits.
        side: +1 bids, -1 asks.
        fair: what it thinks the coin is worth, in ticks.
        lean: inventory as a share of its limit, in [-1, 1].
        width: multiple of the usual half spread.
    """
    half = style.half_spread_bps * 1e-4 * width
    centre = fair * (1 - style.skew * lean * style.half_spread_bps * 1e-4)
    scale = 1.0
    if style.family is Family.HUMMINGBOT:
        scale = 1 - 0.4 * side * lean
    return [
        Target(centre * (1 - side * half * style.spacing**i), style.quote * scale * style.growth**i)
        for i in range(style.levels)
    ]


def is_stale(style: Style, target: float, resting: float, age_s: float) -> bool:
    """Whether a quote at ``resting`` is to be replaced by one at ``target`` (ticks)."""
    if style.family is Family.TRIGGERED:
        return abs(target - resting) >= 1 or age_s > 3 / style.rate_hz
    if style.family is Family.HUMMINGBOT:
        return abs(target - resting) >= 0.75 or age_s > 2.5 / style.rate_hz
    return True
