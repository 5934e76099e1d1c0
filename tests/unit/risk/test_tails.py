"""Tails of losses: planted ones are found, the future changes nothing, and what is too little is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tools.risk.tails import (
    WARM,
    Floats,
    Pareto,
    filter_returns,
    fit_pareto,
    portfolio_tail,
    simulated_losses,
    tail_risk,
)


def pareto_losses(seed: int, n: int, shape: float) -> Floats:
    return ((1 - np.random.default_rng(seed).random(n)) ** -shape - 1) / shape


def moves(seed: int, n: int, m: int = 3) -> Floats:
    rng = np.random.default_rng(seed)
    shared = rng.standard_t(4, (n, 1))
    return 0.01 * (0.7 * shared + 0.7 * rng.standard_t(4, (n, m)))


@pytest.mark.parametrize("shape", [0.1, 0.25, 0.4])
def test_a_planted_tail_is_found_with_its_quantile_and_its_mean_beyond(shape: float) -> None:
    tail = fit_pareto(pareto_losses(1, 200_000, shape))
    assert tail.shape == pytest.approx(shape, abs=0.05)
    exact = ((0.01) ** -shape - 1) / shape
    assert tail.quantile(0.99) == pytest.approx(exact, rel=0.03)
    assert tail.mean_beyond(0.99) == pytest.approx((exact + 1) / (1 - shape), rel=0.06)


def test_a_tail_without_a_shape_is_exponential() -> None:
    tail = Pareto(1.0, 0.1, 0.0, 2.0)
    assert tail.quantile(0.99) == pytest.approx(1 + 2 * math.log(10))
    near = Pareto(1.0, 0.1, 1e-6, 2.0)
    assert near.quantile(0.99) == pytest.approx(tail.quantile(0.99), rel=1e-5)


def test_the_filter_knows_a_return_only_after_it_came() -> None:
    returns = moves(2, 300)
    whole, cut = filter_returns(returns), filter_returns(returns[:200])
    assert np.array_equal(whole.residuals[: len(cut.residuals)], cut.residuals)
    changed = returns.copy()
    changed[200:] *= 50
    again = filter_returns(changed)
    assert np.array_equal(again.residuals[: 200 - WARM], cut.residuals)
    assert np.array_equal(again.residuals[200 - WARM], cut.residuals[0] * 0 + changed[200] / cut.volatility)


def test_a_forecast_grows_with_the_volatility_of_now_and_not_with_what_is_cut_off() -> None:
    returns, even = moves(3, 400), np.full(3, 1 / 3)
    calm = portfolio_tail(returns, even, 0.95)
    stirred = portfolio_tail(np.vstack([returns, 4 * returns[-10:]]), even, 0.95)
    assert stirred.cvar > 1.5 * calm.cvar > 1.5 * calm.var > 0
    assert portfolio_tail(np.vstack([returns, returns * 9])[:400], even, 0.95) == calm


def test_the_forecast_covers_what_comes_and_its_mean_beyond_is_right() -> None:
    returns = moves(4, 1_500)
    even = np.full(3, 1 / 3)
    told = [portfolio_tail(returns[i - 250 : i], even, 0.95) for i in range(250, 1_500)]
    losses = -(np.expm1(returns[250:]) @ even)
    var, cvar = np.array([t.var for t in told]), np.array([t.cvar for t in told])
    hits = losses > var
    assert 0.035 < hits.mean() < 0.07
    assert np.mean(losses[hits] / cvar[hits]) == pytest.approx(1, abs=0.15)


def test_symbols_keep_falling_together_as_they_did() -> None:
    alone = moves(5, 500, 2)
    broken = np.column_stack([alone[:, 0], np.random.default_rng(6).permutation(alone[:, 1])])
    half = np.full(2, 0.5)
    together = portfolio_tail(alone, half, 0.95)
    assert together.cvar > 1.1 * portfolio_tail(broken, half, 0.95).cvar
    hedged = tail_risk(simulated_losses(filter_returns(alone), np.array([0.5, -0.5])), 0.95)
    assert hedged.cvar < 0.8 * together.cvar


def test_too_few_steps_a_level_outside_the_tail_and_a_dead_symbol_are_refused() -> None:
    with pytest.raises(ValueError, match="needs 60 steps, were 40"):
        portfolio_tail(moves(7, 40 + WARM), np.full(3, 1 / 3), 0.95)
    with pytest.raises(ValueError, match="more than 20 steps"):
        filter_returns(moves(7, 20))
    with pytest.raises(ValueError, match="does not lie in the last"):
        portfolio_tail(moves(7, 400), np.full(3, 1 / 3), 0.8)
    with pytest.raises(ValueError, match="stands still"):
        portfolio_tail(np.zeros((400, 1)), np.ones(1), 0.95)
