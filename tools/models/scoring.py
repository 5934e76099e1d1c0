"""The outcome model at work: probability, expected value after costs and its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tools.models.boosters import BoostedTrees
from tools.models.calibration import Calibrator
from tools.models.inputs import Row, input_matrix
from tools.models.validation import wilson_half_width

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Payoffs:
    """What wins and losses truly paid, as shares of the barriers they were set at.

    A trade closed by time wins less than its target and loses less than its stop; slippage
    and fees work the other way. Taking the barriers themselves as payoffs would overstate
    both, a plain mean over past trades would ignore this trade's own geometry. So payoffs
    are ratios, total won over total aimed at: scale-free, and steady where a barrier is near 0.
    """

    win_share: float
    loss_share: float

    def to_json(self) -> dict[str, float]:
        """Plain numbers."""
        return {"win_share": self.win_share, "loss_share": self.loss_share}


def fit_payoffs(net_bps: Floats, gain_bps: Floats, loss_bps: Floats, weights: Floats) -> Payoffs:
    """Payoff shares of filled trades, weighted by uniqueness; needs a win and a loss.

    >>> fit_payoffs(np.array([8.0, -30.0]), np.array([10.0, 10.0]), np.array([40.0, 40.0]), np.ones(2))
    Payoffs(win_share=0.8, loss_share=0.75)
    """
    won = net_bps > 0
    lost = ~won
    if not won.any() or not lost.any():
        raise ValueError("payoffs need at least one win and one loss")
    win_share = (weights[won] @ net_bps[won]) / (weights[won] @ gain_bps[won])
    loss_share = -(weights[lost] @ net_bps[lost]) / (weights[lost] @ loss_bps[lost])
    return Payoffs(float(win_share), float(loss_share))


@dataclass(frozen=True, slots=True)
class EvidenceBins:
    """How many independent labels stand behind a probability: effective counts by quantile bin."""

    upper_edges: tuple[float, ...]
    effective_n: tuple[float, ...]

    def standard_error(self, probabilities: Floats) -> Floats:
        """One standard error of each probability: the Wilson half-width at its bin's count."""
        index = np.searchsorted(self.upper_edges, probabilities, side="left")
        counts = np.asarray(self.effective_n)[np.minimum(index, len(self.effective_n) - 1)]
        return wilson_half_width(probabilities, counts)

    def to_json(self) -> dict[str, list[float]]:
        """Plain numbers."""
        return {"upper_edges": list(self.upper_edges), "effective_n": list(self.effective_n)}


def fit_bins(probabilities: Floats, weights: Floats, bins: int = 10) -> EvidenceBins:
    """Bins of equal count over calibrated out-of-fold probabilities; equal values share a bin.

    Args:
        probabilities: Calibrated, shape (n,).
        weights: Uniqueness; their sum in a bin is its effective count, at least 1.
        bins: Bins aimed at; fewer where values repeat.
    """
    edges = np.unique(np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:], method="higher"))
    index = np.searchsorted(edges, probabilities, side="left")
    counts = np.bincount(index, weights=weights, minlength=len(edges))
    return EvidenceBins(tuple(edges.tolist()), tuple(np.maximum(counts, 1.0).tolist()))


