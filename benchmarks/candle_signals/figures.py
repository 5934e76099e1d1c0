"""Figures of trades with intervals from blocks of whole days: symbols that moved together stay together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.candle_signals.kinds import HOLD, Trades
from tools.market.candles import TIMEFRAMES
from tools.models.validation import block_bootstrap

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DAY_US = 86_400_000_000
DRAWS, LEAST_DAYS, LEAST_TRADES = 2_000, 3, 30
LEVEL = 0.95


def block_days(timeframe: str) -> int:
    """Days that stay together: twice as long as a trade is held, and no fewer than three."""
    return max(LEAST_DAYS, math.ceil(2 * HOLD * TIMEFRAMES[timeframe].span_ms * 1_000 / DAY_US))


def figures(trades: Trades, days: Ints, block: int, at_once: int) -> dict[str, Any]:
    """n, hits and means of ``trades``, each with its interval; fewer than thirty trades have none.

    Args:
        trades: Of one kind.
        days: Numbers of all days of the recording, in order: a day without a trade is one too.
        block: Days that stay together.
        at_once: Kinds that are judged together; ``net_bps_at_once`` holds for all of them with 95 %.
    """
    n = len(trades.net_bps)
    if n < LEAST_TRADES:
        return {"n": n}
    columns = np.column_stack(
        (
            np.ones(n),
            trades.net_bps > 0,
            trades.net_bps,
            trades.coin_bps,
            trades.moment_bps,
            trades.net_bps - trades.coin_bps,
            trades.net_bps - trades.moment_bps,
        )
    )
    sums = np.zeros((len(days), columns.shape[1]))
    np.add.at(sums, np.searchsorted(days, trades.opens // DAY_US), columns)
    names = ("hit_rate", "net_bps", "coin_bps", "moment_bps", "over_coin_bps", "over_moment_bps")
    found: dict[str, Any] = {"n": n, "days_with_trades": int((sums[:, 0] > 0).sum())}
    for at, name in enumerate(names, 1):
        found[name] = _interval(sums, at, block, LEVEL)
    found["net_bps_at_once"] = _interval(sums, 2, block, 1 - (1 - LEVEL) / at_once)
    return found


def _interval(sums: Reals, column: int, block: int, level: float) -> dict[str, float]:
    def mean(rows: Ints) -> float:
        count = sums[rows, 0].sum()
        return float(sums[rows, column].sum() / count) if count else math.nan

    estimate = block_bootstrap(
        mean, len(sums), np.random.default_rng(0), block=min(block, len(sums)), draws=DRAWS, level=level
    )
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
