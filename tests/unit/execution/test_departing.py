"""Whether the market maker that an entry counted on has left: refreshes first, else the rule."""

import pytest

from tests.support.proposals import a_signal
from tools.domain.parameter import default_parameters
from tools.execution.departing import confidence_of, has_changed_hands

BOUNDS = (99.99, 100.01)
STEADY = {"mm_confidence": 0.9, "mm_lower_bound": 99.99, "mm_upper_bound": 100.01}
MOVED = {**STEADY, "mm_lower_bound": 99.5, "mm_upper_bound": 99.52}
DOUBTED = {**STEADY, "mm_confidence": 0.2}


@pytest.mark.parametrize("seen", [STEADY, MOVED, DOUBTED])
@pytest.mark.parametrize("departed", [0.0, 1.0])
def test_refreshes_of_a_followed_maker_outweigh_its_bounds_and_confidence(
    seen: dict[str, float], departed: float
) -> None:
    has_left = has_changed_hands(0.9, BOUNDS, {**seen, "mm_departed": departed}, default_parameters({}))
    assert has_left == (departed > 0)


@pytest.mark.parametrize(("seen", "has_left"), [(STEADY, False), (MOVED, True), (DOUBTED, True)])
def test_where_no_maker_is_followed_bounds_and_confidence_decide(
    seen: dict[str, float], has_left: bool
) -> None:
    for unknown in ({}, {"mm_departed": None}):
        assert has_changed_hands(0.9, BOUNDS, {**seen, **unknown}, default_parameters({})) == has_left


def test_a_candle_signal_is_no_surer_of_a_market_maker_than_was_seen() -> None:
    seen = {"mm_confidence": 0.3, "mm_lower_bound": None, "mm_upper_bound": None}
    ours = a_signal(confidence=0.9, features=seen)
    assert confidence_of(ours) == 0.9
    candle = a_signal(confidence=0.9, features=seen, source="reversal.5m")
    assert confidence_of(candle) == 0.3
    assert confidence_of(a_signal(confidence=0.9, features={}, source="reversal.5m")) == 0.0
    # a score of 0.9 must not be taken for a market maker that has gone since
    parameters = default_parameters({"abort_confidence": 0.5})
    assert not has_changed_hands(confidence_of(candle), (None, None), seen, parameters)
    assert has_changed_hands(candle.confidence, (None, None), seen, parameters)
