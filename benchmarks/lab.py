"""Closed-loop round trips a minute of wall time in the laboratory, memory writes included.

A round trip is entered, exited and its outcome recorded. Sessions explore: half of the refused
signals are taken by coin, inside the spread, held for seconds; rules, limits, fees and delays stay
the product's, but for a shorter rest after a departure. The baseline is the same worlds in the same
run without Keeper, so the ratio says what the agent costs; start of the processes is apart. On a
machine with other work the wall time is more than the work: the processor time says how much.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
import orjson

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.many import Job, Pool, measured
from keeper_agent.lab.pairs import absent
from keeper_agent.settings import Settings
from tools.models.validation import bootstrap_mean

FIRST_SEED = 7


def jobs_of(arguments: argparse.Namespace, settings: LabSettings, keeper: Settings) -> list[Job]:
    """A session a seed."""
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.sessions)
    return [
        Job(
            scenario=arguments.scenario,
            seed=seed,
            minutes=arguments.minutes,
            settings=settings,
            keeper=keeper,
        )
        for seed in seeds
    ]


def costed(job: Job) -> dict[str, float]:
    """The numbers of a job's session, and the processor time it took."""
    began = time.process_time()
    return measured(job) | {"cpu_s": time.process_time() - began}


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Hold the sessions, then the same worlds without Keeper."""
    keeper = Settings(_env_file=None)  # type: ignore[call-arg]
    settings = LabSettings(coins=arguments.coins)
    settings = settings if arguments.product else settings.exploring()
    with Pool(arguments.workers) as pool:
        pool.warm(Job(scenario=arguments.scenario, seed=1, minutes=0.05, settings=settings, keeper=keeper))
        began = time.perf_counter()
        rows = list(pool.over(costed, jobs_of(arguments, settings, keeper)))
        wall_s = time.perf_counter() - began
        empty = list(pool.over(costed, jobs_of(arguments, absent(settings), keeper)))
    trips = np.array([row["round_trips"] for row in rows])
    cpu_s = sum(row["cpu_s"] for row in rows)
    a_minute = trips * len(trips) / wall_s * 60
    found = bootstrap_mean(a_minute, np.random.default_rng(FIRST_SEED), block=1)
    return {
        "scenario": arguments.scenario,
        "coins": arguments.coins,
        "sessions": len(rows),
        "virtual_minutes_each": arguments.minutes,
        "workers": arguments.workers,
        "policy": "product" if arguments.product else "exploring",
        "round_trips": int(trips.sum()),
        "decisions": int(sum(row["decisions"] for row in rows)),
        "orders": int(sum(row["orders"] for row in rows)),
        "wall_s": wall_s,
        "round_trips_per_minute": trips.sum() / wall_s * 60,
        "round_trips_per_minute_interval": [found.low, found.high],
        "virtual_s_per_wall_s": len(rows) * arguments.minutes * 60 / wall_s,
        "cpu_s": cpu_s,
        "round_trips_per_cpu_minute": trips.sum() / cpu_s * 60,
        "processors_had": cpu_s / wall_s,
        "without_keeper_cpu_s": sum(row["cpu_s"] for row in empty),
        "with_over_without": cpu_s / sum(row["cpu_s"] for row in empty),
        "round_trip": "entered, exited, outcome recorded",
    }


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="T2")
    parser.add_argument("--coins", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=30, help="virtual minutes a session")
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--product", action="store_true", help="the product's own policy, no exploration")
    parser.add_argument("--json", action="store_true", help="one document of JSON")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY).decode())
    else:
        low, high = found["round_trips_per_minute_interval"]
        print(f"{found['round_trips']} round trips in {found['wall_s']:.1f} s of wall time")
        print(f"{found['round_trips_per_minute']:.0f} a minute ({low:.0f} to {high:.0f})")


if __name__ == "__main__":
    main()
