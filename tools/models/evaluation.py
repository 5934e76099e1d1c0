"""The report of a trained outcome model: every figure with n, interval and baseline.

All figures come from one test stream, later than anything the model learned from. Win rate
stands only beside its break-even rate, and acting on the model beside taking everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.models.calibration import fit_platt
from tools.models.examples import Dataset
from tools.models.scoring import Scores
from tools.models.validation import (
    Estimate,
    block_bootstrap,
    block_length,
    bootstrap_mean,
    brier_score,
    brier_skill,
    calibration_floor,
    expectancy_bps,
    expected_calibration_error,
    log_loss,
    profit_factor,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prediction:
    """How well one set of probabilities did on the test stream.

    Attributes:
        brier_skill: Against the base rate of the training part, with interval.
        ece_floor: Calibration error a perfect model would show at this n; compare ``ece`` with it.
    """

    brier: float
    brier_skill: Estimate
    log_loss: float
    ece: float
    ece_floor: float
    roc_auc: float
    pr_auc: float


@dataclass(frozen=True, slots=True)
class Trading:
    """What acting on the model would have earned on the test stream, against taking all.

    Attributes:
        acting: Mean net bps of the trades entered; None when none was.
        uplift: Mean of acting minus mean of taking all, same stream, same blocks.
        win_rate: Of the trades entered, never without ``breakeven_win_rate``, their mean break-even.
    """

    min_edge_bps: float
    entered: int
    taking_all: Estimate
    acting: Estimate | None
    uplift: Estimate | None
    win_rate: float | None
    breakeven_win_rate: float | None
    profit_factor: float | None


@dataclass(frozen=True, slots=True)
class OutcomeReport:
    """What is known about a model before anybody trusts it.

    Attributes:
        effective_n: Sum of uniqueness over all examples.
        purged: Rows dropped because their labels reached into the test.
        calibration_losses: Log loss of each calibrator on validation; empty when too little to judge.
        geometry: A baseline that knows only the barriers. Where a near target and a far stop win
            often, skill over the base rate costs nothing; skill over geometry does.
        log_loss_base_rate: Log loss of always saying the base rate, on the test stream.
        configurations_tried: Settings compared on validation data; the test was opened once.
        interval_level: Coverage of every interval here, from circular blocks of ``block`` rows.
    """

    n: int
    effective_n: float
    left_out: int
    train_n: int
    test_n: int
    purged: int
    base_rate: float
    test_win_rate: float
    test_breakeven: float
    trees: int
    calibration: str
    calibration_losses: dict[str, float]
    log_loss_base_rate: float
    model: Prediction
    logistic: Prediction
    geometry: Prediction
    skill_over_geometry: Estimate
    trading: Trading
    configurations_tried: int
    block: int
    interval_level: float
    seed: int
    data_hash: str


def judge_predictions(
    probabilities: Floats, labels: Floats, base_rate: float, rng: np.random.Generator, *, block: int
) -> Prediction:
    """Scores of probabilities on a test stream in time order; needs both classes."""
    # imported here because scikit-learn takes a second to load and only training needs it
    from sklearn.metrics import average_precision_score, roc_auc_score

    def skill(rows: NDArray[np.int64]) -> float:
        return brier_skill(probabilities[rows], labels[rows], base_rate)

    return Prediction(
        brier=brier_score(probabilities, labels),
        brier_skill=block_bootstrap(skill, len(labels), rng, block=block),
        log_loss=log_loss(probabilities, labels),
        ece=expected_calibration_error(probabilities, labels),
        ece_floor=calibration_floor(probabilities, rng),
        roc_auc=float(roc_auc_score(labels, probabilities)),
        pr_auc=float(average_precision_score(labels, probabilities)),
    )


def judge_trading(
    scores: Scores,
    net_bps: Floats,
    breakeven: Floats,
    rng: np.random.Generator,
    *,
    block: int,
    min_edge_bps: float,
) -> Trading:
    """Acting where the expected value exceeds ``min_edge_bps``, against taking every trade."""
    entered = scores.expected_bps > min_edge_bps
    taking_all = bootstrap_mean(net_bps, rng, block=block)
    if not entered.any():
        return Trading(min_edge_bps, 0, taking_all, None, None, None, None, None)

    def acting(rows: NDArray[np.int64]) -> float:
        chosen = entered[rows]
        return float(net_bps[rows][chosen].mean()) if chosen.any() else float("nan")

    def uplift(rows: NDArray[np.int64]) -> float:
        return acting(rows) - expectancy_bps(net_bps[rows])

    taken = net_bps[entered]
    factor = profit_factor(taken)
    return Trading(
        min_edge_bps=min_edge_bps,
        entered=int(entered.sum()),
        taking_all=taking_all,
        acting=block_bootstrap(acting, len(net_bps), rng, block=block),
        uplift=block_bootstrap(uplift, len(net_bps), rng, block=block),
        win_rate=float(np.mean(taken > 0)),
        breakeven_win_rate=float(np.mean(breakeven[entered])),
        profit_factor=factor if np.isfinite(factor) else None,
    )


def logistic_baseline(dataset: Dataset, train: NDArray[np.int64], test: NDArray[np.int64]) -> Floats:
    """Probabilities of a plain logistic regression on the same rows and inputs.

    Missing inputs take the training median, inputs are standardised on the training rows.
    """
    # imported here because scikit-learn takes a second to load and only training needs it
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=1000),
    )
    pipeline.fit(
        dataset.matrix[train].astype(np.float64),
        dataset.labels[train],
        logisticregression__sample_weight=dataset.weights[train],
    )
    return np.asarray(pipeline.predict_proba(dataset.matrix[test].astype(np.float64))[:, 1])


def skill_over(
    probabilities: Floats, reference: Floats, labels: Floats, rng: np.random.Generator, *, block: int
) -> Estimate:
    """1 - Brier / Brier of other probabilities on the same rows, with interval."""
    ours, theirs = (probabilities - labels) ** 2, (reference - labels) ** 2

    def skill(rows: NDArray[np.int64]) -> float:
        return 1 - float(ours[rows].sum() / theirs[rows].sum())

    return block_bootstrap(skill, len(labels), rng, block=block)


def geometry_baseline(dataset: Dataset, train: NDArray[np.int64], test: NDArray[np.int64]) -> Floats:
    """Probabilities from the break-even rate alone, as the training rows show it to turn out."""
    column = dataset.matrix[:, dataset.names.index("breakeven")].astype(np.float64)
    share = np.clip(column, 1e-6, 1 - 1e-6)
    log_odds = np.log(share) - np.log1p(-share)
    fitted = fit_platt(log_odds[train], dataset.labels[train], dataset.weights[train])
    return fitted.apply(log_odds[test])


def block_of(dataset: Dataset, test: NDArray[np.int64]) -> int:
    """Rows a bootstrap block keeps together: at least as many as overlap on average."""
    return block_length(len(test), float(dataset.weights[test].mean()))
