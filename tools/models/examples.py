"""Labelled examples and the dataset made of them.

An example is a signal whose paper follow was filled: what was sensed when it was raised and
what came of it after fees. Examples are put in time order, weighted by uniqueness and
hashed, so that a model can name the data it learned from.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.domain.errors import BadInput, NotEnoughData
from tools.domain.trading import Outcome, Signal
from tools.models.inputs import INPUTS_V1, input_matrix
from tools.models.uniqueness import average_uniqueness


@dataclass(frozen=True, slots=True)
class Example:
    """One filled paper follow.

    Attributes:
        ts: When the signal was raised, nanoseconds UTC; the label's span begins here.
        ts_end: When the outcome was settled; the label's span ends here.
        gain_bps: Net gain at the take-profit, basis points.
        loss_bps: Net loss at the stop, positive basis points.
        won: Whether ``net_bps`` is above zero.
        net_bps: Result after fees, basis points of the entry.
    """

    signal_id: str
    symbol: str
    ts: int
    ts_end: int
    features: Mapping[str, float | None]
    gain_bps: float
    loss_bps: float
    won: bool
    net_bps: float


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Examples as arrays, in time order.

    Attributes:
        ids: Signal id of each row.
        matrix: Inputs, NaN where unavailable, shape (n, n_inputs).
        labels: 1.0 where the trade won, shape (n,).
        net_bps: Result after fees, shape (n,).
        gain_bps: Net gain at the take-profit, shape (n,).
        loss_bps: Net loss at the stop, positive, shape (n,).
        spans: Start and end of each label, nanoseconds, shape (n, 2).
        weights: Average uniqueness, shape (n,).
        names: Input names, the matrix's columns.
        left_out: Examples whose target lay inside their cost: they cannot win, there is nothing to learn.
        data_hash: SHA-256 of everything above.
    """

    ids: tuple[str, ...]
    matrix: NDArray[np.float32]
    labels: NDArray[np.float64]
    net_bps: NDArray[np.float64]
    gain_bps: NDArray[np.float64]
    loss_bps: NDArray[np.float64]
    spans: NDArray[np.int64]
    weights: NDArray[np.float64]
    names: tuple[str, ...]
    left_out: int
    data_hash: str

    def __len__(self) -> int:
        """Number of examples."""
        return len(self.labels)

    def with_labels_of(self, order: NDArray[np.int64]) -> Dataset:
        """The same inputs with the results of other rows: the negative control's data."""
        shuffled = replace(self, labels=self.labels[order], net_bps=self.net_bps[order])
        return replace(shuffled, data_hash=_content_hash(shuffled))


def example_of(signal: Signal, outcome: Outcome) -> Example | None:
    """A signal and its outcome as an example; None where no position came about.

    The label's span ends when the outcome was known, not when the position closed: until
    then nobody could have learned from it.

    Raises:
        BadInput: The outcome is another signal's.
    """
    if outcome.signal_id != signal.signal_id:
        raise BadInput(f"expected the outcome of signal {signal.signal_id}, was that of {outcome.signal_id}")
    return None if outcome.net_bps is None else labelled(signal, outcome.net_bps, outcome.ts_known)


def labelled(signal: Signal, net_bps: float, ts_known: int) -> Example:
    """A signal that came to ``net_bps`` after fees, as was known at ``ts_known``, ns."""
    return Example(
        signal_id=signal.signal_id,
        symbol=signal.symbol,
        ts=signal.ts,
        ts_end=ts_known,
        features=signal.features,
        gain_bps=signal.gain_bps,
        loss_bps=signal.loss_bps,
        won=net_bps > 0,
        net_bps=net_bps,
    )


def build_dataset(examples: Sequence[Example], names: tuple[str, ...] = INPUTS_V1) -> Dataset:
    """Examples as a dataset with one of the sets of inputs; their order does not matter.

    Raises:
        BadInput: An example contradicts itself or comes twice.
        NotEnoughData: No example can be learned from.
    """
    for example in examples:
        _check(example)
    usable = sorted((e for e in examples if e.gain_bps > 0), key=lambda e: (e.ts, e.symbol, e.signal_id))
    if not usable:
        raise NotEnoughData(f"expected labelled examples to learn from, found none among {len(examples)}")
    ids = tuple(example.signal_id for example in usable)
    if len(set(ids)) < len(ids):
        raise BadInput(f"expected one example a signal, found {len(ids) - len(set(ids))} repeated signal ids")
    spans = np.array([(e.ts, e.ts_end) for e in usable], dtype=np.int64)
    dataset = Dataset(
        ids=ids,
        matrix=input_matrix([(e.features, e.gain_bps, e.loss_bps) for e in usable], names),
        labels=np.array([e.won for e in usable], dtype=np.float64),
        net_bps=np.array([e.net_bps for e in usable], dtype=np.float64),
        gain_bps=np.array([e.gain_bps for e in usable], dtype=np.float64),
        loss_bps=np.array([e.loss_bps for e in usable], dtype=np.float64),
        spans=spans,
        weights=average_uniqueness(spans, [e.symbol for e in usable]),
        names=names,
        left_out=len(examples) - len(usable),
        data_hash="",
    )
    return replace(dataset, data_hash=_content_hash(dataset))


def _check(example: Example) -> None:
    where = f"example of signal {example.signal_id}"
    if not all(math.isfinite(value) for value in (example.net_bps, example.gain_bps, example.loss_bps)):
        raise BadInput(f"{where}: expected finite net_bps, gain_bps and loss_bps")
    if example.loss_bps <= 0:
        raise BadInput(f"{where}: expected a positive loss_bps, was {example.loss_bps}")
    if example.ts_end < example.ts:
        raise BadInput(f"{where}: expected ts_end at or after ts {example.ts}, was {example.ts_end}")
    if example.won != (example.net_bps > 0):
        raise BadInput(f"{where}: won is {example.won} but net_bps is {example.net_bps}")


def _content_hash(dataset: Dataset) -> str:
    digest = hashlib.sha256("\x1f".join((*dataset.names, "\x1e", *dataset.ids)).encode())
    columns = (dataset.labels, dataset.net_bps, dataset.gain_bps, dataset.loss_bps, dataset.weights)
    for array in (dataset.matrix, dataset.spans, *columns):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
