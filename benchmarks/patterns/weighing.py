"""What weighing by importance is worth: the pattern vote's error on a record, under several powers.

``python -m benchmarks.patterns.weighing --home DIR [--home DIR] --by uniqueness --json``. The follows of each home
are lived through again in order: each signal recalls what was known by then, and what the vote expected is
held against what came. Age weighs nothing here, as a record of days cannot tell. Intervals are over blocks of
signals that follow each other, because neighbours saw the same market.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from sqlalchemy import select

from memory.recall import PatternRecall, pattern_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.ports import Priority
from tools.models.validation.resampling import bootstrap_mean
from tools.models.votes import pattern_vote

POWERS = (0.0, 0.25, 0.5, 1.0)
SHARES = ("importance", "uniqueness", "surprise", "clarity")
LEAST = 1e-3  # a share of nothing would leave nothing of a state
BLOCK = 50
SEED = 7

Floats = npt.NDArray[np.float64]


def errors_on(home: Path, share: str, parameters: ParameterSet) -> Floats:
    """Expected less actual result of each signal that could be voted on, shape (n, powers), basis points."""
    table = METADATA.tables["pattern"]
    with Store.open(home, read_only=True) as store:
        rows = store.read(select(table).order_by(table.c.ts, table.c.outcome_id))
    recall, found = PatternRecall(), []
    for is_signal, row in _in_order(rows):
        worth = 1.0 if row[share] is None else max(LEAST, row[share])
        pattern = pattern_of({**row, "importance": worth, "ts_retired": None})
        if not is_signal:
            recall.keep(pattern)
            continue
        expected = [_expected(recall, pattern.vector, row["ts"], power, parameters) for power in POWERS]
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


def measure(homes: Sequence[Path], share: str) -> dict[str, Any]:
    """Error by power, and its difference from no weighing with a 95 % interval."""
    errors = np.concatenate([errors_on(home, share, default_parameters()) for home in homes])
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
    return {"by": share, "homes": len(homes), "n": len(errors), "powers": rows}


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, action="append", required=True, help="a home with follows")
    parser.add_argument("--json", action="store_true", help="one document of JSON")
    parser.add_argument("--by", choices=SHARES, default=SHARES[0], help="what a state is weighed by")
    arguments = parser.parse_args()
    found = measure(arguments.home, arguments.by)
    if arguments.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        print(f"{found['n']} signals of {found['homes']} homes")
        for row in found["powers"]:
            print(
                f"power {row['power']}: {row['mean_squared_error']:.2f} bps², {row.get('against_none', '')}"
            )


if __name__ == "__main__":
    main()
