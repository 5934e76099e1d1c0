"""Only the most doubtful few are asked, where it can pay; the share is bounded by counting."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.proposals import a_signal, a_silence, a_vote, with_features
from tools.domain.identity import decision_id
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Vote
from tools.risk.escalation import (
    MOST_ASKED,
    WINDOW,
    Escalator,
    Purpose,
    RecordedChoices,
    Verdict,
    perfect_information_bps,
    worth_usd,
)
from tools.risk.routing import WORTHLESS, Settlement, settle

PARAMETERS = default_parameters({"default_order_size_usd": 10, "audit_share": 0})
EDGE = PARAMETERS["min_edge_bps"]


def settled(*votes: Vote, parameters: ParameterSet = PARAMETERS) -> Settlement:
    return settle(a_signal(), votes, parameters)


DOUBTFUL = settled(a_vote("pattern", EDGE, 5.0))
CLEAR = settled(a_vote("pattern", 30.0, 1.0))
SILENT = settled(a_silence("pattern"))
REFUSED = settle(with_features(spoofing_score=0.95), (a_vote("pattern", EDGE, 5.0),), PARAMETERS)


def an_escalator(price: float = 0.0003, has_budget: bool = True, seed: int = 7) -> Escalator:
    return Escalator(seed, lambda: price, lambda: has_budget)


def verdicts(
    escalator: Escalator, settlements: list[Settlement], parameters: ParameterSet = PARAMETERS
) -> list[Verdict]:
    return [escalator.choose([one], [f"s_{i}"], parameters)[0] for i, one in enumerate(settlements)]


def asked(found: list[Verdict]) -> int:
    return sum(verdict.purpose is not None for verdict in found)


@pytest.mark.parametrize(("mean", "error"), [(0.0, 1.0), (3.0, 2.0), (-4.0, 3.0), (0.5, 8.0)])
def test_perfect_information_is_worth_what_a_draw_of_the_result_says(mean: float, error: float) -> None:
    draws = np.random.default_rng(1).normal(mean, error, 400_000) - EDGE
    without = max(0.0, mean - EDGE)
    known = float(np.maximum(draws, 0).mean())
    assert perfect_information_bps(mean, error, EDGE) == pytest.approx(known - without, abs=0.03)


def test_doubt_without_error_or_far_from_the_edge_is_worth_nothing() -> None:
    assert perfect_information_bps(3.0, 0.0, 0.5) == 0
    assert perfect_information_bps(3.0, math.nan, 0.5) == 0
    assert perfect_information_bps(80.0, 1.0, 0.5) == pytest.approx(0, abs=1e-12)


def test_the_stake_must_beat_the_price_and_the_delay() -> None:
    known = perfect_information_bps(EDGE, 5.0, EDGE)
    gain = (PARAMETERS["consult_usefulness"] * known - PARAMETERS["consult_delay_bps"]) * 10 / 1e4
    assert worth_usd(DOUBTFUL, PARAMETERS, 0.0) == pytest.approx(gain)
    assert worth_usd(DOUBTFUL, PARAMETERS, gain) == pytest.approx(0)
    slow = default_parameters({"default_order_size_usd": 10, "consult_delay_bps": 50})
    assert worth_usd(DOUBTFUL, slow, 0.0) < 0
    assert asked(verdicts(an_escalator(price=gain * 1.01), [DOUBTFUL] * 500)) == 0
    assert asked(verdicts(an_escalator(price=gain * 0.99), [DOUBTFUL] * 500)) > 0


def test_neither_what_is_clear_nor_what_nobody_can_weigh_is_asked() -> None:
    for settlement in (CLEAR, SILENT, REFUSED):
        assert asked(verdicts(an_escalator(), [settlement] * 500)) == 0


def test_nobody_is_asked_without_a_budget() -> None:
    found = verdicts(an_escalator(has_budget=False), [DOUBTFUL] * 100)
    assert asked(found) == 0
    assert "the budget is spent" in {verdict.reason for verdict in found}


def test_the_most_doubtful_are_asked_and_not_the_first_that_come() -> None:
    errors = np.random.default_rng(3).uniform(1, 9, 4_000)
    settlements = [replace(DOUBTFUL, error_bps=float(error)) for error in errors]
    found = verdicts(an_escalator(), settlements)
    chosen = [error for error, one in zip(errors[1_000:], found[1_000:], strict=True) if one.purpose]
    assert 0.015 * 3_000 < len(chosen) <= 0.03 * 3_000
    assert min(chosen) > np.quantile(errors, 0.9)


def test_a_window_forgets_how_doubtful_the_world_once_was() -> None:
    before, after = replace(DOUBTFUL, error_bps=9.0), replace(DOUBTFUL, error_bps=5.0)
    found = verdicts(an_escalator(), [before] * 3_000 + [after] * 2_000)
    assert 20 <= asked(found[-1_000:]) <= 30


@given(
    kinds=st.lists(st.sampled_from(["doubtful", "clear", "silent"]), min_size=1, max_size=400),
    seed=st.integers(0, 5),
    share=st.sampled_from([0.0, 0.01, 0.02]),
)
def test_at_no_time_were_more_than_five_per_cent_asked(kinds: list[str], seed: int, share: float) -> None:
    named = {"doubtful": DOUBTFUL, "clear": CLEAR, "silent": SILENT}
    parameters = default_parameters({"default_order_size_usd": 10, "audit_share": share})
    found = verdicts(an_escalator(price=0.0, seed=seed), [named[kind] for kind in kinds], parameters)
    for n in range(1, len(found) + 1):
        assert asked(found[:n]) <= MOST_ASKED * n


def test_no_window_holds_more_than_five_per_cent_whatever_came_before() -> None:
    rng = np.random.default_rng(5)
    settlements = [CLEAR] * 1_500 + [
        replace(DOUBTFUL, error_bps=float(error)) for error in 5 + np.sort(rng.uniform(0, 4, 4_000))
    ]
    parameters = default_parameters({"default_order_size_usd": 10, "audit_share": 0.02})
    found = verdicts(an_escalator(price=0.0), settlements, parameters)
    flags = np.array([verdict.purpose is not None for verdict in found])
    windows = np.convolve(flags, np.ones(WINDOW, int), "valid")
    assert 0.9 * MOST_ASKED * WINDOW < windows.max() <= MOST_ASKED * WINDOW


def test_audits_are_drawn_by_a_fixed_coin_with_their_propensity() -> None:
    parameters = default_parameters({"audit_share": 0.01})
    found = verdicts(an_escalator(), [CLEAR] * 20_000, parameters)
    audits = [verdict for verdict in found if verdict.purpose is Purpose.AUDIT]
    assert 150 < len(audits) < 250
    assert {verdict.propensity for verdict in audits} == {0.01}
    assert verdicts(an_escalator(), [CLEAR] * 20_000, parameters) == found
    assert verdicts(an_escalator(seed=8), [CLEAR] * 20_000, parameters) != found


def test_where_rules_refuse_nearly_everything_the_few_left_are_audited_the_more() -> None:
    parameters = default_parameters({"audit_share": 0.01})
    mixed = [REFUSED if i % 10 else CLEAR for i in range(20_000)]
    audits = [one for one in verdicts(an_escalator(), mixed, parameters) if one.purpose]
    assert 150 < len(audits) < 250
    assert {round(one.propensity, 2) for one in audits[20:]} == {0.1}


def test_escalations_leave_the_audits_their_room() -> None:
    parameters = default_parameters({"default_order_size_usd": 10, "audit_share": 0.008})
    errors = np.random.default_rng(3).uniform(4, 9, 10_000)
    mixed = [CLEAR if i % 2 else replace(DOUBTFUL, error_bps=float(error)) for i, error in enumerate(errors)]
    found = verdicts(an_escalator(price=0.0), mixed, parameters)
    audits = sum(verdict.purpose is Purpose.AUDIT for verdict in found)
    assert 55 < audits < 105, "the coin alone decides, not the room that was left"


def test_an_audit_leaves_the_reason_that_settles_the_decision() -> None:
    """Else what is drawn to be audited would be decided otherwise than what is not."""
    told = {}
    for share in (0.0, 0.02):
        parameters = default_parameters({"default_order_size_usd": 0.1, "audit_share": share})
        told[share] = verdicts(an_escalator(price=0.01), [DOUBTFUL] * 2_000, parameters)
    assert any(one.purpose is Purpose.AUDIT for one in told[0.02])
    assert [one.reason for one in told[0.02]] == [one.reason for one in told[0.0]]
    assert all(one.reason.startswith(WORTHLESS) for one in told[0.0])


def test_what_a_rule_refused_or_nobody_spoke_on_is_not_audited() -> None:
    parameters = default_parameters({"audit_share": 0.02})
    for settlement in (REFUSED, SILENT):
        assert asked(verdicts(an_escalator(), [settlement] * 500, parameters)) == 0


def test_a_replayed_decision_is_asked_about_as_it_was() -> None:
    choices = RecordedChoices(
        {decision_id("s_1"): (Purpose.DECIDE, 1.0), decision_id("s_2"): (Purpose.AUDIT, 0.005)}
    )
    found = choices.choose([DOUBTFUL] * 3, ["s_0", "s_1", "s_2"], PARAMETERS)
    assert [(one.purpose, one.propensity) for one in found] == [
        (None, 1.0),
        (Purpose.DECIDE, 1.0),
        (Purpose.AUDIT, 0.005),
    ]
