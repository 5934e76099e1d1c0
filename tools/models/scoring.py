"""The outcome model at work: probability, expected value after costs and its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
    """What wins and losses truly paid: a part whatever their barrier, and a share of it.

    A trade closed by time wins less than its target and loses less than its stop; slippage and fees work
    the other way, and an offer that goes along with the market is not sold at its target at all. Taking the
    barriers themselves as payoffs would overstate both, a plain mean over past trades would ignore this
    trade's own geometry.

    Attributes:
        win_share, loss_share: Of the net gain at the target and the net loss at the stop.
        win_bps, loss_bps: Beside that, basis points.
    """

    win_share: float
    loss_share: float
    win_bps: float = 0.0
    loss_bps: float = 0.0

    def won(self, gain_bps: Floats) -> Floats:
        """What a win pays where the target would gain so much."""
        return self.win_bps + self.win_share * np.maximum(gain_bps, 0.0)

    def lost(self, loss_bps: Floats) -> Floats:
        """What a loss costs where the stop would lose so much."""
        return self.loss_bps + self.loss_share * loss_bps

    def to_json(self) -> dict[str, float]:
        """Plain numbers."""
        return asdict(self)


def fit_payoffs(net_bps: Floats, gain_bps: Floats, loss_bps: Floats, weights: Floats) -> Payoffs:
    """Payoffs of filled trades, weighted by uniqueness; needs a win and a loss.

    >>> fit_payoffs(np.array([8.0, -30.0]), np.array([10.0, 10.0]), np.array([40.0, 40.0]), np.ones(2))
    Payoffs(win_share=0.8, loss_share=0.75, win_bps=0.0, loss_bps=0.0)
    """
    won = net_bps > 0
    lost = ~won
    if not won.any() or not lost.any():
        raise ValueError("payoffs need at least one win and one loss")
    win_bps, win_share = _line(net_bps[won], gain_bps[won], weights[won])
    fixed_bps, loss_share = _line(-net_bps[lost], loss_bps[lost], weights[lost])
    return Payoffs(win_share, loss_share, win_bps, fixed_bps)


def _line(paid: Floats, barrier: Floats, weights: Floats) -> tuple[float, float]:
    """The line through weighted points that lies closest, as its height at 0 and its slope, neither below 0.

    Where the barriers are all alike, and where the line would begin below 0, it is total paid over total
    aimed at: steady where a barrier is near 0.
    """
    total = weights.sum()
    middle, height = float(weights @ barrier / total), float(weights @ paid / total)
    spread = float(weights @ (barrier - middle) ** 2)
    ratio = (0.0, float((weights @ paid) / (weights @ barrier)))
    if spread <= 1e-9 * total * middle**2:
        return ratio
    slope = float(weights @ ((barrier - middle) * (paid - height))) / spread
    if slope <= 0:
        return height, 0.0
    return ratio if height < slope * middle else (height - slope * middle, slope)


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

        Expected value = p * what a win pays - (1 - p) * what a loss costs; its standard error is
        that of p times what hangs on p. A target inside its cost cannot win: p = 0.
        """
        if len(gain_bps) == 0:
            empty = np.empty(0)
            return Scores(empty, empty, empty)
        can_win = gain_bps > 0
        probability = np.where(can_win, self.calibrator.apply(self.trees.margin(matrix)), 0.0)
        win, loss = self.payoffs.won(gain_bps), self.payoffs.lost(loss_bps)
        expected = probability * win - (1 - probability) * loss
        error = self.bins.standard_error(probability) * np.abs(win + loss)
        return Scores(probability, expected, error)


def payoffs_from_json(data: dict[str, Any]) -> Payoffs:
    """The payoffs that ``to_json`` wrote, or that of before the parts beside the shares; else ValueError."""
    found = Payoffs(
        float(data["win_share"]),
        float(data["loss_share"]),
        float(data.get("win_bps", 0.0)),
        float(data.get("loss_bps", 0.0)),
    )
    parts = (found.win_share, found.loss_share, found.win_bps, found.loss_bps)
    if not all(math.isfinite(part) and part >= 0 for part in parts) or found.win_share + found.win_bps <= 0:
        raise ValueError(f"payoffs must be finite and positive, were {', '.join(map(str, parts))}")
    return found


def bins_from_json(data: dict[str, Any]) -> EvidenceBins:
    """The bins that ``to_json`` wrote; ValueError where they are no bins."""
    edges = tuple(float(edge) for edge in data["upper_edges"])
    counts = tuple(float(count) for count in data["effective_n"])
    if not edges or len(edges) != len(counts) or np.any(np.diff(edges) <= 0):
        raise ValueError("bins must be rising edges with a count each")
    if not np.all(np.isfinite((*edges, *counts))) or min(counts) < 1:
        raise ValueError("bins must have finite edges and counts of at least 1")
    return EvidenceBins(edges, counts)
