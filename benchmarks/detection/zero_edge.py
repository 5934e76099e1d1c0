"""A price without an edge: a random walk whose book and tape know nothing of its next step.

Whatever points up or down must be right half of the time on it. The same walk whose sizes lean where the
price goes next (``lean`` above zero) shows that the measure would see an edge.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.controls import chance_interval, ranking
from tools.detection.senses import evaluate
from tools.detection.state import feature_buffer, new_senses
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.names import INDEX
from tools.market.events import BOOK, EVENT, LAST, PRINT, RESET, SNAPSHOT, Events, merge
from tools.market.instruments import instrument_for

START_NS = 1_723_161_600 * NANOS
TICK = UNITS // 100
MID = 60_000 * 100  # ticks
DEPTH = 6  # levels a side
MESSAGES_A_SECOND = 2
FIRST_S, AHEAD_S = 60, 5
TELLING = ("imbalance", "microprice", "aggressor_ratio_60s", "mm_range")
DRAWS = 400

Reals = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def walk(rng: np.random.Generator, seconds: int, lean: float) -> tuple[Events, Longs]:
    """Events, and the mid of each message in ticks, shape (seconds * MESSAGES_A_SECOND,).

    Every second the price goes a tick up or down; every message shows a new ladder around it. By ``lean``,
    from 0 to 1, bids are larger before a step up and asks before a step down.
    """
    n = seconds * MESSAGES_A_SECOND
    steps = rng.choice([-1, 1], seconds + AHEAD_S)
    mids = MID + np.repeat(np.cumsum(steps)[:seconds], MESSAGES_A_SECOND)
    ahead = np.array([steps[k + 1 : k + 1 + AHEAD_S].sum() for k in range(seconds)]) / AHEAD_S
    wish = lean * np.repeat(ahead, MESSAGES_A_SECOND)
    parts = [ladder(rng, k, int(mids[k]), float(wish[k])) for k in range(n)]
    return merge(np.concatenate(parts), prints(rng, mids)), mids


def ladder(rng: np.random.Generator, k: int, mid: int, wish: float) -> Events:
    """Message ``k``: the whole book anew, as a snapshot that empties what was."""
    rows = np.zeros(2 * DEPTH, EVENT)
    rows["ts_event"] = rows["ts_init"] = START_NS + k * NANOS // MESSAGES_A_SECOND
    rows["kind"] = BOOK
    rows["side"] = np.repeat([1, -1], DEPTH)
    rows["price"] = (mid - rows["side"].astype(np.int64) * np.tile(np.arange(1, DEPTH + 1), 2)) * TICK
    drawn = rng.integers(1, 200, 2 * DEPTH) * (1.0 + wish * rows["side"])
    rows["size"] = np.maximum(drawn, 0.5) * (UNITS // 1000)
    rows["flags"] = SNAPSHOT
    rows["flags"][0] |= RESET
    rows["flags"][-1] |= LAST
    return rows


def prints(rng: np.random.Generator, mids: Longs) -> Events:
    """A print at the touch in about every other message, of a side drawn by a coin."""
    at = np.flatnonzero(rng.random(len(mids)) < 0.5)
    rows = np.zeros(len(at), EVENT)
    rows["ts_event"] = rows["ts_init"] = START_NS + at * NANOS // MESSAGES_A_SECOND + 1
    rows["kind"] = PRINT
    rows["side"] = rng.choice([-1, 1], len(at))
    rows["price"] = (mids[at] + rows["side"]) * TICK
    rows["size"] = rng.integers(1, 50, len(at)) * (UNITS // 1000)
    rows["flags"] = LAST
    return rows


def looks(rng: np.random.Generator, seconds: int, lean: float) -> tuple[Reals, npt.NDArray[np.bool_]]:
    """What points up, shape (n, len(TELLING)), and whether the price then rose, (n,).

    Looks are AHEAD_S apart, so that no two share a step; AHEAD_S is odd, so that none stays where it was.
    """
    events, mids = walk(rng, seconds, lean)
    state, row, taken = (
        new_senses(instrument_for("binance", "BTCUSDT"), default_parameters()),
        feature_buffer(),
        0,
    )
    told, rose = [], []
    for second in range(FIRST_S, seconds - AHEAD_S, AHEAD_S):
        ts = START_NS + (second + 1) * NANOS - 1
        taken = sense_until(events, taken, ts, state)
        evaluate(state[0], ts, row)
        said = {name: float(row[i]) for name, i in INDEX.items()}
        middle = 0.5 * (said["mm_lower_bound"] + said["mm_upper_bound"])
        told.append(
            [
                said["imbalance"],
                said["microprice"] - said["mid"],
                said["aggressor_ratio_60s"],
                middle - said["mid"],
            ]
        )
        now, then = (mids[k * MESSAGES_A_SECOND] for k in (second, second + AHEAD_S))
        rose.append(bool(then > now))
    return np.array(told), np.array(rose)


def zero_edge(seed: int, walks: int, seconds: int, lean: float = 0.0) -> dict[str, Any]:
    """How well each sense ranks rises above falls, beside what chance ranks (for all senses together)."""
    rng = np.random.default_rng(seed)
    parts = [looks(rng, seconds, lean) for _ in range(walks)]
    told, rose = (np.concatenate(column) for column in zip(*parts, strict=True))
    found: dict[str, Any] = {}
    for i, name in enumerate(TELLING):
        known = ~np.isnan(told[:, i])
        ranked = ranking(told[known, i], rose[known])
        low, high = chance_interval(told[known, i], rose[known], rng, DRAWS, 0.05 / len(TELLING))
        found[name] = {
            "n": int(known.sum()),
            "ranking": ranked,
            "chance": [low, high],
            "is_chance": bool(low <= ranked <= high),
        }
    return found
