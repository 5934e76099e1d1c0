"""A bandit's chance is its posterior's, the coin falls with that chance, and only an entry is touched."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.support.proposals import a_signal, a_vote, with_features
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Action, Signal
from tools.risk.bandits import (
    CONTEXT,
    PRIOR_RESULTS,
    PRIOR_SD_BPS,
    Counts,
    Regression,
    arm_of,
    chance_of_acting,
    context_of,
    win_chance_above,
    withhold,
)
from tools.risk.routing import Settlement, settle

THOMPSON = default_parameters({"bandit": 1})
LINUCB = default_parameters({"bandit": 2})
DAY = 86_400 * NANOS
CLEAR = (a_vote("pattern", 9.0, 1.0, "o_1"),)


def wanted(signal: Signal, parameters: ParameterSet) -> Settlement:
    found = settle(signal, CLEAR, parameters)
    assert found.action is Action.ENTER
    return found


def drawn(signal: Signal, parameters: ParameterSet, seed: int = 7) -> Settlement:
    return withhold([wanted(signal, parameters)], [signal], parameters, seed)[0]


def test_counts_halve_with_their_age_and_add_up_to_the_closed_form() -> None:
    times, results = [0, DAY, 3 * DAY, 4 * DAY], [True, False, True, True]
    counts = Counts()
    for ts, won in zip(times, results, strict=True):
        counts = counts.after(won, ts=ts, half_life_ns=2 * DAY)
    weights = [2 ** (-(times[-1] - ts) / (2 * DAY)) for ts in times]
    assert counts.won == pytest.approx(sum(w for w, won in zip(weights, results, strict=True) if won))
    assert counts.lost == pytest.approx(weights[1])
    later = counts.at(6 * DAY, 2 * DAY)
    assert (later.won, later.lost) == pytest.approx((counts.won / 2, counts.lost / 2))
    assert counts.at(0, 2 * DAY) == counts, "a clock that is set back makes nothing heavier"


@pytest.mark.parametrize(("won", "lost", "base"), [(0, 0, 0.3), (4, 1, 0.5), (2, 9, 0.8), (30, 40, 0.45)])
def test_the_chance_is_the_binomial_tail_that_a_beta_posterior_stands_for(
    won: int, lost: int, base: float
) -> None:
    n = won + lost + 1  # P(Beta(a, b) > x) = P(Binomial(a + b - 1, x) <= a - 1)
    tail = sum(math.comb(n, k) * base**k * (1 - base) ** (n - k) for k in range(won + 1))
    assert win_chance_above(base, won, lost) == pytest.approx(tail, abs=1e-12)


def test_regression_is_weighted_ridge_and_its_error_the_posteriors() -> None:
    rng = np.random.default_rng(3)
    d, n, half_life = len(CONTEXT), 60, 5 * DAY
    xs, ys = rng.uniform(-1, 1, (n, d)), rng.normal(-3, 8, n)
    times = np.sort(rng.integers(0, 20 * DAY, n))
    fitted = Regression()
    for x, y, ts in zip(xs, ys, times, strict=True):
        fitted = fitted.after(x, float(y), ts=int(ts), half_life_ns=half_life)
    now = int(times[-1]) + DAY
    weights = 2.0 ** (-(now - times) / half_life)
    whole = np.eye(d) + (xs * weights[:, None]).T @ xs
    solved = np.linalg.solve(whole, (xs * weights[:, None]).T @ ys)
    left = float(weights @ ys**2 - solved @ whole @ solved)
    spread = (PRIOR_RESULTS * PRIOR_SD_BPS**2 + left) / (PRIOR_RESULTS + weights.sum())
    x = rng.uniform(-1, 1, d)
    mean, error = fitted.at(now, half_life).expects(x)
    assert mean == pytest.approx(float(x @ solved))
    assert error == pytest.approx(math.sqrt(spread * float(x @ np.linalg.inv(whole) @ x)))


def test_knowing_nothing_thompson_speaks_by_its_prior_and_linucb_acts() -> None:
    signal = a_signal()
    assert chance_of_acting(signal, THOMPSON) == pytest.approx(1 - signal.breakeven)
    assert chance_of_acting(signal, LINUCB) == 0.95
    assert chance_of_acting(signal, default_parameters()) is None


def test_the_base_of_the_source_may_be_set_instead_of_the_break_even() -> None:
    told = with_features(bandit_won=6.0, bandit_lost=4.0)
    half = default_parameters({"bandit": 1, "bandit_base": 0.5})
    assert chance_of_acting(told, half) == pytest.approx(win_chance_above(0.5, 6, 4))
    assert chance_of_acting(told, THOMPSON) == pytest.approx(win_chance_above(told.breakeven, 6, 4))


@pytest.mark.parametrize(
    ("mean", "error", "chance"), [(-9.0, 2.0, 0.05), (-9.0, 20.0, 0.95), (3.0, 0.1, 0.95)]
)
def test_linucb_acts_where_its_upper_end_pays(mean: float, error: float, chance: float) -> None:
    told = with_features(bandit_mean_bps=mean, bandit_error_bps=error)
    assert chance_of_acting(told, LINUCB) == chance


def test_every_action_keeps_a_chance() -> None:
    for won, lost in ((500.0, 0.0), (0.0, 500.0)):
        told = with_features(bandit_won=won, bandit_lost=lost)
        chance = chance_of_acting(told, default_parameters({"bandit": 1, "bandit_explore": 0.2}))
        assert chance in (pytest.approx(0.2), pytest.approx(0.8))


@pytest.mark.parametrize(("won", "lost"), [(0.0, 0.0), (6.0, 3.0), (5.0, 9.0)])
def test_the_coin_falls_with_the_chance_that_is_written_down(won: float, lost: float) -> None:
    n, acted, chances = 3_000, 0, set()
    for i in range(n):
        found = drawn(with_features(i, bandit_won=won, bandit_lost=lost), THOMPSON)
        vote = found.votes[-1]
        assert vote.component == "bandit"
        assert (vote.stance == "enter") == (found.action is Action.ENTER)
        chances.add(vote.probability)
        acted += found.action is Action.ENTER
    (chance,) = chances
    assert chance is not None
    assert abs(acted / n - chance) < 4 * math.sqrt(chance * (1 - chance) / n)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    signals = [with_features(i, bandit_won=3.0, bandit_lost=2.0) for i in range(60)]
    actions = [[drawn(one, THOMPSON, seed).action for one in signals] for seed in (7, 7, 8)]
    assert actions[0] == actions[1] != actions[2]


def test_what_is_no_entry_or_no_bandits_is_left_as_it_is() -> None:
    signal = a_signal()
    refused = replace(wanted(signal, THOMPSON), action=Action.SKIP)
    assert withhold([refused], [signal], THOMPSON, 7) == (refused,)
    entered = wanted(signal, default_parameters())
    assert withhold([entered], [signal], default_parameters(), 7) == (entered,)


def test_contexts_are_bounded_and_what_is_missing_is_nothing() -> None:
    wild = {"mid": 1e-9, "spread_bps": 1e9, "imbalance": -7.0, "mm_upper_bound": 5.0, "mm_lower_bound": None}
    for features in (wild, {}, with_features().features, {"spread_bps": math.inf}):
        found = context_of(features)
        assert found.shape == (len(CONTEXT),)
        assert found[0] == 1.0
        assert np.all(np.isfinite(found))
        assert np.all(np.abs(found) <= 1)


def test_kinds_are_told_apart_by_source_and_regime() -> None:
    kinds = {arm_of(source, {"regime": regime}) for source in ("a", "b") for regime in (None, 1.0, 2.0)}
    assert len(kinds) == 6
    assert arm_of("mm_range", {"regime": 1.0}) == "mm_range/calm"
