"""States as a market makes them, and which of them are nearest, worked out without the mirror.

A state drifts from the one before and jumps now and then: neighbours in time are alike, as in a real
record, which is harder for an index than states drawn one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memory.connection import DATABASE
from memory.rows import Row, vector_bytes
from memory.states import Pattern
from memory.store import Store
from tools.domain.market import NANOS
from tools.domain.ports import Neighbour, Priority, Where

RUN = "run_0000000001"
START = 1_700_000_000 * NANOS
SPACING = 60 * NANOS
SYMBOLS = 50
RARE, RARE_STATES = "RAREUSDT", 10
NOBODY = "NONEUSDT"
STAY = 0.97  # how much of a state is that of the one before
JUMP = 0.01  # chance of a wholly new one


@dataclass(frozen=True)
class States:
    """States in columns, oldest first.

    Attributes:
        vectors: Unit vectors, shape (n, width).
        retired: When each left; the greatest integer where it has not.
    """

    vectors: npt.NDArray[np.float64]
    symbols: npt.NDArray[np.str_]
    known: npt.NDArray[np.int64]
    net_bps: npt.NDArray[np.float64]
    importance: npt.NDArray[np.float64]
    retired: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.known)

    def pattern(self, n: int) -> Pattern:
        """The ``n``-th as memory is told of it."""
        return Pattern(
            signal_id=f"s_{n:07d}",
            outcome_id=name_of(n),
            symbol=str(self.symbols[n]),
            vector=tuple(self.vectors[n].tolist()),
            net_bps=float(self.net_bps[n]),
            result="stop",
            ts_known=int(self.known[n]),
            ts=int(self.known[n]) - 30 * NANOS,
            venue="binance",
            world="recorded",
            importance=float(self.importance[n]),
        )


def name_of(n: int) -> str:
    """The id of the outcome of the ``n``-th state."""
    return f"o_{n:07d}"


def make_states(count: int, width: int, seed: int) -> States:
    """``count`` states of ``width`` values each, the same for the same seed."""
    rng = np.random.default_rng(seed)
    steps, jumps = rng.normal(size=(count, width)), rng.random(count) < JUMP
    raw = np.empty((count, width))
    raw[0] = steps[0]
    for n in range(1, count):
        raw[n] = steps[n] if jumps[n] else STAY * raw[n - 1] + (1 - STAY**2) ** 0.5 * steps[n]
    symbols = np.char.add(np.char.add("C", rng.integers(0, SYMBOLS, count).astype(str)), "USDT")
    symbols[rng.choice(count, RARE_STATES, replace=False)] = RARE
    return States(
        vectors=raw / np.linalg.norm(raw, axis=1)[:, None],
        symbols=symbols,
        known=START + SPACING * np.arange(count, dtype=np.int64),
        net_bps=rng.normal(0, 10, count),
        importance=rng.uniform(0.05, 1, count),
        retired=np.full(count, np.iinfo(np.int64).max),
    )


def fill_home(home: Path, states: States, count: int) -> None:
    """A memory whose pattern table holds the first ``count`` states, without the episodes they came of."""
    with Store.open(home, is_throwaway=True) as store:
        run = {"run_id": RUN, "world": "recorded", "command": "benchmark", "config": "{}", "ts_ended": None}
        more = {"code_version": "0", "input_hash": "", "seed": 0, "ts_started": START, "ts_known": START}
        store.write([Row("run", {**run, **more})])
    columns = (
        "outcome_id, signal_id, run_id, world, symbol, venue, vector, net_bps, result, ts, ts_known, "
        "importance"
    )
    marks = ", ".join("?" * 12)
    with closing(sqlite3.connect(home / DATABASE)) as database:
        statement = f"INSERT INTO pattern ({columns}) VALUES ({marks})"  # noqa: S608 (names of ours)
        database.executemany(statement, (_values(states.pattern(n)) for n in range(count)))
        database.commit()


def _values(one: Pattern) -> tuple[object, ...]:
    vector = vector_bytes(one.vector)
    head = (one.outcome_id, one.signal_id, RUN, one.world, one.symbol, one.venue, vector)
    return (*head, one.net_bps, one.result, one.ts, one.ts_known, one.importance)


def nearest(
    states: States,
    query: npt.NDArray[np.float64],
    ts: int,
    limit: int,
    *,
    priority: Priority,
    where: Where,
    count: int,
) -> list[tuple[str, float]]:
    """By brute force: ids and scores of the ``limit`` best of the first ``count`` states, best first."""
    seen = (states.known[:count] <= ts) & (states.retired[:count] > ts)
    if where.symbol is not None:
        seen &= states.symbols[:count] == where.symbol
    rows = np.flatnonzero(seen)
    # No matrix product: its threads would go on spinning beside the next question.
    scores = (states.vectors[rows] * (query / np.linalg.norm(query))).sum(axis=1)
    if priority.half_life_ns:
        scores = scores * np.exp2(-(ts - states.known[rows]) / priority.half_life_ns)
    scores = scores * states.importance[rows] ** priority.power
    order = np.lexsort((rows, -scores))[:limit]
    return [(name_of(int(rows[place])), float(scores[place])) for place in order]


def share_found(found: Sequence[Neighbour], expected: Sequence[tuple[str, float]]) -> float:
    """Share of the expected that was found; 1 where nothing is to be found and nothing was."""
    names = {one.outcome_id for one in found}
    if not expected:
        return float(not names)
    return sum(name in names for name, _ in expected) / max(len(expected), len(names))
