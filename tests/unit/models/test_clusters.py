"""Worlds and not trades are drawn, and a difference has the interval of its pairs."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.validation import ClusterDraws, effective_count


def test_the_interval_covers_where_trades_of_a_world_resemble_each_other() -> None:
    rng = np.random.default_rng(0)
    covered = {"worlds": 0, "trades": 0}
    for _ in range(100):
        shared = rng.normal(size=30)
        trades = shared[:, None] + rng.normal(size=(30, 40))
        found = ClusterDraws(30, rng, draws=400).ratio(trades.sum(axis=1), np.full(30, 40.0), 1200)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        covered["worlds"] += found.low <= 0 <= found.high
        half = 1.96 * trades.std() / np.sqrt(trades.size)
        covered["trades"] += abs(trades.mean()) <= half
    assert covered["worlds"] >= 86
    assert covered["trades"] <= 60


def test_what_both_share_leaves_the_difference() -> None:
    rng = np.random.default_rng(1)
    shared, n = rng.normal(scale=10, size=40), np.full(40, 5.0)
    before, after = shared * 5, shared * 5 + 5 * (1 + 0.1 * rng.normal(size=40))
    draws = ClusterDraws(40, rng)
    alone, pair = draws.ratio(after, n, 200), draws.difference((after, n), (before, n), 200)
    assert alone is not None
    assert pair is not None
    assert pair.value == pytest.approx(1.0, abs=0.1)
    assert pair.low is not None
    assert pair.high is not None
    assert 0.9 < pair.low < pair.high < 1.1
    assert alone.low is not None
    assert alone.low < 0


def test_a_ratio_weighs_worlds_by_what_is_under_it() -> None:
    found = ClusterDraws(12, np.random.default_rng(2)).ratio(np.arange(12.0), np.arange(12.0) * 2, 66)
    assert found is not None
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_few_worlds_have_no_interval_and_nothing_under_it_no_ratio() -> None:
    draws = ClusterDraws(9, np.random.default_rng(3))
    found = draws.ratio(np.arange(9.0), np.ones(9), 9)
    assert found is not None
    assert (found.value, found.low, found.high) == (4.0, None, None)
    assert draws.ratio(np.arange(9.0), np.zeros(9), 0) is None
    assert draws.difference((np.ones(9), np.zeros(9)), (np.ones(9), np.ones(9)), 0) is None
    wide, nine = ClusterDraws(30, np.random.default_rng(3)), np.arange(30) < 9
    ten = np.arange(30) < 10
    held = wide.ratio(np.arange(30.0) * nine, nine.astype(float), 9)
    assert held is not None
    assert (held.value, held.low, held.high) == (4.0, None, None)  # the other clusters say nothing of it
    enough = wide.ratio(np.arange(30.0) * ten, ten.astype(float), 10)
    assert enough is not None
    assert enough.low is not None
    pair = wide.difference((np.ones(30), ten.astype(float)), (np.ones(30), nine.astype(float)), 9)
    assert pair is not None
    assert pair.low is None
    with pytest.raises(ValueError, match="one cluster or more"):
        ClusterDraws(0, np.random.default_rng(0))


def test_clustered_values_count_for_less() -> None:
    rng = np.random.default_rng(4)
    alike = np.repeat(rng.normal(size=50), 20)
    apart = rng.normal(size=1000)
    for values, least, most in ((alike, 30, 80), (apart, 600, 1000)):
        sums = values.reshape(50, 20).sum(axis=1)
        drawn = ClusterDraws(50, rng).drawn(sums, np.full(50, 20.0))
        assert least <= effective_count(values, drawn) <= most
