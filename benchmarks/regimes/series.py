"""Even returns to measure on: bars of a year, recorded sessions, and worlds whose state is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from tools.detection.state import SOUND, new_senses
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.har import AHEAD
from tools.features.returns import EVERY
from tools.market.instruments import instrument_for
from tools.market.tapes import find_tapes
from tools.market.tardis import read_recording
from venue import fundamental
from venue.symbols import THIN

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BAR_NS = 300 * NANOS


@dataclass(frozen=True, slots=True)
class Series:
    """Log returns of one market on an even grid, shape (n,), and when each ended, ns, shape (n,)."""

    name: str
    stamps: Ints
    returns: Reals

    def ahead(self) -> Reals:
        """Mean square of the next ``AHEAD`` returns, shape (n,); NaN at the end."""
        return _shifted(trailing(self.returns**2, AHEAD))

    def move_ahead(self) -> Reals:
        """Sum of the next ``AHEAD`` returns, shape (n,); NaN at the end."""
        return _shifted(trailing(self.returns, AHEAD)) * AHEAD


def _shifted(values: Reals) -> Reals:
    return np.concatenate([values[AHEAD:], np.full(min(AHEAD, len(values)), np.nan)])


def trailing(values: Reals, n: int) -> Reals:
    """Mean of the last ``n``, shape (n_values,); NaN before there are so many."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    found = np.full(len(values), np.nan)
    found[n - 1 :] = (total[n:] - total[:-n]) / n
    return found


def candle_series(folder: Path) -> list[Series]:
    """Bars of ``folder``/SYMBOL-5m.parquet, one series a symbol; a hole in them is one return."""
    found = []
    for path in sorted(folder.glob("*-5m.parquet")):
        table = pq.read_table(path)
        stamps = table["open_time"].to_numpy() * 1_000 + BAR_NS
        steps = np.diff(np.log(table["close"].to_numpy()))
        found.append(Series(path.name.removesuffix("-5m.parquet"), stamps[1:], steps))
    return found


def mids(folder: Path) -> list[tuple[str, Ints, Reals]]:
    """Name, ends of seconds and mids (NaN where the book is broken) of every recording in ``folder``."""
    found = []
    for tape in find_tapes(folder):
        instrument = instrument_for(tape.venue, tape.symbol)
        events = read_recording(tape.trades, tape.book, instrument).events
        senses = new_senses(instrument, default_parameters())
        first, last = (int(events["ts_init"][i]) // NANOS + 1 for i in (0, -1))
        stamps = np.arange(first, last) * NANOS
        seen, index, book = np.full(len(stamps), np.nan), 0, senses["book"][0]
        for i, ts in enumerate(stamps.tolist()):
            index = sense_until(events, index, ts - 1, senses)
            if book["status"] == SOUND and book["best_bid"] > 0 and book["best_ask"] > 0:
                seen[i] = (book["best_bid"] + book["best_ask"]) / 2e8
        found.append((f"{tape.venue} {tape.symbol}", stamps, seen))
    return found


def on_grid(name: str, stamps: Ints, seconds: Reals) -> Series:
    """Returns over ``EVERY`` seconds; a second without a mid is passed over."""
    at = np.arange(EVERY - 1, len(seconds), EVERY)
    at = at[np.isfinite(seconds[at])]
    return Series(name, stamps[at[1:]], np.diff(np.log(seconds[at])))


@dataclass(frozen=True, slots=True)
class World:
    """A simulated coin: its mid and the state of the market at the end of each second, both (n_seconds,)."""

    seed: int
    mids: Reals
    states: Any

    @property
    def series(self) -> Series:
        """As the senses would count it."""
        return on_grid(f"seed {self.seed}", np.arange(1, len(self.mids) + 1) * NANOS, self.mids)


def simulated(first_seed: int, n: int, seconds: int) -> list[World]:
    """What a thin coin is worth, without an order book around it."""
    found = []
    coin = THIN[0]
    for seed in range(first_seed, first_seed + n):
        path = fundamental.regime_path(seed, seconds * fundamental.STEPS_A_SECOND)
        leader = fundamental.leader_steps(seed, path)
        steps = fundamental.follower_steps(seed, coin.base, path, leader)
        ends = slice(fundamental.STEPS_A_SECOND - 1, None, fundamental.STEPS_A_SECOND)
        worth = fundamental.worth(float(coin.price), steps)
        found.append(World(seed, worth[ends], path.states[ends].astype(np.int64) + 1))
    return found
