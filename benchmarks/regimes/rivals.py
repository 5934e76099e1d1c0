"""What the senses are held against: a Gaussian hidden Markov filter, GARCH(1,1), an average, today's rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize  # type: ignore[import-untyped]

from benchmarks.regimes.series import trailing
from tools.features.har import AHEAD
from tools.features.regime import REGIME, classify_regime, update_regime
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUNDS = 25
LEAST_SPREAD = 0.05
WARM = 100  # returns that start an average


@kernel
def _likelihoods(rows: Reals, means: Reals, spreads: Reals, out: Reals) -> None:
    for i in range(rows.shape[0]):
        top = -np.inf
        for k in range(means.shape[0]):
            total = 0.0
            for f in range(rows.shape[1]):
                z = (rows[i, f] - means[k, f]) / spreads[k, f]
                total -= 0.5 * z * z + np.log(spreads[k, f])
            out[i, k] = total
            top = max(top, total)
        for k in range(means.shape[0]):
            out[i, k] = np.exp(out[i, k] - top)


@kernel
def _forward(density: Reals, moves: Reals, start: Reals, out: Reals) -> None:
    n, k = density.shape
    for i in range(n):
        total = 0.0
        for b in range(k):
            prior = start[b]
            if i > 0:
                prior = 0.0
                for a in range(k):
                    prior += out[i - 1, a] * moves[a, b]
            out[i, b] = prior * density[i, b] + 1e-300
            total += out[i, b]
        for b in range(k):
            out[i, b] /= total


@kernel
def _smooth(density: Reals, moves: Reals, seen: Reals, counts: Reals) -> None:
    """Backward pass: ``seen`` becomes the smoothed probabilities, expected moves are added to ``counts``."""
    n, k = density.shape
    back, fresh = np.ones(k), np.ones(k)
    for i in range(n - 2, -1, -1):
        total, joint = 0.0, 0.0
        for a in range(k):
            fresh[a] = 0.0
            for b in range(k):
                fresh[a] += moves[a, b] * density[i + 1, b] * back[b]
                joint += seen[i, a] * moves[a, b] * density[i + 1, b] * back[b]
        for a in range(k):
            for b in range(k):
                counts[a, b] += seen[i, a] * moves[a, b] * density[i + 1, b] * back[b] / joint
        for a in range(k):
            total += fresh[a]
        norm = 0.0
        for a in range(k):
            back[a] = fresh[a] / total
            seen[i, a] *= back[a]
            norm += seen[i, a]
        for a in range(k):
            seen[i, a] /= norm


class HiddenMarkov:
    """Gaussian states with diagonal spreads, fitted by expectation maximisation, filtered forward.

    Args:
        parts: Standardised rows, each part shape (n, n_features), in order of time.
        states: Where to start, shape (n_states, n_features).

    Source:
        Hamilton, A new approach to the economic analysis of nonstationary time series (1989).
    """

    def __init__(self, parts: list[Reals], states: Reals) -> None:
        k = len(states)
        self._means, self._spreads = states.copy(), np.full(states.shape, 0.7)
        self._moves = np.full((k, k), 0.02 / (k - 1)) + np.eye(k) * (0.98 - 0.02 / (k - 1))
        for _ in range(ROUNDS):
            counts = np.full((k, k), 1e-3)
            weights = np.concatenate([self._smoothed(part, counts) for part in parts])
            rows, mass = np.concatenate(parts), weights.sum(axis=0)[:, None]
            self._means = weights.T @ rows / mass
            self._spreads = np.sqrt(np.maximum(weights.T @ rows**2 / mass - self._means**2, LEAST_SPREAD**2))
            self._moves = counts / counts.sum(axis=1, keepdims=True)

    def _smoothed(self, part: Reals, counts: Reals) -> Reals:
        density, seen = self._forward(part)
        _smooth(density, self._moves, seen, counts)
        return seen

    def _forward(self, rows: Reals) -> tuple[Reals, Reals]:
        density, seen = np.zeros((len(rows), len(self._means))), np.zeros((len(rows), len(self._means)))
        _likelihoods(rows, self._means, self._spreads, density)
        _forward(density, self._moves, np.full(len(self._means), 1 / len(self._means)), seen)
        return density, seen

    @property
    def means(self) -> Reals:
        """Centres of the states."""
        return self._means

    def filtered(self, rows: Reals) -> Ints:
        """The likeliest state after each row, by the rows so far; shape (n,)."""
        likeliest: Ints = np.argmax(self._forward(rows)[1], axis=1).astype(np.int64)
        return likeliest


def rule_as_it_stands(returns: Reals) -> Ints:
    """Today's rule with a return where it counts a second: 60 of them, 600 usual, 5 to persist; (n,)."""
    volatility, move = np.sqrt(trailing(returns**2, 60) * 60), trailing(returns, 60) * 60
    state: Any = np.zeros(1, REGIME)
    said = np.zeros(len(returns), np.int64)
    for i in range(len(returns)):
        update_regime(state[0], volatility[i], move[i])
        said[i] = state["current"][0]
    return said


