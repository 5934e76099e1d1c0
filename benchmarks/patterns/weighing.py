"""What choosing and weighing by importance is worth: the pattern vote's error on a record.

``python -m benchmarks.patterns.weighing --home DIR [--home DIR] --by uniqueness --json``. The follows of
each home are lived through again in order: each signal recalls what was known by then, and what the vote
expected is held against what came. With ``--capacity`` only so many are kept, by the share that is named or
by age. Age weighs nothing here, as a record of days cannot tell. Intervals are over blocks of signals that
follow each other, because neighbours saw the same market.
"""

from __future__ import annotations

import argparse
import heapq
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from sqlalchemy import select

from memory.recall import PatternRecall
from memory.schema import METADATA
from memory.states import Pattern, pattern_of
from memory.store import Store
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.ports import Priority
from tools.models.validation.resampling import bootstrap_mean
from tools.models.votes import pattern_vote

POWERS = (0.0, 0.25, 0.5, 1.0)
AGE = "age"
SHARES = ("importance", "uniqueness", "surprise", "clarity", AGE)
LEAST = 1e-3  # a share of nothing would leave nothing of a state
BLOCK = 50
SEED = 7

Floats = npt.NDArray[np.float64]


class Kept:
    """A mirror that keeps the ``capacity`` most valuable, the newest of equals; all where it is None."""

    def __init__(self, capacity: int | None) -> None:
        self.recall = PatternRecall()
        self._capacity = capacity
        self._ranked: list[tuple[float, int, str]] = []

    def admit(self, pattern: Pattern, worth: float) -> None:
        """Keep a pattern, if need be in the place of the least valuable."""
        key = (worth, pattern.ts_known, pattern.outcome_id)
        if self._capacity is not None and len(self._ranked) >= self._capacity:
            if key <= self._ranked[0]:
                return
            self.recall.retire(heapq.heappop(self._ranked)[2], pattern.ts_known)
        heapq.heappush(self._ranked, key)
        self.recall.keep(pattern)


def errors_on(home: Path, share: str, capacity: int | None, parameters: ParameterSet) -> Floats:
    """Expected less actual result of each signal that could be voted on, shape (n, powers), basis points."""
    table = METADATA.tables["pattern"]
    with Store.open(home, read_only=True) as store:
        rows = store.read(select(table).order_by(table.c.ts, table.c.outcome_id))
    kept, found = Kept(capacity), []
    for is_signal, row in _in_order(rows):
        worth = 1.0 if share == AGE or row[share] is None else max(LEAST, row[share])
        pattern = pattern_of({**row, "importance": worth, "ts_retired": None})
        if not is_signal:
            kept.admit(pattern, worth)
            continue
        expected = [_expected(kept.recall, pattern.vector, row["ts"], power, parameters) for power in POWERS]
        told = [value for value in expected if value is not None]
        if len(told) == len(POWERS):
            found.append([value - pattern.net_bps for value in told])
    return np.array(found).reshape(-1, len(POWERS))


def _in_order(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[bool, Mapping[str, Any]]]:
    """Every follow twice: when it became known, and when its signal was raised."""
    signals = [(row["ts"], True, number) for number, row in enumerate(rows)]
    known = [(row["ts_known"], False, number) for number, row in enumerate(rows)]
    for _, is_signal, number in sorted([*signals, *known]):
        yield is_signal, rows[number]


def _expected(
    recall: PatternRecall, vector: Sequence[float], ts: int, power: float, parameters: ParameterSet
) -> float | None:
    (near,) = recall.neighbours(
        [tuple(vector)],
        ts,
        parameters.whole("pattern_neighbours"),
        parameters["pattern_min_similarity"],
        priority=Priority(power=power),
    )
    return pattern_vote(near, parameters).expected_bps


def measure(homes: Sequence[Path], share: str, capacity: int | None) -> dict[str, Any]:
    """Error by power, and its difference from no weighing with a 95 % interval."""
    errors = np.concatenate([errors_on(home, share, capacity, default_parameters()) for home in homes])
    squares = errors**2
    rows = []
    for place, power in enumerate(POWERS):
        row: dict[str, Any] = {
            "power": power,
            "mean_squared_error": float(squares[:, place].mean()),
            "mean_error_bps": float(errors[:, place].mean()),
        }
        if place and len(errors) >= 2 * BLOCK:
            change = squares[:, place] - squares[:, 0]
            found = bootstrap_mean(change, np.random.default_rng(SEED), block=BLOCK)
            row["against_none"] = {"difference": found.value, "low": found.low, "high": found.high}
        rows.append(row)
    return {"by": share, "capacity": capacity, "homes": len(homes), "n": len(errors), "powers": rows}


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, action="append", required=True, help="a home with follows")
    parser.add_argument("--json", action="store_true", help="one document of JSON")
    parser.add_argument("--by", choices=SHARES, default=SHARES[0], help="what states are weighed and kept by")
    parser.add_argument("--capacity", type=int, help="so many are kept; all without")
    arguments = parser.parse_args()
    found = measure(arguments.home, arguments.by, arguments.capacity)
    if arguments.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        print(f"{found['n']} signals of {found['homes']} homes")
        for row in found["powers"]:
            error = f"{row['mean_squared_error']:.2f} bps², mean {row['mean_error_bps']:+.2f} bps"
            print(f"power {row['power']}: {error} {row.get('against_none', '')}")


if __name__ == "__main__":
    main()
