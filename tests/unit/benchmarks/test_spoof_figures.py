"""Intervals over whole markets, and the threshold that their upper end sets."""

from dataclasses import dataclass

import numpy as np
import pytest

from benchmarks.detection.figures import clustered, clustered_rate, share
from benchmarks.detection.spoof_fit import LEVEL, MOST_FALSE, least_odds, logistic, upper_end
from benchmarks.detection.spoofing import Scored


@dataclass
class Market:
    kind: str
    hours: float


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


def test_the_regression_finds_the_weights_that_made_the_data() -> None:
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(20_000), rng.normal(size=(20_000, 2))])
    made = np.array([-1.0, 2.0, 0.0])
    y = (rng.uniform(size=20_000) < 1 / (1 + np.exp(-x @ made))).astype(np.float64)
    assert logistic(x, y, [0, 1, 2]) == pytest.approx(made, abs=0.1)
    assert logistic(x, y, [0, 2])[1] == 0.0
