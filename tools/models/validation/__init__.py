"""Honest measures: proper scores, intervals, trading measures and splits that do not leak.

Every figure that leaves Keeper comes with n, an interval and a baseline on the same stream;
randomness comes in as a seeded Generator.
"""

from __future__ import annotations

from tools.models.validation.clusters import ClusterDraws, Figure, effective_count
from tools.models.validation.combinatorial import (
    CombinatorialSplit,
    backtest_paths,
    combinatorial_splits,
    path_count,
)
from tools.models.validation.gate import (
    Trial,
    Verdict,
    batch_mean,
    confirm,
    search_and_confirm,
    spent_level,
    student_quantile,
)
from tools.models.validation.overfitting import Overfitting, backtest_overfitting
from tools.models.validation.probabilities import (
    brier_score,
    brier_skill,
    calibration_floor,
    expected_calibration_error,
    log_loss,
    reliability,
)
from tools.models.validation.resampling import (
    Estimate,
    Permutation,
    block_bootstrap,
    block_length,
    block_order,
    bootstrap_mean,
    permutation_p_value,
    permutation_test,
    wilson_half_width,
    wilson_interval,
)
from tools.models.validation.sharpe import (
    DeflatedSharpe,
    best_sharpe_by_luck,
    deflated_sharpe,
    probabilistic_sharpe,
    sharpe_ratio,
)
from tools.models.validation.splits import Split, purged_split, walk_forward
from tools.models.validation.trading import breakeven_win_rate, expectancy_bps, profit_factor

__all__ = [
    "ClusterDraws",
    "CombinatorialSplit",
    "DeflatedSharpe",
    "Estimate",
    "Figure",
    "Overfitting",
    "Permutation",
    "Split",
    "Trial",
    "Verdict",
    "backtest_overfitting",
    "backtest_paths",
    "batch_mean",
    "best_sharpe_by_luck",
    "block_bootstrap",
    "block_length",
    "block_order",
    "bootstrap_mean",
    "breakeven_win_rate",
    "brier_score",
    "brier_skill",
    "calibration_floor",
    "combinatorial_splits",
    "confirm",
    "deflated_sharpe",
    "effective_count",
    "expectancy_bps",
    "expected_calibration_error",
    "log_loss",
    "path_count",
    "permutation_p_value",
    "permutation_test",
    "probabilistic_sharpe",
    "profit_factor",
    "purged_split",
    "reliability",
    "search_and_confirm",
    "sharpe_ratio",
    "spent_level",
    "student_quantile",
    "walk_forward",
    "wilson_half_width",
    "wilson_interval",
]
