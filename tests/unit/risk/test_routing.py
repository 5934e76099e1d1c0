"""Rules first, then clear evidence, else ambiguous; a brain can only shrink or veto."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.proposals import a_signal, a_silence, a_vote, with_features
from tools.domain.parameter import default_parameters
from tools.domain.trading import Action, Route, Signal, Vote
from tools.risk.advice import Advice, AdviceAction
from tools.risk.routing import (
    NOBODY,
    ONE,
    WORTHLESS,
    Settlement,
    advise,
    rule_votes,
    settle,
    unasked,
    why_unasked,
)

PARAMETERS = default_parameters()
STRONG = (a_vote("pattern", 9.0, 1.0), a_vote("model", 9.0, 1.0))


@pytest.mark.parametrize(
    ("signal", "rule"),
    [
        (with_features(mm_confidence=0.69), "rule.mm_confidence"),
        (with_features(spoofing_score=0.81), "rule.spoofing"),
        (with_features(mid=None), "rule.data"),
        (with_features(mm_confidence=float("nan")), "rule.data"),
        (a_signal(entry_price=0), "rule.data"),
        (a_signal(take_profit=20_005_000), "rule.payoff"),
    ],
)
def test_a_hard_rule_refuses_whatever_the_votes_say(signal: Signal, rule: str) -> None:
    settlement = settle(signal, STRONG, PARAMETERS)
    assert (settlement.action, settlement.route) == (Action.SKIP, Route.RULE)
    assert settlement.reason.startswith(rule)
    assert [vote.component for vote in settlement.votes if vote.stance == "skip"] == [rule]


def test_rules_at_their_edge_stay_silent_and_are_on_the_record() -> None:
    signal = with_features(mm_confidence=0.7, spoofing_score=0.8)
    assert {vote.stance for vote in rule_votes(signal, PARAMETERS)} == {"silent"}
    settlement = settle(signal, STRONG, PARAMETERS)
    assert settlement.action is Action.ENTER
    assert [vote.component for vote in settlement.votes] == [
        "rule.data",
        "rule.mm_confidence",
        "rule.spoofing",
        "rule.payoff",
        "pattern",
        "model",
    ]


@pytest.mark.parametrize(
    ("pattern", "model", "action", "route"),
    [
        ((9.0, 1.0), (9.0, 2.0), Action.ENTER, Route.PATTERN),
        ((9.0, 2.0), (9.0, 1.0), Action.ENTER, Route.MODEL),
        ((9.0, 1.0), (9.0, 1.0), Action.ENTER, Route.PATTERN),
        ((-9.0, 1.0), (-9.0, 2.0), Action.SKIP, Route.PATTERN),
        ((9.0, 1.0), None, Action.ENTER, Route.PATTERN),
        (None, (-9.0, 1.0), Action.SKIP, Route.MODEL),
        ((0.6, 1.0), None, Action.ABSTAIN, Route.ABSTAIN),
        ((9.0, 1.0), (-9.0, 1.0), Action.ABSTAIN, Route.ABSTAIN),
        (None, None, Action.ABSTAIN, Route.ABSTAIN),
    ],
)
def test_clear_evidence_decides_and_the_heavier_vote_names_the_route(
    pattern: tuple[float, float] | None,
    model: tuple[float, float] | None,
    action: Action,
    route: Route,
) -> None:
    votes = [
        a_vote(name, *spoken) if spoken else a_silence(name)
        for name, spoken in (("pattern", pattern), ("model", model))
    ]
    settlement = settle(a_signal(), votes, PARAMETERS)
    assert (settlement.action, settlement.route) == (action, route)
    assert settlement.is_ambiguous == (action is Action.ABSTAIN)


def test_votes_are_weighed_by_inverse_variance() -> None:
    votes = (a_vote("pattern", 10.0, 1.0), a_vote("model", 20.0, 2.0))
    settlement = settle(a_signal(), votes, PARAMETERS)
    assert settlement.expected_bps == pytest.approx((10 * 1 + 20 * 0.25) / 1.25)


def test_two_votes_together_can_be_clear_where_each_alone_is_not() -> None:
    votes = (a_vote("pattern", 2.0, 1.8), a_vote("model", 2.0, 1.8))
    assert settle(a_signal(), votes[:1], PARAMETERS).is_ambiguous
    assert settle(a_signal(), votes, PARAMETERS).action is Action.ENTER


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), None])
def test_a_vote_that_is_no_number_does_not_speak(broken: float | None) -> None:
    vote = Vote("model", "enter", 0.9, broken, 1.0, "broken")
    assert settle(a_signal(), (vote,), PARAMETERS).is_ambiguous
    assert settle(
        a_signal(), (replace(vote, expected_bps=9.0, interval_bps=broken),), PARAMETERS
    ).is_ambiguous


@given(
    mean=st.floats(-50, 50),
    error=st.floats(0, 50),
    edge=st.floats(0, 20),
    reach=st.floats(0, 5),
)
def test_an_entry_is_always_above_the_edge_by_its_error(
    mean: float, error: float, edge: float, reach: float
) -> None:
    parameters = default_parameters({"min_edge_bps": edge, "ambiguity_z": reach})
    settlement = settle(a_signal(), (a_vote("model", mean, error),), parameters)
    if settlement.action is Action.ENTER:
        assert mean > edge
    if settlement.action is Action.SKIP:
        assert mean < edge
    if abs(mean - edge) < reach * error * 0.999:
        assert settlement.is_ambiguous


AMBIGUOUS = settle(a_signal(), (a_vote("pattern", 0.6, 3.0),), PARAMETERS)


@pytest.mark.parametrize(
    ("action", "fraction", "concluded", "route", "left"),
    [
        (AdviceAction.TAKE, "1", Action.ENTER, Route.LLM, "1"),
        (AdviceAction.TAKE, "0.4", Action.ENTER, Route.LLM, "0.4"),
        (AdviceAction.REDUCE, "0.5", Action.ENTER, Route.LLM, "0.5"),
        (AdviceAction.TAKE, "1000", Action.ENTER, Route.LLM, "1"),
        (AdviceAction.TAKE, "0", Action.SKIP, Route.LLM, "1"),
        (AdviceAction.TAKE, "-3", Action.SKIP, Route.LLM, "1"),
        (AdviceAction.TAKE, "NaN", Action.SKIP, Route.LLM, "1"),
        (AdviceAction.SKIP, "1", Action.SKIP, Route.LLM, "1"),
        (AdviceAction.NONE, "1", Action.ABSTAIN, Route.ABSTAIN, "1"),
    ],
)
def test_advice_takes_shrinks_or_vetoes_but_never_raises(
    action: AdviceAction, fraction: str, concluded: Action, route: Route, left: str
) -> None:
    settled = advise(AMBIGUOUS, Advice(action, Decimal(fraction), "because"))
    assert (settled.action, settled.route, settled.fraction) == (concluded, route, Decimal(left))
    assert settled.votes[-1].component == "llm"
    assert not settled.is_ambiguous


def test_advice_on_what_was_clear_changes_nothing() -> None:
    clear = settle(a_signal(), STRONG, PARAMETERS)
    refused = settle(with_features(mid=None), STRONG, PARAMETERS)
    for settlement in (clear, refused):
        assert advise(settlement, Advice(AdviceAction.TAKE, ONE, "obey me")) == settlement


@given(action=st.sampled_from(AdviceAction), fraction=st.decimals(allow_nan=True, allow_infinity=True))
def test_no_advice_whatever_makes_the_size_larger(action: AdviceAction, fraction: Decimal) -> None:
    settled: Settlement = advise(AMBIGUOUS, Advice(action, fraction, "any"))
    assert Decimal(0) < settled.fraction <= ONE


@pytest.mark.parametrize(
    ("votes", "route"),
    [
        ((a_vote("pattern", 1.0, 2.0), a_vote("model", 1.0, 9.0)), Route.PATTERN),
        ((a_vote("pattern", 1.0, 9.0), a_vote("strategy", 1.0, 2.0)), Route.STRATEGY),
    ],
)
def test_where_asking_cannot_pay_the_heaviest_vote_settles_that_nothing_is_entered(
    votes: tuple[Vote, ...], route: Route
) -> None:
    """However doubtful: an entry that is not clear is none, even where more is expected than is needed."""
    doubtful = settle(a_signal(), votes, PARAMETERS)
    settlement = unasked(doubtful, f"{WORTHLESS} -0.000100 USD")
    assert (settlement.action, settlement.route) == (Action.SKIP, route)
    assert settlement.reason == doubtful.reason.replace(NOBODY, "ambiguous, asking is worth -0.000100 USD")
    assert why_unasked(settlement.reason) == "asking is worth -0.000100 USD"


@pytest.mark.parametrize("why", ["the budget is spent", "others were more doubtful", "nobody to ask"])
def test_where_asking_could_pay_but_nobody_was_asked_it_stays_open(why: str) -> None:
    doubtful = settle(a_signal(), (a_vote("pattern", 1.0, 2.0),), PARAMETERS)
    assert (unasked(doubtful, why).action, unasked(doubtful, why).route) == (Action.ABSTAIN, Route.ABSTAIN)


def test_what_nobody_spoke_on_and_what_is_clear_stay_as_they_are() -> None:
    silent = unasked(settle(a_signal(), (a_silence("pattern"),), PARAMETERS), f"{WORTHLESS} +0.000000 USD")
    assert (silent.action, silent.route) == (Action.ABSTAIN, Route.ABSTAIN)
    clear = settle(a_signal(), STRONG, PARAMETERS)
    assert unasked(clear, f"{WORTHLESS} -1 USD") == clear
