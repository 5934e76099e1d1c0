"""Losses forecast step by step with what was known then, by the model and by what it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.regimes.rivals import Garch
from benchmarks.risk.coverage import coverage, depth_p
from tools.risk.tails import TailRisk, filter_returns, portfolio_tail, simulated_losses, tail_risk

Reals = npt.NDArray[np.float64]
Forecast = Callable[[Reals, Reals, float], TailRisk]


def normal(returns: Reals, weights: Reals, level: float) -> TailRisk:
    """Losses normal, with the mean and spread of the window."""
    losses = -(np.expm1(returns) @ weights)
    return _normal(float(losses.mean()), float(losses.std(ddof=1)), level, len(losses))


def filtered_normal(returns: Reals, weights: Reals, level: float) -> TailRisk:
    """Losses normal, with the volatility of now (RiskMetrics)."""
    losses = -(np.expm1(returns) @ weights)
    spread = float(filter_returns(losses[:, None]).volatility[0])
    return _normal(0.0, spread, level, len(losses))


def historical(returns: Reals, weights: Reals, level: float) -> TailRisk:
    """The window's own losses, as they were."""
    return _empirical(-(np.expm1(returns) @ weights), level)


def filtered_historical(returns: Reals, weights: Reals, level: float) -> TailRisk:
    """Filtered like the model, without its Pareto tail."""
    return _empirical(simulated_losses(filter_returns(returns), weights), level)


class GarchTail:
    """The model with GARCH(1,1) of the portfolio's own returns as its filter.

    Args:
        every: Forecasts between two fits.
    """

    def __init__(self, every: int) -> None:
        self._every = every
        self._fit: Garch | None = None
        self._age = 0

    def __call__(self, returns: Reals, weights: Reals, level: float) -> TailRisk:
        """Forecast; calls must come in order of time."""
        moves = np.log1p(np.expm1(returns) @ weights)
        if self._fit is None or self._age % self._every == 0:
            self._fit = Garch(moves)
        self._age += 1
        following = self._fit.following(moves)
        residuals = moves[1:] / np.sqrt(following[:-1])
        return tail_risk(-np.expm1(residuals * np.sqrt(following[-1])), level)


def models(every: int) -> dict[str, Forecast]:
    """The model, its variant, and four baselines, by name."""
    return {
        "filtered_pareto": portfolio_tail,
        "garch_pareto": GarchTail(every),
        "filtered_historical": filtered_historical,
        "filtered_normal": filtered_normal,
        "historical": historical,
        "normal": normal,
    }


def _normal(mean: float, spread: float, level: float, n: int) -> TailRisk:
    z = NormalDist().inv_cdf(level)
    return TailRisk(mean + spread * z, mean + spread * NormalDist().pdf(z) / (1 - level), n)


def _empirical(losses: Reals, level: float) -> TailRisk:
    ordered = np.sort(losses)
    beyond = max(1, round(len(ordered) * (1 - level)))
    return TailRisk(float(ordered[-beyond]), float(ordered[-beyond:].mean()), len(ordered))


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps to look back on, at least and at most, the level, and forecasts between two fits of GARCH."""

    least: int
    most: int
    level: float
    fit_every: int


def forecasts(
    returns: Reals, weights: Reals, model: Forecast, plan: Plan
) -> Iterator[tuple[float, TailRisk]]:
    """The loss of each step beside what was forecast of it from the steps before."""
    for i in range(plan.least, len(returns)):
        told = model(returns[max(0, i - plan.most) : i], weights, plan.level)
        yield float(-(np.expm1(returns[i]) @ weights)), told


def judged(returns: Reals, weights: Reals, plan: Plan) -> dict[str, Any]:
    """Each model's coverage and depth on one portfolio; returns of shape (n_steps, n_symbols)."""
    found = {}
    for name, model in models(plan.fit_every).items():
        rows = [(loss, told.var, told.cvar) for loss, told in forecasts(returns, weights, model, plan)]
        losses, var, cvar = np.array(rows).T
        hits = losses > var
        seen = coverage(hits, plan.level)
        found[name] = {
            "n": seen.n,
            "hits": seen.hits,
            "rate": round(seen.hits / seen.n, 4),
            "kupiec_p": round(seen.rate_p, 4),
            "independence_p": round(seen.independence_p, 4),
            "christoffersen_p": round(seen.both_p, 4),
            "depth": round(float(np.mean(losses[hits] / cvar[hits])), 3) if hits.any() else None,
            "depth_p": round(depth_p(losses[hits], cvar[hits]), 4) if hits.sum() >= 5 else None,
            "mean_cvar": round(float(cvar.mean()), 5),
        }
    return found