@dataclass(frozen=True, slots=True)
class Score:
    """What the model says of one signal."""

    probability: float
    expected_bps: float
    standard_error_bps: float


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What the model says of a batch, arrays of shape (n,)."""

    probability: Floats
    expected_bps: Floats
    standard_error_bps: Floats

    def __len__(self) -> int:
        """Number of signals scored."""
        return len(self.probability)

    def __getitem__(self, i: int) -> Score:
        """The score of row ``i``."""
        return Score(
            float(self.probability[i]), float(self.expected_bps[i]), float(self.standard_error_bps[i])
        )


class SignalScorer(Protocol):
    """What scores signals: the outcome model, or a baseline in its place."""

    @property
    def version(self) -> str:
        """What it is named in the record."""
        ...

    def score(self, rows: Sequence[Row]) -> Scores:
        """Scores of signals given as (features, gain_bps, loss_bps)."""
        ...


@dataclass(frozen=True, slots=True)
class TakeAll:
    """The baseline that believes that every target will be reached, and so takes every trade that can pay.

    ``doubt_bps`` is its standard error: with some, what is known better outweighs it.
    """

    version: str = "take-all"
    doubt_bps: float = 0.0

    def score(self, rows: Sequence[Row]) -> Scores:
        """The gain at the target, with the doubt stated.

        >>> TakeAll().score([({}, 4.0, 20.0), ({}, -1.0, 20.0)]).expected_bps.tolist()
        [4.0, -1.0]
        """
        gain = np.array([row[1] for row in rows], dtype=np.float64)
        return Scores((gain > 0).astype(np.float64), gain, np.full(len(gain), self.doubt_bps))


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A model whose order of candidates decides, and not whether it expects them to pay.

    Attributes:
        model: What ranks.
        above_bps: Its expected value that a candidate must exceed to be taken.
        edge_bps: What an expected value must exceed to be acted on.
    """

    model: SignalScorer
    above_bps: float
    edge_bps: float

    @property
    def version(self) -> str:
        """That of what ranks."""
        return self.model.version

    def score(self, rows: Sequence[Row]) -> Scores:
        """The model's probabilities, its expected values moved so that ``above_bps`` is the edge; no doubt.

        >>> Ranked(TakeAll(), 4.0, 0.5).score([({}, 4.0, 20.0), ({}, 4.5, 20.0)]).expected_bps.tolist()
        [0.5, 1.0]
        """
        scores = self.model.score(rows)
        moved = scores.expected_bps - self.above_bps + self.edge_bps
        return Scores(scores.probability, moved, np.zeros(len(moved)))


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeModel:
    """P(this trade makes money after costs, given that its entry fills), and what that is worth.

    Attributes:
        version: Registry version; empty until saved.
        names: Inputs in the order of the matrix.
    """

    trees: BoostedTrees
    calibrator: Calibrator
    payoffs: Payoffs
    bins: EvidenceBins
    names: tuple[str, ...]
    version: str = ""

    def score(self, rows: Sequence[Row]) -> Scores:
        """Scores of signals given as (features, gain_bps, loss_bps).

        Raises:
            BadInput: A feature has an impossible value.
        """
        gain = np.array([row[1] for row in rows], dtype=np.float64)
        loss = np.array([row[2] for row in rows], dtype=np.float64)
        return self.score_matrix(input_matrix(rows, self.names), gain, loss)

    def score_matrix(self, matrix: NDArray[np.float32], gain_bps: Floats, loss_bps: Floats) -> Scores:
        """Scores of input rows with their geometry.

        Expected value = p * win_share * gain - (1 - p) * loss_share * loss; its standard
        error is that of p times what hangs on p. A target inside its cost cannot win: p = 0.
        """
        if len(gain_bps) == 0:
            empty = np.empty(0)
            return Scores(empty, empty, empty)
        can_win = gain_bps > 0
        probability = np.where(can_win, self.calibrator.apply(self.trees.margin(matrix)), 0.0)
        win = self.payoffs.win_share * np.maximum(gain_bps, 0.0)
        loss = self.payoffs.loss_share * loss_bps
        expected = probability * win - (1 - probability) * loss
        error = self.bins.standard_error(probability) * np.abs(win + loss)
        return Scores(probability, expected, error)


def payoffs_from_json(data: dict[str, Any]) -> Payoffs:
    """The payoffs that ``to_json`` wrote; ValueError where they are no payoffs."""
    win_share, loss_share = float(data["win_share"]), float(data["loss_share"])
    if not (math.isfinite(win_share) and math.isfinite(loss_share) and win_share > 0 and loss_share >= 0):
        raise ValueError(f"payoff shares must be finite and positive, were {win_share} and {loss_share}")
    return Payoffs(win_share, loss_share)


def bins_from_json(data: dict[str, Any]) -> EvidenceBins:
    """The bins that ``to_json`` wrote; ValueError where they are no bins."""
    edges = tuple(float(edge) for edge in data["upper_edges"])
    counts = tuple(float(count) for count in data["effective_n"])
    if not edges or len(edges) != len(counts) or np.any(np.diff(edges) <= 0):
        raise ValueError("bins must be rising edges with a count each")
    if not np.all(np.isfinite((*edges, *counts))) or min(counts) < 1:
        raise ValueError("bins must have finite edges and counts of at least 1")
    return EvidenceBins(edges, counts)
