"""Votes: clear evidence enters or skips, thin evidence is unsure, none is silent."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.domain.parameter import default_parameters
from tools.domain.ports import Neighbour
from tools.models.scoring import Score
from tools.models.votes import model_vote, pattern_vote, stance_of

PARAMS = default_parameters({"min_edge_bps": 0.5, "ambiguity_z": 1.0, "pattern_min_neighbours": 4})


def near(results: Sequence[float], similarities: Sequence[float] | None = None) -> list[Neighbour]:
    weights = similarities or [0.9] * len(results)
    return [
        Neighbour(f"s_{i}", f"o_{i}", weight, net, "timeout", i)
        for i, (net, weight) in enumerate(zip(results, weights, strict=True))
    ]


@pytest.mark.parametrize(
    ("expected", "error", "stance"),
    [
        (3.0, 2.0, "enter"),
        (3.0, 2.5, "unsure"),
        (-2.0, 2.0, "skip"),
        (-2.0, 2.5, "unsure"),
        (0.5, 0.0, "unsure"),
        (0.6, 0.0, "enter"),
        (0.4, 0.0, "skip"),
    ],
)
def test_the_edge_must_be_clear_of_the_doubt(expected: float, error: float, stance: str) -> None:
    assert stance_of(expected, error, PARAMS) == stance


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(0, 50))
def test_more_doubt_never_makes_a_vote_surer(expected: float, error: float, more: float) -> None:
    before, after = stance_of(expected, error, PARAMS), stance_of(expected, error + more, PARAMS)
    assert after in (before, "unsure")


def test_too_few_neighbours_are_silent_and_named() -> None:
    vote = pattern_vote(near([1.0, 2.0, 3.0]), PARAMS)
    assert (vote.stance, vote.expected_bps, vote.interval_bps, vote.probability) == (
        "silent",
        None,
        None,
        None,
    )
    assert vote.reason == "3 similar states, 4 needed"
    assert vote.evidence == ("o_0", "o_1", "o_2")
    assert pattern_vote([], PARAMS).stance == "silent"


def test_mean_and_error_by_hand() -> None:
    # weights 1/6 1/6 1/3 1/3: mean 5, effective 1 / (2/36 + 2/9) = 3.6
    vote = pattern_vote(near([8.0, -4.0, 8.0, 5.0], [0.4, 0.4, 0.8, 0.8]), PARAMS, loss_bps=10.0)
    assert vote.expected_bps == pytest.approx(5.0)
    assert vote.probability == pytest.approx(5 / 6)
    shares = [0.6 / 4.6, 0.6 / 4.6, 1.2 / 4.6, 1.2 / 4.6, 1 / 4.6]
    values = [8.0, -4.0, 8.0, 5.0, -10.0]
    centre = sum(s * v for s, v in zip(shares, values, strict=True))
    variance = sum(s * (v - centre) ** 2 for s, v in zip(shares, values, strict=True))
    assert vote.interval_bps == pytest.approx(math.sqrt(variance / 3.6))
    assert vote.evidence == ("o_0", "o_1", "o_2", "o_3")


def test_a_clear_pattern_enters_and_a_losing_one_skips() -> None:
    assert pattern_vote(near([9.0, 11.0] * 15), PARAMS, loss_bps=15.0).stance == "enter"
    assert pattern_vote(near([-9.0, -11.0] * 15), PARAMS, loss_bps=15.0).stance == "skip"
    assert pattern_vote(near([20.0, -20.0] * 5), PARAMS, loss_bps=20.0).stance == "unsure"


def test_a_few_small_wins_do_not_prove_that_the_large_loss_cannot_come() -> None:
    few = pattern_vote(near([2.0] * 8), PARAMS, loss_bps=40.0)
    many = pattern_vote(near([2.0] * 200), PARAMS, loss_bps=40.0)
    assert few.interval_bps is not None
    assert few.interval_bps > 2
    assert (few.stance, many.stance) == ("unsure", "enter")


def test_without_a_stop_of_its_own_the_usual_stop_is_feared() -> None:
    assert pattern_vote(near([2.0] * 8), PARAMS) == pattern_vote(
        near([2.0] * 8), PARAMS, loss_bps=PARAMS["stop_bps"]
    )


def test_opposite_states_are_no_neighbours() -> None:
    vote = pattern_vote(near([5.0] * 5, [0.5, 0.5, 0.5, 0.0, -0.5]), PARAMS)
    assert (vote.stance, vote.reason) == ("silent", "3 similar states, 4 needed")


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.05, 1)), min_size=4, max_size=20), st.randoms())
def test_only_similarity_weighs_and_order_does_not_matter(pairs: list[tuple[float, float]], random) -> None:  # type: ignore[no-untyped-def]
    vote = pattern_vote(near([net for net, _ in pairs], [s for _, s in pairs]), PARAMS)
    assert vote.expected_bps is not None
    weighted = sum(net * s for net, s in pairs) / sum(s for _, s in pairs)
    assert vote.expected_bps == pytest.approx(weighted, abs=1e-9)
    moved = list(pairs)
    random.shuffle(moved)
    again = pattern_vote(near([net for net, _ in moved], [s for _, s in moved]), PARAMS)
    assert again.expected_bps == pytest.approx(vote.expected_bps, abs=1e-9)
    assert again.interval_bps == pytest.approx(vote.interval_bps, abs=1e-9)


def test_the_model_votes_by_the_same_rule_and_names_its_version() -> None:
    vote = model_vote(Score(0.8, 4.0, 1.0), "20240101T000000Z-0a1b2c3d", PARAMS)
    assert (vote.component, vote.stance) == ("model", "enter")
    assert (vote.probability, vote.expected_bps, vote.interval_bps) == (0.8, 4.0, 1.0)
    assert vote.evidence == ("20240101T000000Z-0a1b2c3d",)
    assert vote.reason == "model 20240101T000000Z-0a1b2c3d: 80% to win, worth +4.0 ± 1.0 bps"
    assert model_vote(Score(0.8, 4.0, 4.0), "v", PARAMS).stance == "unsure"


def test_neighbours_of_one_stretch_of_market_are_fewer_witnesses() -> None:
    apart = [
        Neighbour(f"s_{i}", f"o_{i}", 0.9, 3.0 + i % 3, "timeout", 100 * i + 90, 100 * i) for i in range(12)
    ]
    bunched = [Neighbour(f"s_{i}", f"o_{i}", 0.9, 3.0 + i % 3, "timeout", 90 + i, i) for i in range(12)]
    wide, narrow = pattern_vote(bunched, PARAMS), pattern_vote(apart, PARAMS)
    assert wide.expected_bps == narrow.expected_bps
    assert wide.interval_bps is not None
    assert narrow.interval_bps is not None
    assert wide.interval_bps > 2 * narrow.interval_bps
