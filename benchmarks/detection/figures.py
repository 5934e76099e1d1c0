"""Figures from looks, with intervals over whole markets: recall at fixed false positives, calibration."""

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
RESAMPLED, RESAMPLED_MEDIANS, RESAMPLING_SEED = 2_000, 500, 1


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


def resampled(tops: Reals, bottoms: Reals, level: float = 0.95) -> tuple[float, float]:
    """Interval of ``sum(tops) / sum(bottoms)`` over clusters, by bootstrap of whole clusters.

    Args:
        tops: Of each cluster, shape (n_clusters,).
        bottoms: Of each cluster, shape (n_clusters,).
        level: Of confidence, both tails together.

    Source:
        Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile intervals.
    """
    draws = np.random.default_rng(RESAMPLING_SEED).integers(0, len(tops), (RESAMPLED, len(tops)))
    below = bottoms[draws].sum(axis=1)
    found = tops[draws].sum(axis=1)[below > 0] / below[below > 0]
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)


def clustered(hits: Sequence[npt.NDArray[np.bool_]]) -> dict[str, Any]:
    """A share over all clusters with its n and 95 % interval; what is of one cluster is not independent.

    Where all clusters agree on 0 or 1 no resample differs: there the interval is Wilson's over clusters.
    """
    kept = [one for one in hits if len(one)]
    if not kept:
        return {"n": 0}
    tops, bottoms = (np.array([f(one) for one in kept], np.float64) for f in (np.sum, len))
    n, found = int(bottoms.sum()), float(tops.sum() / bottoms.sum())
    low, high = resampled(tops, bottoms) if 0 < found < 1 else wilson(round(found * len(kept)), len(kept))
    return {
        "share": round(found, 3),
        "interval": [round(low, 3), round(high, 3)],
        "n": n,
        "clusters": len(kept),
    }


def clustered_rate(counts: Sequence[int], hours: Sequence[float], level: float = 0.95) -> list[float]:
    """Interval of events an hour over clusters; where there is none, the upper end is Poisson's."""
    tops, below = np.array(counts, np.float64), np.array(hours, np.float64)
    if not tops.any():
        return [0.0, round(float(-np.log((1 - level) / 2) / below.sum()), 2)]
    low, high = resampled(tops, below, level)
    return [round(low, 2), round(high, 2)]


def resampled_medians(values: Sequence[Reals], level: float = 0.95) -> dict[str, Any]:
    """The median of all values with its n and interval, by bootstrap of whole clusters."""
    kept = [one for one in values if len(one)]
    if not kept:
        return {"n": 0}
    rng = np.random.default_rng(RESAMPLING_SEED)
    draws = rng.integers(0, len(kept), (RESAMPLED_MEDIANS, len(kept)))
    found = [float(np.median(np.concatenate([kept[i] for i in draw]))) for draw in draws]
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    every = np.concatenate(kept)
    return {
        "median": round(float(np.median(every)), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "n": len(every),
        "clusters": len(kept),
    }


def by_market(them: Sequence[Window], passed: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.bool_]]:
    """What ``passed`` of each market's windows."""
    names = np.array([one.market for one in them])
    return [passed[names == name] for name in dict.fromkeys(names.tolist())]


def presence(
    quoted: Sequence[Window], tuning: Sequence[Window], unquoted: Sequence[Window]
) -> dict[str, Any]:
    """Recall at a threshold that lets 5 % of the ``tuning`` windows without a market maker pass."""
    found: dict[str, Any] = {}
    for name in ("confidence", "baseline"):
        threshold = float(np.quantile([getattr(one, name) for one in tuning], 1 - FALSE_POSITIVES))
        passed = [
            by_market(them, np.array([getattr(one, name) > threshold for one in them]))
            for them in (quoted, unquoted)
        ]
        found[name] = {"recall": clustered(passed[0]), "false_positives": clustered(passed[1])}
    return found


def calibration(moments: Sequence[Moment], rng: np.random.Generator) -> dict[str, Any]:
    """Brier skill and calibration error of what was said, with intervals over markets.

    Beside them the skill that shuffled labels leave. The skill is unknown where all labels are the same.
    """
    spoken = [one for one in moments if not np.isnan(one.confidence)]
    said = np.array([one.confidence for one in spoken])
    true = np.array([float(one.is_two_sided) for one in spoken])
    places = np.unique([one.market for one in spoken], return_inverse=True)[1]
    sums = np.array(
        [_sums(said[places == place], true[places == place]) for place in range(places.max() + 1)]
    )
    draws = np.random.default_rng(RESAMPLING_SEED).integers(0, len(sums), (RESAMPLED, len(sums)))
    resampled_sums = sums[draws].sum(axis=1)
    skill, error = _skill(resampled_sums), _calibration_error(resampled_sums)
    tails = [0.025, 0.975]
    return {
        "n": len(said),
        "clusters": len(sums),
        "abstained": len(moments) - len(spoken),
        "base_rate": round(float(true.mean()), 3),
        "brier_skill": round(brier_skill(said, true), 3),
        "brier_skill_interval": [round(float(x), 3) for x in np.nanquantile(skill, tails)],
        "calibration_error": round(calibration_error(said, true), 4),
        "calibration_error_interval": [round(float(x), 4) for x in np.quantile(error, tails)],
        "brier_skill_shuffled": round(brier_skill(said, rng.permutation(true)), 3),
    }


def brier_skill(said: Reals, true: Reals) -> float:
    """1 less the Brier score over that of the base rate."""
    return float(_skill(_sums(said, true)[None])[0])


def calibration_error(said: Reals, true: Reals) -> float:
    """Expected calibration error over ten equal bins."""
    return float(_calibration_error(_sums(said, true)[None])[0])


def _sums(said: Reals, true: Reals) -> Reals:
    """Of some looks: number, labels, squared errors, and for each bin what was said and what was true."""
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    told = [np.bincount(place, weights, BINS) for weights in (said, true)]
    return np.concatenate([[len(said), true.sum(), ((said - true) ** 2).sum()], *told])


def _skill(sums: Reals) -> Reals:
    """Of sums of shape (n, 3 + 2 * BINS), the Brier skill of each row."""
    n, ones, squares = sums[:, 0], sums[:, 1], sums[:, 2]
    spread = ones * (n - ones) / n
    lost: Reals = np.divide(squares, spread, out=np.full(len(sums), np.nan), where=spread > 0)
    return 1 - lost


def _calibration_error(sums: Reals) -> Reals:
    said, true = sums[:, 3 : 3 + BINS], sums[:, 3 + BINS :]
    return np.asarray(np.abs(said - true).sum(axis=1) / sums[:, 0])
