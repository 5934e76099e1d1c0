"""Candidates of candles on a market's grid, and the worked figures of the specification."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.signals.test_candle_signals import NANOS_5, candles_of
from tools.domain.market import UNITS
from tools.domain.parameter import default_parameters
from tools.market.candles import TIMEFRAMES, CandleRing
from tools.signals.candle_candidates import CandleCandidate, CandleConfig, CandleModel, candidates
from tools.signals.candle_entries import candle_config, entry_of

FRAME = TIMEFRAMES["30m"]
CENT = UNITS // 100
PARAMETERS = default_parameters()


def candidate(
    way: int = 1, close: float = 100.0, stop: float = 1.003, target: float = 2.001
) -> CandleCandidate:
    prices = (close, close - way * stop, close + way * target)
    return CandleCandidate(CandleModel.REVERSAL, 5, way, 0.8, *prices, {"candle_close": close})


def test_it_is_bought_at_the_bid_with_the_distances_of_the_candle() -> None:
    found = entry_of(candidate(), FRAME, 10_010 * CENT, CENT, PARAMETERS)
    assert found is not None
    assert (found.source, found.ts_event, found.confidence) == ("reversal.30m", 5, 0.8)
    # 1.003 below and 2.001 above the bid, away from it on the tick
    assert (found.entry, found.stop, found.take_profit) == (10_010 * CENT, 9_909 * CENT, 10_211 * CENT)
    assert found.hold_ns == 10 * 30 * 60 * 10**9
    assert found.evidence == {"candle_close": 100.0}


def test_what_points_down_or_has_no_room_is_no_entry() -> None:
    assert entry_of(candidate(-1), FRAME, 10_010 * CENT, CENT, PARAMETERS) is None
    assert entry_of(candidate(), FRAME, 0, CENT, PARAMETERS) is None
    assert entry_of(candidate(close=1.5, stop=1.4), FRAME, 100 * CENT, CENT, PARAMETERS) is None


@given(
    st.integers(1, 10**7),
    st.sampled_from([1, 10, CENT, 7 * CENT]),
    st.floats(1e-6, 10**3),
    st.floats(1e-6, 10**3),
)
def test_prices_are_on_the_tick_and_in_order(bid: int, tick: int, stop: float, target: float) -> None:
    found = entry_of(candidate(close=2_000.0, stop=stop, target=target), FRAME, bid * CENT, tick, PARAMETERS)
    if found is not None:
        assert found.entry % tick == found.stop % tick == found.take_profit % tick == 0
        assert 0 < found.stop < found.entry < found.take_profit
        assert bid * CENT - tick < found.entry <= bid * CENT
        assert found.entry - found.stop >= stop * UNITS - tick
        assert 0 <= found.take_profit - found.entry - target * UNITS + 1 <= tick + 1


def proposed(close: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[CandleModel, CandleCandidate]:
    ring = CandleRing(TIMEFRAMES["5m"])
    ring.warm(candles_of(close), len(close) * NANOS_5)
    return {one.model: one for one in candidates(ring, len(close) * NANOS_5, candle_config(PARAMETERS))}


def test_the_parameters_of_the_worked_case_are_the_defaults() -> None:
    assert candle_config(PARAMETERS) == CandleConfig()
    assert (PARAMETERS["momentum_threshold"], PARAMETERS["score_threshold"]) == (0.05, 75.0)
    assert PARAMETERS["candle_signals"] == 0.0


@pytest.mark.parametrize(("change", "confidence"), [(0.065, 0.65), (0.05, 0.5), (0.1, 1.0), (0.049, None)])
def test_a_momentum_of_six_and_a_half_per_cent_is_the_worked_confidence_of_0_65(
    change: float, confidence: float | None
) -> None:
    close = np.full(90, 100.0)
    close[77:] = 100 * (1 + 1.0000001 * change * np.arange(13) / 12)
    found = proposed(close).get(CandleModel.MOMENTUM)
    assert (None if found is None else found.confidence) == (
        None if confidence is None else pytest.approx(confidence, abs=1e-6)
    )
    if found is not None:
        assert found.evidence["candle_change"] == pytest.approx(change, rel=1e-5)


def test_an_rsi_below_28_as_in_the_worked_strategy_is_bought_against() -> None:
    """RSI by hand: 14 falls of 1 with rises between give Wilder's ratio exactly."""
    moves = np.tile([-1.0, 0.25], 60)
    found = proposed(300 + np.cumsum(moves))
    strength = found[CandleModel.STRENGTH]
    # up and down settle on a cycle: before the last rise u and d, with u' = (13 u + 0.25) / 14 after it
    rsi = strength.evidence["candle_rsi"]
    up = down = 0.0
    for k, move in enumerate(np.diff(300 + np.cumsum(moves)).tolist(), 1):
        rise, fall = max(move, 0.0), max(-move, 0.0)
        up, down = (
            (up + rise / 14, down + fall / 14)
            if k <= 14
            else (up + (rise - up) / 14, down + (fall - down) / 14)
        )
    assert rsi == pytest.approx(100 * up / (up + down))
    assert rsi < 28
    assert strength.direction == 1
    assert strength.confidence == pytest.approx(1 - rsi / 60)
