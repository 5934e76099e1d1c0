"""Learned strategies: declarative conditions on features, and what came of their matches since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """A feature within bounds, both ends included; None is no bound on that side."""

    feature: str
    low: float | None
    high: float | None

    def holds(self, features: Mapping[str, float | None]) -> bool:
        """Whether the feature is there and within the bounds.

        >>> Condition("imbalance", 0.2, None).holds({"imbalance": 0.3})
        True
        """
        value = features.get(self.feature)
        if value is None:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Example:
    """A followed signal with its features and its result."""

    outcome_id: str
    symbol: str
    run_id: str
    ts: int
    ts_known: int
    features: Mapping[str, float | None]
    net_bps: float


@dataclass(frozen=True, slots=True)
class LearnedStrategy:
    """Rules that earned once, with the results of every match since they were found.

    Attributes:
        conditions: All of them must hold.
        size_share: Share of the usual size it asks for, in (0, 1].
        stop_bps: Distance of the stop it was found with.
        target_bps: Distance of the target it was found with.
        n: Matches since it was found; what it was found with does not count.
        wins: Those of them that made money.
        mean_bps: Their mean result after costs; 0 without any.
        error_bps: One standard error of that mean, after overlap in time; 0 where it cannot be told.
    """

    strategy_id: str
    conditions: tuple[Condition, ...]
    size_share: float
    stop_bps: float
    target_bps: float
    n: int
    wins: int
    mean_bps: float
    error_bps: float

    def matches(self, features: Mapping[str, float | None]) -> bool:
        """Whether every condition holds."""
        return all(condition.holds(features) for condition in self.conditions)
