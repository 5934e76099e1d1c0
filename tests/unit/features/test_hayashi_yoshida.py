"""The rolling covariance of unequal moments: against the double sum, and what a common grid would say."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.features.hayashi_yoshida import (
    BUCKET_NS,
    BUCKETS,
    CROSS,
    OVERLAPS,
    REFRESHES,
    SQUARES,
    correlation,
    new_link,
    see,
    see_all,
)

STEP = BUCKET_NS // 8
Seen = list[tuple[int, int, float]]


def brute_force(seen: Seen) -> tuple[float, int]:
    """Double sum over all pairs of overlapping returns of which the later ends in the last buckets."""
    sides: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for side, ts, value in seen:
        sides[side].setdefault(ts, value)
    steps = [[(s, e, side[e] - side[s]) for s, e in pairwise(sorted(side))] for side in sides]
    pairs = [
        a[2] * b[2]
        for a in steps[0]
        for b in steps[1]
        if max(a[0], b[0]) < min(a[1], b[1]) and max(a[1], b[1]) >= first_ns(seen)
    ]
    return sum(pairs), len(pairs)


def first_ns(seen: Seen) -> int:
    """Where the window begins."""
    return (max(ts for _, ts, _ in seen) // BUCKET_NS - BUCKETS + 1) * BUCKET_NS


def refreshed(seen: Seen) -> list[tuple[int, float, float]]:
    """Moments at which both have moved since the last such, and where they stood."""
    last: dict[int, tuple[int, float]] = {}
    moved: set[int] = set()
    found = []
    for side, ts, value in seen:
        if side in last and last[side][0] == ts:
            continue
        last[side] = (ts, value)
        moved.add(side)
        if len(moved) == 2:
            found.append((ts, last[0][1], last[1][1]))
            moved = set()
    return found


looks = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 40), st.floats(-0.1, 0.1)), min_size=2, max_size=60
)


@given(looks, st.integers(0, 3 * BUCKETS))
@settings(max_examples=300, deadline=None)
def test_it_is_the_double_sum_whatever_the_order_ties_and_holes(
    drawn: list[tuple[int, int, float]], hole: int
) -> None:
    ts, seen = 5 * BUCKET_NS, []
    for n, (side, gap, value) in enumerate(drawn):
        ts += gap * STEP + (hole * BUCKET_NS if n == len(drawn) // 2 else 0)
        seen.append((side, ts, value))
    link = new_link()
    for one in seen:
        see(link[0], *one)
    cross, n_pairs = brute_force(seen)
    steps = [(b[1] - a[1], b[2] - a[2]) for a, b in pairwise(refreshed(seen)) if b[0] >= first_ns(seen)]
    sums = link["sums"][0].sum(axis=0)
    assert sums[CROSS] == pytest.approx(cross, abs=1e-12)
    assert sums[OVERLAPS] == n_pairs
    squares = [sum(step[k] ** 2 for step in steps) for k in (0, 1)]
    assert sums[SQUARES : SQUARES + 2] == pytest.approx(squares, abs=1e-12)
    assert sums[REFRESHES] == len(steps)


def test_the_worked_case() -> None:
    # a moves over (0, 2] and (2, 4], b over (1, 3]: both products count
    link = new_link()
    for side, ts, value in ((0, 0, 0.0), (1, 1, 0.0), (0, 2, 0.1), (1, 3, 0.2), (0, 4, 0.4)):
        see(link[0], side, ts + 1, value)
    sums = link["sums"][0].sum(axis=0)
    assert sums[CROSS] == pytest.approx(0.1 * 0.2 + 0.3 * 0.2)
    assert sums[OVERLAPS] == 2


def walk(
    rng: np.random.Generator, rho: float, seconds: int = 1_800
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Two walks of correlation ``rho``, the first seen every three seconds, the second every ten or so."""
    steps = rng.normal(size=(seconds, 2)) @ np.array([[1.0, rho], [0.0, np.sqrt(1 - rho * rho)]])
    paths = np.cumsum(steps * 1e-4, axis=0)
    seen = [
        (int(t) * 10**9, side, paths[t, side])
        for side, share in ((0, 1 / 3), (1, 1 / 10))
        for t in np.flatnonzero(rng.random(seconds) < share)
    ]
    stamps, sides, values = zip(*sorted(seen), strict=True)
    return np.array(sides), np.array(stamps), np.array(values)


