"""Candles of several symbols as one stream of rows in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pa_parquet

from tools.market.history.candles import CANDLE, COLUMNS, Candles
from tools.models.reversal_inputs import HORIZON, WARM_BARS, inputs_of, labels_of

Reals = npt.NDArray[np.float64]
BAR_NS = 300_000_000_000
DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Inputs and labels; ``labels`` by name, ``spans`` in nanoseconds, ``symbols`` as numbers."""

    inputs: Reals
    labels: dict[str, Reals]
    net_bps: Reals
    spans: npt.NDArray[np.int64]
    symbols: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.int64]) -> Rows:
        """These rows alone."""
        return Rows(
            self.inputs[rows],
            {name: values[rows] for name, values in self.labels.items()},
            self.net_bps[rows],
            self.spans[rows],
            self.symbols[rows],
        )

    def __len__(self) -> int:
        return len(self.inputs)


def read_candles(path: Path) -> Candles:
    """The candles of a Parquet file."""
    table = pa_parquet.read_table(path)
    found = np.zeros(table.num_rows, CANDLE)
    for name in COLUMNS:
        found[name] = table[name].to_numpy()
    return found


def rows_of(folder: Path, symbols: tuple[str, ...]) -> Rows:
    """Labelled rows of all ``symbols``, in order of time."""
    parts = [_rows(read_candles(folder / f"{symbol}-5m.parquet"), k) for k, symbol in enumerate(symbols)]
    joined = Rows(
        np.concatenate([one.inputs for one in parts]),
        {name: np.concatenate([one.labels[name] for one in parts]) for name in parts[0].labels},
        np.concatenate([one.net_bps for one in parts]),
        np.concatenate([one.spans for one in parts]),
        np.concatenate([one.symbols for one in parts]),
    )
    return joined.take(np.argsort(joined.spans[:, 0], kind="stable"))


def _rows(candles: Candles, symbol: int) -> Rows:
    inputs, labels = inputs_of(candles), labels_of(candles)
    kept = np.flatnonzero(~np.isnan(labels.literal))
    kept = kept[kept >= WARM_BARS]
    closes = candles["open_time"][kept] * 1_000 + BAR_NS
    spans = np.column_stack((closes, closes + HORIZON * BAR_NS))
    named = {name: getattr(labels, name)[kept] for name in ("literal", "move", "tradable")}
    return Rows(inputs[kept], named, labels.net_bps[kept], spans, np.full(len(kept), symbol))
