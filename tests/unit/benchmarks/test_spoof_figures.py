"""Intervals over whole markets, and the threshold that their upper end sets."""

from dataclasses import dataclass

import numpy as np
import pytest

from benchmarks.detection.figures import clustered, clustered_rate, share
from benchmarks.detection.spoof_fit import (
    LEVEL,
    MOST_FALSE,
    document,
    fitted_first,
    fitted_logit,
    jobs,
    least_odds,
    record_of,
    upper_end,
)
from benchmarks.detection.spoofing import Scored
from tools.detection.numbers import NumbersFault
from tools.detection.spoof_evidence import ALONE, N
from tools.detection.spoof_odds import NAMES, log_odds, odds_from_json
from venue.participants.spoofer import Way


@dataclass
class Market:
    kind: str
    hours: float
    way: str = "mirrored"


def hits(*founds: tuple[int, int]) -> list[np.ndarray]:
    return [np.arange(n) < found for found, n in founds]


def test_all_or_nothing_by_market_has_a_wide_interval_that_wilson_does_not_see() -> None:
    markets = hits(*[(12, 12)] * 6, *[(0, 12)] * 3)
    told, wilson = clustered(markets), share(np.concatenate(markets))
    assert told["share"] == wilson["share"] == 0.667
    assert (told["n"], told["clusters"]) == (108, 9)
    width = told["interval"][1] - told["interval"][0]
    assert width > 2.5 * (wilson["interval"][1] - wilson["interval"][0])


def test_where_every_market_agrees_the_interval_is_of_the_markets() -> None:
    told = clustered(hits(*[(10, 10)] * 9))
    assert told["interval"] == share(np.ones(9, np.bool_))["interval"]
    assert clustered(hits((0, 0))) == {"n": 0}


def test_one_bad_market_widens_the_rate_and_none_at_all_is_not_zero() -> None:
    assert clustered_rate([6, *[0] * 8], [0.15] * 9)[1] > clustered_rate([1] * 6 + [0] * 3, [0.15] * 9)[1]
    assert clustered_rate([0] * 9, [0.15] * 9) == [0.0, pytest.approx(-np.log(0.025) / 1.35, abs=0.01)]


def test_the_threshold_is_the_least_whose_upper_end_is_allowed_in_every_kind() -> None:
    rng = np.random.default_rng(4)
    them = [
        Scored(Market(kind, 1.0), rng.normal(shift, 1.0, 30), np.full(30, -1))  # type: ignore[arg-type]
        for kind, shift in (("quiet", 0.0), ("busy", 1.0))
        for _ in range(40)
    ]
    odds = least_odds(them)
    busy = [one for one in them if one.market.kind == "busy"]
    assert upper_end(busy, odds) <= MOST_FALSE
    below = np.sort(np.concatenate([one.odds for one in busy]))
    looser = below[below < odds]
    assert upper_end(busy, float(looser[-6])) > MOST_FALSE
    assert 0 < LEVEL < 1


def planted(seed: int, n: int = 6_000) -> tuple[np.ndarray, np.ndarray]:
    """Evidence of which the first says one thing where the second is high, else the contrary."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, N))
    odds = 6.0 * x[:, 0] * x[:, 1]
    return x, rng.uniform(size=n) < 1 / (1 + np.exp(-odds))


def ranked(odds: np.ndarray, is_spoof: np.ndarray) -> float:
    """Area under the curve."""
    order = np.argsort(np.argsort(odds))
    n = is_spoof.sum()
    return float((order[is_spoof].sum() - n * (n - 1) / 2) / (n * (len(odds) - n)))


def test_the_fit_finds_what_only_two_signs_together_say_and_shuffled_labels_say_nothing() -> None:
    x, y = planted(1)
    unseen, truth = planted(2)
    every = range(N)
    assert ranked(log_odds(record_of(fitted_logit(x, y, every)), unseen), truth) > 0.85
    mixed = np.random.default_rng(3).permutation(y)
    assert abs(ranked(log_odds(record_of(fitted_logit(x, mixed, every)), unseen), truth) - 0.5) < 0.05
    without = fitted_logit(x, y, [i for i in every if i != 1])
    assert np.all(without["quadratic"][1] == 0)
    assert np.all(without["quadratic"][:, 1] == 0)
    assert ranked(log_odds(record_of(without), unseen), truth) < 0.6


def test_the_first_odds_are_linear_in_the_evidence_as_it_stands() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(20_000, N)) * 3
    y = rng.uniform(size=20_000) < 1 / (1 + np.exp(1 - 2 * x[:, 4]))
    found = fitted_first(x, y)
    assert found["first_intercept"] == pytest.approx(-1.0, abs=0.1)
    assert found["first"] == pytest.approx(2.0 * (np.arange(ALONE) == 4), abs=0.1)


def test_what_is_written_is_read_again_and_a_changed_number_is_not() -> None:
    x, y = planted(1, 500)
    numbers = fitted_first(x, y) | fitted_logit(x, y, range(N)) | {"threshold": 1.5}
    text = document({name: np.round(numbers[name], 6).tolist() for name in NAMES}, {})
    assert odds_from_json(text)["threshold"][0] == 1.5
    with pytest.raises(NumbersFault, match="spoof numbers must hash to"):
        odds_from_json(text.replace("1.5", "1.4"))
    with pytest.raises(NumbersFault, match="spoof linear must be finite, of shape"):
        document({name: [] if name == "linear" else np.asarray(numbers[name]).tolist() for name in NAMES}, {})


def test_no_way_kept_for_judging_and_no_world_without_a_spoofer_of_another_way_is_fitted_on() -> None:
    them = jobs(600, 100_000_000)
    assert {job.way for job in them} == {Way.MIRRORED, Way.ALONE, Way.TAKING, Way.STEPPED}
    assert {job.way for job in them if job.kind == "clean"} == {Way.MIRRORED}
    assert len({(job.kind, job.way, job.seed) for job in them}) == len(them)
    assert 4 * len(jobs(600, 100_000_000, thinned=4)) == len(them)
