"""Realised volatility and the minute's return, worked by hand."""

import math
from typing import Any

import numpy as np
import pytest

from tools.features.flow import COLUMNS, FLOW, SECONDS, close_row, open_row
from tools.features.volatility import LEAST, minute_return, realised_volatility


def seconds(mids: list[float]) -> tuple[Any, Any]:
    """Flow and rows after those mids, one a second."""
    flow, rows = np.zeros(1, FLOW), np.full((SECONDS, COLUMNS), np.nan)
    open_row(flow[0], rows)
    for mid in mids:
        close_row(flow[0], rows, mid, 0.01)
    return flow[0], rows


def test_ten_equal_steps_are_the_worked_case() -> None:
    # 1 bp up and down in turn: every squared return is (ln 1.0001)^2, scaled to sixty seconds
    mids = [100.0 * (1.0001 if k % 2 else 1.0) for k in range(LEAST + 1)]
    assert realised_volatility(*seconds(mids)) == pytest.approx(math.log(1.0001) * math.sqrt(60), rel=1e-9)


def test_below_ten_returns_nothing_is_said() -> None:
    assert math.isnan(realised_volatility(*seconds([100.0 + k for k in range(LEAST)])))
    assert not math.isnan(realised_volatility(*seconds([100.0 + k for k in range(LEAST + 1)])))


def test_only_the_last_minute_counts_however_often_the_ring_went_round() -> None:
    rng = np.random.default_rng(1)
    mids = (100 * np.exp(np.cumsum(rng.normal(0, 1e-4, 700)))).tolist()
    for n in (61, 62, 128, 129, 300, 700):
        expected = math.sqrt(float(np.sum(np.diff(np.log(mids[:n]))[-60:] ** 2)))
        assert realised_volatility(*seconds(mids[:n])) == pytest.approx(expected, rel=1e-9)
        assert minute_return(*seconds(mids[:n])) == pytest.approx(
            math.log(mids[n - 1] / mids[max(0, n - 61)])
        )


def test_seconds_without_a_book_are_left_out() -> None:
    nan = float("nan")
    mids = [100.0, 101.0] * 8 + [nan] * 3 + [100.0, 101.0] * 4
    returns = 15 + 7  # none across the hole
    expected = math.sqrt(returns * math.log(1.01) ** 2 * 60 / returns)
    assert realised_volatility(*seconds(mids)) == pytest.approx(expected, rel=1e-9)


def test_the_minute_return_is_unknown_where_an_end_is() -> None:
    nan = float("nan")
    assert math.isnan(minute_return(*seconds([nan] + [100.0] * 20)))
    assert math.isnan(minute_return(*seconds([100.0] * 20 + [nan])))
    assert math.isnan(minute_return(*seconds([100.0] * (LEAST - 1))))
    assert minute_return(*seconds([100.0] + [nan] * 15 + [102.0])) == pytest.approx(math.log(1.02))


def test_a_still_market_has_no_volatility() -> None:
    assert realised_volatility(*seconds([100.0] * 30)) == 0.0
