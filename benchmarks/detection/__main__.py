"""Measure the market-maker senses on worlds, families and coins that nothing was fitted on.

``python -m benchmarks.detection --tiers T1,T2,T3,T4,RANDOM --seeds 31000000,8 --json``. Everything was
developed on the families timer, triggered and ladder, seeds below 24,000,000 and the coins ORB and
KITE; by default the figures are of the families inventory and hummingbot and of MOSS, FERN and DUSK.
Windows and looks of one world are not independent; the intervals do not know that.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from benchmarks.detection.figures import calibration, estimates, presence
from benchmarks.detection.leaving import departures, watched
from benchmarks.detection.looking import moments, windows
from benchmarks.detection.worlds import NOBODY, Market, World, markets

COINS = (2, 3, 4)
UNSEEN = ("inventory", "hummingbot")


def worlds(tier: str, families: list[str], arguments: argparse.Namespace, offset: int = 0) -> list[Market]:
    """The markets of all seeds and families."""
    first, n = (int(x) for x in arguments.seeds.split(","))
    found = []
    for seed in range(first + offset, first + offset + n):
        for family in families:
            actual = "timer" if tier == "T0" and family != NOBODY else family
            world = World(
                tier=tier, family=actual, seed=seed, seconds=arguments.seconds, coins=COINS,
                period_ns=arguments.period_ms * 1_000_000,
            )  # fmt: skip
            found += markets(world)
    return found


def measure(tier: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures of one tier."""
    families = arguments.families.split(",")
    quoted = worlds(tier, families, arguments)
    empty = worlds(tier, [NOBODY] * len(families), arguments, offset=500_000)
    tuning = worlds(tier, [NOBODY], arguments, offset=700_000)
    minutes = [[one for market in them for one in windows(market)] for them in (quoted, tuning, empty)]
    looks = [(market, list(moments(market))) for market in quoted]
    nobody = [one for market in empty for one in moments(market)]
    every = [one for _, them in looks for one in them]
    by_family = {
        family: [estimates(them, market.tick) for market, them in looks if market.world.family == family]
        for family in families
    }
    return {
        "tier": tier,
        "presence": presence([one for one in minutes[0] if one.is_quoted], minutes[1], minutes[2]),
        "calibration": calibration(every + nobody, np.random.default_rng(0)),
        "confident_without_a_maker": round(float(np.mean([one.confidence >= 0.7 for one in nobody])), 4),
        "estimates": {family: pooled(rows) for family, rows in by_family.items()},
        "departures": departures([watched(market) for market in quoted]),
    }


def pooled(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Estimates of several markets, weighted by their looks."""
    rows = [row for row in rows if row.get("bounds_within_a_tick")]
    if not rows:
        return {"n": 0}
    n = [row["bounds_within_a_tick"]["n"] for row in rows]
    rated = [row for row in rows if row["rate_within_20_percent"]["n"]]
    return {
        "n": sum(n),
        "bounds_within_a_tick": mean([row["bounds_within_a_tick"]["share"] for row in rows], n),
        "size_error_median": mean([row["size_error_median"] for row in rows], n),
        "rate_within_20_percent": mean(
            [row["rate_within_20_percent"]["share"] for row in rated],
            [row["rate_within_20_percent"]["n"] for row in rated],
        ),
        "rate_unknown": sum(row["rate_unknown"] for row in rows),
    }


def mean(values: list[float], weights: list[int]) -> float:
    """Weighted mean, three digits."""
    return round(float(np.average(values, weights=weights)), 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--tiers", default="T1,T2,T3,T4,RANDOM")
    parser.add_argument("--families", default=",".join(UNSEEN))
    parser.add_argument("--seeds", default="31000000,8", help="first seed and how many")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--period-ms", type=int, default=100)
    parser.add_argument(
        "--json", action="store_true", help="one line of JSON a tier instead of indented text"
    )
    arguments = parser.parse_args()
    for tier in arguments.tiers.split(","):
        print(json.dumps(measure(tier, arguments), indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
