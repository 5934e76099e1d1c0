"""Training of the outcome model: from labelled examples to a judged, calibrated model.

The last fifth of the examples is the test and is opened once. Everything else happens
before it: out-of-fold scores for calibration from purged walk-forward folds, early stopping
inside each training part. The model that was judged is the model that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tools.domain.errors import NotEnoughData
from tools.domain.market import NANOS
from tools.domain.parameter import SPECS
from tools.models.boosters import BoostedTrees, BoosterSettings, train_booster
from tools.models.calibration import choose_calibrator
from tools.models.evaluation import (
    OutcomeReport,
    block_of,
    geometry_baseline,
    judge_predictions,
    judge_trading,
    logistic_baseline,
    skill_over,
)
from tools.models.examples import Dataset
from tools.models.inputs import breakeven_of
from tools.models.scoring import OutcomeModel, Score, Scores, fit_bins, fit_payoffs
from tools.models.validation import log_loss, purged_split, walk_forward

__all__ = [
    "OutcomeModel",
    "Score",
    "Scores",
    "ShuffleControl",
    "TrainedOutcome",
    "TrainingSettings",
    "shuffle_control",
    "train_outcome",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What is asked of the data and how it is divided.

    Attributes:
        min_examples: Labelled examples needed in all.
        min_class: Wins and losses needed, each, in all.
        min_part_class: Wins and losses needed, each, in the test, in what is learned from
            before it and in the out-of-fold scores.
        embargo_ns: Distance between the end of a training label and what is judged:
            features look back one tape window.
        min_edge_bps: Expected value from which the report's trader acts.
    """

    min_examples: int = 200
    min_class: int = 20
    min_part_class: int = 5
    test_share: float = 0.2
    folds: int = 4
    embargo_ns: int = round(SPECS["tape_window_s"].default * NANOS)
    min_edge_bps: float = SPECS["min_edge_bps"].default
    booster: BoosterSettings = field(default_factory=BoosterSettings)


@dataclass(frozen=True, slots=True)
class TrainedOutcome:
    """A model and what is known about it."""

    model: OutcomeModel
    report: OutcomeReport


@dataclass(frozen=True, slots=True)
class ShuffleControl:
    """Skill found where there is none: the same training on shuffled labels, several times.

    Attributes:
        skills: Brier skill of each repeat on its shuffled test labels.
        is_clean: Whether their mean is no more than two standard errors above zero.
    """

    skills: tuple[float, ...]
    mean_skill: float
    is_clean: bool


def train_outcome(dataset: Dataset, *, seed: int, settings: TrainingSettings | None = None) -> TrainedOutcome:
    """A calibrated outcome model with its report; same data and seed, same bytes.

    Raises:
        NotEnoughData: Fewer examples, or fewer of a class, than an honest split needs.
    """
    settings = settings or TrainingSettings()
    _require(dataset.labels, "labelled examples", settings.min_examples, settings.min_class)
    split = purged_split(dataset.spans, test_share=settings.test_share, embargo_ns=settings.embargo_ns)
    _require_classes(dataset.labels[split.train], "examples that end before the test", settings)
    _require_classes(dataset.labels[split.test], "examples in the test", settings)
    model, losses = _fit(dataset, split.train, seed, settings)
    test, rng = split.test, np.random.default_rng(seed)
    labels, base_rate = dataset.labels[test], _base_rate(dataset, split.train)
    scores = model.score_matrix(dataset.matrix[test], dataset.gain_bps[test], dataset.loss_bps[test])
    breakeven = _breakeven(dataset, test)
    geometry, block = geometry_baseline(dataset, split.train, test), block_of(dataset, test)
    report = OutcomeReport(
        n=len(dataset),
        effective_n=float(dataset.weights.sum()),
        left_out=dataset.left_out,
        train_n=len(split.train),
        test_n=len(test),
        purged=split.purged,
        base_rate=base_rate,
        test_win_rate=float(labels.mean()),
        test_breakeven=float(breakeven.mean()),
        trees=model.trees.trees,
        calibration=model.calibrator.kind,
        calibration_losses=losses,
        log_loss_base_rate=log_loss(np.full(len(test), base_rate), labels),
        model=judge_predictions(scores.probability, labels, base_rate, rng, block=block),
        logistic=judge_predictions(
            logistic_baseline(dataset, split.train, test), labels, base_rate, rng, block=block
        ),
        geometry=judge_predictions(geometry, labels, base_rate, rng, block=block),
        skill_over_geometry=skill_over(scores.probability, geometry, labels, rng, block=block),
        trading=judge_trading(
            scores, dataset.net_bps[test], breakeven, rng, block=block, min_edge_bps=settings.min_edge_bps
        ),
        configurations_tried=max(1, len(losses)),
        block=block,
        interval_level=0.95,
        seed=seed,
        data_hash=dataset.data_hash,
    )
    return TrainedOutcome(model, report)


