"""Scores of predicted probabilities: proper scores and the calibration error with its floor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tools.models.validation.resampling import wilson_interval

Floats = NDArray[np.float64]

_TINY = 1e-15  # the usual clip of the log score: a certain mistake costs 34.5 nats, not infinity


def brier_score(probabilities: Floats, labels: Floats) -> float:
    """Mean squared error of the probabilities; 0 is perfect, 0.25 is a coin.

    Source:
        Brier, Verification of forecasts expressed in terms of probability (1950).

    >>> round(brier_score(np.array([0.9, 0.2]), np.array([1.0, 0.0])), 6)
    0.025
    """
    return float(np.mean((probabilities - labels) ** 2))


def brier_skill(probabilities: Floats, labels: Floats, base_rate: float) -> float:
    """1 - Brier / Brier of always saying ``base_rate``; 0 is no skill, 1 is perfect.

    The base rate must be known before the labels: take it from the training part.

    Source:
        Murphy, Skill scores based on the mean square error (1988).

    >>> round(brier_skill(np.array([0.9, 0.2]), np.array([1.0, 0.0]), 0.5), 6)
    0.9
    """
    reference = float(np.mean((base_rate - labels) ** 2))
    if reference == 0:
        raise ValueError(
            f"skill needs a base rate that is ever wrong, was {base_rate} on {len(labels)} labels"
        )
    return 1 - brier_score(probabilities, labels) / reference


def log_loss(probabilities: Floats, labels: Floats) -> float:
    """Mean negative log likelihood, nats; ln 2 is a coin.

    Source:
        Good, Rational decisions (1952).

    >>> round(log_loss(np.array([0.5, 0.5]), np.array([1.0, 0.0])), 6)
    0.693147
    """
    p = np.clip(probabilities, _TINY, 1 - _TINY)
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log1p(-p)))


def expected_calibration_error(probabilities: Floats, labels: Floats, bins: int = 10) -> float:
    """Mean gap between what was said and what happened, over bins of equal count.

    Source:
        Guo, Pleiss, Sun & Weinberger, On calibration of modern neural networks (2017);
        equal counts after Nguyen & O'Connor, Posterior calibration (2015).

    >>> said, happened = np.array([0.2, 0.2, 0.8, 0.8]), np.array([0.0, 0.0, 1.0, 0.0])
    >>> round(expected_calibration_error(said, happened, bins=2), 6)
    0.25
    """
    order = np.argsort(probabilities, kind="stable")
    edges = _bin_edges(len(order), bins)
    return _ece_sorted(probabilities[order], labels[order], edges)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Predictions of about one probability: what was said, how often it happened, and its 95 % interval."""

    said: float
    happened: float
    low: float
    high: float
    n: int


def reliability(probabilities: Floats, labels: Floats, bins: int = 10) -> tuple[Reliability, ...]:
    """What happened beside what was said, in bins of equal count from the lowest probability up.

    >>> said, happened = np.array([0.2, 0.2, 0.8, 0.8]), np.array([0.0, 0.0, 1.0, 0.0])
    >>> [(one.said, one.happened, one.n) for one in reliability(said, happened, bins=2)]
    [(0.2, 0.0, 2), (0.8, 0.5, 2)]
    """
    if len(probabilities) == 0:
        return ()
    order = np.argsort(probabilities, kind="stable")
    edges = [int(edge) for edge in _bin_edges(len(order), bins)]
    found = []
    for start, stop in pairwise(edges):
        rows = order[start:stop]
        low, high = wilson_interval(float(labels[rows].sum()), len(rows))
        means = float(probabilities[rows].mean()), float(labels[rows].mean())
        found.append(Reliability(*means, low, high, len(rows)))
    return tuple(found)


def calibration_floor(
    probabilities: Floats, rng: np.random.Generator, *, bins: int = 10, draws: int = 200
) -> float:
    """Expected calibration error a perfect model with these probabilities would show by chance.

    An error at or below it cannot be told from perfect calibration at this n. With
    probabilities uniform on [0, 1] and ten bins it is about 0.07 at 200, 0.03 at 1,000 and
    0.014 at 5,000.

    Source:
        Consistency resampling: Bröcker & Smith, Increasing the reliability of reliability
        diagrams (2007).
    """
    ordered = np.sort(probabilities)
    edges = _bin_edges(len(ordered), bins)
    errors = [
        _ece_sorted(ordered, (rng.random(len(ordered)) < ordered).astype(np.float64), edges)
        for _ in range(draws)
    ]
    return float(np.mean(errors))


def _bin_edges(n: int, bins: int) -> NDArray[np.int64]:
    if n == 0:
        raise ValueError("calibration error needs at least one probability, was given none")
    return np.unique(np.linspace(0, n, min(bins, n) + 1).round().astype(np.int64))


def _ece_sorted(probabilities: Floats, labels: Floats, edges: NDArray[np.int64]) -> float:
    gaps = np.add.reduceat(probabilities - labels, edges[:-1])
    return float(np.abs(gaps).sum() / len(labels))
