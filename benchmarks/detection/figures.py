"""Figures from looks: recall at fixed false positives, calibration, errors of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.looking import Moment, Window
from benchmarks.tiers import wilson

Reals = npt.NDArray[np.float64]

FALSE_POSITIVES = 0.05
BINS = 10
NEAR_RATE = 0.2


def share(hits: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """A share with its n and 95 % Wilson interval."""
    if not len(hits):
        return {"n": 0}
    low, high = wilson(int(hits.sum()), len(hits))
    return {
        "share": round(float(hits.mean()), 3),
        "interval": [round(low, 3), round(high, 3)],
        "n": len(hits),
    }


def presence(
    quoted: Sequence[Window], tuning: Sequence[Window], unquoted: Sequence[Window]
) -> dict[str, Any]:
    """Recall at a threshold that lets 5 % of the ``tuning`` windows without a market maker pass."""
    found: dict[str, Any] = {}
    for name in ("confidence", "baseline"):
        threshold = float(np.quantile([getattr(one, name) for one in tuning], 1 - FALSE_POSITIVES))
        passed = [np.array([getattr(one, name) > threshold for one in them]) for them in (quoted, unquoted)]
        found[name] = {"recall": share(passed[0]), "false_positives": share(passed[1])}
    return found


def calibration(moments: Sequence[Moment], rng: np.random.Generator) -> dict[str, Any]:
    """Brier skill, calibration error, and the skill that shuffled labels leave."""
    said = np.array([one.confidence for one in moments])
    true = np.array([float(one.is_two_sided) for one in moments])
    shuffled = rng.permutation(true)
    return {
        "n": len(said),
        "abstained": int(np.isnan(said).sum()),
        "base_rate": round(float(true.mean()), 3),
        "brier_skill": round(brier_skill(said, true), 3),
        "calibration_error": round(calibration_error(said, true), 4),
        "brier_skill_shuffled": round(brier_skill(said, shuffled), 3),
    }


def brier_skill(said: Reals, true: Reals) -> float:
    """1 less the Brier score over that of the base rate."""
    return float(1 - np.mean((said - true) ** 2) / np.mean((true.mean() - true) ** 2))


def calibration_error(said: Reals, true: Reals) -> float:
    """Expected calibration error over ten equal bins."""
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    found = 0.0
    for b in range(BINS):
        inside = place == b
        if inside.any():
            found += float(inside.mean() * abs(said[inside].mean() - true[inside].mean()))
    return found


def estimates(moments: Sequence[Moment], tick: int) -> dict[str, Any]:
    """Errors of bounds, size and rate where a market maker quotes as usual, against its nearest pair."""
    rows = []
    for one in moments:
        if one.standing:
            bid, ask = (round(price * 1e8) if price == price else 0 for price in one.bounds)
            near = min(one.standing, key=lambda at: max(abs(bid - at.bid), abs(ask - at.ask)))
            off = max(abs(bid - near.bid), abs(ask - near.ask)) / tick
            rows.append((off, abs(np.log(one.size / near.size)), one.rate_hz / near.rate_hz - 1))
    if not rows:
        return {"n": 0}
    off, size, rate = np.array(rows).T
    known = ~np.isnan(rate)
    return {
        "bounds_within_a_tick": share(off <= 1.0 + 1e-6),
        "size_error_median": round(float(np.nanmedian(size)), 4),
        "rate_within_20_percent": share(np.abs(rate[known]) <= NEAR_RATE),
        "rate_unknown": int((~known).sum()),
    }
