"""What trades earned is measured with n and interval, and overlap is no evidence."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.trades import PaperTrade
from tools.risk.measures import NOTHING, maximum_drawdown, measure_trades

SECOND = 1_000_000_000


def apart(*results: float) -> list[PaperTrade]:
    return [PaperTrade(net, i * 10 * SECOND, (i * 10 + 5) * SECOND) for i, net in enumerate(results)]


def test_of_nothing_nothing_is_said() -> None:
    assert measure_trades([], seed=7) == NOTHING
    assert NOTHING.net_bps is None


def test_wins_mean_and_break_even_are_counted_by_hand() -> None:
    found = measure_trades(apart(10, -20, 4, 2), seed=7)
    assert (found.n, found.n_effective, found.wins) == (4, 4.0, 3)
    assert found.win_rate is not None
    assert found.net_bps is not None
    assert found.win_rate.value == 0.75
    assert found.net_bps.value == -1.0
    assert found.breakeven_win_rate == pytest.approx(0.6)
    assert found.drawdown_bps == 20.0
    assert found.net_quote is None


def test_money_is_exact() -> None:
    trades = [PaperTrade(1, i, i + 1, net_quote=Decimal("0.1"), fees_quote=Decimal("0.01")) for i in range(3)]
    found = measure_trades(trades, seed=7)
    assert (found.net_quote, found.fees_quote, found.drawdown_quote) == (Decimal("0.3"), Decimal("0.03"), 0)


def test_the_order_given_does_not_matter() -> None:
    trades = apart(10, -20, 4, 2, 7)
    assert measure_trades(trades[::-1], seed=7) == measure_trades(trades, seed=7)


def test_trades_over_the_same_stretch_widen_the_intervals() -> None:
    results = [float(i % 5) for i in range(60)]
    overlapping = [PaperTrade(net, i * SECOND, (i + 20) * SECOND) for i, net in enumerate(results)]
    alone, together = measure_trades(apart(*results), seed=7), measure_trades(overlapping, seed=7)
    assert together.n_effective < 6 < alone.n_effective
    assert alone.win_rate is not None
    assert together.win_rate is not None
    assert together.win_rate.high - together.win_rate.low > 2 * (alone.win_rate.high - alone.win_rate.low)


def test_one_trade_has_no_interval() -> None:
    found = measure_trades(apart(-5), seed=7)
    assert found.net_bps is not None
    assert math.isnan(found.net_bps.low)
    assert math.isnan(found.net_bps.high)


@given(st.lists(st.floats(-100, 100), max_size=30))
def test_drawdown_is_never_negative_nor_larger_than_all_losses(results: list[float]) -> None:
    losses = -math.fsum(result for result in results if result < 0)
    assert 0 <= maximum_drawdown(results, 0.0) <= losses + 1e-9
