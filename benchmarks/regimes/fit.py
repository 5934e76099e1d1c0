"""Fit ``tools/features/outlook.json`` anew: ``python -m benchmarks.regimes.fit --folder DIR --out F``.

On the first half of each symbol's bars everything is fitted; on the next fifth the penalty and the
number of states are chosen. The last three tenths are not looked at.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize  # type: ignore[import-untyped]

from benchmarks.regimes.jump_fit import features_of, filtered, fit_states, model_of
from benchmarks.regimes.scores import CHOOSE, FIT, parts_of, qlike
from benchmarks.regimes.series import Series, candle_series, trailing
from tools.domain.identity import numbers_hash
from tools.features.har import HORIZONS
from tools.features.outlook import outlook_from_json
from tools.features.regime import CALM, TRENDING, VOLATILE

Reals = npt.NDArray[np.float64]
Void = npt.NDArray[np.void]

WARM = 400  # returns of a series before any is used
PENALTIES, COUNTS = (1.0, 5.0, 20.0, 80.0), (3, 4)
MOST_FLIPS = 0.03  # changes of state a return
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Prepared:
    """A series with its features, usual variance, variances of three horizons and what came: rows alike."""

    series: Series
    seen: Reals
    usual: Reals
    horizons: Reals
    ahead: Reals

    def part(self, name: str) -> slice:
        """Rows of a part, the first ``WARM`` never among them."""
        rows = parts_of(len(self.ahead))[name]
        return slice(max(rows.start, WARM), rows.stop)


def prepared(series: Series) -> Prepared:
    """Everything that is made of one series."""
    seen, usual = features_of(series.returns)
    squares = series.returns**2
    horizons = np.column_stack([trailing(squares, n) for n in HORIZONS])
    return Prepared(series, seen, usual, horizons, series.ahead())


def fitted_weights(markets: list[Prepared]) -> Reals:
    """Weights of the three horizons, none negative, of least QLIKE over the fit parts; shape (3,)."""
    x = np.concatenate([m.horizons[m.part("fit")] for m in markets])
    y = np.concatenate([m.ahead[m.part("fit")] for m in markets])
    moved = x[:, 0] + x[:, 1] + x[:, 2] > 0
    x, y = x[moved], y[moved]

    def loss(logs: Reals) -> tuple[float, Reals]:
        weights = np.exp(logs)
        forecast = x @ weights
        slope = (1 / forecast - y / forecast**2)[:, None] * x * weights
        return float(qlike(forecast, y).mean()), slope.mean(axis=0)

    found = minimize(loss, np.log([0.4, 0.3, 0.3]), jac=True, method="L-BFGS-B", bounds=[(-12, 2)] * 3)
    return np.asarray(np.exp(found.x))


def ratios_of(
    markets: list[Prepared], labels: list[npt.NDArray[np.int64]], base: list[Reals], n: int
) -> Reals:
    """What came, against ``base``, in each state over the fit parts; shape (n,), 1 where there is none."""
    sums, counts = np.zeros(n), np.zeros(n)
    for market, own, expected in zip(markets, labels, base, strict=True):
        rows = market.part("fit")
        known = (own[rows] >= 0) & (expected[rows] > 0)
        share = market.ahead[rows][known] / expected[rows][known]
        sums += np.bincount(own[rows][known], share, n)
        counts += np.bincount(own[rows][known], minlength=n)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 1.0)


def fitted_model(markets: list[Prepared], n_states: int, penalty: float) -> Void:
    """A jump model on the fit parts, its states in order of their variance, named."""
    rows = np.concatenate([m.seen[m.part("fit")] for m in markets])
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    parts = [(m.seen[m.part("fit")] - centre) / scale for m in markets]
    states = fit_states(parts, n_states, penalty, np.random.default_rng(1))
    states = states[np.argsort(states[:, 0])]
    model = model_of(centre.round(DIGITS), scale.round(DIGITS), states.round(DIGITS), penalty)
    model["regimes"][0, :n_states] = names_of(states)
    return model


def names_of(states: Reals) -> list[int]:
    """Trending is what runs furthest; of the others the fastest is volatile, the rest is calm.

    >>> names_of(np.array([[-1.0, -0.3], [0.1, 1.6], [1.5, 0.2]])) == [CALM, TRENDING, VOLATILE]
    True
    """
    runs = int(np.argmax(states[:, 1]))
    others = [k for k in range(len(states)) if k != runs]
    fastest = max(others, key=lambda k: float(states[k, 0]))
    return [TRENDING if k == runs else VOLATILE if k == fastest else CALM for k in range(len(states))]


def tried(markets: list[Prepared], n_states: int, penalty: float) -> tuple[dict[str, Any], Void]:
    """What a model comes to on the parts to choose by, and the model."""
    model = fitted_model(markets, n_states, penalty)
    labels = [filtered(m.seen, model) for m in markets]
    ratios = ratios_of(markets, labels, [m.usual for m in markets], n_states)
    losses, flips, n = [], 0, 0
    for market, own in zip(markets, labels, strict=True):
        rows = market.part("choose")
        losses.append(qlike(ratios[own[rows]] * market.usual[rows], market.ahead[rows]).mean())
        flips += int(np.sum(np.diff(own[rows]) != 0))
        n += len(own[rows])
    said = {"states": n_states, "penalty": penalty, "qlike": round(float(np.mean(losses)), 5)}
    return {**said, "flips_a_return": round(flips / n, 5)}, model


def document(weights: Reals, model: Void, provenance: dict[str, Any]) -> str:
    """The file's text, verified by reading it."""
    one = model[0]
    n = int(one["n_states"])
    numbers = {
        "weights": weights.round(DIGITS).tolist(),
        "penalty": float(one["penalty"]),
        "centre": one["centre"].tolist(),
        "scale": one["scale"].tolist(),
        "states": one["states"][:n].tolist(),
        "regimes": one["regimes"][:n].tolist(),
    }
    found = {"provenance": provenance, "sha256": numbers_hash(numbers), "numbers": numbers}
    text = json.dumps(found, indent=1) + "\n"
    outlook_from_json(text)
    return text


def main() -> None:
    """Fit, choose and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regimes.fit", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="with SYMBOL-5m.parquet files")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    markets = [prepared(one) for one in candle_series(arguments.folder)]
    trials = [tried(markets, n, penalty) for n in COUNTS for penalty in PENALTIES]
    steady = [one for one in trials if one[0]["flips_a_return"] <= MOST_FLIPS]
    best, model = min(steady, key=lambda one: float(one[0]["qlike"]))
    provenance = {
        "bars": {m.series.name: len(m.ahead) for m in markets},
        "fitted on": f"the first {FIT:.0%} of each, without {WARM} bars",
        "chosen by": f"QLIKE up to {CHOOSE:.0%}, at most {MOST_FLIPS} changes of state a return",
        "chosen": best,
        "tried": [said for said, _ in trials],
    }
    arguments.out.write_text(document(fitted_weights(markets), model, provenance), "utf-8")
    print(json.dumps(provenance))


if __name__ == "__main__":
    main()
