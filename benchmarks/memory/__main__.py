"""A million decisions in memory: recall, explain, ask, verify and rebuild, against plain full scans.

``python -m benchmarks.memory --decisions 1000000 --json``. A hundred days are written by the product's
own writers (see ``record``) and copied until there are as many decisions as asked (see ``copies``).
``--home`` keeps the record, or measures one that is there. The targets: the last 50 on a symbol within
2 ms, an explanation within 50 ms, both at the 99th percentile, and at most 1 GB of memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.memory.copies import copy_record
from benchmarks.memory.measure import Figures, measure, measure_checks, measure_commands, measure_sealing
from benchmarks.memory.record import A_DAY, DAY_NS, LongRecord
from memory.connection import DATABASE
from memory.store import Store

LEAST = 10_000
WRITTEN = 30_000  # decisions that the writers make before they are copied
FILLED_SHARE = 0.1  # of the follows, so that a million decisions make the 100,000 patterns of a full library


def build(home: Path, decisions: int, seed: int) -> float:
    """Make the record; the seconds it took."""
    began = time.perf_counter()
    written = min(WRITTEN, decisions)
    with Store.open(home, is_throwaway=True) as store:
        LongRecord(store, round(written * FILLED_SHARE), written, seed).write(lambda _: None)
    days, copies = -(-written // A_DAY), -(-decisions // written) - 1
    copy_record(home, copies, days * DAY_NS, lambda copy: _say(f"copy {copy} of {copies}"))
    return time.perf_counter() - began


def run(home: Path, asked: argparse.Namespace) -> Figures:
    """Every figure."""
    is_there = (home / DATABASE).exists()
    built_s = None if is_there else build(home, asked.decisions, asked.seed)
    figures: Figures = {"built_s": built_s, **measure(home, reads=asked.reads, seed=asked.seed)}
    _say("readers are measured")
    figures["commands"] = measure_commands(home, n=asked.commands, seed=asked.seed)
    figures["sealing"] = measure_sealing(home, asked.reads)
    if not asked.no_checks:
        figures["checks"] = measure_checks(home, _say)
    return figures


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, help="keep the record here, or measure the one that is here")
    parser.add_argument("--reads", type=int, default=1_000, help="calls a figure is made of")
    parser.add_argument("--commands", type=int, default=20, help="whole commands that are run")
    parser.add_argument("--no-checks", action="store_true", help="leave out verify and rebuild")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.decisions < LEAST:
        parser.error(f"--decisions expects at least {LEAST}, so that every question has an answer")
    with tempfile.TemporaryDirectory() as folder:
        figures = run(asked.home or Path(folder) / "home", asked)
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(name, value)


if __name__ == "__main__":
    main()
