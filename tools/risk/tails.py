"""How much a portfolio may lose in its next step: filtered historical simulation with an extreme-value tail.

Each symbol's returns are divided by the volatility known before them, which leaves residuals that are
nearly alike; times the volatility of now they are what may come, all symbols of a day together, so that
how they fall together is kept as it was. Beyond a threshold the losses are smoothed by a generalised
Pareto tail, because a worst case of a few hundred days has few witnesses.

Source:
    Barone-Adesi, Giannopoulos & Vosper, VaR without correlations (1999); McNeil & Frey, Estimation of
    tail-related risk measures for heteroscedastic financial time series (2000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.market.kernel import kernel

Floats = NDArray[np.float64]

DECAY = 0.94  # RiskMetrics (1996), of days
WARM = 20  # returns that start a variance and are no residuals
LEAST_STEPS = 60  # residuals from which a tail is spoken of
TAIL_SHARE = 0.10  # of the losses, beyond the threshold
LEAST_EXCESSES = 10


@dataclass(frozen=True, slots=True)
class Filtered:
    """Residuals of shape (n_steps, n_symbols), and the volatility of the next step, shape (n_symbols,)."""

    residuals: Floats
    volatility: Floats


@dataclass(frozen=True, slots=True)
class Pareto:
    """Losses beyond ``threshold``, a ``share`` of all: a generalised Pareto of ``shape`` and ``scale``."""

    threshold: float
    share: float
    shape: float
    scale: float

    def quantile(self, level: float) -> float:
        """The loss that is exceeded with 1 - ``level``, which must lie in the tail."""
        ratio = (1 - level) / self.share
        if abs(self.shape) < 1e-9:
            return self.threshold - self.scale * math.log(ratio)
        return float(self.threshold + self.scale / self.shape * (ratio**-self.shape - 1))

    def mean_beyond(self, level: float) -> float:
        """The mean loss of those beyond ``quantile(level)``."""
        value = self.quantile(level)
        return float((value + self.scale - self.shape * self.threshold) / (1 - self.shape))


@dataclass(frozen=True, slots=True)
class TailRisk:
    """Loss exceeded with 1 - level and mean loss beyond it, shares of the value, from ``n`` steps."""

    var: float
    cvar: float
    n: int


@kernel
def _average(returns: Floats, start: Floats, decay: float, known: Floats) -> None:
    """Variance known before each return and after the last, shape (n_steps + 1, n_symbols)."""
    for j in range(returns.shape[1]):
        variance = start[j]
        known[0, j] = variance
        for i in range(returns.shape[0]):
            variance = decay * variance + (1.0 - decay) * returns[i, j] * returns[i, j]
            known[i + 1, j] = variance


def filter_returns(returns: Floats, decay: float = DECAY) -> Filtered:
    """Divide each return by the volatility that was known before it.

    Args:
        returns: Log returns of even steps, oldest first, shape (n_steps, n_symbols).
        decay: What is kept of a variance from step to step.

    Raises:
        ValueError: There are too few steps, or a symbol stands still.
    """
    n = len(returns)
    if n < WARM + 1:
        raise ValueError(f"a filter needs more than {WARM} steps, were {n}")
    known = np.empty((n + 1, returns.shape[1]))
    _average(returns, np.mean(returns[:WARM] ** 2, axis=0), decay, known)
    if not (known > 0).all():
        raise ValueError("a symbol whose price stands still has no volatility to filter by")
    return Filtered(returns[WARM:] / np.sqrt(known[WARM:-1]), np.sqrt(known[-1]))


def fit_pareto(losses: Floats) -> Pareto:
    """The tail of ``losses``, shape (n,): the largest tenth, and ten at least, by weighted moments.

    The shape is kept within 0.5: a tail without a variance cannot be told from a few dozen excesses.

    Raises:
        ValueError: There are too few losses.

    Source:
        Hosking & Wallis, Parameter and quantile estimation for the generalized Pareto distribution (1987).
    """
    ordered = np.sort(losses)
    k = max(LEAST_EXCESSES, int(len(ordered) * TAIL_SHARE))
    if len(ordered) < LEAST_STEPS:
        raise ValueError(f"a tail needs {LEAST_STEPS} steps, were {len(ordered)}")
    threshold = float(ordered[-k - 1])
    excesses = ordered[-k:] - threshold
    first = float(excesses.mean())
    places = (np.arange(1, k + 1) - 0.35) / k
    second = float(np.mean((1 - places) * excesses))
    shape = 2 - first / (first - 2 * second)
    shape = min(max(shape, -0.5), 0.5)
    return Pareto(threshold, k / len(ordered), shape, first * (1 - shape))


def simulated_losses(filtered: Filtered, weights: Floats) -> Floats:
    """Losses of the next step as each past one would make them, shape (n_steps,), shares of the value.

    Args:
        filtered: Of ``n_symbols``.
        weights: Value of each over that of the portfolio, shape (n_symbols,).
    """
    moves = np.expm1(filtered.residuals * filtered.volatility)
    return np.asarray(-(moves @ weights))


def tail_risk(losses: Floats, level: float) -> TailRisk:
    """VaR and CVaR of ``losses``, shape (n,), with their Pareto tail.

    Raises:
        ValueError: There are too few losses, or ``level`` does not lie in the tail.
    """
    tail = fit_pareto(losses)
    if 1 - level > tail.share:
        raise ValueError(f"level {level} does not lie in the last {tail.share:.3f} of the losses")
    return TailRisk(tail.quantile(level), tail.mean_beyond(level), len(losses))


def portfolio_tail(returns: Floats, weights: Floats, level: float, decay: float = DECAY) -> TailRisk:
    """VaR and CVaR of the next step of a portfolio, by the returns so far and no others.

    Args:
        returns: Log returns, oldest first, shape (n_steps, n_symbols).
        weights: Value of each over that of the portfolio, shape (n_symbols,).
        level: Confidence in (0.9, 1).
        decay: What is kept of a variance from step to step.

    Raises:
        ValueError: There are too few steps.
    """
    return tail_risk(simulated_losses(filter_returns(returns, decay), weights), level)
