"""A thin coin and the leader it follows, each as a stream of its own book."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.support.tapes import book_message
from tools.domain.market import NANOS, UNITS
from tools.market.events import Events
from tools.market.instruments import instrument_for

START = 1_700_000_000 * NANOS
SECONDS = 900
END = START + SECONDS * NANOS
COIN, LEADER = instrument_for("binance", "ETHUSDT"), instrument_for("binance", "BTCUSDT")


def quotes(stamps: npt.NDArray[np.int64], mids: npt.NDArray[np.float64]) -> Events:
    """A book of one level a side that is replaced whole at each of ``stamps``."""
    parts = []
    for ts, mid in zip(stamps.tolist(), mids.tolist(), strict=True):
        at = round(mid * 100) * UNITS // 100
        levels = [(1, at - UNITS // 100, UNITS), (-1, at + UNITS // 100, UNITS)]
        parts.append(book_message(ts, levels, is_snapshot=True))
    return np.concatenate(parts)


def streams(seed: int, rho: float = 0.8) -> tuple[Events, Events]:
    """A coin that quotes every five seconds or so and a leader that quotes every second, from their books."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(SECONDS, 2)) @ np.array([[1.0, rho], [0.0, np.sqrt(1 - rho * rho)]])
    paths = np.exp(np.cumsum(steps * 2e-4, axis=0))
    grid = START + np.arange(SECONDS) * NANOS
    thin = np.sort(rng.permutation(SECONDS)[: SECONDS // 5])
    return quotes(grid[thin] + 300_000_000, 3_000 * paths[thin, 1]), quotes(grid, 60_000 * paths[:, 0])
