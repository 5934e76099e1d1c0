"""What candles say of the risk of an entry, as plain numbers that are sealed with the account.

Made only of days that were over at the time: ``prospects_at`` is handed candles and a moment, and drops
whatever closed later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tools.risk.dependence import kendall, tail_dependence, togetherness
from tools.risk.tails import LEAST_STEPS, WARM, filter_returns, portfolio_tail

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL = 0.95
WINDOW = 252  # days
LEAST_DAYS = LEAST_STEPS + WARM


@dataclass(frozen=True, slots=True)
class Prospects:
    """Risk ahead, as known at ``ts``.

    Attributes:
        ts: When the last day it was made of ended, ns.
        cvar: By symbol: mean loss of a day beyond the 95 % quantile, share of the value.
        volatility: By symbol: volatility of the next day over the usual one.
        correlation: Mean pairwise correlation of 60 days, in [0, 1].
        breakdown: How far correlations have shifted lately, in [0, 1].
        tails: By ``pair_name``: chance that one crashes given that the other does, in [0, 1).
    """

    ts: int
    cvar: Mapping[str, float]
    volatility: Mapping[str, float]
    correlation: float
    breakdown: float
    tails: Mapping[str, float]

    def tail_with(self, symbol: str, other: str) -> float | None:
        """Tail dependence of two symbols; 1 of a symbol with itself, None where it is not known."""
        return 1.0 if symbol == other else self.tails.get(pair_name(symbol, other))


def pair_name(one: str, other: str) -> str:
    """What a pair is called, whichever comes first."""
    return " ".join(sorted((one, other)))


def prospects_at(symbols: Sequence[str], ends: Ints, closes: Floats, ts: int) -> Prospects:
    """Prospects from daily closes.

    Args:
        symbols: Names of the columns.
        ends: When each day ended, ns, ascending, shape (n_days,).
        closes: Closing prices, shape (n_days, n_symbols).
        ts: The moment; days that ended after it are not looked at, ns.

    Raises:
        ValueError: Fewer than ``LEAST_DAYS`` returns are known by then, or a symbol stands still.
    """
    known = int(np.searchsorted(ends, ts, side="right"))
    returns = np.diff(np.log(closes[:known]), axis=0)[-WINDOW:]
    if len(returns) < LEAST_DAYS:
        raise ValueError(f"the prospects need {LEAST_DAYS} daily returns, were {len(returns)}")
    volatility = filter_returns(returns).volatility / np.sqrt(np.mean(returns**2, axis=0))
    together = togetherness(returns)
    pairs = combinations(range(len(symbols)), 2)
    return Prospects(
        ts=int(ends[known - 1]),
        cvar={
            name: portfolio_tail(returns[:, i : i + 1], np.ones(1), LEVEL).cvar
            for i, name in enumerate(symbols)
        },
        volatility=dict(zip(symbols, volatility.tolist(), strict=True)),
        correlation=together.correlation,
        breakdown=together.breakdown,
        tails={
            pair_name(symbols[i], symbols[j]): tail_dependence(kendall(returns[:, i], returns[:, j]))
            for i, j in pairs
        },
    )
