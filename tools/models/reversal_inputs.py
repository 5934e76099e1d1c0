"""What the reversal model sees of a candle, and three things that "it reverses" can mean.

Prices enter as ratios, so that one model serves all symbols. The trend is the side of the 20-bar average
on which the close lies; rows without a trend, or without ten bars after them, have no label.

Source of the twelve features and the ten bars: the specification of the memory-enhanced learner, part M2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.features.indicators import (
    average_true_range,
    band_position,
    convergence,
    relative_strength,
    simple_average,
)
from tools.market.history.candles import Candles

Reals = npt.NDArray[np.float64]

TWELVE = (
    "sma_5",
    "sma_20",
    "sma_50",
    "rsi",
    "macd_line",
    "macd_signal",
    "macd_histogram",
    "bollinger_position",
    "volume_ratio",
    "high_low_range",
    "close_position",
    "open_close_range",
)
WIDER = (*TWELVE, "trend", "range_14", "range_288", "hour_sine", "hour_cosine")
"""The twelve with the trend's side, how far prices go in an hour and in a day, and the time of day."""

HORIZON = 10  # bars
MOVE = 0.005
COST_BPS = 10.0  # round trip, at 5 bps a side
WARM_BARS = 300
_DAY_MICROS = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Labels:
    """What followed each candle; NaN where that is not known or there was no trend.

    Attributes:
        literal: 1 where any of the next ten closes lies against the trend of this close: the words of the
            specification, and true of nearly every bar, because a price that only wanders does it too.
        move: 1 where the next ten bars reach 0.5 % against the trend. Mostly a matter of how volatile the
            hour is; nothing is said of what the price does before, so it is no trade.
        tradable: 1 where a trade against the trend, opened at the next bar's open, earns after costs.
        net_bps: What that trade brings: 0.5 % target and stop, the stop first where a bar touches both,
            out at the tenth close; basis points after 5 bps a side.
    """

    literal: Reals
    move: Reals
    tradable: Reals
    net_bps: Reals


def inputs_of(candles: Candles) -> Reals:
    """Rows of ``WIDER`` (the first twelve are ``TWELVE``), of each candle and those before it."""
    o, h, low, c, volume = _columns(candles)
    line, signal, histogram = convergence(c, 12, 26, 9)
    usual = simple_average(volume, 20)
    reach = np.where(h > low, h - low, np.nan)
    hours = (candles["open_time"] % _DAY_MICROS) / _DAY_MICROS * 2 * np.pi
    trend = trend_of(candles)
    return np.column_stack(
        [
            *(c / simple_average(c, length) - 1 for length in (5, 20, 50)),
            relative_strength(c, 14),
            *(part / c for part in (line, signal, histogram)),
            band_position(c, 20),
            np.divide(volume, usual, out=np.full(len(c), np.nan), where=usual > 0),
            (h - low) / c,
            (c - low) / reach,
            (c - o) / o,
            trend,
            *(average_true_range(h, low, c, length) / c for length in (14, 288)),
            np.sin(hours),
            np.cos(hours),
        ]
    )


def trend_of(candles: Candles) -> Reals:
    """1 above the 20-bar average, -1 below, 0 on it or before there is one."""
    close = np.ascontiguousarray(candles["close"])
    side: Reals = np.nan_to_num(np.sign(close - simple_average(close, 20)))
    return side


def labels_of(candles: Candles) -> Labels:
    """The labels of each candle, from the ten bars after it."""
    _, high, low, close, _ = _columns(candles)
    trend, n = trend_of(candles), len(candles)
    known = (trend != 0) & _is_whole(candles)
    literal, move = np.zeros(n), np.zeros(n)
    for ahead in range(1, HORIZON + 1):
        later_close = _later(close, ahead)
        literal = np.maximum(literal, trend * (later_close - close) < 0)
        far = np.where(trend > 0, 1 - _later(low, ahead) / close, _later(high, ahead) / close - 1)
        move = np.maximum(move, far >= MOVE)
    net = _net_bps(candles, -trend)
    return Labels(*(np.where(known, one, np.nan) for one in (literal, move, net > 0, net)))


def _net_bps(candles: Candles, way: Reals) -> Reals:
    """Result of a trade in direction ``way`` opened at the next open."""
    opened, high, low, close, _ = _columns(candles)
    entry = _later(opened, 1)
    gross = np.full(len(candles), np.nan)
    for ahead in range(1, HORIZON + 1):
        best = np.where(way > 0, _later(high, ahead) / entry - 1, 1 - _later(low, ahead) / entry)
        worst = np.where(way > 0, 1 - _later(low, ahead) / entry, _later(high, ahead) / entry - 1)
        open_yet = np.isnan(gross)
        gross[open_yet & (worst >= MOVE)] = -MOVE
        gross[open_yet & (worst < MOVE) & (best >= MOVE)] = MOVE
    last = way * (_later(close, HORIZON) / entry - 1)
    return np.where(np.isnan(gross), last, gross) * 1e4 - COST_BPS


def _is_whole(candles: Candles) -> npt.NDArray[np.bool_]:
    """Whether ten bars follow without a hole."""
    opens = candles["open_time"]
    found = np.zeros(len(opens), np.bool_)
    if len(opens) > HORIZON:
        found[:-HORIZON] = opens[HORIZON:] - opens[:-HORIZON] == HORIZON * np.diff(opens).min()
    return found


def _later(values: Reals, ahead: int) -> Reals:
    found = np.full(len(values), np.nan)
    found[:-ahead] = values[ahead:]
    return found


def _columns(candles: Candles) -> tuple[Reals, Reals, Reals, Reals, Reals]:
    o, h, low, c, volume = (
        np.ascontiguousarray(candles[name]) for name in ("open", "high", "low", "close", "volume")
    )
    return o, h, low, c, volume
