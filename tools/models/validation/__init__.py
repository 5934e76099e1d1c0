"""Honest measures: proper scores, intervals, trading measures and splits that do not leak.

Every figure that leaves Keeper comes with n, an interval and a baseline on the same stream;
randomness comes in as a seeded Generator.
"""

from __future__ import annotations

from tools.models.validation.gate import (
    Trial,
    Verdict,
    batch_mean,
    confirm,
    search_and_confirm,
    spent_level,
    student_quantile,
)
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
    block_bootstrap,
    block_length,
    bootstrap_mean,
    permutation_p_value,
    wilson_half_width,
    wilson_interval,
)
from tools.models.validation.splits import Split, purged_split, walk_forward
from tools.models.validation.trading import breakeven_win_rate, expectancy_bps, profit_factor

__all__ = [
    "Estimate",
    "Split",
    "Trial",
    "Verdict",
    "batch_mean",
    "block_bootstrap",
    "block_length",
    "bootstrap_mean",
    "breakeven_win_rate",
    "brier_score",
    "brier_skill",
    "calibration_floor",
    "confirm",
    "expectancy_bps",
    "expected_calibration_error",
    "log_loss",
    "permutation_p_value",
    "profit_factor",
    "purged_split",
    "reliability",
    "search_and_confirm",
    "spent_level",
    "student_quantile",
    "walk_forward",
    "wilson_half_width",
    "wilson_interval",
]
