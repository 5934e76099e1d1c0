"""Figures of looks that are not independent: their intervals are over whole markets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.detection.errors import errors, pooled
from benchmarks.detection.figures import (
    brier_skill,
    calibration,
    calibration_error,
    clustered,
    presence,
    resampled_medians,
    share,
)
from benchmarks.detection.looking import Moment, Standing, Window

NAN = float("nan")
LOOK = Moment(
    market="T2/timer/1/ORBUSDT",
    ts=0,
    state="full",
    is_two_sided=True,
    confidence=0.9,
    bounds=(1.00, 1.02),
    size=10.0,
    rate_hz=2.0,
    standing=(Standing(bid=100_000_000, ask=102_000_000, size=10.0, rate_hz=2.0),),
)
TICK = 100_000  # 0.001


def test_what_is_of_one_market_counts_once() -> None:
    hits = [np.full(1_000, is_hit) for is_hit in (True, True, True, False)]
    low, high = clustered(hits)["interval"]
    assert (low, high) == (pytest.approx(0.25, abs=0.01), 1.0)
    narrow = share(np.concatenate(hits))["interval"]
    assert narrow[1] - narrow[0] < (high - low) / 10


def test_recall_and_false_positives_are_told_over_markets() -> None:
    def seen(name: str, is_quoted: bool, said: float, n: int = 50) -> list[Window]:
        return [Window(market=name, is_quoted=is_quoted, confidence=said, baseline=1 - said)] * n

    quoted = [*seen("a", True, 0.9), *seen("b", True, 0.1)]
    nobody = [*seen("c", False, 0.2), *seen("d", False, 0.2)]
    found = presence(quoted, nobody, nobody)
    recall = found["confidence"]["recall"]
    assert (recall["share"], recall["n"], recall["clusters"]) == (0.5, 100, 2)
    assert recall["interval"] == [0.0, 1.0]
    assert found["confidence"]["false_positives"]["share"] == 0.0
    assert found["baseline"]["recall"]["share"] == 0.5


def test_skill_and_calibration_are_what_their_formulas_say() -> None:
    rng = np.random.default_rng(5)
    said = rng.uniform(size=3_000)
    true = (rng.uniform(size=3_000) < said).astype(float)
    plain = 1 - np.mean((said - true) ** 2) / np.mean((true.mean() - true) ** 2)
    assert brier_skill(said, true) == pytest.approx(plain, abs=1e-12)
    place = (said * 10).astype(int)
    error = sum(
        np.mean(place == b) * abs(said[place == b].mean() - true[place == b].mean()) for b in range(10)
    )
    assert calibration_error(said, true) == pytest.approx(error, abs=1e-12)
    assert calibration_error(said, true) < 0.04 < calibration_error(said**3, true)


def test_calibration_has_intervals_and_leaves_out_what_was_not_said() -> None:
    rng = np.random.default_rng(6)
    looks = [
        replace(LOOK, market=f"m{i % 20}", confidence=said, is_two_sided=bool(rng.uniform() < said))
        for i, said in enumerate(rng.uniform(size=4_000))
    ]
    silent = replace(LOOK, confidence=NAN)
    found = calibration([*looks, silent], rng)
    assert (found["n"], found["abstained"], found["clusters"]) == (4_000, 1, 20)
    low, high = found["brier_skill_interval"]
    assert low < found["brier_skill"] < high
    assert high - low < 0.15
    assert found["calibration_error_interval"][0] <= found["calibration_error"]
    assert found["brier_skill_shuffled"] < 0.02 < found["brier_skill"]


def test_errors_are_against_the_nearest_pair_and_pooled_over_markets() -> None:
    far = Standing(bid=90_000_000, ask=110_000_000, size=99.0, rate_hz=9.0)
    good = replace(LOOK, standing=(far, *LOOK.standing), bounds=(1.001, 1.02), size=11.0, rate_hz=2.3)
    bad = replace(good, bounds=(1.002, 1.02), rate_hz=2.6)
    silent = replace(good, bounds=(NAN, NAN), size=NAN, rate_hz=NAN)
    nobody = replace(good, standing=())
    found = pooled([errors([good, good, bad, silent, nobody], TICK), errors([nobody], TICK)])
    assert found["n"] == 4
    assert (found["bounds_within_a_tick"]["share"], found["bounds_within_a_tick"]["clusters"]) == (0.5, 1)
    assert found["size_error"]["median"] == pytest.approx(np.log(1.1), abs=1e-4)
    assert (found["rate_within_20_percent"]["share"], found["rate_within_20_percent"]["n"]) == (0.667, 3)
    assert found["rate_unknown"] == 1
    assert pooled([errors([nobody], TICK)]) == {"n": 0}


def test_a_median_over_markets_that_differ_is_uncertain() -> None:
    found = resampled_medians([np.full(100, 0.1), np.full(100, 0.3), np.full(101, 0.2)])
    assert (found["median"], found["interval"], found["n"]) == (0.2, [0.1, 0.3], 301)
    assert resampled_medians([np.zeros(0)]) == {"n": 0}
