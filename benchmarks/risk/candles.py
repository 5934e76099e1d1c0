"""Returns of a day or an hour from five-minute candles, symbols of one time together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DAY_US, HOUR_US, BAR_US = 86_400_000_000, 3_600_000_000, 300_000_000


@dataclass(frozen=True, slots=True)
class Group:
    """Log returns of symbols over the same steps, shape (n_steps, n_symbols); stamps are their ends, µs."""

    symbols: tuple[str, ...]
    stamps: Ints
    returns: Reals


def groups(folder: Path, step_us: int) -> list[Group]:
    """Symbols of ``folder``/SYMBOL-5m.parquet that cover the same months, each group on its common steps."""
    closes = {path.name.removesuffix("-5m.parquet"): _closes(path, step_us) for path in _files(folder)}
    years: dict[int, list[str]] = {}
    for symbol, (stamps, _) in closes.items():
        years.setdefault(int(stamps[0] // (DAY_US * 60)), []).append(symbol)
    return [_group([(name, *closes[name]) for name in names]) for names in years.values()]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*-5m.parquet"))


def _closes(path: Path, step_us: int) -> tuple[Ints, Reals]:
    """Last close in each step that is over, by the step's end."""
    table = pq.read_table(path)
    ends = table["open_time"].to_numpy() + BAR_US
    steps = -(-ends // step_us)
    last = np.flatnonzero(np.append(steps[1:] != steps[:-1], ends[-1] % step_us == 0))
    return steps[last] * step_us, table["close"].to_numpy()[last]


def _group(parts: Sequence[tuple[str, Ints, Reals]]) -> Group:
    shared = parts[0][1]
    for _, stamps, _ in parts[1:]:
        shared = np.intersect1d(shared, stamps)
    prices = np.column_stack([prices[np.isin(stamps, shared)] for _, stamps, prices in parts])
    return Group(tuple(name for name, _, _ in parts), shared[1:], np.diff(np.log(prices), axis=0))
