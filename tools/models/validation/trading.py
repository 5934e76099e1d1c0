"""Measures of trades: what they earned a trade, and the win rate they would have needed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def expectancy_bps(net_bps: Floats) -> float:
    """Mean result a trade after costs, basis points.

    >>> round(expectancy_bps(np.array([10.0, 10.0, -30.0])), 4)
    -3.3333
    """
    if len(net_bps) == 0:
        raise ValueError("expectancy of no trades is not defined")
    return float(np.mean(net_bps))


def breakeven_win_rate(take_profit: float, stop: float, fee: float) -> float:
    """Win rate at which nothing is earned: (stop + fee) / (take_profit + stop).

    All three in the same unit; ``fee`` is the round trip's. Above 1 the trade cannot pay.
    A win rate means something only beside it.

    Source:
        p (take_profit - fee) = (1 - p) (stop + fee), solved for p.

    >>> round(breakeven_win_rate(0.5, 4.5, 0.1), 2)
    0.92
    """
    if take_profit + stop <= 0:
        raise ValueError(f"take_profit + stop must be positive, was {take_profit + stop}")
    return (stop + fee) / (take_profit + stop)


def profit_factor(net_bps: Floats) -> float:
    """Sum of gains over sum of losses; infinite without losses, NaN without either.

    >>> profit_factor(np.array([10.0, 20.0, -15.0]))
    2.0
    """
    gains = float(net_bps[net_bps > 0].sum())
    losses = -float(net_bps[net_bps < 0].sum())
    if losses == 0:
        return math.inf if gains > 0 else math.nan
    return gains / losses
