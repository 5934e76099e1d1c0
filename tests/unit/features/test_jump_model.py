"""The filtered jump model: against every path there is, against the past cut off, steadier by penalty."""

from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.regimes.jump_fit import cheapest_path, features_of, filtered, fit_states, model_of
from tools.features.jump_model import FAST, FEATURES, FURTHEST, LEAST, RUN, SLOW, STILLEST

Reals = npt.NDArray[np.float64]
NEVER = np.array([[-0.7, 0.2], [0.4, 1.3], [1.6, -0.4]])
CENTRE, SCALE = np.array([-0.4, 0.7]), np.array([0.8, 0.5])


def cost(rows: Reals, path: tuple[int, ...], penalty: float) -> float:
    """Of one path, as the model defines it."""
    losses = sum(0.5 * float(((row - NEVER[k]) ** 2).sum()) for row, k in zip(rows, path, strict=True))
    return losses + penalty * sum(a != b for a, b in pairwise(path))


@given(st.integers(0, 10**6), st.integers(1, 7), st.sampled_from([0.0, 0.3, 1.0, 4.0]))
@settings(max_examples=60, deadline=None)
def test_the_state_announced_ends_the_cheapest_of_all_paths_so_far(seed: int, n: int, penalty: float) -> None:
    rows = np.random.default_rng(seed).normal(0.3, 1.2, (n, FEATURES))
    said = filtered(rows * SCALE + CENTRE, model_of(CENTRE, SCALE, NEVER, penalty))
    for end in range(1, n + 1):
        paths = product(range(len(NEVER)), repeat=end)
        best = min(paths, key=lambda path: cost(rows[:end], path, penalty))
        assert said[end - 1] == best[-1]


def test_the_fit_walks_the_cheapest_path_too() -> None:
    rows = np.random.default_rng(3).normal(0.3, 1.2, (7, FEATURES))
    labels = np.zeros(7, np.int64)
    least = cheapest_path(rows, NEVER, 0.8, labels)
    assert least == pytest.approx(min(cost(rows, p, 0.8) for p in product(range(3), repeat=7)))
    assert cost(rows, tuple(labels.tolist()), 0.8) == pytest.approx(least)


def planted(seed: int) -> tuple[Reals, npt.NDArray[np.int64]]:
    """Returns that are three times as wild in every other spell of 300."""
    rng = np.random.default_rng(seed)
    wild = (np.arange(6_000) // 300) % 2
    return rng.normal(0, 1e-4, 6_000) * np.where(wild, 3.0, 1.0), wild


def test_planted_spells_are_found_and_a_penalty_makes_it_steadier() -> None:
    returns = planted(1)[0]
    seen, _ = features_of(returns)
    rows = seen[LEAST:]
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    right, flips = [], []
    for penalty in (0.0, 3.0, 12.0):
        states = fit_states([(rows - centre) / scale], 2, penalty, np.random.default_rng(0))
        states = states[np.argsort(states[:, 0])]
        fresh, truth = planted(2)
        said = filtered(features_of(fresh)[0], model_of(centre, scale, states, penalty))
        right.append(np.mean(said[LEAST:] == truth[LEAST:]))
        flips.append(int(np.sum(np.diff(said) != 0)))
    assert right[1] > 0.85
    assert flips[0] > 2 * flips[1] >= flips[2]


def test_nothing_announced_before_a_cut_hangs_on_what_comes_after() -> None:
    returns, _ = planted(4)
    model = model_of(CENTRE, SCALE, NEVER, 3.0)
    whole = filtered(features_of(returns)[0], model)
    assert len(set(whole.tolist())) > 2
    for cut in (LEAST - 1, LEAST, 700, 5_999):
        assert np.array_equal(filtered(features_of(returns[:cut])[0], model), whole[:cut])


def test_the_smoothed_path_would_have_known_better_so_the_cut_test_can_fail() -> None:
    returns, _ = planted(4)
    rows = (features_of(returns)[0][LEAST:] - CENTRE) / SCALE
    whole, part = np.zeros(len(rows), np.int64), np.zeros(700, np.int64)
    cheapest_path(rows, NEVER, 3.0, whole)
    ends = []
    for cut in range(200, 900, 10):
        part = np.zeros(cut, np.int64)
        cheapest_path(rows[:cut], NEVER, 3.0, part)
        ends.append(np.array_equal(part, whole[:cut]))
    assert not all(ends)


def test_features_are_what_plain_sums_say() -> None:
    returns = np.random.default_rng(5).normal(0, 1e-4, 80)
    seen, usual = features_of(returns)
    assert np.isnan(seen[: LEAST - 1]).all()
    for n in (LEAST, 50, 80):
        past = returns[:n][::-1]
        fast, slow, run = (kept ** np.arange(n) for kept in (FAST, SLOW, RUN))
        recent, ordinary = ((w * past**2).sum() / w.sum() for w in (fast, slow))
        reach = abs((run * past).sum()) / np.sqrt((run**2).sum() * recent)
        assert seen[n - 1] == pytest.approx([np.log(recent / ordinary), min(reach, FURTHEST)])
        assert usual[n - 1] == pytest.approx(ordinary)


def test_a_market_that_stands_still_is_calm_and_one_that_never_moved_is_unknown() -> None:
    model = model_of(CENTRE, SCALE, NEVER, 1.0)
    stopped = np.concatenate([np.random.default_rng(6).normal(0, 1e-4, 200), np.zeros(300)])
    seen, _ = features_of(stopped)
    assert seen[-1, 0] == pytest.approx(np.log(STILLEST))
    assert filtered(seen, model)[-1] == 0
    assert set(filtered(features_of(np.zeros(200))[0], model)) == {-1}


def test_scale_does_not_matter() -> None:
    returns, _ = planted(7)
    assert features_of(returns)[0][-1] == pytest.approx(features_of(returns * 1_000)[0][-1])