@kernel
def _rule(volatility: Reals, move: Reals, weight: float, out: Ints) -> None:
    slow = 0.0
    current = 0
    for i in range(volatility.shape[0]):
        if not np.isnan(volatility[i]):
            slow = volatility[i] if slow <= 0 else slow + weight * (volatility[i] - slow)
        seen = classify_regime(volatility[i], slow, move[i])
        if seen > 0:
            current = seen
        out[i] = current


def rule_on_minutes(returns: Reals) -> Ints:
    """Today's rule over the same time as the jump model: a return is five of its seconds; shape (n,)."""
    said = np.zeros(len(returns), np.int64)
    volatility, move = np.sqrt(trailing(returns**2, 12) * 12), trailing(returns, 12) * 12
    _rule(volatility, move, 1 / 120, said)
    return said


@kernel
def _garch(returns: Reals, omega: float, alpha: float, beta: float, start: float, out: Reals) -> None:
    variance = start
    for i in range(returns.shape[0]):
        variance = omega + alpha * returns[i] * returns[i] + beta * variance
        out[i] = variance


class Garch:
    """GARCH(1,1) by quasi maximum likelihood on returns of shape (n,).

    Source:
        Bollerslev, Generalized autoregressive conditional heteroskedasticity (1986).
    """

    def __init__(self, returns: Reals) -> None:
        self._level = float(np.mean(returns**2))
        corners = np.array([[0.1, 0.85, 0.0], [0.2, 0.75, 0.0], [0.05, 0.92, 0.0], [0.1, 0.85, 0.7]])
        best = minimize(
            self._loss, corners[0], args=(returns,), method="Nelder-Mead",
            options={"initial_simplex": corners, "xatol": 1e-5, "fatol": 1e-8, "maxiter": 2_000},
        )  # fmt: skip
        self.alpha, self.beta = float(best.x[0]), float(best.x[1])
        self._level *= float(np.exp(best.x[2]))

    def _variances(self, alpha: float, beta: float, level: float, returns: Reals) -> Reals:
        out = np.zeros(len(returns))
        _garch(returns, level * (1 - alpha - beta), alpha, beta, level, out)
        return out

    def _loss(self, at: Reals, returns: Reals) -> float:
        alpha, beta, log_ratio = (float(x) for x in at)
        if alpha <= 0 or beta <= 0 or alpha + beta >= 0.9999 or abs(log_ratio) > 5:
            return 1e9
        variance = self._variances(alpha, beta, self._level * float(np.exp(log_ratio)), returns)[:-1]
        return float(np.mean(np.log(variance) + returns[1:] ** 2 / variance))

    def following(self, returns: Reals) -> Reals:
        """Variance of the return after each, shape (n,)."""
        return self._variances(self.alpha, self.beta, self._level, returns)

    def ahead(self, returns: Reals) -> Reals:
        """Mean variance of the next ``AHEAD`` returns after each, shape (n,)."""
        kept = self.alpha + self.beta
        following = self.following(returns)
        share = (1 - kept**AHEAD) / (1 - kept) / AHEAD
        return np.asarray(self._level + (following - self._level) * share)


@kernel
def _average(squares: Reals, kept: float, start: float, out: Reals) -> None:
    level = start
    for i in range(squares.shape[0]):
        level = kept * level + (1.0 - kept) * squares[i]
        out[i] = level


def exponential_average(returns: Reals, kept: float) -> Reals:
    """Exponential average of squared returns after each, shape (n,)."""
    out = np.zeros(len(returns))
    _average(returns**2, kept, float(np.mean(returns[:WARM] ** 2)), out)
    return out
