"""What signals of one symbol in one regime are like: how often they win, what they earn, who quotes there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tools.risk.measures import (
    Trade,
    TradeStatistics,
    effective_count,
    in_order,
    mean_net,
    measure_trades,
    net_results,
)

MM_SIGNATURE = ("mm_spread_bps", "mm_avg_order_size", "mm_refresh_rate", "mm_confidence")
BEST_HOURS = 3
LEAST_AN_HOUR = 8
HOUR_NS = 3_600 * 10**9


@dataclass(frozen=True, slots=True)
class HourFigure:
    """What one hour of the day earned; ``low`` and ``high`` bound the mean."""

    hour: int
    n: int
    net_bps: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ProfileFigures:
    """A group's profile.

    Attributes:
        statistics: Count, win rate and expectancy, with intervals.
        spread_bps: Median spread; None where it was never seen.
        signature: Medians of what is known of the market maker, by feature.
        hours: The hours of the day, UTC, that earned most for certain: ranked by the lower end of their
            interval, so that an hour with few lucky trades does not lead.
    """

    statistics: TradeStatistics
    spread_bps: float | None
    signature: Mapping[str, float]
    hours: tuple[HourFigure, ...]


def profile(
    trades: Sequence[Trade], features: Sequence[Mapping[str, float | None]], times: Sequence[int], seed: int
) -> ProfileFigures:
    """The profile of ``trades``, which belong together.

    Args:
        trades: Finished follows.
        features: What was sensed at the signal of each.
        times: When the signal of each was raised, nanoseconds.
        seed: Of the intervals.
    """
    medians = {name: _median([one.get(name) for one in features]) for name in (*MM_SIGNATURE, "spread_bps")}
    return ProfileFigures(
        statistics=measure_trades(trades, seed),
        spread_bps=medians["spread_bps"],
        signature={name: value for name in MM_SIGNATURE if (value := medians[name]) is not None},
        hours=_best_hours(trades, times, seed),
    )


def _median(values: Sequence[float | None]) -> float | None:
    seen = [value for value in values if value is not None]
    return float(np.median(seen)) if seen else None


def _best_hours(trades: Sequence[Trade], times: Sequence[int], seed: int) -> tuple[HourFigure, ...]:
    groups: dict[int, list[Trade]] = {}
    for trade, ts in zip(trades, times, strict=True):
        groups.setdefault(ts // HOUR_NS % 24, []).append(trade)
    figures = [_hour(hour, group, seed) for hour, group in groups.items() if len(group) >= LEAST_AN_HOUR]
    known = [one for one in figures if math.isfinite(one.low)]
    return tuple(sorted(known, key=lambda one: (-one.low, one.hour))[:BEST_HOURS])


def _hour(hour: int, trades: Sequence[Trade], seed: int) -> HourFigure:
    ordered = in_order(trades)
    found = mean_net(net_results(ordered), effective_count(ordered), seed)
    return HourFigure(hour, len(ordered), found.value, found.low, found.high)