def shuffle_control(
    dataset: Dataset, *, seed: int, repeats: int = 5, settings: TrainingSettings | None = None
) -> ShuffleControl:
    """Train on shuffled results: whatever skill appears is a leak or luck.

    Results move between rows, inputs and label spans stay. A component that scores above
    chance here is not to be trusted anywhere.
    """
    if repeats < 2:
        raise ValueError(f"repeats must be at least 2, was {repeats}")
    skills = []
    for rng in np.random.default_rng(seed).spawn(repeats):
        shuffled = dataset.with_labels_of(rng.permutation(len(dataset)))
        trained = train_outcome(shuffled, seed=int(rng.integers(2**31)), settings=settings)
        skills.append(trained.report.model.brier_skill.value)
    mean = float(np.mean(skills))
    error = float(np.std(skills, ddof=1)) / np.sqrt(repeats)
    return ShuffleControl(tuple(skills), mean, bool(mean <= 2 * error))


def _fit(
    dataset: Dataset, train: Indices, seed: int, settings: TrainingSettings
) -> tuple[OutcomeModel, dict[str, float]]:
    rows, margins = _out_of_fold(dataset, train, seed, settings)
    labels, weights, spans = dataset.labels[rows], dataset.weights[rows], dataset.spans[rows]
    _require_classes(labels, "out-of-fold scores", settings)
    calibrator, losses = choose_calibrator(margins, labels, weights, spans, embargo_ns=settings.embargo_ns)
    payoffs = fit_payoffs(
        dataset.net_bps[train], dataset.gain_bps[train], dataset.loss_bps[train], dataset.weights[train]
    )
    bins = fit_bins(calibrator.apply(margins), weights)
    trees = _train_rows(dataset, train, seed, settings)
    return OutcomeModel(trees, calibrator, payoffs, bins, dataset.names), losses


def _out_of_fold(
    dataset: Dataset, train: Indices, seed: int, settings: TrainingSettings
) -> tuple[Indices, Floats]:
    rows: list[Indices] = []
    margins: list[Floats] = []
    for fold in walk_forward(dataset.spans[train], folds=settings.folds, embargo_ns=settings.embargo_ns):
        early, late = train[fold.train], train[fold.test]
        if len(early) == 0:
            continue  # every earlier label reaches into this stretch: nothing could be learned before it
        rows.append(late)
        margins.append(_train_rows(dataset, early, seed, settings).margin(dataset.matrix[late]))
    if not rows:
        raise NotEnoughData(
            f"expected labels that end before later ones begin, found none among {len(train)}: "
            "the recording is too short for its holding times"
        )
    return np.concatenate(rows), np.concatenate(margins)


def _train_rows(dataset: Dataset, rows: Indices, seed: int, settings: TrainingSettings) -> BoostedTrees:
    return train_booster(
        dataset.matrix[rows],
        dataset.labels[rows],
        dataset.weights[rows],
        dataset.spans[rows],
        dataset.names,
        seed=seed,
        settings=settings.booster,
        embargo_ns=settings.embargo_ns,
    )


def _base_rate(dataset: Dataset, rows: Indices) -> float:
    weights = dataset.weights[rows]
    return float(weights @ dataset.labels[rows] / weights.sum())


def _breakeven(dataset: Dataset, rows: Indices) -> Floats:
    pairs = zip(dataset.gain_bps[rows].tolist(), dataset.loss_bps[rows].tolist(), strict=True)
    return np.array([breakeven_of(gain, loss) for gain, loss in pairs])


def _require(labels: Floats, what: str, min_examples: int, min_class: int) -> None:
    wins = int(labels.sum())
    losses = len(labels) - wins
    if len(labels) < min_examples or min(wins, losses) < min_class:
        raise NotEnoughData(
            f"expected at least {min_examples} {what} with {min_class} of each class, "
            f"found {len(labels)}: {wins} won, {losses} lost"
        )


def _require_classes(labels: Floats, what: str, settings: TrainingSettings) -> None:
    _require(labels, what, 2 * settings.min_part_class, settings.min_part_class)