def measured(rho: float, seeds: int) -> npt.NDArray[np.float64]:
    """Value, low and high of each of ``seeds`` walks, shape (seeds, 3)."""
    found = []
    for seed in range(seeds):
        sides, stamps, values = walk(np.random.default_rng(seed), rho)
        link = new_link()
        see_all(link, sides, stamps, values)
        said = correlation(link, int(stamps[-1]))
        assert said is not None
        found.append(said[:3])
    return np.array(found)


@pytest.mark.parametrize("rho", [0.0, 0.6, -0.6])
def test_it_finds_a_planted_correlation_and_its_interval_covers_it(rho: float) -> None:
    found = measured(rho, 200)
    error = found[:, 0].std() / np.sqrt(len(found))
    assert found[:, 0].mean() == pytest.approx(rho, abs=4 * error + 0.02)
    covered = np.mean((found[:, 1] <= rho) & (rho <= found[:, 2]))
    assert covered >= 0.88  # 0.95 less three errors of 200 draws and what a jackknife falls short


def test_a_common_grid_would_be_biased_where_it_is_not() -> None:
    on_grid = []
    for seed in range(100):
        sides, stamps, values = walk(np.random.default_rng(seed), 0.8)
        grid = np.arange(60, 1_800) * 10**9
        last = [values[sides == side][np.searchsorted(stamps[sides == side], grid) - 1] for side in (0, 1)]
        on_grid.append(np.corrcoef(np.diff(last[0]), np.diff(last[1]))[0, 1])
    assert np.mean(on_grid) < 0.4
    assert measured(0.8, 100)[:, 0].mean() == pytest.approx(0.8, abs=0.04)


def test_a_leader_that_creeps_does_not_make_a_thin_coin_follow_it_beyond_measure() -> None:
    # each step of the leader goes on in the next ones, so that its variance grows with the time between looks
    said = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        shocks = rng.normal(size=(1_800, 2)) * 1e-4
        leader = np.convolve(np.cumsum(shocks[:, 0]), np.ones(8) / 8)[:1_800]
        coin = 0.7 * np.cumsum(shocks[:, 0]) + 0.714 * np.cumsum(shocks[:, 1])
        looks = [(int(t) * 10**9, 0, leader[t]) for t in range(20, 1_800)]
        looks += [(int(t) * 10**9, 1, coin[t]) for t in range(20, 1_800) if rng.random() < 1 / 30]
        stamps, sides, values = zip(*sorted(looks), strict=True)
        link = new_link()
        see_all(link, np.array(sides), np.array(stamps), np.array(values))
        found = correlation(link, stamps[-1])
        assert found is not None
        said.append(found.value)
    assert 0.5 < np.mean(said) < 0.8


def test_nothing_is_said_of_too_little_of_a_still_side_or_after_a_long_silence() -> None:
    sides, stamps, values = walk(np.random.default_rng(1), 0.5)
    link = new_link()
    see_all(link, sides[:40], stamps[:40], values[:40])
    assert correlation(link, int(stamps[39])) is None
    see_all(link, sides[40:], stamps[40:], values[40:])
    assert correlation(link, int(stamps[-1])) is not None
    assert correlation(link, int(stamps[-1]) + BUCKETS * BUCKET_NS) is None
    still = new_link()
    see_all(still, sides, stamps, np.where(sides == 1, 0.0, values))
    assert correlation(still, int(stamps[-1])) is None


def test_what_is_seen_later_changes_nothing_said_before() -> None:
    sides, stamps, values = walk(np.random.default_rng(2), 0.5)
    whole, said = new_link(), []
    for i in range(len(stamps)):
        see_all(whole, sides[i : i + 1], stamps[i : i + 1], values[i : i + 1])
        said.append(correlation(whole, int(stamps[i])))
    for cut in (100, 301, 555):
        part = new_link()
        see_all(part, sides[:cut], stamps[:cut], values[:cut])
        assert correlation(part, int(stamps[cut - 1])) == said[cut - 1]
