"""Single figures over a set of trades that a person may ask for: medians, streaks, holding times.

Each is None where it cannot be said, never 0. Results are after costs.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from decimal import Decimal

from tools.risk.measures import AnyTrade, Trade, in_order, maximum_drawdown


def net_quotes(trades: Sequence[Trade]) -> list[Decimal]:
    """Results in quote of the trades that had money in them."""
    return [trade.net_quote for trade in trades if trade.net_quote is not None]


def total_bps(trades: Sequence[Trade]) -> float | None:
    """Sum of results, basis points of each entry."""
    return sum(trade.net_bps for trade in trades) if trades else None


def mean_bps(trades: Sequence[Trade]) -> float | None:
    """Mean result, basis points."""
    return sum(trade.net_bps for trade in trades) / len(trades) if trades else None


def win_share(trades: Sequence[Trade]) -> float | None:
    """Share of trades that made money."""
    return sum(trade.net_bps > 0 for trade in trades) / len(trades) if trades else None


def drawdown_of(trades: Sequence[Trade]) -> Decimal | float | None:
    """Deepest fall of equity, in quote where there was money, else in basis points."""
    ordered = in_order(trades)
    amounts = net_quotes(ordered)
    if amounts:
        return maximum_drawdown(amounts, Decimal(0))
    return maximum_drawdown([trade.net_bps for trade in ordered], 0.0) if ordered else None


def fees_of(trades: Sequence[Trade]) -> list[Decimal]:
    """Fees in quote of the trades that had money in them."""
    return [trade.fees_quote for trade in trades if trade.fees_quote is not None]


def total_of(amounts: Sequence[Decimal]) -> Decimal | None:
    """Sum of amounts; None where there are none."""
    return sum(amounts, Decimal(0)) if amounts else None


def median_bps(trades: Sequence[Trade]) -> float | None:
    """Median result, basis points."""
    return statistics.median(trade.net_bps for trade in trades) if trades else None


def mean_of(amounts: Sequence[Decimal]) -> Decimal | None:
    """Mean of amounts, exact up to the precision of decimals."""
    return sum(amounts, Decimal(0)) / len(amounts) if amounts else None


def median_of(amounts: Sequence[Decimal]) -> Decimal | None:
    """Median of amounts."""
    return statistics.median(amounts) if amounts else None


def profit_factor(trades: Sequence[Trade]) -> Decimal | None:
    """What winners made over what losers lost, in quote; None without a loss or without money.

    Source: Kaufman, Trading Systems and Methods (2013).
    """
    amounts = net_quotes(trades)
    lost = -sum((amount for amount in amounts if amount < 0), Decimal(0))
    won = sum((amount for amount in amounts if amount > 0), Decimal(0))
    return won / lost if lost else None


def holding_times(trades: Sequence[Trade]) -> list[int]:
    """How long each position was held, nanoseconds."""
    return [trade.ts_exit - trade.ts_entry for trade in trades]


def mean_holding(trades: Sequence[Trade]) -> int | None:
    """Mean time a position was held, nanoseconds."""
    times = holding_times(trades)
    return round(sum(times) / len(times)) if times else None


def median_holding(trades: Sequence[Trade]) -> int | None:
    """Median time a position was held, nanoseconds."""
    return round(statistics.median(holding_times(trades))) if trades else None


def streak(trades: Sequence[AnyTrade], won: bool) -> list[AnyTrade]:
    """The longest run of winners, or of losers, by the end of the position; the first of equals."""
    longest: list[AnyTrade] = []
    running: list[AnyTrade] = []
    for trade in in_order(trades):
        running = [*running, trade] if (trade.net_bps > 0) is won else []
        longest = running if len(running) > len(longest) else longest
    return longest


def present_streak(trades: Sequence[AnyTrade]) -> list[AnyTrade]:
    """The run of equal signs that the newest trades end with."""
    found: list[AnyTrade] = []
    for trade in reversed(in_order(trades)):
        if found and (trade.net_bps > 0) is not (found[-1].net_bps > 0):
            break
        found.append(trade)
    return found[::-1]
