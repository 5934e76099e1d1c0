"""Refresh rates alone: market makers from slow to fast, by default on a feed of 10 ms.

``python -m benchmarks.detection.paces --seeds FIRST,N --json``. A rate above half the buckets' pace cannot be
told from a faster one: where the truth or the answer is, it is censored and counted apart. Where nothing is
said the answer is unknown, and counted as wrong in ``of_all``. Looks at one market are not independent, so
markets are counted as well, by their median answer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.errors import NEAR_RATE
from benchmarks.detection.figures import share
from benchmarks.detection.looking import moments
from benchmarks.detection.sets import MOSS_FERN_DUSK, UNSEEN_FAMILIES
from benchmarks.detection.worlds import Market, World, markets
from venue.public import NANOS

Reals = npt.NDArray[np.float64]

RATES_HZ = (0.5, 1.0, 2.0, 5.0, 10.0)
TOLD_SHARE = 0.5  # of the buckets' pace: the fastest rate that can be told


def answers(market: Market) -> Reals:
    """The rate said and the true one wherever a market maker quotes as usual, shape (n, 2), Hz."""
    rows = [(one.rate_hz, max(at.rate_hz for at in one.standing)) for one in moments(market) if one.standing]
    return np.array(rows).reshape(-1, 2)


def figures(by_market: Sequence[Reals], fastest_hz: float) -> dict[str, Any]:
    """Shares within 20 % over looks and over markets; ``fastest_hz`` is what the feed can tell."""
    rows = np.concatenate([np.zeros((0, 2)), *by_market])
    is_censored = (rows[:, 1] > fastest_hz) | (rows[:, 0] > fastest_hz)
    told = rows[~is_censored]
    is_known = ~np.isnan(told[:, 0])
    off = told[:, 0] / told[:, 1] - 1
    medians = [
        float(np.nanmedian(np.abs(one[:, 0] / one[:, 1] - 1)))
        for one in by_market
        if len(one) and not np.isnan(one[:, 0]).all() and not (one > fastest_hz).any()
    ]
    return {
        "within_20_percent": share(np.abs(off[is_known]) <= NEAR_RATE),
        "of_all": share(is_known & (np.abs(np.nan_to_num(off, nan=9.0)) <= NEAR_RATE)),
        "markets_within_20_percent": share(np.array(medians) <= NEAR_RATE),
        "censored": int(is_censored.sum()),
        "unknown": int((~is_known).sum()),
    }


def worlds(given: argparse.Namespace, family: str, rate_hz: float) -> Iterator[World]:
    """The worlds of one family and pace."""
    first, n = (int(x) for x in given.seeds.split(","))
    for seed in range(first, first + n):
        yield World(
            tier=given.tier,
            family=family,
            seed=seed,
            seconds=given.seconds,
            coins=MOSS_FERN_DUSK,
            period_ns=given.period_ms * 1_000_000,
            rate_hz=rate_hz,
        )


def main() -> None:
    """Measure and print, a line for each family and pace and one for all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.paces", description=__doc__)
    parser.add_argument("--tier", default="T2")
    parser.add_argument("--families", default=",".join(UNSEEN_FAMILIES))
    parser.add_argument("--seeds", default="67000000,2", help="first seed and how many")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--period-ms", type=int, default=10, help="the feed's bucket")
    parser.add_argument("--json", action="store_true", help="lines of JSON instead of indented text")
    given = parser.parse_args()
    fastest_hz = TOLD_SHARE * NANOS / (given.period_ms * 1_000_000)
    every: list[Reals] = []
    for family in given.families.split(","):
        for rate_hz in RATES_HZ:
            seen = [answers(one) for world in worlds(given, family, rate_hz) for one in markets(world)]
            every += seen
            told(given, {"family": family, "rate_hz": rate_hz, **figures(seen, fastest_hz)})
    told(given, {"family": "all", "tier": given.tier, **figures(every, fastest_hz)})


def told(given: argparse.Namespace, row: dict[str, Any]) -> None:
    """Print one row."""
    print(json.dumps(row, indent=None if given.json else 2), flush=True)


if __name__ == "__main__":
    main()
