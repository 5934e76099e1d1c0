"""This tree's senses beside those of another tree: the same to the last bit, and how much faster.

``python -m benchmarks.trees OTHER`` (a working copy of an earlier commit). Every feature of every second,
every column of every level order and alert and what the detectors have learned must hash to the same;
otherwise the program ends with what differs. Then both replay one tape in turns; what counts is the ratio
of a round's processor times.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import TAPE, told
from benchmarks.replay import BUNDLED
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording

HERE = Path(__file__).resolve().parents[1]
SIDE = Path(__file__).with_name("tree_side.py")
TIMED = ("bare", "full", "orders", "alerts")


class Tree:
    """The senses of a tree, in a process of their own."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter
            [sys.executable, str(SIDE), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(root)},
            cwd=root,
        )

    def ask(self, tape: str, work: str) -> Any:
        """What the side answers.

        Raises:
            RuntimeError: It has ended, with its error on stderr.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"tape": tape, "work": work}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{work} expects an answer, the side was ended with {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def decoded(folders: list[Path], into: Path) -> dict[str, int]:
    """Every recording of ``folders`` as ``NAME.npy``; how many events each has."""
    found = {}
    for trades in sorted(path for folder in folders for path in folder.glob("*.trades.csv.gz")):
        name = trades.name.split(".", 1)[0]
        venue, symbol, _ = name.split("_", 2)
        book = trades.with_name(trades.name.replace(".trades.", ".book."))
        events = read_recording(trades, book, instrument_for(venue, symbol)).events
        np.save(into / f"{name}.npy", events)
        found[name] = len(events)
    return found


def differing(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """Names of what is not the same on both sides, sorted."""
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def refuse_difference(tape: str, tree: Tree, other: Tree) -> int:
    """Raise unless both say the same; how many columns were compared."""
    ours, theirs = tree.ask(tape, "outputs"), other.ask(tape, "outputs")
    apart = differing(ours, theirs)
    if apart:
        raise AssertionError(f"{tape}: {len(apart)} of {len(ours)} columns differ: {', '.join(apart)}")
    return len(ours)


def faster(tape: str, n: int, rounds: int, tree: Tree, other: Tree) -> dict[str, Any]:
    """Nanoseconds an event on both sides, and how often this tree's fit into the other's."""
    found = {}
    for work in TIMED:
        for side in (tree, other):
            side.ask(tape, work)  # compiled and warm
        rows = []
        for i in range(rounds):
            sides = (tree, other) if i % 2 == 0 else (other, tree)
            took = {side: side.ask(tape, work) for side in sides}
            rows.append((took[tree], took[other]))
        found[work] = {
            "ns_an_event": told([1e9 * ours / n for ours, _ in rows]),
            "ns_an_event_before": told([1e9 * theirs / n for _, theirs in rows]),
            "before_over_now": told([theirs / ours for ours, theirs in rows]),
        }
    return found


def quantiles(spent: list[float]) -> dict[str, float | int | None]:
    """Microseconds of processor time; None where nothing was scored."""
    p50, p99, most = np.quantile(spent, [0.5, 0.99, 1.0]).round(1).tolist() if spent else (None,) * 3
    return {"n": len(spent), "p50": p50, "p99": p99, "max": most}


def main() -> None:
    """Compare, measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trees", description=__doc__)
    parser.add_argument("other", type=Path, help="root of a working copy of another commit")
    parser.add_argument("--tapes", type=Path, action="append", help="folder of recordings (may be repeated)")
    parser.add_argument("--tape", default=TAPE, help="name of the recording that is timed")
    parser.add_argument("--rounds", type=int, default=11, help="at least 6; 0 compares only")
    given = parser.parse_args()
    if 0 < given.rounds < 6:
        parser.error(f"--rounds expects at least 6, was {given.rounds}: fewer have no interval")
    with tempfile.TemporaryDirectory(prefix="keeper-bench-") as folder:
        events = decoded(given.tapes or [BUNDLED], Path(folder))
        tree, other = Tree(HERE, Path(folder)), Tree(given.other.resolve(), Path(folder))
        same = {tape: refuse_difference(tape, tree, other) for tape in events}
        found: dict[str, Any] = {"columns_that_are_the_same": same}
        if given.rounds:
            found["tape"] = given.tape
            found |= faster(given.tape, events[given.tape], given.rounds, tree, other)
            found["answer_us"] = quantiles(tree.ask(given.tape, "answers"))
            found["answer_us_before"] = quantiles(other.ask(given.tape, "answers"))
        tree.close()
        other.close()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
