"""Signatures that win: conditions on features, mined from followed signals, tested against chance.

Every single extreme tercile and every pair of them is a signature. The best of some hundred wins often by
luck alone, so results are shuffled in whole blocks of time, the best of all signatures is taken
in each shuffle, and only what beats nearly all of those bests survives.

Source:
    Westfall & Young, Resampling-based multiple testing (1993), single-step max-T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tools.domain.strategies import Condition, Example

MINED_FEATURES = (
    "spread_bps",
    "imbalance",
    "realised_volatility",
    "aggressor_ratio_60s",
    "large_trades_count",
    "tape_velocity",
    "order_lifetime_avg",
    "spoofing_score",
    "mm_spread_stability",
    "book_refresh_rate",
    "mm_confidence",
    "mm_spread_bps",
    "mm_refresh_rate",
)
LEAST_OCCURRENCES, LEAST_WINS = 5, 0.7
SHUFFLES = 1_000
CHANCE = 0.05
BLOCK = 10  # rows that stay together in a shuffle
LEAST_EXAMPLES = 40
Floats = NDArray[np.float64]
Candidate: TypeAlias = tuple[tuple[Condition, ...], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Signature:
    """Conditions that won, how often, and how often chance does as well.

    Attributes:
        p_value: Share of shuffles whose best signature did as well as this one.
        members: Rows of the examples it holds for.
    """

    conditions: tuple[Condition, ...]
    n: int
    wins: int
    mean_bps: float
    p_value: float
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mined:
    """What survived, and how many signatures were tried for it."""

    signatures: tuple[Signature, ...]
    tried: int


def mine(examples: Sequence[Example], seed: int, *, chance: float = CHANCE) -> Mined:
    """Signatures seen often enough that win often enough, and not by chance.

    Args:
        examples: In order of time.
        seed: Seed of the shuffles.
        chance: Most chance that anything is found where there is nothing.
    """
    if len(examples) < LEAST_EXAMPLES:
        return Mined((), 0)
    candidates = _candidates(examples)
    if not candidates:
        return Mined((), 0)
    members = np.array([holds for _, holds in candidates], dtype=np.float64)
    frequent = members.sum(axis=1) >= LEAST_OCCURRENCES
    members = members[frequent]
    kept = [conditions for (conditions, _), often in zip(candidates, frequent, strict=True) if often]
    if not kept:
        return Mined((), 0)
    results = np.array([one.net_bps for one in examples])
    scores = _scores(members, results)
    bests = _best_by_chance(members, results, np.random.default_rng(seed))
    p_values = (1 + (bests[None, :] >= scores[:, None] - 1e-12).sum(axis=1)) / (1 + len(bests))
    found = [
        _signature(conditions, members[i] > 0, results, float(p_values[i]))
        for i, conditions in enumerate(kept)
        if p_values[i] <= chance
    ]
    winning = [one for one in found if one.wins >= LEAST_WINS * one.n and one.mean_bps > 0]
    return Mined(_distinct(winning), len(kept))


def _candidates(examples: Sequence[Example]) -> list[Candidate]:
    singles = [pair for name in MINED_FEATURES for pair in _extremes(examples, name)]
    found: list[Candidate] = [((condition,), holds) for condition, holds in singles]
    for (one, here), (other, there) in combinations(singles, 2):
        if one.feature != other.feature:
            found.append(((one, other), here & there))
    return found


def _extremes(examples: Sequence[Example], name: str) -> list[tuple[Condition, NDArray[np.bool_]]]:
    """The lowest and the highest third of a feature; none where it does not vary."""
    values = np.array([_value(one, name) for one in examples])
    known = values[~np.isnan(values)]
    if len(known) < LEAST_EXAMPLES:
        return []
    low, high = (float(f"{edge:.6g}") for edge in np.quantile(known, (1 / 3, 2 / 3)))
    if low >= high:
        return []
    with np.errstate(invalid="ignore"):
        return [
            (Condition(name, None, low), values <= low),
            (Condition(name, high, None), values >= high),
        ]


def _value(example: Example, name: str) -> float:
    value = example.features.get(name)
    return np.nan if value is None else float(value)


def _scores(members: Floats, results: Floats) -> Floats:
    """Standardised mean of each signature's results above the mean of all, shape (signatures, ...)."""
    counts = members.sum(axis=1)
    centred = results - results.mean(axis=0)
    spread = float(results.std()) or 1.0
    return np.asarray((members @ centred).T / (spread * np.sqrt(counts))).T


def _best_by_chance(members: Floats, results: Floats, rng: np.random.Generator) -> Floats:
    """The best score in each shuffle of the results by blocks, shape (SHUFFLES,)."""
    pieces = np.array_split(np.arange(len(results)), max(2, len(results) // BLOCK))
    shuffled = np.empty((len(results), SHUFFLES))
    for k in range(SHUFFLES):
        order = np.concatenate([pieces[i] for i in rng.permutation(len(pieces))])
        shuffled[:, k] = results[order]
    return np.asarray(_scores(members, shuffled).max(axis=0))


def _signature(
    conditions: tuple[Condition, ...], holds: NDArray[np.bool_], results: Floats, p_value: float
) -> Signature:
    own = results[holds]
    rows = tuple(np.flatnonzero(holds).tolist())
    return Signature(conditions, len(own), int((own > 0).sum()), float(own.mean()), p_value, rows)


def _distinct(found: Sequence[Signature]) -> tuple[Signature, ...]:
    """The surest first; one that mostly repeats a surer one's examples is left out."""
    kept: list[Signature] = []
    for one in sorted(found, key=lambda one: (one.p_value, -one.mean_bps * one.n, str(one.conditions))):
        rows = set(one.members)
        if all(len(rows & set(other.members)) < 0.5 * len(rows) for other in kept):
            kept.append(one)
    return tuple(kept)
