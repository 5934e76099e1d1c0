"""What a follow is worth as a memory does not depend on whether it won."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.ports import Neighbour
from tools.domain.trading import Outcome, Result
from tools.models.importance import Appraisal, appraise, clarity, surprise, uniqueness

bps = st.floats(-200, 200)


def an_outcome(net_bps: float | None = -6.9, **changes: object) -> Outcome:
    whole = Outcome(
        outcome_id="o_1",
        signal_id="s_1",
        decision_id="d_1",
        run_id="run_1",
        world="recorded",
        symbol="ALGOUSDT",
        venue="binance",
        kind="shadow",
        is_probe=False,
        result=Result.TIMEOUT,
        ts_entry=1_010,
        ts_exit=1_100,
        ts_known=1_100,
        entry_price=1,
        exit_price=1,
        size=1,
        gross_bps=8.0,
        net_bps=net_bps,
        net_quote=Decimal(0),
        fees_quote=Decimal(0),
        mfe_bps=8.0,
        mae_bps=0.0,
        time_to_target_ns=None,
        time_to_stop_ns=None,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def near(net_bps: float, ts: int | None = None, ts_known: int = 5) -> Neighbour:
    return Neighbour("s", "o", 0.9, net_bps, "stop", ts_known, ts)


@given(bps, bps, bps, st.lists(bps, max_size=12), st.integers(1, 9))
def test_with_all_signs_turned_a_follow_is_worth_the_same(
    net: float, up: float, down: float, others: list[float], least: int
) -> None:
    won = an_outcome(net, gross_bps=net, mfe_bps=abs(up), mae_bps=-abs(down))
    lost = an_outcome(-net, gross_bps=-net, mfe_bps=abs(down), mae_bps=-abs(up))
    one = appraise(won, 1_000, [near(value, 900, 1_050) for value in others], least)
    other = appraise(lost, 1_000, [near(-value, 900, 1_050) for value in others], least)
    assert one.surprise == pytest.approx(other.surprise)
    assert (one.uniqueness, one.clarity) == (other.uniqueness, other.clarity)
    assert one.importance == pytest.approx(other.importance)
    assert all(0 <= share <= 1 for share in (one.surprise, one.uniqueness, one.clarity, one.importance))


def test_a_result_as_far_above_as_below_what_was_expected_surprises_alike() -> None:
    assert surprise(14.0, [2.0, 6.0], 2) == surprise(-6.0, [2.0, 6.0], 2) == pytest.approx(10 / 12)
    assert surprise(4.0, [2.0, 6.0], 2) == 0.0
    assert surprise(4.0, [4.0, 4.0], 2) == 0.0
    assert surprise(5.0, [4.0, 4.0], 2) == 1.0


def test_who_expects_nothing_is_wholly_surprised() -> None:
    assert surprise(0.0, [0.0] * 7, 8) == 1.0
    assert surprise(0.0, [0.0] * 8, 8) == 0.0
    assert surprise(0.0, [], 0) == 1.0


def test_a_stretch_of_market_that_others_saw_is_less_unique() -> None:
    assert uniqueness((100, 200), []) == 1.0
    assert uniqueness((100, 200), [near(1.0, 300, 400), near(1.0, None)]) == 1.0
    assert uniqueness((100, 200), [near(1.0, 100, 200)]) == pytest.approx(0.5)
    assert uniqueness((100, 200), [near(1.0, 150, 250)]) == pytest.approx(0.75)
    assert uniqueness((100, 200), [near(1.0, 100, 200)] * 3) == pytest.approx(0.25)


def test_a_straight_way_is_clear_and_a_winding_one_is_not() -> None:
    assert clarity(an_outcome(gross_bps=8.0, mfe_bps=8.0, mae_bps=0.0)) == 1.0
    assert clarity(an_outcome(gross_bps=-8.0, mfe_bps=0.0, mae_bps=-8.0)) == 1.0
    assert clarity(an_outcome(gross_bps=2.0, mfe_bps=6.0, mae_bps=-4.0)) == pytest.approx(0.2)
    assert clarity(an_outcome(gross_bps=9.0, mfe_bps=2.0, mae_bps=0.0)) == 1.0
    for unseen in (
        {"gross_bps": None},
        {"mfe_bps": None},
        {"mae_bps": None},
        {"mfe_bps": 0.0, "mae_bps": 0.0},
    ):
        assert clarity(an_outcome(**unseen)) == 0.5


def test_a_follow_without_a_result_has_no_worth() -> None:
    with pytest.raises(ValueError, match="o_1 never had a position"):
        appraise(an_outcome(None), 1_000, [], 8)


@given(bps, bps, st.lists(bps, max_size=12))
def test_importance_does_not_look_at_any_result(net: float, other: float, others: list[float]) -> None:
    seen = [near(value, 900, 1_050) for value in others]
    unseen = [near(-3 * value, 900, 1_050) for value in others]
    one = appraise(an_outcome(net, gross_bps=net, mfe_bps=abs(net), mae_bps=0.0), 1_000, seen, 8)
    two = appraise(an_outcome(other, gross_bps=other, mfe_bps=9.0, mae_bps=-abs(other)), 1_000, unseen, 8)
    assert one.importance == two.importance
    assert Appraisal(0.3, 0.6, 0.9).importance == 0.6
