"""Fit a statistical jump model by coordinate descent, and filter with the kernel that runs live.

Source:
    Bemporad, Breschi, Piga, Boyd, Fitting jump models (2018).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.features.jump_model import FEATURES, JUMP_MODEL, JUMPS, STATES, move_features, take_features
from tools.market.kernel import kernel

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STARTS, ROUNDS, THINNED = 3, 30, 50
ENOUGH = 1e-4  # relative gain below which it stops


@kernel
def _features(returns: Reals, jumps: Any, out: Reals, usual: Reals) -> None:
    for i in range(returns.shape[0]):
        if not move_features(jumps, returns[i], out[i]):
            out[i, :] = np.nan
        usual[i] = jumps.slow / jumps.slow_weight


def features_of(returns: Reals) -> tuple[Reals, Reals]:
    """Raw features after each return, (n, FEATURES), NaN while unknown; and the usual variance, (n,)."""
    out, usual = np.full((len(returns), FEATURES), np.nan), np.zeros(len(returns))
    _features(returns, np.zeros(1, JUMPS)[0], out, usual)
    return out, usual


@kernel
def _filter(seen: Reals, jumps: Any, model: Any, out: Ints) -> None:
    for i in range(seen.shape[0]):
        if not np.isnan(seen[i, 0]):
            take_features(jumps, model, seen[i])
        out[i] = jumps.current


def filtered(seen: Reals, model: npt.NDArray[np.void]) -> Ints:
    """The state announced after each row of raw features, shape (n,); -1 is unknown."""
    jumps, out = np.zeros(1, JUMPS), np.zeros(len(seen), np.int64)
    jumps["current"] = -1
    _filter(seen, jumps[0], model[0], out)
    return out


def model_of(centre: Reals, scale: Reals, states: Reals, penalty: float) -> npt.NDArray[np.void]:
    """One JUMP_MODEL without names."""
    model = np.zeros(1, JUMP_MODEL)
    model["n_states"], model["penalty"] = len(states), penalty
    model["centre"], model["scale"] = centre, scale
    model["states"][0, : len(states)] = states
    return model


@kernel
def cheapest_path(standard: Reals, states: Reals, penalty: float, labels: Ints) -> float:
    """Labels of the cheapest path over all rows into ``labels``, shape (n,); its cost. It looks back."""
    n, k = standard.shape[0], states.shape[0]
    costs = np.zeros((n, k))
    for i in range(n):
        least = costs[i - 1].min() if i > 0 else 0.0
        for j in range(k):
            loss = 0.0
            for f in range(standard.shape[1]):
                gap = standard[i, f] - states[j, f]
                loss += 0.5 * gap * gap
            costs[i, j] = loss + (min(costs[i - 1, j], least + penalty) if i > 0 else 0.0)
    labels[n - 1] = np.argmin(costs[n - 1])
    for i in range(n - 1, 0, -1):
        here, best = labels[i], np.argmin(costs[i - 1])
        stays = costs[i - 1, here] <= costs[i - 1, best] + penalty
        labels[i - 1] = here if stays else best
    return float(costs[n - 1].min())


def fit_states(parts: list[Reals], n_states: int, penalty: float, rng: np.random.Generator) -> Reals:
    """Centres of standardised rows, shape (n_states, FEATURES), the best of a few starts."""
    if not 2 <= n_states <= STATES:
        raise ValueError(f"n_states must be 2 to {STATES}, was {n_states}")
    fits = [_descend(parts, _start(parts, n_states, rng), penalty) for _ in range(STARTS)]
    return min(fits, key=lambda fit: fit[0])[1]


def _start(parts: list[Reals], n_states: int, rng: np.random.Generator) -> Reals:
    rows = np.concatenate(parts)[::THINNED]
    states = [rows[rng.integers(len(rows))]]
    while len(states) < n_states:
        nearest = np.min([((rows - one) ** 2).sum(axis=1) for one in states], axis=0)
        states.append(rows[rng.choice(len(rows), p=nearest / nearest.sum())])
    return np.array(states)


def _descend(parts: list[Reals], states: Reals, penalty: float) -> tuple[float, Reals]:
    rows = np.concatenate(parts)
    before = np.inf
    for _ in range(ROUNDS):
        labels = [np.zeros(len(part), np.int64) for part in parts]
        cost = sum(cheapest_path(part, states, penalty, own) for part, own in zip(parts, labels, strict=True))
        if before - cost < ENOUGH * cost:
            break
        before = cost
        every = np.concatenate(labels)
        counts = np.bincount(every, minlength=len(states))
        sums = np.array([np.bincount(every, rows[:, f], len(states)) for f in range(rows.shape[1])]).T
        states = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], states)
    return float(cost), states
