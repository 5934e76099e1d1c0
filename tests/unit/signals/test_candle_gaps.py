"""Holes among candles: a few are borne and told, more silence the signals until enough are there again."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.signals.test_candle_signals import NANOS_5, candles_of
from tools.domain.sources import CANDLE_MODELS
from tools.market.candles import TIMEFRAMES, CandleRing
from tools.market.history.candles import Candles
from tools.signals.candle_candidates import (
    LEAST_CANDLES,
    MOST_MISSING,
    CandleCandidate,
    CandleConfig,
    CandleModel,
    candidates,
    missing_of_last,
    unbroken,
)

FRAME = TIMEFRAMES["5m"]
N = 130
TREND = candles_of(100 * np.exp(0.005 * np.arange(N)))


def proposed(candles: Candles) -> tuple[CandleCandidate, ...]:
    ring = CandleRing(FRAME)
    ring.warm(candles, N * NANOS_5)
    return candidates(ring, N * NANOS_5, CandleConfig())


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_few_missing_candles_are_borne_and_told(lost: int) -> None:
    found = proposed(np.delete(TREND, slice(100, 100 + lost)))
    assert {one.model for one in found} == {
        CandleModel.CONTINUATION,
        CandleModel.MOMENTUM,
        CandleModel.STRENGTH,
    }
    assert all(one.evidence["candle_missing"] == lost for one in found)


def test_one_more_silences_what_has_too_few_candles_since() -> None:
    assert proposed(np.delete(TREND, slice(100, 103))) == ()
    assert proposed(np.delete(TREND, [90, 100, 110])) == ()  # as many in single holes


def test_what_lies_before_a_hole_says_nothing_after_it() -> None:
    cut = np.delete(TREND, slice(60, 75))
    other = cut.copy()
    for name in ("open", "high", "low", "close"):
        other[name][:60] *= 7.0  # another world before the hole
    assert proposed(cut) == proposed(other) != ()


@given(st.sets(st.integers(0, N - 2), max_size=40))
def test_whatever_is_missing_the_rule_is_the_one_of_the_text(lost: set[int]) -> None:
    kept = np.delete(TREND, sorted(lost))
    found = unbroken(kept, FRAME)
    numbers = (found["open_time"] // (FRAME.span_ms * 1_000)).tolist()
    assert numbers == sorted(set(range(N)) - lost)[len(kept) - len(found) :]
    holes = [b - a - 1 for a, b in pairwise(numbers)]
    assert all(hole <= MOST_MISSING for hole in holes)
    if found.size:
        assert missing_of_last(found, FRAME) == sum(holes[-(LEAST_CANDLES - 1) :]) <= MOST_MISSING
    else:
        run = N - 1 - max((k for k in range(N - 2) if {k, k + 1, k + 2} <= lost), default=-4) - 3
        last = sorted(set(range(N)) - lost)[-LEAST_CANDLES:]
        assert run < LEAST_CANDLES or last[-1] - last[0] + 1 - len(last) > MOST_MISSING


def test_the_models_are_those_that_sources_name() -> None:
    assert tuple(CandleModel) == CANDLE_MODELS
