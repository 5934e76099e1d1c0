"""From raw scores to probabilities: Platt scaling or an isotonic table, chosen by log loss.

Both are fitted on out-of-fold scores with scikit-learn and kept as plain numbers, so that a
saved model needs nothing but numpy to apply them and nothing is ever unpickled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.models.validation import log_loss, purged_split

Floats = NDArray[np.float64]

MIN_CHOICE = 100
"""Rows needed on either side of the choice.

A free monotone table overfits small samples, where two numbers do better (Niculescu-Mizil
& Caruana, Predicting good probabilities with supervised learning, 2005).
"""


@dataclass(frozen=True, slots=True)
class Platt:
    """p = 1 / (1 + exp(-(slope * score + intercept))); slope is never negative."""

    slope: float
    intercept: float
    kind: str = "platt"

    def apply(self, scores: Floats) -> Floats:
        """Probabilities of the scores, shape (n,)."""
        return _sigmoid(self.slope * np.asarray(scores, dtype=np.float64) + self.intercept)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers that ``calibrator_from_json`` reads."""
        return {"kind": self.kind, "slope": self.slope, "intercept": self.intercept}


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A monotone table of scores ``x`` and probabilities ``y``, linear in between, flat outside."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    kind: str = "isotonic"

    def apply(self, scores: Floats) -> Floats:
        """Probabilities of the scores, shape (n,)."""
        return np.interp(np.asarray(scores, dtype=np.float64), self.x, self.y)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers that ``calibrator_from_json`` reads."""
        return {"kind": self.kind, "x": list(self.x), "y": list(self.y)}


Calibrator = Platt | Isotonic


def fit_platt(scores: Floats, labels: Floats, weights: Floats) -> Platt:
    """Logistic regression of the labels on the scores, against softened targets.

    Softened targets, (wins + 1) / (wins + 2) and 1 / (losses + 2), keep separable scores
    from giving certainty. A ranking that turns out worse than chance is not reversed but
    flattened to the base rate.

    Source:
        Platt, Probabilistic outputs for support vector machines (1999), section 2.2.
    """
    # imported here because scikit-learn takes a second to load and only training needs it
    from sklearn.linear_model import LogisticRegression

    wins, losses = float(weights @ labels), float(weights @ (1 - labels))
    target = np.where(labels > 0, (wins + 1) / (wins + 2), 1 / (losses + 2))
    column = np.concatenate((scores, scores)).reshape(-1, 1)
    classes = np.concatenate((np.ones(len(scores)), np.zeros(len(scores))))
    shares = np.concatenate((weights * target, weights * (1 - target)))
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(column, classes, sample_weight=shares)
    slope = float(fitted.coef_[0, 0])
    if slope >= 0:
        return Platt(slope, float(fitted.intercept_[0]))
    base = float(weights @ target / weights.sum())
    return Platt(0.0, float(np.log(base / (1 - base))))


def fit_isotonic(scores: Floats, labels: Floats, weights: Floats) -> Isotonic:
    """The best monotone table, kept away from 0 and 1 by what n labels cannot rule out.

    Source:
        Zadrozny & Elkan, Transforming classifier scores into accurate multiclass
        probability estimates (2002); bounds by Laplace's rule of succession.
    """
    # imported here because scikit-learn takes a second to load and only training needs it
    from sklearn.isotonic import IsotonicRegression

    edge = 1 / (float(weights.sum()) + 2)
    fitted = IsotonicRegression(y_min=edge, y_max=1 - edge, out_of_bounds="clip")
    fitted.fit(scores, labels, sample_weight=weights)
    return Isotonic(
        tuple(float(x) for x in fitted.X_thresholds_), tuple(float(y) for y in fitted.y_thresholds_)
    )


def choose_calibrator(
    scores: Floats, labels: Floats, weights: Floats, spans: NDArray[np.int64], *, embargo_ns: int = 0
) -> tuple[Calibrator, dict[str, float]]:
    """The calibrator that validation asks for, refitted on all rows.

    Both are fitted on the earlier two thirds and judged by log loss on the later third. The
    table is taken only where it beats the two numbers by more than one standard error of
    the paired difference: a tie goes to the simpler.

    Source:
        One-standard-error rule: Breiman, Friedman, Olshen & Stone, Classification and
        Regression Trees (1984), section 3.4.3.

    Args:
        scores: Out-of-fold scores in time order, shape (n,).
        labels: 1.0 where the trade won, shape (n,).
        weights: Uniqueness, shape (n,).
        spans: Label spans, nanoseconds, shape (n, 2).
        embargo_ns: Distance between the two parts.

    Returns:
        The calibrator, and each candidate's log loss. The losses are empty when either part
        is smaller than ``MIN_CHOICE`` or of one class: then Platt is taken unjudged.
    """
    split = purged_split(spans, test_share=1 / 3, embargo_ns=embargo_ns)
    if not (_can_judge(labels[split.train]) and _can_judge(labels[split.test])):
        return fit_platt(scores, labels, weights), {}
    early, late = split.train, split.test
    earlier = scores[early], labels[early], weights[early]
    platt, isotonic = fit_platt(*earlier).apply(scores[late]), fit_isotonic(*earlier).apply(scores[late])
    losses = {"platt": log_loss(platt, labels[late]), "isotonic": log_loss(isotonic, labels[late])}
    spread = float(np.std(_log_likelihood(isotonic, labels[late]) - _log_likelihood(platt, labels[late])))
    margin = spread / math.sqrt(max(1.0, float(weights[late].sum())))
    chosen = fit_isotonic if losses["isotonic"] < losses["platt"] - margin else fit_platt
    return chosen(scores, labels, weights), losses


def calibrator_from_json(data: Mapping[str, Any]) -> Calibrator:
    """The calibrator that ``to_json`` wrote.

    Raises:
        ValueError: The numbers are not those of a calibrator.
    """
    kind = data.get("kind")
    if kind == "platt":
        slope, intercept = _finite([data["slope"], data["intercept"]])
        if slope < 0:
            raise ValueError(f"Platt slope must not be negative, was {slope}")
        return Platt(slope, intercept)
    if kind == "isotonic":
        x, y = _finite(data["x"]), _finite(data["y"])
        if len(x) != len(y) or not x or np.any(np.diff(x) < 0) or np.any(np.diff(y) < 0):
            raise ValueError("isotonic table must be two rising rows of equal length")
        if y[0] < 0 or y[-1] > 1:
            raise ValueError(f"isotonic probabilities must lie in [0, 1], were {y[0]} to {y[-1]}")
        return Isotonic(x, y)
    raise ValueError(f"calibration kind must be platt or isotonic, was {kind!r}")


def _finite(values: Sequence[Any]) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if not np.all(np.isfinite(numbers)):
        raise ValueError("calibration numbers must be finite")
    return numbers


def _can_judge(labels: Floats) -> bool:
    return len(labels) >= MIN_CHOICE and 0 < labels.sum() < len(labels)


def _log_likelihood(probabilities: Floats, labels: Floats) -> Floats:
    said = np.where(labels > 0, probabilities, 1 - probabilities)
    return np.asarray(np.log(np.maximum(said, 1e-15)), dtype=np.float64)


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * z)), dtype=np.float64)
