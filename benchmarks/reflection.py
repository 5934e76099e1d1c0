"""Whether reflection finds planted facts and leaves noise alone, over many seeds.

``python -m benchmarks.reflection --seeds 20 --json``. Each seed writes ten days of eight symbols into the
tables of memory, at least 2,000 filled round trips a symbol, and changes what the gate lets pass after
each day, as the daily job does; the world answers to the parameters in force. A fact is found when
its parameter ends where it was planted, a decoy is a false change when its parameter was ever
moved. ``--gate off`` takes every proposal instead. ``--strength 0.5`` plants effects half as large and tells
how many of their parameters moved the right way at all: the power of ten days.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from graphs.improvement import Occasion, improve, keep
from memory.parameters import ParameterChange, ParameterStore, value_at
from memory.paths import path_facts
from memory.store import Store
from memory.trials import TrialBook
from tests.support.planted import (
    FAILING,
    PLANTED_BUFFER,
    PLANTED_TIMEOUT,
    RISKY,
    USUAL_BUFFER,
    USUAL_TIMEOUT,
    PlantedRecord,
    decoys,
    facts,
)
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet, scoped_name
from tools.models.validation import wilson_interval

DAYS, A_DAY = 10, 320  # of which 50 to 95 % fill
FIRST_SEED = 2_000  # the world was tuned on seeds below
BUFFER_REACH, TIMEOUT_REACH = 1.0, 5.0  # one step about what was planted


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedResult:
    """What one seed's reflections came to."""

    seed: int
    found: tuple[str, ...]
    missed: tuple[str, ...]
    moved: tuple[str, ...]
    false_changes: tuple[str, ...]
    changes: int
    rolled_back: int
    trials: int
    gain_bps: float | None
    filled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its n and 95 % Wilson interval."""

    value: float
    n: int
    low: float
    high: float


def run_seed(
    seed: int,
    home: Path,
    *,
    days: int = DAYS,
    a_day: int = A_DAY,
    is_gated: bool = True,
    strength: float = 1.0,
) -> SeedResult:
    """Live through ``days`` with a reflection after each."""
    with Store.open(home, is_throwaway=True) as store:
        record = PlantedRecord(store, seed, a_day, strength=strength)
        parameters, book = ParameterStore(store), TrialBook(store)
        changes: list[ParameterChange] = []
        ts = 0
        for index in range(days):
            ts = record.write_day(index, parameters.snapshot(1 << 62)) + 600 * NANOS
            occasion = Occasion(record.day(index), f"run_{seed:04d}{index:06d}", record.world, ts)
            paths = path_facts(store, record.world, ts_from=0, as_of=ts)
            improvement = improve(paths, occasion, parameters, book, is_gated=is_gated)
            changes += keep(improvement, occasion, parameters, book)
        filled = Counter(path.symbol for path in paths if path.net_bps is not None)
        return _judge(seed, parameters.snapshot(ts), changes, book, ts, min(filled.values()))


def _judge(
    seed: int,
    last: ParameterSet,
    changes: list[ParameterChange],
    book: TrialBook,
    ts: int,
    filled: int,
) -> SeedResult:
    found = tuple(name for name in facts() if is_found(name, last))
    noise, moved = set(decoys()), {change.name for change in changes}
    effects = {one.version: one.effect_bps for one in book.effects(ts) if one.effect_bps is not None}
    return SeedResult(
        seed=seed,
        found=found,
        missed=tuple(name for name in facts() if name not in found),
        moved=tuple(name for name in facts() if has_moved(name, last)),
        false_changes=tuple(sorted(moved & noise)),
        changes=len(changes),
        rolled_back=sum("undoes" in change.impact for change in changes),
        trials=len(book.trials(ts)),
        gain_bps=sum(effects.values()) if effects else None,
        filled=filled,
    )


def has_moved(name: str, last: ParameterSet) -> bool:
    """Whether the parameter of a planted fact went the right way, however far."""
    value = value_at(last, name)
    usual = {"take_profit_buffer_bps": USUAL_BUFFER, "entry_timeout_s": USUAL_TIMEOUT}
    return value > usual[name] if name in usual else value < 1


def is_found(name: str, last: ParameterSet) -> bool:
    """Whether a planted fact is where it was planted."""
    value = value_at(last, name)
    if name == "take_profit_buffer_bps":
        return abs(value - PLANTED_BUFFER) <= BUFFER_REACH
    if name == "entry_timeout_s":
        return abs(value - PLANTED_TIMEOUT) <= TIMEOUT_REACH
    if name in {scoped_name("symbol_size_share", symbol) for symbol in FAILING}:
        return value == 0
    assert name in {scoped_name("symbol_size_share", symbol) for symbol in RISKY}
    return value == 0.5


def share(hits: int, n: int) -> Share:
    """``hits`` of ``n`` with its interval."""
    low, high = wilson_interval(hits, n)
    return Share(value=hits / n, n=n, low=low, high=high)


def run(
    seeds: int, *, is_gated: bool = True, strength: float = 1.0, first_seed: int = FIRST_SEED
) -> dict[str, object]:
    """The figures over ``seeds``."""
    began = time.perf_counter()
    results = []
    for seed in range(first_seed, first_seed + seeds):
        with tempfile.TemporaryDirectory() as folder:
            results.append(run_seed(seed, Path(folder), is_gated=is_gated, strength=strength))
    false = sum(len(one.false_changes) for one in results)
    return {
        "recall": asdict(share(sum(len(one.found) for one in results), seeds * len(list(facts())))),
        "moved_the_right_way": asdict(
            share(sum(len(one.moved) for one in results), seeds * len(list(facts())))
        ),
        "false_changes_a_decoy": asdict(share(false, seeds * len(list(decoys())))),
        "seeds_with_a_false_change": asdict(share(sum(bool(one.false_changes) for one in results), seeds)),
        "changes": sum(one.changes for one in results),
        "trials": sum(one.trials for one in results),
        "followed_signals_a_symbol": DAYS * A_DAY,
        "least_filled_a_symbol": min(one.filled for one in results),
        "is_gated": is_gated,
        "strength": strength,
        "first_seed": first_seed,
        "wall_s": time.perf_counter() - began,
        "seeds": [asdict(one) for one in results],
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--strength", type=float, default=1.0, help="of the planted effects, 0 to 1")
    parser.add_argument("--gate", choices=("on", "off"), default="on")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not 0 <= asked.strength <= 1:
        parser.error(f"expected a strength from 0 to 1, was {asked.strength}")
    figures = run(
        asked.seeds, is_gated=asked.gate == "on", strength=asked.strength, first_seed=asked.first_seed
    )
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for name in ("recall", "moved_the_right_way", "false_changes_a_decoy", "seeds_with_a_false_change"):
        print(name, figures[name])


if __name__ == "__main__":
    main()
