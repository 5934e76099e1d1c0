"""The tests of forecasts accept what is right and reject what is wrong, and look back only."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.risk.backtest import Plan, forecasts, models
from benchmarks.risk.candles import DAY_US, Group, groups
from benchmarks.risk.coverage import coverage, depth_p
from benchmarks.risk.falls import falls, gaussian_fall
from benchmarks.risk.worth import worth


def test_sixteen_hits_in_a_thousand_are_not_yet_too_many_for_one_in_a_hundred() -> None:
    hits = np.zeros(1_000, bool)
    hits[::63] = True
    assert hits.sum() == 16
    seen = coverage(hits, 0.99)
    ratio = 16 * math.log(0.016 / 0.01) + 984 * math.log(0.984 / 0.99)
    assert seen.rate_p == pytest.approx(math.erfc(math.sqrt(ratio)))
    assert 0.05 < seen.rate_p < 0.1


def test_right_rates_pass_about_as_often_as_they_should_and_wrong_ones_do_not() -> None:
    rng = np.random.default_rng(1)
    right = [coverage(rng.random(800) < 0.05, 0.95) for _ in range(400)]
    assert 0.02 < np.mean([one.rate_p < 0.05 for one in right]) < 0.09
    assert np.mean([one.both_p < 0.05 for one in right]) < 0.11
    assert all(coverage(rng.random(800) < 0.10, 0.95).rate_p < 0.05 for _ in range(20))


def test_hits_that_follow_each_other_are_not_independent() -> None:
    rng = np.random.default_rng(2)
    starts = rng.random(900) < 0.02
    clustered = starts | np.roll(starts, 1) | np.roll(starts, 2)
    seen = coverage(clustered, 0.95)
    assert seen.independence_p < 0.001
    assert seen.both_p < 0.001


def test_losses_deeper_than_was_said_are_noticed() -> None:
    rng = np.random.default_rng(3)
    losses = 0.02 + rng.exponential(0.01, 60)
    assert depth_p(losses, np.full(60, 0.03)) > 0.05
    assert depth_p(losses * 1.5, np.full(60, 0.03)) < 0.01
    assert math.isnan(depth_p(losses[:4], np.full(4, 0.03)))


def test_no_model_sees_what_it_forecasts() -> None:
    rng = np.random.default_rng(4)
    returns = 0.01 * rng.standard_t(5, (200, 2))
    changed = returns.copy()
    changed[150:] *= 7
    plan, even = Plan(100, 120, 0.95, 20), np.full(2, 0.5)
    for name in models(20):
        was = [told for _, told in forecasts(returns, even, models(20)[name], plan)]
        now = [told for _, told in forecasts(changed, even, models(20)[name], plan)]
        assert was[:51] == now[:51], name
        assert was[52:] != now[52:], name


def test_joint_falls_are_told_from_independence_and_from_a_wrong_copula() -> None:
    rng = np.random.default_rng(5)
    shared = rng.standard_normal((4_000, 1))
    normal = Group(("A", "B", "C"), np.arange(4_000), shared + rng.standard_normal((4_000, 3)))
    told = falls(normal, 0.05, 7)
    assert told["gaussian"]["low"] < 1 < told["gaussian"]["high"]
    assert told["empirical"]["ratio"] == pytest.approx(1, abs=0.25)
    assert told["independent"]["high"] < 0.5
    assert told["clayton"]["low"] > 1.2
    assert gaussian_fall(0.0, 0.05) == pytest.approx(0.0025, rel=1e-3)


def test_a_bound_is_worth_something_only_where_it_tells_wild_days_from_calm_ones() -> None:
    rng = np.random.default_rng(6)
    spread = 0.02 * np.exp(np.sin(np.arange(1_200) / 30))[:, None]  # slow enough to be seen coming
    stamps, noise = np.arange(1, 1_201) * DAY_US, rng.normal(size=(1_200, 2))
    told = worth(Group(("A", "B"), stamps, spread * noise))
    assert told["n_days"] == 1_110
    assert told["regime_bound"]["timing"]["high"] < 1
    assert told["cvar_bound"]["timing"]["high"] < 1
    even = worth(Group(("A", "B"), stamps, 0.02 * noise))
    assert even["regime_bound"]["timing"]["low"] < 1.05
    assert even["regime_bound"]["timing"]["ratio"] > 0.9


def test_days_end_with_their_last_candle_and_symbols_share_them(tmp_path: Path) -> None:
    for symbol, n in (("A", 288 * 3), ("B", 288 * 3 - 100)):
        opened = np.arange(n) * 300_000_000
        table = pa.table({"open_time": opened, "close": np.exp(np.arange(n) * 1e-4)})
        pq.write_table(table, tmp_path / f"{symbol}-5m.parquet")
    (found,) = groups(tmp_path, DAY_US)
    assert found.symbols == ("A", "B")
    assert found.stamps.tolist() == [2 * DAY_US]
    assert found.returns == pytest.approx(np.full((1, 2), 0.0288))
