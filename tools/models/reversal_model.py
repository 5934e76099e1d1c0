"""The reversal model: trees on candle inputs, calibrated on later rows than they learned from.

The specification's setting is kept (200 trees, depth 5, rate 0.1, seed 42) beside a slower, stopped one. A
probability of 0.5 says nothing of money: the trade's expected result is worked out from both outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.domain.errors import NotEnoughData
from tools.models.boosters import BoostedTrees, BoosterSettings, train_booster
from tools.models.calibration import Calibrator, fit_platt
from tools.models.validation import purged_split

Reals = npt.NDArray[np.float64]
Spans = npt.NDArray[np.int64]

SEED = 42
SPECIFIED = BoosterSettings(
    max_trees=200, max_depth=5, learning_rate=0.1, min_child_weight=5.0, subsample=1.0, patience=0
)
"""M2's setting. Its "at least 20 samples to split" is a weight of 5 here: 20 rows at p (1 - p) = 1/4."""

SLOWER = BoosterSettings(max_trees=400, max_depth=4, learning_rate=0.05, min_child_weight=50.0)
CALIBRATION_SHARE = 0.2
LEAST_CLASS = 100


@dataclass(frozen=True, slots=True)
class ReversalModel:
    """Trees and calibration.

    Attributes:
        base_rate: Share of ones in what was learned from.
    """

    trees: BoostedTrees
    calibrator: Calibrator
    names: tuple[str, ...]
    base_rate: float

    def probabilities(self, rows: Reals) -> Reals:
        """Probability of the label for each row of ``names``, shape (n,)."""
        return self.calibrator.apply(self.trees.margin(np.asarray(rows, dtype=np.float32)))


def train_reversal(
    rows: Reals,
    labels: Reals,
    spans: Spans,
    names: tuple[str, ...],
    *,
    settings: BoosterSettings = SLOWER,
    embargo_ns: int,
) -> ReversalModel:
    """Trees on the earlier rows, calibrated on the later fifth, purged and embargoed between.

    Args:
        rows: Inputs in order of time, shape (n, len(names)).
        labels: 0 or 1, shape (n,).
        spans: Start and end of each label, nanoseconds, shape (n, 2).
        names: Names of the inputs.
        settings: Of the trees.
        embargo_ns: Distance between what is learned from and what calibrates.

    Raises:
        NotEnoughData: Either part has too few of either class.
    """
    split = purged_split(spans, test_share=CALIBRATION_SHARE, embargo_ns=embargo_ns)
    for part in (split.train, split.test):
        fewest = int(min(labels[part].sum(), len(part) - labels[part].sum()))
        if fewest < LEAST_CLASS:
            raise NotEnoughData(f"expected at least {LEAST_CLASS} candles of either class, were {fewest}")
    matrix = np.asarray(rows, dtype=np.float32)
    early, late = split.train, split.test
    trees = train_booster(
        matrix[early],
        labels[early],
        np.ones(len(early)),
        spans[early],
        names,
        seed=SEED,
        settings=settings,
        embargo_ns=embargo_ns,
    )
    calibrator = fit_platt(trees.margin(matrix[late]), labels[late], np.ones(len(late)))
    return ReversalModel(trees, calibrator, names, float(labels[early].mean()))
