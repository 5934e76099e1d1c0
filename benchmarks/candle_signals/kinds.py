"""Every signal of a symbol on a timeframe, with what it came to and what the same bars came to without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.candle_signals.outcomes import WAYS, Outcomes, Path, walk
from tools.market.candles import TIMEFRAMES, rolled_up
from tools.market.history.candles import Candles
from tools.signals.candle_candidates import CandleConfig, CandleModel, distances
from tools.signals.candle_scores import COLUMNS, score_candles

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SMALL = "5m"
HOLD = 10  # candles, as the parameter candle_hold has it
MICROS_5 = TIMEFRAMES[SMALL].span_ms * 1_000
PLACE = {name: at for at, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Trades:
    """Trades of one kind, one at a time a symbol, each shape (n,).

    Attributes:
        opens: When they began, microseconds.
        ways: 1 bought, -1 sold.
        net_bps: What they came to after costs.
        coin_bps: The mean of buying and selling at the same moment, stop, target and time the same multiples.
        moment_bps: The mean of the same way over all moments of the symbol and timeframe.
    """

    opens: Ints
    ways: Ints
    net_bps: Reals
    coin_bps: Reals
    moment_bps: Reals

    def take(self, rows: npt.NDArray[np.bool_]) -> Trades:
        """These alone."""
        return Trades(*(getattr(self, name)[rows] for name in self.__slots__))


def joined(parts: list[Trades]) -> Trades:
    """All of ``parts`` in the order of time."""
    columns = [np.concatenate([getattr(one, name) for one in parts]) for name in Trades.__slots__]
    order = np.argsort(columns[0], kind="stable")
    return Trades(*(column[order] for column in columns))


def stretches(candles: Candles) -> list[Candles]:
    """``candles`` of five minutes cut at every hole."""
    return np.split(candles, np.flatnonzero(np.diff(candles["open_time"]) != MICROS_5) + 1)


def trades_of(candles: Candles, timeframe: str, model: CandleModel, config: CandleConfig) -> Trades:
    """The trades of ``model`` on ``timeframe``, from five-minute ``candles`` of one symbol."""
    parts = [_one_stretch(one, timeframe, model, config) for one in stretches(candles)]
    known = [part for part in parts if part is not None]
    if not known:
        return joined([_none()])
    every = [np.concatenate([part.outcomes[k].net_bps for part in known]) for k in range(len(WAYS))]
    moments = [float(np.nanmean(values)) if np.isfinite(values).any() else np.nan for values in every]
    return joined([_chosen(part, moments) for part in known])


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch without a hole: by bar when a trade begins, where a signal points, what each way came to."""

    opens: Ints
    ways: Ints
    outcomes: tuple[Outcomes, Outcomes]


def _one_stretch(
    candles: Candles, timeframe: str, model: CandleModel, config: CandleConfig
) -> _Stretch | None:
    frame = TIMEFRAMES[timeframe]
    bars = candles if timeframe == SMALL else rolled_up(candles, TIMEFRAMES[SMALL], frame)
    if len(bars) == 0:
        return None
    high, low, close = (np.ascontiguousarray(bars[name]) for name in ("high", "low", "close"))
    rows = np.asarray(score_candles(high, low, close, config.momentum_threshold))
    opens = bars["open_time"] + frame.span_ms * 1_000
    entries = (opens - candles["open_time"][0]) // MICROS_5
    entries[(entries >= len(candles)) | (rows[:, PLACE["range"]] <= 0.0)] = -1
    stop, target = distances(model, config)
    reach = rows[:, PLACE["range"]]
    path = Path(*(np.ascontiguousarray(candles[name]) for name in ("open", "high", "low", "close")))
    hold = HOLD * frame.span_ms // TIMEFRAMES[SMALL].span_ms
    long, short = (walk(path, entries, stop * reach, target * reach, way, hold) for way in WAYS)
    return _Stretch(opens, _ways(rows, model, config), (long, short))


def _ways(rows: Reals, model: CandleModel, config: CandleConfig) -> Ints:
    """Which way the signal of each bar points; 0 where there is none."""
    ways = rows[:, PLACE[f"{model}_direction"]].astype(np.int64)
    if model in (CandleModel.CONTINUATION, CandleModel.REVERSAL):
        ways[rows[:, PLACE[f"{model}_score"]] < config.score_threshold] = 0
    return ways


def _chosen(part: _Stretch, moments: list[float]) -> Trades:
    """The signals that are traded: not while the trade before is open."""
    long, short = part.outcomes
    wanted = np.flatnonzero((part.ways != 0) & np.isfinite(long.net_bps))
    rows, free = [], 0
    for row in wanted.tolist():
        if part.opens[row] >= free:
            rows.append(row)
            held = (long if part.ways[row] > 0 else short).held[row]
            free = int(part.opens[row]) + int(held) * MICROS_5
    at = np.array(rows, np.int64)
    ways = part.ways[at]
    net = np.where(ways > 0, long.net_bps[at], short.net_bps[at])
    coin = (long.net_bps[at] + short.net_bps[at]) / 2
    return Trades(part.opens[at], ways, net, coin, np.where(ways > 0, *moments))


def _none() -> Trades:
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    return Trades(whole, whole, real, real, real)
