"""Candle signals point the way their rule says, stay in bounds and never look ahead."""

import numpy as np
import numpy.typing as npt
import pytest

from tools.market.candles import TIMEFRAMES, CandleRing
from tools.market.history.candles import CANDLE, Candles
from tools.signals.candle_candidates import CandleCandidate, CandleConfig, CandleModel, candidates
from tools.signals.candle_scores import COLUMNS, score_candles

Reals = npt.NDArray[np.float64]
MICROS_5, NANOS_5 = 300_000_000, 300_000_000_000


def candles_of(close: Reals) -> Candles:
    found = np.zeros(len(close), CANDLE)
    found["open_time"] = np.arange(len(close)) * MICROS_5
    found["open"], found["close"] = np.concatenate((close[:1], close[:-1])), close
    found["high"] = np.maximum(found["open"], close) * 1.0005
    found["low"] = np.minimum(found["open"], close) * 0.9995
    found["volume"] = 1.0
    return found


def wandering(n: int = 400) -> Reals:
    return 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.004, n)))


def proposed(close: Reals) -> dict[CandleModel, CandleCandidate]:
    ring = CandleRing(TIMEFRAMES["5m"])
    ring.warm(candles_of(close), len(close) * NANOS_5)
    return {one.model: one for one in candidates(ring, len(close) * NANOS_5, CandleConfig())}


@pytest.mark.parametrize("way", [1, -1])
def test_a_steady_trend_is_continued(way: int) -> None:
    found = proposed(100 * np.exp(way * 0.005 * np.arange(80)))
    continuation, momentum = found[CandleModel.CONTINUATION], found[CandleModel.MOMENTUM]
    assert continuation.direction == momentum.direction == way
    assert (
        way * (continuation.target - continuation.entry) > way * (continuation.entry - continuation.stop) > 0
    )
    assert continuation.ts_event == 80 * NANOS_5


@pytest.mark.parametrize("way", [1, -1])
def test_a_fall_out_of_the_bands_is_held_to_reverse(way: int) -> None:
    calm = 100 + 0.05 * np.sin(np.arange(70))
    found = proposed(np.concatenate((calm, calm[-1] * (1 - way * 0.01 * np.arange(1, 5)))))
    assert found[CandleModel.REVERSAL].direction == found[CandleModel.STRENGTH].direction == way
    assert found[CandleModel.REVERSAL].confidence >= 0.75


def test_stops_and_targets_are_multiples_of_the_range() -> None:
    found = proposed(100 * np.exp(0.005 * np.arange(80)))[CandleModel.CONTINUATION]
    assert (found.target - found.entry) / (found.entry - found.stop) == pytest.approx(1.5)


def test_scores_and_confidences_stay_in_bounds() -> None:
    rows = scored(wandering(5_000))
    for name, top in (("continuation_score", 100), ("reversal_score", 100), ("momentum_confidence", 1)):
        values = rows[:, COLUMNS.index(name)]
        assert 0 <= values.min() < values.max() <= top


def scored(close: Reals) -> Reals:
    rows = candles_of(close)
    high, low, last = (np.ascontiguousarray(rows[name]) for name in ("high", "low", "close"))
    return np.asarray(score_candles(high, low, last, 0.02))


def test_cutting_the_future_off_changes_no_signal() -> None:
    whole = scored(wandering())
    for end in (60, 133, 399):
        cut = scored(wandering()[:end])
        np.testing.assert_array_equal(cut, whole[:end])


def test_too_few_candles_and_a_still_price_propose_nothing() -> None:
    assert proposed(wandering(49)) == {}
    assert proposed(np.full(80, 100.0)) == {}
