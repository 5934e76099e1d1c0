"""The online quantile lands where the sorted one is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.market.quantile import QUANTILE, learn_quantile, quantile_value

# the example of Jain and Chlamtac (1985), table I
OBSERVED = (
    0.02, 0.15, 0.74, 3.39, 0.83, 22.37, 10.15, 15.43, 38.62, 15.92,
    34.60, 10.28, 1.47, 0.40, 0.05, 11.39, 0.27, 0.42, 0.09, 11.37,
)  # fmt: skip


def learned(values: list[float], share: float) -> np.void:
    quantile: np.void = np.zeros(1, QUANTILE)[0]
    for value in values:
        learn_quantile(quantile, value, share)
    return quantile


def test_the_published_example_comes_out() -> None:
    quantile = learned(list(OBSERVED), 0.5)
    assert quantile_value(quantile) == pytest.approx(4.44, abs=0.005)
    assert quantile["place"].tolist() == [1, 6, 10, 16, 20]


def test_below_five_values_nothing_is_claimed() -> None:
    assert np.isnan(quantile_value(learned([1.0, 2.0, 3.0, 4.0], 0.9)))


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_of_a_long_tail_the_extreme_share_is_exceeded_as_often_as_it_should(share: float) -> None:
    values = np.random.default_rng(1).pareto(1.5, 20_000).tolist()
    above = float(np.mean(np.array(values) > quantile_value(learned(values, share))))
    assert above == pytest.approx(1 - share, rel=0.15)


@settings(max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=200))
def test_the_markers_stay_in_order_and_within_what_was_seen(values: list[float]) -> None:
    heights = learned(values, 0.9)["height"]
    assert (np.diff(heights) >= 0).all()
    assert heights[0] == min(values)
    assert heights[4] == max(values)
