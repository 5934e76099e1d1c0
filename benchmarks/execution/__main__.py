"""Execution on paired worlds: ``python -m benchmarks.execution --pairs N --tier T2 --json``.

Every world is held once for each arm: without us, with one market order a coin, with TWAP, with the
maker-conditioned schedule, and with whatever else is asked for. An entry is ``--ratio`` of the market
maker's average order as detected on arrival; shortfall is against the mid on arrival, and what was not
bought in time is charged at the ask of the end. No memory and no decision is involved. ``--rows`` keeps
every world as it is done, so that a run may be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from benchmarks.execution.figures import figures
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.many import Pool
from keeper_agent.lab.parent_arms import ArmsJob, all_carried_out, rows_of
from keeper_agent.lab.parent_cycle import Arm, Terms
from keeper_agent.lab.parents import ParentJob, ParentRow
from tools.domain.reaction import Reaction
from tools.execution.impact import fit_impact
from tools.execution.warmup import warm_kernels

JUDGED_FROM = 52_000_000  # worlds that nothing was chosen on begin here
FITTED_FROM = 51_000_000  # worlds on whose market orders the impact is fitted
USUAL = (Arm.ABSENT, Arm.AT_ONCE, Arm.TWAP, Arm.SMART)


def main() -> None:
    """Print the figures."""
    arguments = _arguments()
    warm_kernels()
    gc.collect()
    gc.freeze()  # what was loaded stays; between two worlds only what they left is looked at
    arms = [Arm(name) for name in arguments.arms.split(",")] if arguments.arms else list(USUAL)
    settings = LabSettings(coins=arguments.coins)
    terms = Terms(ratio=arguments.ratio, horizon_s=arguments.horizon)
    seeds = range(arguments.first_seed, arguments.first_seed + -(-arguments.pairs // arguments.coins))
    with Pool(arguments.workers) as pool:
        impact: tuple[Reaction, ...] = ()
        if Arm.ALMGREN_CHRISS in arms:
            impact = _own_fills(pool, arguments, terms, settings)
        jobs = [
            ArmsJob(
                ParentJob(
                    scenario=arguments.tier,
                    seed=seed,
                    arm=Arm.ABSENT,
                    terms=terms,
                    settings=settings,
                    impact=impact,
                ),
                tuple(arms),
            )
            for seed in seeds
        ]
        rows = list(_held(pool, jobs, arguments.rows))
    found: dict[str, Any] = {
        "tier": arguments.tier,
        "ratio": terms.ratio,
        "share": terms.share,
        "horizon_s": terms.horizon_s,
        "coins": arguments.coins,
        "first_seed": arguments.first_seed,
        "impact": None if not impact else _plain(fit_impact(impact)),
        **figures(rows),
        "cpu_s": sum(os.times()[:4]),
    }
    indent = 0 if arguments.json else orjson.OPT_INDENT_2
    sys.stdout.write(orjson.dumps(found, option=indent).decode() + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100, help="entries: worlds times coins")
    parser.add_argument("--tier", default="T2")
    parser.add_argument("--coins", type=int, default=5)
    parser.add_argument("--ratio", type=float, default=5.0, help="size in market maker's orders")
    parser.add_argument("--horizon", type=float, default=120.0, help="seconds an entry may take")
    parser.add_argument("--arms", default="", help=f"of {', '.join(Arm)}; the usual four if not given")
    parser.add_argument("--first-seed", type=int, default=JUDGED_FROM)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rows", type=Path, default=None, help="file that keeps each world as it is done")
    parser.add_argument("--json", action="store_true", help="on one line")
    return parser.parse_args()


def _held(pool: Pool, jobs: Sequence[ArmsJob], kept: Path | None) -> Iterator[ParentRow]:
    """The rows of every job, those kept before among them."""
    known: dict[tuple[str, int, str], list[ParentRow]] = {}
    if kept is not None and kept.exists():
        for line in kept.read_bytes().splitlines():
            rows = rows_of(line)
            known[rows[0].scenario, rows[0].seed, rows[0].arm] = rows
    missing = []
    for one in jobs:
        absent = []
        for arm in one.arms:
            before = known.get((one.job.scenario, one.job.seed, arm.value))
            if before is None:
                absent.append(arm)
            else:
                yield from before
        if absent:
            missing.append(replace(one, arms=tuple(absent)))
    for done, found in enumerate(pool.over(all_carried_out, missing), 1):
        if kept is not None:
            with kept.open("ab") as file:
                file.write(b"".join(orjson.dumps(rows) + b"\n" for rows in found))
        sys.stderr.write(f"\r{done} of {len(missing)} worlds")
        for rows in found:
            yield from rows


def _own_fills(
    pool: Pool, arguments: argparse.Namespace, terms: Terms, settings: LabSettings
) -> tuple[Reaction, ...]:
    """What orders of one and of many slices cost on ten worlds that nothing is judged on."""
    jobs = [
        ArmsJob(
            ParentJob(
                scenario=arguments.tier, seed=FITTED_FROM + i, arm=Arm.ABSENT, terms=terms, settings=settings
            ),
            (Arm.AT_ONCE, Arm.TWAP),
        )
        for i in range(10)
    ]
    rows = [row for arms in pool.over(all_carried_out, jobs) for found in arms for row in found]
    return tuple(one for row in rows if row.carried is not None for one in row.carried.reactions)


def _plain(impact: Any) -> dict[str, float]:
    return {name: getattr(impact, name) for name in impact.__dataclass_fields__}


if __name__ == "__main__":
    main()
