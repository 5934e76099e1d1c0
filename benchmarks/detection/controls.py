"""Negative controls: what the same figures say where there is nothing to find.

Ranking is the share of pairs, one with and one without, that a score puts in their order (the area under the
ROC curve): 0.5 is chance. Labels are shuffled between whole markets, since looks at one market are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.figures import share
from benchmarks.detection.looking import Window

Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DRAWS = 400
DIGITS = 3


def ranking(score: Reals, is_true: Bools) -> float:
    """Area under the ROC curve, from ranks (ties count half); NaN where all are true or none is.

    Source:
        Mann, Whitney, On a test of whether one of two random variables is larger than the other (1947).
    """
    n, n_true = len(is_true), int(is_true.sum())
    if n_true in (0, n):
        return float("nan")
    _, place, equal = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(equal) - (equal - 1) / 2)[place]
    above = float(ranks[is_true].sum()) - n_true * (n_true + 1) / 2
    return round(above / (n_true * (n - n_true)), DIGITS)


def chance_interval(
    score: Reals, is_true: Bools, rng: np.random.Generator, draws: int, outside: float
) -> tuple[float, float]:
    """Between what all but ``outside`` of the rankings with shuffled labels lie."""
    drawn = [ranking(score, rng.permutation(is_true)) for _ in range(draws)]
    low, high = np.quantile(drawn, [outside / 2, 1 - outside / 2])
    return round(float(low), DIGITS), round(float(high), DIGITS)


def by_market(windows: Sequence[Window], rng: np.random.Generator | None) -> tuple[Reals, Bools]:
    """Confidence and label of every window; labels are dealt anew to whole markets where ``rng`` is given."""
    markets = sorted({(one.market, one.is_quoted) for one in windows})
    labels = [is_quoted for _, is_quoted in markets]
    dealt = labels if rng is None else rng.permutation(labels).tolist()
    label = dict(zip(markets, dealt, strict=True))
    score = np.array([one.confidence for one in windows])
    return score, np.array([label[one.market, one.is_quoted] for one in windows], np.bool_)


def shuffled_presence(
    quoted: Sequence[Window], unquoted: Sequence[Window], rng: np.random.Generator
) -> dict[str, Any]:
    """How windows with a market maker rank above those without, and how they do with shuffled labels."""
    every = [*quoted, *unquoted]
    drawn = [ranking(*by_market(every, rng)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "n": len(every),
        "markets": len({(one.market, one.is_quoted) for one in every}),
        "ranking": ranking(*by_market(every, None)),
        "shuffled_mean": round(float(np.mean(drawn)), DIGITS),
        "shuffled_interval": [round(float(low), DIGITS), round(float(high), DIGITS)],
    }


def nobody_against_nobody(windows: Sequence[Window], rng: np.random.Generator) -> dict[str, Any]:
    """Markets without a market maker, half of them called quoted: there is nothing to rank by."""
    names = sorted({one.market for one in windows})
    called = set(rng.permutation(names)[: len(names) // 2].tolist())
    halves = [Window(one.market, one.market in called, one.confidence, one.baseline) for one in windows]
    told = shuffled_presence(halves, [], rng)
    low, high = told["shuffled_interval"]
    return told | {"is_chance": bool(low <= told["ranking"] <= high)}


def alarms_of_nobody(
    alarms: Sequence[int], looks: Sequence[int], established: Sequence[int]
) -> dict[str, Any]:
    """Departures told of markets in which nobody can leave; looks are ten a second."""
    hours = sum(looks) / 36_000
    is_established = np.repeat([True, False], [sum(established), sum(looks) - sum(established)])
    return {
        "hours": round(hours, 1),
        "alarms": sum(alarms),
        "alarms_an_hour": round(sum(alarms) / hours, 2) if hours else None,
        "somebody_established": share(is_established),
    }
