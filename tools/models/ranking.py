"""A model's order of candidates in a market it was not trained on: held against those seen there before."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

import numpy as np

from tools.models.inputs import Row
from tools.models.scoring import Scores, SignalScorer

LEAST_SEEN = 20  # candidates before any is taken


class RankedSoFar:
    """A model that takes what it puts above the median of the candidates it has scored before.

    What it expects of a candidate by itself does not matter, so a market whose fees and ranges are not those
    of the training is divided in halves all the same. Nothing later than a candidate is looked at, and no
    label. The first few are refused: there is nothing to hold them against.

    Args:
        model: What ranks.
        edge_bps: What an expected value must exceed to be acted on.
    """

    def __init__(self, model: SignalScorer, edge_bps: float) -> None:
        self._model = model
        self._edge_bps = edge_bps
        self._seen: list[float] = []  # in order of size

    @property
    def version(self) -> str:
        """That of what ranks."""
        return self._model.version

    def score(self, rows: Sequence[Row]) -> Scores:
        """The model's probabilities, its expected values moved so that the median is the edge; no doubt."""
        scores = self._model.score(rows)
        moved = np.array([self._moved(value) for value in scores.expected_bps.tolist()], dtype=np.float64)
        return Scores(scores.probability, moved, np.zeros(len(moved)))

    def _moved(self, value: float) -> float:
        seen = self._seen
        if len(seen) < LEAST_SEEN:
            found = min(self._edge_bps, value)
        else:
            middle = (seen[(len(seen) - 1) // 2] + seen[len(seen) // 2]) / 2
            found = value - middle + self._edge_bps
        insort(seen, value)
        return found
