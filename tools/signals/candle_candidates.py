"""Candidate trades from closed candles: which signal, which way, how sure, with stop and target from the ATR.

A candidate proposes and nothing more: limits, size and order are decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tools.market.candles import CandleRing
from tools.market.history.candles import Candles
from tools.signals.candle_scores import COLUMNS, score_candles

LEAST_CANDLES = 50


class CandleModel(StrEnum):
    """Where a candidate comes from."""

    CONTINUATION = "continuation"
    REVERSAL = "reversal"
    MOMENTUM = "momentum"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True)
class CandleConfig:
    """From where a signal counts, and how many ATR its stop and target are away.

    A trend is given room and a longer way; a return to the mean is near or wrong.
    """

    score_threshold: float = 75.0
    momentum_threshold: float = 0.05
    trend_stop_ranges: float = 2.0
    trend_target_ranges: float = 3.0
    reversal_stop_ranges: float = 1.5
    reversal_target_ranges: float = 2.0


@dataclass(frozen=True, slots=True)
class CandleCandidate:
    """One proposed trade at the close of a candle.

    Attributes:
        ts_event: When the candle closed, nanoseconds UTC.
        direction: 1 up, -1 down.
        confidence: In [0, 1]; of scores, the score / 100. Not a probability of winning.
    """

    model: CandleModel
    ts_event: int
    direction: int
    confidence: float
    entry: float
    stop: float
    target: float


def candidates(ring: CandleRing, ts_now: int, config: CandleConfig) -> tuple[CandleCandidate, ...]:
    """What the newest candle closed at ``ts_now`` (nanoseconds) proposes; empty where nothing does."""
    window = ring.window(ts_now)
    if len(window) < LEAST_CANDLES:
        return ()
    row = dict(zip(COLUMNS, _scores(window, config)[-1].tolist(), strict=True))
    ts_event = int(window["open_time"][-1]) * 1_000 + ring.timeframe.span_ms * 1_000_000
    close = float(window["close"][-1])
    found = []
    for model in CandleModel:
        way, sure = int(row[f"{model}_direction"]), _confidence(row, model, config)
        if way and sure > 0.0:
            stop, target = _distances(model, config)
            reach = way * row["range"]
            stop_price, target_price = close - stop * reach, close + target * reach
            if min(stop_price, target_price) > 0.0:
                found.append(CandleCandidate(model, ts_event, way, sure, close, stop_price, target_price))
    return tuple(found)


def _scores(window: Candles, config: CandleConfig) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    high, low, close = (np.ascontiguousarray(window[name]) for name in ("high", "low", "close"))
    return np.asarray(score_candles(high, low, close, config.momentum_threshold))


def _confidence(row: dict[str, float], model: CandleModel, config: CandleConfig) -> float:
    if model in (CandleModel.CONTINUATION, CandleModel.REVERSAL):
        score = row[f"{model}_score"]
        return score / 100.0 if score >= config.score_threshold else 0.0
    return row[f"{model}_confidence"]


def _distances(model: CandleModel, config: CandleConfig) -> tuple[float, float]:
    if model in (CandleModel.CONTINUATION, CandleModel.MOMENTUM):
        return config.trend_stop_ranges, config.trend_target_ranges
    return config.reversal_stop_ranges, config.reversal_target_ranges
