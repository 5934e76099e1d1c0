"""Fit ``tools/detection/posterior.json`` anew: ``python -m benchmarks.detection.fit --out FILE``.

The batches ``FIT`` make the logit, the batches ``TABLE`` the monotone table from its score to a probability:
a table made on what the logit was fitted on would be too sure of itself. Nothing else is looked at.
``--apart`` fits ``posterior_apart.json`` on ``FIT_APART`` and ``TABLE_APART``, with the first in force.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from benchmarks.detection.looking import evidence_of
from benchmarks.detection.sets import FIT, FIT_APART, TABLE, TABLE_APART, Batch
from benchmarks.detection.worlds import World, markets
from tools.detection.posterior import posterior_from_json
from tools.domain.identity import numbers_hash

Reals = npt.NDArray[np.float64]

PENALTY = 0.1  # inverse strength of L2
CLIPPED = 0.001  # share at either end that the evidence is clipped to
TABLE_BINS = 40
SURELY = 0.001  # no probability is nearer to 0 or 1
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen, shape (n, EVIDENCE), whether a maker quoted, and whether one was followed; both (n,)."""

    evidence: Reals
    is_quoted: npt.NDArray[np.bool_]
    is_followed: npt.NDArray[np.bool_]


def looks_at(worlds: Iterable[World], is_apart: bool = False) -> Looks:
    """Looks at all markets of the worlds."""
    parts = [evidence_of(market, is_apart) for world in worlds for market in markets(world)]
    return Looks(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def bent(standard: Reals) -> Reals:
    """Standardised evidence and all products of two, shape (n, k + k (k + 1) / 2)."""
    first, second = np.triu_indices(standard.shape[1])
    return np.hstack([standard, standard[:, first] * standard[:, second]])


def monotone_table(scores: Reals, is_quoted: npt.NDArray[np.bool_]) -> tuple[Reals, Reals]:
    """Knots (score, probability) over bins of equal count, never falling."""
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, TABLE_BINS + 1)))
    place = np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, len(edges) - 2)
    n = np.bincount(place, minlength=len(edges) - 1)
    centre = np.bincount(place, scores, len(n)) / n
    share = (np.bincount(place, is_quoted, len(n)) + 0.5) / (n + 1)
    fitted = IsotonicRegression().fit_transform(centre, share, sample_weight=n)
    return centre, np.clip(fitted, SURELY, 1 - SURELY)


def fitted_numbers(fit: Looks, table: Looks) -> dict[str, Any]:
    """The numbers of a posterior.

    Source:
        Zadrozny, Elkan, Transforming classifier scores into accurate multiclass probability estimates (2002).
    """
    seen, quoted = fit.evidence[fit.is_followed], fit.is_quoted[fit.is_followed]
    low, high = np.quantile(seen, [CLIPPED, 1 - CLIPPED], axis=0)
    centre, scale = seen.mean(axis=0), seen.std(axis=0)

    def basis(evidence: Reals) -> Reals:
        return bent((np.clip(evidence, low, high) - centre) / scale)

    logit = LogisticRegression(C=PENALTY, max_iter=5_000).fit(basis(seen), quoted)
    k = seen.shape[1]
    quadratic = np.zeros((k, k))
    quadratic[np.triu_indices(k)] = logit.coef_[0, k:]
    x, y = monotone_table(
        logit.decision_function(basis(table.evidence[table.is_followed])), table.is_quoted[table.is_followed]
    )
    alone = np.concatenate([one.is_quoted[~one.is_followed] for one in (fit, table)])
    numbers = {
        "low": low, "high": high, "centre": centre, "scale": scale, "intercept": logit.intercept_[0],
        "linear": logit.coef_[0, :k], "quadratic": quadratic, "x": x, "y": y,
        "unfollowed": (alone.sum() + 1) / (len(alone) + 2),
    }  # fmt: skip
    return {name: np.round(value, DIGITS).tolist() for name, value in numbers.items()}


def worlds_of(batches: tuple[Batch, ...], each: int | None) -> list[World]:
    """The worlds of the batches, or about ``each`` of every batch, spread over its tiers and families."""
    found: list[World] = []
    for batch in batches:
        worlds = list(batch.worlds())
        found += worlds[:: max(1, len(worlds) // (each or len(worlds)))]
    return found


def document(
    numbers: dict[str, Any],
    counts: dict[str, int],
    worlds_each: int | None,
    batches: tuple[tuple[Batch, ...], tuple[Batch, ...]] = (FIT, TABLE),
) -> str:
    """The file's text, verified by reading it."""
    provenance = {
        "fit": [asdict(batch) for batch in batches[0]],
        "table": [asdict(batch) for batch in batches[1]],
        "worlds of each batch": worlds_each or "all",
        "model": f"logistic, quadratic, L2 C={PENALTY}; isotonic over {TABLE_BINS} bins of equal count",
        "label": "some market maker quotes both sides at that moment",
        **counts,
    }
    found = {"provenance": provenance, "sha256": numbers_hash(numbers), "numbers": numbers}
    text = json.dumps(found, indent=1) + "\n"
    posterior_from_json(text)
    return text


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.fit", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--worlds", type=int, help="about so many of each batch, for a trial")
    parser.add_argument("--apart", action="store_true", help="the posterior of makers whose sides move apart")
    arguments = parser.parse_args()
    both = (FIT_APART, TABLE_APART) if arguments.apart else (FIT, TABLE)
    fit, table = (looks_at(worlds_of(batches, arguments.worlds), arguments.apart) for batches in both)
    counts = {"fit rows": int(fit.is_followed.sum()), "table rows": int(table.is_followed.sum())}
    text = document(fitted_numbers(fit, table), counts, arguments.worlds, both)
    arguments.out.write_text(text, "utf-8")
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
