"""``python -m tests.simulation --seeds 2000 --workers 2``: many simulated hours, their figures as JSON.

A seed that breaks a rule is lived through again with ``--seed N``, which prints its last events.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, fields
from functools import partial

import orjson

from tests.simulation.hour import simulate
from tests.simulation.mutants import KINDS
from tests.simulation.span import Hour

WIDTH = 40


@dataclass(slots=True)
class Figures:
    """What came of all seeds."""

    seeds: int = 0
    hours: float = 0.0
    cpu_s: float = 0.0
    lives: int = 0
    orders: int = 0
    fills: int = 0
    requests: int = 0
    steps: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    befell: Counter[str] = field(default_factory=Counter)
    broken: dict[int, list[str]] = field(default_factory=dict)

    def add(self, hour: Hour, cpu_s: float, hours: float) -> None:
        """Take in a seed."""
        self.seeds += 1
        self.hours += hours
        self.cpu_s = round(self.cpu_s + cpu_s, 2)
        for name in ("lives", "orders", "fills", "requests", "steps"):
            setattr(self, name, getattr(self, name) + getattr(hour, name))
        self.struck += hour.struck
        self.befell += hour.befell
        if hour.breaches:
            self.broken[hour.seed] = hour.breaches[:5]


def one(seed: int, mutant: str, hours: float, density: float) -> tuple[Hour, float]:
    """A seed and the processor time it took."""
    began = os.times()
    try:
        hour = simulate(seed, KINDS[mutant], hours=hours, density=density)
    except Exception as error:  # noqa: BLE001 (a fault of the simulation must name its seed)
        hour = Hour(seed, breaches=[f"the simulation itself failed: {error!r}"])
    ended = os.times()
    return hour, ended.user + ended.system - began.user - began.system


def played(
    seeds: range, mutant: str, span: tuple[float, float], workers: int
) -> Iterator[tuple[Hour, float]]:
    """Each seed as it is done."""
    work = partial(one, mutant=mutant, hours=span[0], density=span[1])
    with ProcessPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(work, seed) for seed in seeds]):
            yield done.result()


def main() -> int:
    """Read the command line, simulate, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seed", type=int, help="live through one seed and print its last events")
    parser.add_argument("--hours", type=float, default=1.0, help="virtual hours a seed")
    parser.add_argument("--density", type=float, default=1.0, help="hours' misfortunes in each of them")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mutant", choices=sorted(KINDS), default="")
    parser.add_argument("--json", action="store_true", help="no progress bar")
    options = parser.parse_args()
    if options.seed is not None:
        hour, _ = one(options.seed, options.mutant, options.hours, options.density)
        sys.stdout.write("\n".join([*hour.events, *(f"BREACH {words}" for words in hour.breaches), ""]))
        return 1 if hour.breaches else 0
    figures = Figures()
    seeds = range(options.first, options.first + options.seeds)
    for hour, cpu_s in played(seeds, options.mutant, (options.hours, options.density), options.workers):
        figures.add(hour, cpu_s, options.hours)
        if hour.breaches:
            sys.stderr.write(f"\nseed {hour.seed}: {hour.breaches[0]}\n")
        if not options.json:
            show(figures, len(seeds))
    said = {one.name: getattr(figures, one.name) for one in fields(figures)}
    keys = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS
    sys.stdout.write(orjson.dumps(said, option=keys).decode() + "\n")
    return 1 if figures.broken else 0


def show(figures: Figures, n: int) -> None:
    """A bar, on the error stream, so that the figures can be read by a program."""
    done = WIDTH * figures.seeds // n
    bar = "#" * done + "." * (WIDTH - done)
    sys.stderr.write(f"\r[{bar}] {figures.seeds}/{n} seeds, {len(figures.broken)} broken ")
    sys.stderr.write("\n" if figures.seeds == n else "")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
