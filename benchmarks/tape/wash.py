"""Wash trading injected into a tape, and what is left of the aggressor ratio."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.tape.quoted import Quoted
from tools.market.kernel import kernel
from tools.market.parents import PARENTS, learn_print, robust_ratio

Reals = npt.NDArray[np.float64]
APART_NS = 200_000_000  # the halves of a pair lie no further apart


def injected(prints: Quoted, share: float, rng: np.random.Generator, unequal: float = 0.0) -> Quoted:
    """``prints`` with pairs of wash so that they make ``share`` of all prints, in order of time.

    A pair copies time, quotes and size of a print drawn at random; its price lies at or between the
    quotes, and which side comes first is drawn. Sizes of the halves differ by up to ``unequal`` of theirs.
    """
    n = round(len(prints) * share / (1.0 - share) / 2)
    first = prints[rng.integers(0, len(prints), n)].copy()
    first["price"] = rng.integers(first["bid"], np.maximum(first["ask"], first["bid"]) + 1)
    first["side"] = rng.choice([-1, 1], n)
    second = first.copy()
    second["side"] *= -1
    wait = rng.integers(1, APART_NS, n)
    second["ts"] += wait
    if unequal > 0:
        second["size"] = np.maximum(1, second["size"] * rng.uniform(1 - unequal, 1 + unequal, n))
    second["ts_event"] += wait
    joined = np.concatenate([prints, first, second])
    return joined[np.argsort(joined["ts"], kind="stable")]


@kernel
def robust_ratios(prints: Any, parents: Any, ends: Any, window_ns: int, out: Reals) -> None:
    """The robust ratio and the suspects' share at each of ``ends``, into ``out`` of shape (n_ends, 2)."""
    i = 0
    for k in range(ends.shape[0]):
        while i < prints.shape[0] and prints[i].ts <= ends[k]:
            p = prints[i]
            inside = p.bid > 0 and p.bid < p.price and p.price < p.ask
            learn_print(parents, p.ts, p.ts_event, p.price, p.size, p.side, inside)
            i += 1
        robust_ratio(parents, ends[k], window_ns, out[k])


def plain_ratio(prints: Quoted, end: int, window_ns: int) -> float:
    """Bought over all volume of the prints in (end - window, end]."""
    some = prints[(prints["ts"] > end - window_ns) & (prints["ts"] <= end)]
    return float(some["size"][some["side"] > 0].sum() / some["size"].sum()) if len(some) else np.nan


def ratios(truth: Quoted, seen: Quoted, window_ns: int) -> dict[str, Any]:
    """Mean absolute error of the ratio of a window on what was ``seen``, against the ``truth``."""
    ends = np.arange(truth["ts"][0] + window_ns, truth["ts"][-1] + 1, window_ns)
    robust = np.full((len(ends), 2), np.nan)
    robust_ratios(seen, np.zeros(1, PARENTS)[0], ends, window_ns, robust)
    true = np.array([plain_ratio(truth, int(end), window_ns) for end in ends])
    plain = np.array([plain_ratio(seen, int(end), window_ns) for end in ends])
    known = ~np.isnan(true)
    answered = known & ~np.isnan(robust[:, 0])
    return {
        "windows": int(known.sum()),
        "answered": int(answered.sum()),
        "plain_mae": mean_off(plain, true, known),
        "robust_mae": mean_off(robust[:, 0], true, answered),
        "suspect_share": round(float(np.nanmean(robust[:, 1])), 3),
    }


def mean_off(estimate: Reals, true: Reals, where: npt.NDArray[np.bool_]) -> float:
    """Mean absolute difference."""
    return round(float(np.mean(np.abs(estimate - true)[where])), 4)
