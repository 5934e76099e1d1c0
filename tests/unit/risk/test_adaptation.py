"""Adaptation: only where it is switched on, within bounds, said on the decision, and it does not flap."""

from __future__ import annotations

import pytest

from tools.domain.market import NANOS
from tools.domain.parameter import SPECS, default_parameters
from tools.domain.regime import Regime
from tools.risk.adaptation import (
    HELD_NS,
    WINDOW,
    Adaptation,
    Condition,
    adapt,
    adaptation_clamps,
    is_losing,
    streak_of,
)

OFF, ON = default_parameters(), default_parameters({"adapt": 1, "mm_min_confidence": 0.5})
LOSING = [-10.0] * 12 + [5.0] * 8  # 40 % won


def test_it_is_off_unless_it_is_switched_on() -> None:
    assert Adaptation(LOSING).adapted("BTCUSDT", OFF) is OFF
    assert Adaptation(LOSING).adapted("BTCUSDT", ON) is not ON


def test_a_losing_streak_makes_sizes_smaller_and_asks_for_more_confidence() -> None:
    parameters = Adaptation(LOSING).adapted("BTCUSDT", ON)
    assert parameters["default_order_size_usd"] == pytest.approx(1.4)
    assert parameters["mm_min_confidence"] == 0.70
    by_limit = {clamp.limit: clamp for clamp in adaptation_clamps(parameters)}
    clamp = by_limit["adaptation.default_order_size_usd"]
    assert (clamp.before, clamp.after) == ("2", "1.4")
    assert clamp.reason.startswith("x 0.7 in a losing streak (8 of the last 20 round trips won, Sharpe -0.54")
    assert by_limit["adaptation.mm_min_confidence"].before == "0.5"
    assert adaptation_clamps(ON) == ()


def test_a_threshold_that_is_stricter_already_is_left_alone() -> None:
    strict = default_parameters({"adapt": 1, "mm_min_confidence": 0.9})
    assert Adaptation(LOSING).adapted("BTCUSDT", strict)["mm_min_confidence"] == 0.9


def test_fewer_than_twenty_round_trips_are_no_streak() -> None:
    assert Adaptation([-1.0] * (WINDOW - 1)).conditions("BTCUSDT") == ()


def test_it_does_not_flap_about_the_threshold() -> None:
    """Nine and eight wins of twenty in turn: without the two thresholds it would change at each."""
    results, state, changes = [5.0] * 9 + [-5.0] * 11, False, 0
    for place in range(400):
        results = [*results, 5.0 if place % 20 < 8 + place // 20 % 2 else -5.0][-WINDOW:]
        now = is_losing(results, state)
        changes += now != state
        state = now
    assert changes <= 1
    naive = [sum(one > 0 for one in results) / WINDOW < 0.45 for results in ([5.0] * 9 + [-5.0] * 11, LOSING)]
    assert naive == [False, True]
    assert is_losing([5.0] * 10 + [-5.0] * 10, was_losing=True)
    assert not is_losing([5.0] * 11 + [-5.0] * 9, was_losing=True)


def test_a_volatile_market_widens_stops_and_targets_from_the_next_signal_on_and_for_a_while() -> None:
    adaptation = Adaptation()
    assert adaptation.adapted("BTCUSDT", ON) is ON
    adaptation.observe("BTCUSDT", 0, Regime.VOLATILE, 100.0)
    parameters = adaptation.adapted("BTCUSDT", ON)
    assert (parameters["stop_bps"], parameters["take_profit_buffer_bps"]) == (30.0, 2.6)
    assert parameters["default_order_size_usd"] == pytest.approx(1.6)
    assert adaptation.adapted("ETHUSDT", ON) is ON, "another symbol's market is another market"
    adaptation.observe("BTCUSDT", HELD_NS, Regime.CALM, 100.0)
    assert adaptation.adapted("BTCUSDT", ON) is parameters, "the same object: nothing is tuned again"
    adaptation.observe("BTCUSDT", HELD_NS + 1, Regime.CALM, 100.0)
    assert adaptation.adapted("BTCUSDT", ON) is ON


@pytest.mark.parametrize(
    ("regime", "mids", "condition"),
    [
        (Regime.TRENDING, [100.0 + step for step in range(9)], Condition.UPTREND),
        (Regime.TRENDING, [100.0 - step for step in range(9)], None),
        (Regime.CALM, [100.0 + step % 2 for step in range(9)], Condition.CHOPPY),
        (Regime.CALM, [100.0 + step for step in range(9)], None),
    ],
)
def test_trend_and_chop_are_told_by_how_much_of_its_way_the_mid_kept(
    regime: Regime, mids: list[float], condition: Condition | None
) -> None:
    adaptation = Adaptation()
    for place, mid in enumerate(mids):
        adaptation.observe("BTCUSDT", place * NANOS, regime, mid)
    assert adaptation.conditions("BTCUSDT") == (() if condition is None else (condition,))


def test_all_conditions_together_stay_within_the_bounds_of_every_parameter() -> None:
    wide = default_parameters({"stop_bps": 900, "default_order_size_usd": 0.1, "adapt": 1})
    parameters = adapt(wide, list(Condition))
    for name in SPECS:
        SPECS[name].check(parameters[name])
    assert parameters["stop_bps"] == 1_000
    assert parameters["default_order_size_usd"] == 0.1


def test_the_streak_is_told_with_its_sharpe_and_drawdown() -> None:
    streak = streak_of([10.0, -4.0, -4.0, 3.0])
    assert (streak.n, streak.wins, streak.drawdown_bps) == (4, 2, 8.0)
    assert streak.sharpe == pytest.approx(1.25 / 5.8041, rel=1e-3)
    assert streak_of([2.0]).sharpe == 0.0
