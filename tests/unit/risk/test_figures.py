"""Single figures over trades, worked out by hand, and unavailable where they cannot be said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tools.risk.figures import (
    drawdown_of,
    mean_holding,
    mean_of,
    median_bps,
    median_holding,
    median_of,
    net_quotes,
    present_streak,
    profit_factor,
    streak,
    total_bps,
    win_share,
)


@dataclass(frozen=True)
class Traded:
    """A finished trade made by hand."""

    net_bps: float
    ts_entry: int
    ts_exit: int
    net_quote: Decimal | None = None
    fees_quote: Decimal | None = None
    symbol: str = "BTCUSDT"
    breakeven: float = 0.5
    gain_bps: float = 10.0
    loss_bps: float = 10.0


def traded(*results: float, is_paper: bool = False) -> list[Traded]:
    return [
        Traded(net, i * 100, i * 100 + 10 * (i + 1), None if is_paper else Decimal(str(net)) / 10)
        for i, net in enumerate(results)
    ]


def test_figures_are_those_of_a_hand() -> None:
    trades = traded(4.0, -2.0, -6.0, 8.0)
    assert total_bps(trades) == 4.0
    assert median_bps(trades) == 1.0
    assert win_share(trades) == 0.5
    assert mean_of(net_quotes(trades)) == Decimal("0.1")
    assert median_of(net_quotes(trades)) == Decimal("0.1")
    assert profit_factor(trades) == Decimal("1.5")
    assert (mean_holding(trades), median_holding(trades)) == (25, 25)
    assert drawdown_of(trades) == Decimal("0.8")
    assert drawdown_of(traded(4.0, -2.0, -6.0, 8.0, is_paper=True)) == 8.0


def test_streaks_go_by_the_end_of_the_position() -> None:
    trades = traded(1.0, 1.0, -1.0, -1.0, -1.0, 1.0)
    assert [one.ts_entry for one in streak(trades[::-1], won=False)] == [200, 300, 400]
    assert len(streak(trades, won=True)) == 2
    assert [one.ts_entry for one in present_streak(trades)] == [500]


@pytest.mark.parametrize("trades", [[], traded(1.0, is_paper=True)])
def test_what_cannot_be_said_is_none(trades: list[Traded]) -> None:
    assert mean_of(net_quotes(trades)) is None
    assert profit_factor(trades) is None
    assert (total_bps([]), median_bps([]), win_share([]), mean_holding([])) == (None,) * 4
    assert streak([], won=True) == present_streak([]) == []
