"""Each of the eight rules begins, does what it says and ends by itself, over restarts and odd clocks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.codec import from_plain, to_plain
from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk.behaviour import HOUR, RULES, WINDOW, Behaviour, Effect, Hold, Trip
from tools.risk.exposure import LedgerSnapshot
from tools.risk.ledger import RiskLedger
from tools.risk.limits import Limited, limit_entry
from tools.risk.wishes import EntryRequest

T0 = 1_000 * HOUR
CAPITAL = 100.0


def trips(results: Iterable[float], symbol: str = "A", source: str = "mm_range", ts: int = T0) -> list[Trip]:
    return [Trip(symbol, source, ts, result) for result in results]


def in_force(behaviour: Behaviour, now: int = T0) -> set[tuple[str, str]]:
    return {(hold.rule, hold.key) for hold in behaviour.holds(now)}


def spread(wins: int, losses: int, symbol: str = "") -> list[Trip]:
    """Wins and losses in turn, each on a symbol of its own unless one is named, so that no streak begins."""
    found: list[Trip] = []
    left = {True: wins, False: losses}
    while left[True] or left[False]:
        is_win = left[True] >= left[False]
        left[is_win] -= 1
        found.append(Trip(symbol or f"S{len(found)}", "mm_range", T0, 0.01 if is_win else -0.01))
    return found


def test_there_are_eight_rules_with_names_of_their_own() -> None:
    assert len(RULES) == len({rule.name for rule in RULES}) == 8


def test_few_wins_of_twenty_ask_for_a_higher_score_until_there_are_more() -> None:
    behaviour = Behaviour(spread(10, 9))
    assert in_force(behaviour) == set()
    behaviour.learn(Trip("Z", "mm_range", T0, -0.01))
    assert in_force(behaviour) == {("few_wins", "")}
    for i in range(5):
        behaviour.learn(Trip(f"W{i}", "mm_range", T0, 0.01))
    assert in_force(behaviour) == set()


def test_three_losses_in_a_row_pause_for_twelve_hours_and_three_more_do_so_anew() -> None:
    behaviour = Behaviour([Trip(name, "mm_range", T0, -0.01) for name in "ABC"])
    assert behaviour.holds(T0) == (Hold("losses", Effect.PAUSE, "", T0 + 12 * HOUR),)
    assert in_force(behaviour, T0 + 12 * HOUR - 1) == {("losses", "")}
    assert in_force(behaviour, T0 + 12 * HOUR) == set()
    behaviour.learn(Trip("D", "mm_range", T0 + 13 * HOUR, -0.01))
    assert in_force(behaviour, T0 + 13 * HOUR) == set()
    for name in "EF":
        behaviour.learn(Trip(name, "mm_range", T0 + 14 * HOUR, -0.01))
    assert behaviour.holds(T0 + 14 * HOUR) == (Hold("losses", Effect.PAUSE, "", T0 + 26 * HOUR),)


def test_a_drawdown_is_from_the_peak_of_realised_equity_and_ends_with_it() -> None:
    behaviour = Behaviour([Trip("A", "x", T0, 100.0), Trip("B", "x", T0, -10.0)], CAPITAL)
    assert in_force(behaviour) == set()  # 5.0 % of 200
    behaviour.learn(Trip("C", "x", T0, -0.01))
    assert in_force(behaviour) == {("drawdown", "")}
    behaviour.learn(Trip("D", "x", T0, 1.0))
    behaviour.learn(Trip("E", "x", T0, -7.5))
    assert in_force(behaviour) == {("drawdown", ""), ("deep_drawdown", "")}
    behaviour.learn(Trip("F", "x", T0, 16.0))
    assert in_force(behaviour) == set()
    assert in_force(Behaviour([Trip("A", "x", T0, -90.0)])) == set()  # of which capital?


def test_two_losses_in_a_row_rest_their_symbol_for_a_day() -> None:
    behaviour = Behaviour([*trips([-1], "A"), *trips([1], "B"), *trips([-1], "A")])
    assert behaviour.holds(T0) == (Hold("symbol_losses", Effect.PAUSE, "A", T0 + 24 * HOUR),)
    assert in_force(behaviour, T0 + 24 * HOUR) == set()


def test_a_symbol_that_seldom_wins_is_asked_for_a_higher_score_until_it_leaves_the_window() -> None:
    behaviour = Behaviour(spread(2, 3, "A"), CAPITAL)
    assert ("symbol_few_wins", "A") in in_force(behaviour)
    for i in range(WINDOW):
        behaviour.learn(Trip(f"W{i}", "mm_range", T0, 0.01))
    assert in_force(behaviour) == set()


def test_a_reversal_model_that_seldom_wins_is_off_for_two_days_and_others_are_not() -> None:
    seldom = [replace(trip, source="reversal") for trip in spread(2, 3)]
    behaviour = Behaviour(seldom)
    assert behaviour.holds(T0) == (Hold("reversal_few_wins", Effect.PAUSE, "reversal", T0 + 48 * HOUR),)
    assert in_force(behaviour, T0 + 48 * HOUR) == set()
    assert in_force(Behaviour(replace(trip, source="momentum") for trip in seldom)) == set()


def test_a_continuation_model_that_wins_is_noted() -> None:
    often = [replace(trip, source="continuation") for trip in spread(4, 2)]
    assert Behaviour(often).holds(T0) == (Hold("continuation_wins", Effect.NOTE, "continuation", None),)
    often.append(Trip("L", "continuation", T0, -0.01))
    assert in_force(Behaviour(often)) == set()


def test_a_clock_set_back_prolongs_no_rest_beyond_its_own_time_and_one_set_on_ends_it() -> None:
    behaviour = Behaviour(trips([-1, -1]))
    back = T0 - 500 * HOUR
    assert in_force(behaviour, back) == {("symbol_losses", "A")}
    assert in_force(behaviour, back + 24 * HOUR - 1) == {("symbol_losses", "A")}
    assert in_force(behaviour, back + 24 * HOUR) == set()
    assert in_force(Behaviour(trips([-1, -1])), T0 + 500 * HOUR) == set()


RESULTS = st.floats(allow_nan=True, allow_infinity=True)
TRIPS = st.builds(
    Trip,
    st.sampled_from("ABC"),
    st.sampled_from(["mm_range", "reversal", "continuation"]),
    st.integers(0, 2**62),
    RESULTS,
)


@given(made=st.lists(TRIPS, max_size=60), now=st.integers(-(2**62), 2**62), cut=st.integers(0, 60))
def test_whatever_comes_nothing_is_raised_and_a_restart_holds_the_same(
    made: list[Trip], now: int, cut: int
) -> None:
    behaviour = Behaviour(made[:cut], CAPITAL)
    for trip in made[cut:]:
        behaviour.learn(trip)
    found = behaviour.holds(now)
    assert found == Behaviour(made, CAPITAL).holds(now) == behaviour.holds(now)
    assert len({(hold.rule, hold.key) for hold in found}) == len(found)
    assert Behaviour([one for one in made if math.isfinite(one.net_usd)], CAPITAL).holds(now) == found
    ledger = LedgerSnapshot(holds=found)
    assert from_plain(LedgerSnapshot, to_plain(ledger)) == ledger


def limited(ledger: LedgerSnapshot, request: EntryRequest, **changes: float) -> Limited:
    return limit_entry(request, ledger, ParameterSet({**default_parameters().values, "behave": 1, **changes}))


CANDLE = EntryRequest("d", "A", Decimal(10), T0, source="reversal", score=84.0, loss_bps=1_000.0)


def test_scores_asked_for_rise_by_five_a_rule_and_the_risk_of_a_trade_falls() -> None:
    few = Hold("few_wins", Effect.THRESHOLD, "", None)
    own = Hold("symbol_few_wins", Effect.THRESHOLD, "A", None)
    assert limited(LedgerSnapshot(holds=(few,)), CANDLE).usd == 10
    assert limited(LedgerSnapshot(holds=(few, own)), CANDLE).clamps[0].reason == "score 84 below 85"
    assert limited(LedgerSnapshot(holds=(few, own)), CANDLE, behave=0).usd == 10
    assert limited(LedgerSnapshot(holds=(few, own)), replace(CANDLE, symbol="B")).usd == 10
    deep = LedgerSnapshot(holds=(Hold("deep_drawdown", Effect.RISK, "", None),))
    assert [limited(one, CANDLE, risk_capital_usd=80).usd for one in (LedgerSnapshot(), deep)] == [8, 4]


@pytest.mark.parametrize("symbol", ["A", "B"])
def test_the_ledger_learns_and_refuses_what_rests(symbol: str) -> None:
    ledger = RiskLedger()
    for trip in trips([-1, -1]):
        ledger.learn(trip)
    request = replace(CANDLE, symbol=symbol, source="mm_range", score=None)
    found = limited(ledger.snapshot(T0), request)
    assert found.bound == ("held_back" if symbol == "A" else None)
    assert limited(ledger.snapshot(T0 + 24 * HOUR), request).bound is None
