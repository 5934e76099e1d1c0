"""The negative controls of the detection benchmark find nothing in nothing, and would find something."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.detection.controls import (
    alarms_of_nobody,
    by_market,
    nobody_against_nobody,
    ranking,
    shuffled_presence,
)
from benchmarks.detection.looking import Window
from benchmarks.detection.zero_edge import TELLING, zero_edge


def windows(n: int, *, is_quoted: bool, centre: float, seed: int) -> list[Window]:
    """``n`` markets of five minutes, each with a confidence of its own that its minutes share."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(n):
        usual = rng.normal(centre, 1.0)
        found += [Window(f"{seed}/{k}", is_quoted, usual + rng.normal(0, 0.1), 0.0) for _ in range(5)]
    return found


def test_a_score_that_knows_ranks_above_chance_and_with_shuffled_labels_at_chance() -> None:
    quoted = windows(20, is_quoted=True, centre=2.0, seed=1)
    told = shuffled_presence(
        quoted, windows(20, is_quoted=False, centre=0.0, seed=2), np.random.default_rng(3)
    )
    low, high = told["shuffled_interval"]
    assert (told["n"], told["markets"]) == (200, 40)
    assert told["ranking"] > 0.85 > high > 0.5 > low
    assert told["shuffled_mean"] == pytest.approx(0.5, abs=0.02)


def test_labels_are_dealt_to_whole_markets() -> None:
    every = windows(30, is_quoted=True, centre=0.0, seed=1) + windows(30, is_quoted=False, centre=0.0, seed=2)
    _, dealt = by_market(every, np.random.default_rng(4))
    assert {len(set(minutes)) for minutes in dealt.reshape(-1, 5).tolist()} == {1}
    assert dealt.sum() == 150
    assert (dealt != by_market(every, None)[1]).any()


def test_halves_of_markets_without_a_maker_differ_as_seldom_as_the_interval_says() -> None:
    """Five in a hundred fall outside by chance; more than six of forty would be a rare thing."""
    outside = 0
    for seed in range(40):
        nobody = windows(40, is_quoted=False, centre=0.0, seed=seed)
        outside += not nobody_against_nobody(nobody, np.random.default_rng(1_000 + seed))["is_chance"]
    assert outside <= 6


def test_a_score_of_only_one_kind_ranks_nothing() -> None:
    assert np.isnan(ranking(np.arange(3.0), np.ones(3, np.bool_)))
    assert ranking(np.arange(4.0), np.array([False, False, True, True])) == 1.0


def test_alarms_where_nobody_can_leave_are_told_by_the_hour() -> None:
    told = alarms_of_nobody((1, 0), (18_000, 18_000), (3_600, 0))
    assert (told["alarms"], told["alarms_an_hour"], told["hours"]) == (1, 1.0, 1.0)
    assert told["somebody_established"]["share"] == 0.1


def test_nothing_points_ahead_of_a_walk_and_what_knows_of_the_next_steps_does() -> None:
    blind, told = (zero_edge(7, 2, 600, lean) for lean in (0.0, 0.5))
    assert tuple(blind) == TELLING
    assert all(one["is_chance"] and one["n"] > 150 for one in blind.values())
    assert told["imbalance"]["ranking"] > 0.8 > told["imbalance"]["chance"][1]
