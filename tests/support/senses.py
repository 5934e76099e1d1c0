"""Drive the senses over a tape and read every feature second by second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.detection.senses import evaluate
from tools.detection.state import feature_buffer, new_senses
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.names import FEATURES, INDEX
from tools.market.events import Events
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording

TAPES = Path(__file__).resolve().parents[2] / "examples" / "tapes"
BUNDLED = ("binance_BTCUSDT_20240808-2354", "binance-futures_ETHUSDT_20240718-2357")
BTCUSDT = instrument_for("binance", "BTCUSDT")

Reals = npt.NDArray[np.float64]


def instrument_of(tape: str) -> Instrument:
    """The instrument a recording's name speaks of."""
    venue, symbol, _ = tape.split("_", 2)
    return instrument_for(venue, symbol)


@cache
def opening(tape: str, seconds: int) -> Events:
    """The first ``seconds`` of a bundled recording."""
    files = (TAPES / f"{tape}.trades.csv.gz", TAPES / f"{tape}.book.csv.gz")
    events = read_recording(*files, instrument_of(tape)).events
    return events[events["ts_init"] < events["ts_init"][0] + seconds * NANOS].copy()


def cut_at(events: Events, sizes: Sequence[int]) -> list[Events]:
    """``events`` in consecutive batches whose lengths run through ``sizes`` again and again."""
    edges = [0]
    while edges[-1] < len(events):
        edges.append(min(len(events), edges[-1] + sizes[(len(edges) - 1) % len(sizes)]))
    return [events[a:b] for a, b in pairwise(edges)]


class Sensed:
    """The senses of one symbol with the two questions a test asks of them."""

    def __init__(
        self, instrument: Instrument = BTCUSDT, overrides: Mapping[str, float] | None = None
    ) -> None:
        self.state = new_senses(instrument, default_parameters(overrides))

    def take(self, *events: Events) -> None:
        """Sense all of ``events``."""
        for batch in events:
            assert sense_until(batch, 0, 1 << 62, self.state) == len(batch)

    def features(self, ts: int) -> dict[str, float]:
        """Every feature as of ``ts``."""
        return dict(zip(FEATURES, self.evaluate(ts)[1].tolist(), strict=True))

    def evaluate(self, ts: int) -> tuple[bool, Reals]:
        """Whether the market is sound, and the row of features."""
        out = feature_buffer()
        return bool(evaluate(self.state[0], ts, out)), out

    def book(self, name: str) -> Any:
        """One number of the book's state."""
        return self.state["book"][name][0].item()


def feature_rows(
    batches: Sequence[Events],
    instrument: Instrument = BTCUSDT,
    *,
    overrides: Mapping[str, float] | None = None,
    looks_between: int = 0,
) -> dict[int, tuple[bool, bytes]]:
    """Second → soundness and the features' bytes, for every second that the tape has passed.

    With ``looks_between`` the features are asked for that many times at odd moments as well.
    """
    sensed = Sensed(instrument, overrides)
    limit = (int(batches[0]["ts_init"][0]) // NANOS + 1) * NANOS
    rows: dict[int, tuple[bool, bytes]] = {}
    for batch in batches:
        i = 0
        while True:
            i = sense_until(batch, i, limit, sensed.state)
            if i == len(batch):
                break
            for k in range(looks_between):
                sensed.evaluate(limit - k * 12_345_678)
            sound, row = sensed.evaluate(limit)
            rows[limit] = sound, row.tobytes()
            limit += NANOS
    return rows


def column(rows: Mapping[int, tuple[bool, bytes]], name: str) -> Reals:
    """One feature over all seconds."""
    return np.array([np.frombuffer(row)[INDEX[name]] for _, row in rows.values()])
