"""Candidate trades from closed candles: which signal, which way, how sure, with stop and target from the ATR.

A candidate proposes and nothing more: limits, size and order are decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tools.domain.sources import SCORING_MODELS
from tools.market.candles import NANOS_IN_MICRO, NANOS_IN_MILLI, CandleRing
from tools.market.history.candles import Candles
from tools.market.history.timeframes import Timeframe
from tools.signals.candle_scores import COLUMNS, score_candles

LEAST_CANDLES = 50
MOST_MISSING = 2  # candles among the last 50 without which the averages still say something
MICROS_IN_MILLI = NANOS_IN_MILLI // NANOS_IN_MICRO
MINUTE_MS = 60_000


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
        evidence: What it was made of, by the names of ``units.EVIDENCE_UNIT_OF``.
    """

    model: CandleModel
    ts_event: int
    direction: int
    confidence: float
    entry: float
    stop: float
    target: float
    evidence: Mapping[str, float]


def candidates(ring: CandleRing, ts_now: int, config: CandleConfig) -> tuple[CandleCandidate, ...]:
    """What the newest candle closed at ``ts_now`` (nanoseconds) proposes; empty where nothing does."""
    window = unbroken(ring.window(ts_now), ring.timeframe)
    if len(window) < LEAST_CANDLES:
        return ()
    row = dict(zip(COLUMNS, _scores(window, config)[-1].tolist(), strict=True))
    ts_event = int(window["open_time"][-1]) * NANOS_IN_MICRO + ring.timeframe.span_ms * NANOS_IN_MILLI
    close = float(window["close"][-1])
    told = {
        "candle_minutes": ring.timeframe.span_ms / MINUTE_MS,
        "candle_close": close,
        "candle_range_bps": row["range"] / close * 1e4,
        "candle_rsi": row["rsi"],
        "candle_band": row["band"],
        "candle_change": row["change"],
        "candle_missing": float(missing_of_last(window, ring.timeframe)),
    }
    found = []
    for model in CandleModel:
        way, sure = int(row[f"{model}_direction"]), _confidence(row, model, config)
        if way and sure > 0.0:
            stop, target = distances(model, config)
            reach = way * row["range"]
            stop_price, target_price = close - stop * reach, close + target * reach
            if min(stop_price, target_price) > 0.0:
                found.append(
                    CandleCandidate(
                        model,
                        ts_event,
                        way,
                        sure,
                        close,
                        stop_price,
                        target_price,
                        {**told, "candle_confidence": sure},
                    )
                )
    return tuple(found)


def unbroken(window: Candles, frame: Timeframe) -> Candles:
    """The newest candles of ``window`` without a hole in them that matters; empty where too many are missing.

    What lies before a hole of more than ``MOST_MISSING`` candles is another stretch of market. Of the last
    50 as many may be missing in all.
    """
    wide = np.flatnonzero(_steps(window, frame) > MOST_MISSING + 1)
    found = window[int(wide[-1]) + 1 :] if len(wide) else window
    return found if missing_of_last(found, frame) <= MOST_MISSING else found[:0]


def missing_of_last(window: Candles, frame: Timeframe) -> int:
    """How many candles are missing among the last 50 of ``window``."""
    steps = _steps(window[-LEAST_CANDLES:], frame)
    return int((steps - 1).sum())


def distances(model: CandleModel, config: CandleConfig) -> tuple[float, float]:
    """How many ATR the stop and the target of ``model`` are away."""
    if model in (CandleModel.CONTINUATION, CandleModel.MOMENTUM):
        return config.trend_stop_ranges, config.trend_target_ranges
    return config.reversal_stop_ranges, config.reversal_target_ranges


def _steps(window: Candles, frame: Timeframe) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Spans from each candle to the next, shape (n - 1,); 1 where none is missing."""
    return np.asarray(np.diff(window["open_time"]) // (frame.span_ms * MICROS_IN_MILLI))


def _scores(window: Candles, config: CandleConfig) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    high, low, close = (np.ascontiguousarray(window[name]) for name in ("high", "low", "close"))
    return np.asarray(score_candles(high, low, close, config.momentum_threshold))


def _confidence(row: dict[str, float], model: CandleModel, config: CandleConfig) -> float:
    if model in SCORING_MODELS:
        score = row[f"{model}_score"]
        return score / 100.0 if score >= config.score_threshold else 0.0
    return row[f"{model}_confidence"]
