"""A quadratic logit and a monotone table in plain Python: what the posterior's kernels are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class DictPosterior:
    """The fitted ``numbers`` of a posterior's file."""

    def __init__(self, numbers: Mapping[str, Any]) -> None:
        self.fitted = numbers

    def probability(self, evidence: Sequence[float]) -> float:
        """Of a market maker, by the evidence."""
        fitted = self.fitted
        columns = zip(*(fitted[k] for k in ("low", "high", "centre", "scale")), strict=True)
        standard = [
            (min(max(seen, low), high) - centre) / scale
            for seen, (low, high, centre, scale) in zip(evidence, columns, strict=True)
        ]
        z = fitted["intercept"] + sum(w * x for w, x in zip(fitted["linear"], standard, strict=True))
        for i, row in enumerate(fitted["quadratic"]):
            z += sum(row[j] * standard[i] * standard[j] for j in range(i, len(standard)))
        x, y = fitted["x"], fitted["y"]
        if z <= x[0]:
            return float(y[0])
        for k in range(1, len(x)):
            if z <= x[k]:
                return float(y[k - 1] + (z - x[k - 1]) / (x[k] - x[k - 1]) * (y[k] - y[k - 1]))
        return float(y[-1])
