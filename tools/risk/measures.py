"""What a set of trades earned, how sure that is, and how deep its equity fell.

Labels that overlap in time are not independent: intervals use blocks as long as the
overlap, and win rates an effective count. No mean is given without its n.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tools.models.uniqueness import average_uniqueness
from tools.models.validation import Estimate, block_length, bootstrap_mean, reliability, wilson_interval
from tools.models.validation.probabilities import Reliability

Floats = NDArray[np.float64]
LEVEL = 0.95
LEAST_IN_A_BIN = 8
Amount = TypeVar("Amount", Decimal, float)


class Trade(Protocol):
    """A finished round trip, with money or followed on paper."""

    @property
    def symbol(self) -> str:
        """Where it was."""
        ...

    @property
    def ts_entry(self) -> int:
        """When the position began, nanoseconds."""
        ...

    @property
    def ts_exit(self) -> int:
        """When it ended, nanoseconds."""
        ...

    @property
    def net_bps(self) -> float:
        """Result after costs, basis points of the entry."""
        ...

    @property
    def net_quote(self) -> Decimal | None:
        """Result after costs in quote; None on paper."""
        ...

    @property
    def fees_quote(self) -> Decimal | None:
        """Fees in quote; None on paper."""
        ...

    @property
    def breakeven(self) -> float:
        """Win probability at which its signal was worth nothing."""
        ...

    @property
    def gain_bps(self) -> float:
        """Net gain its signal aimed at, basis points."""
        ...

    @property
    def loss_bps(self) -> float:
        """Net loss at its signal's stop, positive basis points."""
        ...


AnyTrade = TypeVar("AnyTrade", bound=Trade)


@dataclass(frozen=True, slots=True)
class TradeStatistics:
    """Statistics of n trades; every estimate is None where n is 0.

    Attributes:
        n_effective: How many independent trades they are worth, after overlap in time.
        win_rate: Share of wins with its Wilson interval at ``n_effective``.
        breakeven_win_rate: Mean win rate the signals needed; a win rate means something beside it.
        net_bps: Mean result after costs with its block-bootstrap interval.
        drawdown_bps: Deepest fall of the running sum of results, basis points.
        drawdown_quote: The same in quote; None without money.
    """

    n: int
    n_effective: float
    wins: int
    win_rate: Estimate | None
    breakeven_win_rate: float | None
    net_bps: Estimate | None
    drawdown_bps: float | None
    net_quote: Decimal | None
    fees_quote: Decimal | None
    drawdown_quote: Decimal | None


NOTHING = TradeStatistics(0, 0.0, 0, None, None, None, None, None, None, None)


def measure_trades(trades: Sequence[Trade], seed: int) -> TradeStatistics:
    """Statistics of ``trades``, which may come in any order; the same seed gives the same figures."""
    if not trades:
        return NOTHING
    ordered = in_order(trades)
    results, effective = net_results(ordered), effective_count(ordered)
    wins = int((results > 0).sum())
    low, high = wilson_interval(wins / len(results) * effective, effective)
    money = [trade.net_quote for trade in ordered if trade.net_quote is not None]
    fees = [trade.fees_quote for trade in ordered if trade.fees_quote is not None]
    return TradeStatistics(
        n=len(ordered),
        n_effective=effective,
        wins=wins,
        win_rate=Estimate(wins / len(ordered), low, high, len(ordered)),
        breakeven_win_rate=float(np.mean([trade.breakeven for trade in ordered])),
        net_bps=mean_net(results, effective, seed),
        drawdown_bps=maximum_drawdown(results.tolist(), 0.0),
        net_quote=sum(money, Decimal(0)) if money else None,
        fees_quote=sum(fees, Decimal(0)) if fees else None,
        drawdown_quote=maximum_drawdown(money, Decimal(0)) if money else None,
    )


def said_and_happened(said: Sequence[float], won: Sequence[bool]) -> tuple[Reliability, ...]:
    """How often trades won beside the probability they were entered or refused with."""
    bins = max(1, min(10, len(said) // LEAST_IN_A_BIN))
    return reliability(np.array(said, dtype=np.float64), np.array(won, dtype=np.float64), bins)


def mean_net(
    results: Floats, effective: float, seed: int, *, level: float = LEVEL, draws: int = 1000
) -> Estimate:
    """Mean result with its interval from blocks as long as the trades overlap.

    Where two blocks do not fit nothing can be said of the error: both ends are NaN.
    """
    block = block_length(len(results), mean_uniqueness=min(1.0, effective / len(results)))
    if 2 * block > len(results):
        return Estimate(float(results.mean()), math.nan, math.nan, len(results))
    return bootstrap_mean(results, np.random.default_rng(seed), block=block, draws=draws, level=level)


def in_order(trades: Sequence[AnyTrade]) -> list[AnyTrade]:
    """``trades`` by the end of the position, then by its beginning."""
    return sorted(trades, key=lambda trade: (trade.ts_exit, trade.ts_entry, trade.symbol, trade.net_bps))


def net_results(trades: Sequence[Trade]) -> Floats:
    """Results after costs, basis points, shape (n_trades,)."""
    return np.array([trade.net_bps for trade in trades], dtype=np.float64)


def effective_count(trades: Sequence[Trade]) -> float:
    """How many independent trades they are worth: the sum of their average uniqueness."""
    spans = np.array([(trade.ts_entry, trade.ts_exit) for trade in trades], dtype=np.int64).reshape(-1, 2)
    return float(average_uniqueness(spans, [trade.symbol for trade in trades]).sum())


def maximum_drawdown(results: Sequence[Amount], zero: Amount) -> Amount:
    """Deepest fall of the running sum below its highest point so far, which begins at ``zero``.

    >>> maximum_drawdown([5.0, -3.0, -4.0, 6.0], 0.0)
    7.0
    """
    equity = peak = deepest = zero
    for result in results:
        equity += result
        peak = max(peak, equity)
        deepest = max(deepest, peak - equity)
    return deepest
