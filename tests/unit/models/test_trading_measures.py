"""A win rate is a dial; these are the measures that tell."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.validation import breakeven_win_rate, expectancy_bps, profit_factor


@pytest.mark.parametrize(
    ("take_profit", "stop", "expected"), [(1.0, 1.0, 0.55), (0.5, 2.0, 0.84), (0.5, 4.5, 0.92)]
)
def test_breakeven_with_ten_basis_points_of_fees(take_profit: float, stop: float, expected: float) -> None:
    assert breakeven_win_rate(take_profit, stop, 0.1) == pytest.approx(expected)


@given(st.floats(1, 100), st.floats(1, 100), st.floats(0, 20))
def test_at_the_breakeven_rate_nothing_is_earned(take_profit: float, stop: float, fee: float) -> None:
    p = breakeven_win_rate(take_profit, stop, fee)
    assert p * (take_profit - fee) - (1 - p) * (stop + fee) == pytest.approx(0, abs=1e-9)


def test_ninety_percent_wins_can_lose_money() -> None:
    net = np.array([40.0] * 9 + [-460.0])
    assert expectancy_bps(net) == pytest.approx(-10.0)
    assert profit_factor(net) == pytest.approx(360 / 460)


def test_profit_factor_without_losses_or_trades() -> None:
    assert profit_factor(np.array([1.0])) == math.inf
    assert math.isnan(profit_factor(np.array([0.0])))


def test_measures_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no trades"):
        expectancy_bps(np.empty(0))
    with pytest.raises(ValueError, match="must be positive, was 0"):
        breakeven_win_rate(-1, 1, 0)
