"""Votes gain or lose weight by what came of them, and not before there is enough of it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.proposals import a_signal, a_silence, a_vote
from tools.domain.parameter import default_parameters
from tools.domain.trading import Route, Vote
from tools.risk.routing import settle
from tools.risk.skill import LEAST, MOST, REMEMBERED, SkillRecord

PARAMETERS = default_parameters()
ENOUGH = PARAMETERS.whole("skill_min_outcomes")


def learned(n: int, pattern_error: float, model_error: float, seed: int = 1) -> SkillRecord:
    """A record in which each component missed by that much."""
    rng, record = np.random.default_rng(seed), SkillRecord()
    for _ in range(n):
        net = float(rng.normal(0, 10))
        votes = (
            a_vote("pattern", net + float(rng.normal(0, pattern_error)), 2.0),
            a_vote("model", net + float(rng.normal(0, model_error)), 2.0),
        )
        record.learn(votes, net)
    return record


def test_all_weigh_the_same_until_enough_is_known() -> None:
    assert learned(ENOUGH - 1, 1, 9).weights(PARAMETERS) == {}
    assert set(learned(ENOUGH, 1, 9).weights(PARAMETERS)) == {"model", "pattern"}


def test_one_component_alone_has_nobody_to_be_weighed_against() -> None:
    record = SkillRecord()
    for _ in range(ENOUGH * 2):
        record.learn((a_vote("pattern", 3.0, 1.0), a_silence("model")), -5.0)
    assert record.counts() == {"pattern": ENOUGH * 2}
    assert record.weights(PARAMETERS) == {}


def test_the_better_one_weighs_more_and_the_record_must_be_long_to_say_so_loudly() -> None:
    short, long = (learned(n, 2, 8).weights(PARAMETERS) for n in (ENOUGH, ENOUGH * 15))
    assert long["pattern"] > short["pattern"] > 1 > short["model"] > long["model"]
    assert LEAST <= long["model"] < long["pattern"] <= MOST


def test_equal_skill_keeps_equal_weights() -> None:
    weights = learned(REMEMBERED, 5, 5).weights(PARAMETERS)
    assert weights["pattern"] == pytest.approx(1, abs=0.1)
    assert weights["model"] == pytest.approx(1, abs=0.1)


def test_skill_that_is_lost_is_forgotten() -> None:
    record = learned(REMEMBERED, 1, 9)
    rng = np.random.default_rng(4)
    for _ in range(REMEMBERED):
        votes = (
            a_vote("pattern", float(rng.normal(0, 9)), 2.0),
            a_vote("model", float(rng.normal(0, 1)), 2.0),
        )
        record.learn(votes, 0.0)
    weights = record.weights(PARAMETERS)
    assert weights["model"] > 1 > weights["pattern"]
    assert record.counts() == {"pattern": REMEMBERED, "model": REMEMBERED}


def test_rules_and_brains_have_no_skill_to_be_weighed_by() -> None:
    record = SkillRecord()
    record.learn((a_vote("rule.payoff", 1.0, 1.0), a_vote("llm", 1.0, 1.0)), 3.0)
    assert record.counts() == {}


def test_weights_move_the_mean_and_say_so() -> None:
    votes = (a_vote("pattern", 10.0, 1.0), a_vote("model", -2.0, 1.0))
    equal = settle(a_signal(), votes, PARAMETERS)
    weighed = settle(a_signal(), votes, PARAMETERS, {"pattern": 3.0, "model": 1.0})
    assert equal.expected_bps == pytest.approx(4.0)
    assert weighed.expected_bps == pytest.approx(7.0)
    assert "weighed pattern × 3.00, model × 1.00" in weighed.reason
    assert "weighed" not in equal.reason


def test_equal_weights_have_the_smallest_error_for_equal_votes() -> None:
    votes = (a_vote("pattern", 1.0, 1.0), a_vote("model", 1.0, 1.0))
    equal = settle(a_signal(), votes, PARAMETERS, {"pattern": 2.0, "model": 2.0})
    uneven = settle(a_signal(), votes, PARAMETERS, {"pattern": 9.0, "model": 1.0})
    assert equal.error_bps == pytest.approx(1 / np.sqrt(2))
    assert uneven.error_bps is not None
    assert uneven.error_bps == pytest.approx(np.sqrt(0.9**2 + 0.1**2))


def test_a_learned_strategy_votes_and_can_settle() -> None:
    votes = (a_vote("pattern", 9.0, 3.0), a_vote("strategy.st_1", 9.0, 1.0))
    settlement = settle(a_signal(), votes, PARAMETERS)
    assert settlement.route is Route.STRATEGY
    stranger = Vote("astrology", "enter", 0.9, 50.0, 0.1, "the stars")
    assert settle(a_signal(), (stranger,), PARAMETERS).expected_bps is None
