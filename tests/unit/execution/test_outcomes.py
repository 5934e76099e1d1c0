"""Outcomes: a worked round trip to the last digit, and follows in every ending."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.executions import CENT, COIN, LOT, ExecutorDesk, at, printed, quotes
from tests.support.proposals import a_signal
from tools.domain.market import UNITS, Side
from tools.domain.trading import Decision, Fill, Result
from tools.execution import following as fo
from tools.execution.outcomes import average_price, bps, shadow_outcome, taken_outcome


@pytest.fixture(scope="module")
def decision() -> Decision:
    """A decision to hang outcomes on."""
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001))
    return desk.enter([LOT])


def a_fill(side: Side, price: int, size: int, fee: str = "0", ts: int = 0) -> Fill:
    made = (f"{side}{price}{size}", "kp", "d_1", "run_1", "recorded", "COINEUR", "binance")
    return Fill(*made, side, price, size, Decimal(fee), True, at(ts))


def followed(**values: int) -> np.void:
    follow = np.zeros(1, fo.FOLLOW)
    given_values = {"entry": 20_000_000, "target": 20_060_000, "stop": 19_960_000} | values
    for name, value in given_values.items():
        follow[name] = value
    return follow[0]


def test_a_round_trip_adds_up_to_the_last_digit(decision: Decision) -> None:
    fills = [
        a_fill(Side.BUY, 100 * UNITS, UNITS, "0.01", 1),
        a_fill(Side.BUY, 101 * UNITS, UNITS, "0.0101", 2),
        a_fill(Side.SELL, 102 * UNITS, 2 * UNITS, "0.102", 5),
    ]
    outcome = taken_outcome(a_signal(), decision, fills, Result.TAKE_PROFIT, at(6), COIN)
    assert outcome.net_quote == Decimal("3") - Decimal("0.1221")
    assert outcome.fees_quote == Decimal("0.1221")
    assert outcome.gross_bps == pytest.approx(3 / 201 * 1e4)
    assert outcome.net_bps == pytest.approx(2.8779 / 201 * 1e4)
    assert (outcome.entry_price, outcome.exit_price) == (100 * UNITS + UNITS // 2, 102 * UNITS)
    assert (outcome.ts_entry, outcome.ts_exit, outcome.ts_known) == (at(1), at(5), at(6))
    assert outcome.won


def test_without_a_fill_there_is_no_price_no_money_and_no_win(decision: Decision) -> None:
    outcome = taken_outcome(a_signal(), decision, [], Result.UNFILLED, at(6), COIN)
    nothing = (outcome.ts_entry, outcome.entry_price, outcome.net_quote, outcome.fees_quote, outcome.won)
    assert nothing == (None, None, None, None, None)
    assert outcome.size == 0


def test_a_position_that_was_not_sold_whole_has_no_result_in_money(decision: Decision) -> None:
    fills = [a_fill(Side.BUY, 100 * UNITS, 2 * UNITS), a_fill(Side.SELL, 102 * UNITS, UNITS)]
    outcome = taken_outcome(a_signal(), decision, fills, Result.ABORT, at(6), COIN)
    assert (outcome.net_quote, outcome.net_bps, outcome.won) == (None, None, None)


@given(st.lists(st.tuples(st.integers(1, 10**13), st.integers(1, 10**10)), min_size=1, max_size=8))
def test_an_average_price_lies_between_its_fills(parts: list[tuple[int, int]]) -> None:
    average = average_price([a_fill(Side.BUY, price, size) for price, size in parts])
    assert min(price for price, _ in parts) <= average <= max(price for price, _ in parts)


def test_a_follow_that_reached_its_target_pays_the_makers_fee_twice(decision: Decision) -> None:
    follow = followed(
        result=fo.TARGET, exit=20_060_000, ts_entry=at(1), ts_exit=at(5), ts_end=at(9), ts_target=at(5),
        highest=20_070_000, lowest=19_990_000,
    )  # fmt: skip
    outcome = shadow_outcome(a_signal(), decision, follow, LOT, COIN)
    assert outcome is not None
    assert outcome.result is Result.TAKE_PROFIT
    assert outcome.gross_bps == pytest.approx(30)
    assert outcome.net_bps == pytest.approx(30 - 1 - 1.003)
    assert (outcome.mfe_bps, outcome.mae_bps) == (pytest.approx(35), pytest.approx(-5))
    assert (outcome.time_to_target_ns, outcome.time_to_stop_ns) == (at(5) - at(1), None)
    assert outcome.ts_known == at(9)


@pytest.mark.parametrize(
    ("is_led", "leave", "result"),
    [
        (1, -1, Result.OFFER_SOLD),
        (1, 0, Result.TAKE_PROFIT),
        (1, 1, Result.TAKE_PROFIT),
        (0, -1, Result.TAKE_PROFIT),
    ],
)
def test_an_offer_that_was_led_and_taken_below_the_target_did_not_reach_it(
    decision: Decision, is_led: int, leave: int, result: Result
) -> None:
    signal = a_signal()
    follow = followed(
        result=fo.TARGET, exit=signal.take_profit + leave, ts_entry=at(1), ts_exit=at(5), ts_end=at(9),
        is_led=is_led,
    )  # fmt: skip
    outcome = shadow_outcome(signal, decision, follow, LOT, COIN)
    assert outcome is not None
    assert outcome.result is result
    assert outcome.gross_bps is not None
    assert outcome.net_bps == pytest.approx(outcome.gross_bps - 1 - (1 + outcome.gross_bps * 1e-4)), (
        "as maker"
    )


@pytest.mark.parametrize(("code", "result"), [(fo.STOPPED, Result.STOP), (fo.TIMED_OUT, Result.TIMEOUT)])
def test_a_follow_that_leaves_at_the_market_pays_the_takers_fee(
    decision: Decision, code: int, result: Result
) -> None:
    follow = followed(result=code, exit=20_000_000, ts_entry=at(1), ts_exit=at(5), ts_end=at(9))
    outcome = shadow_outcome(a_signal(), decision, follow, LOT, COIN)
    assert outcome is not None
    assert outcome.result is result
    assert outcome.net_bps == pytest.approx(-6)


def test_a_follow_that_never_filled_has_no_result_in_points(decision: Decision) -> None:
    outcome = shadow_outcome(a_signal(), decision, followed(result=fo.UNFILLED, ts_end=at(9)), LOT, COIN)
    assert outcome is not None
    assert (outcome.result, outcome.net_bps, outcome.mfe_bps, outcome.ts_entry) == (
        Result.UNFILLED, None, None, None,
    )  # fmt: skip


def test_a_follow_the_book_was_unusable_for_is_no_outcome(decision: Decision) -> None:
    follow = followed(result=fo.CENSORED, ts_entry=at(1), ts_end=at(9))
    assert shadow_outcome(a_signal(), decision, follow, LOT, COIN) is None


def test_a_follow_and_a_round_trip_of_one_signal_agree_on_a_clean_take_profit() -> None:
    """The same fills and fees: the executor's money and the follow's points are one result."""
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001))
    decision = desk.enter([5 * LOT])
    signal = a_signal(ts=desk.now, entry_price=9_999 * CENT, take_profit=10_020 * CENT, stop=9_980 * CENT)
    assert desk.market.follow(signal, 5 * LOT)
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, Side.SELL, 9_998, 1))
    desk.play(quotes(2_000, 10_015, 10_019), printed(3_000, Side.BUY, 10_021, 10))
    (taken,) = desk.outcomes
    follow = desk.market.desk["follows"][0, 0]
    assert follow["result"] == fo.TARGET
    shadow = shadow_outcome(signal, decision, follow, 5 * LOT, COIN)
    assert shadow is not None
    assert shadow.net_bps == pytest.approx(taken.net_bps)


def test_basis_points_are_of_the_entry() -> None:
    assert bps(101, 100) == pytest.approx(100)
    assert bps(100, 100) == 0


def test_a_late_fill_has_excursions_and_no_result(decision: Decision) -> None:
    follow = followed(
        result=fo.UNFILLED, ts_entry=at(40), ts_end=at(99), highest=20_040_000, lowest=19_990_000,
        reach=20_040_000, final=20_010_000,
    )  # fmt: skip
    signal = a_signal(ts=at(3))
    outcome = shadow_outcome(signal, decision, follow, LOT, COIN)
    assert outcome is not None
    assert (outcome.net_bps, outcome.ts_entry, outcome.won) == (None, None, None)
    assert outcome.time_to_fill_ns == at(40) - at(3)
    assert (outcome.reach_bps, outcome.halt_bps) == (pytest.approx(20), None)
    assert outcome.final_bps == pytest.approx(5)


def test_a_taken_trade_has_the_excursions_while_it_was_held() -> None:
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001))
    desk.enter([5 * LOT])
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, Side.SELL, 9_998, 1))
    desk.play(
        quotes(2_000, 9_990, 10_019), quotes(2_500, 10_015, 10_019), printed(3_000, Side.BUY, 10_021, 10)
    )
    desk.play(quotes(4_000, 10_040, 10_050))
    (taken,) = desk.outcomes
    assert taken.mfe_bps == pytest.approx(bps(10_015, 9_999))
    assert taken.mae_bps == pytest.approx(bps(9_990, 9_999))
    assert taken.time_to_fill_ns is not None
    assert desk.market.take_excursion() is None
