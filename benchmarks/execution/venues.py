"""One order over two venues: ``python -m benchmarks.execution.venues --worlds N --tier T2 --json``.

Every entry is carried out anew at the first venue alone (near, 5 bps), at the second alone (far, 3 bps), at
the one that looks cheaper for all of it when it begins, and across both by all-in price, on worlds that are
the same up to its first order. All-in is what was paid, fees included, beyond the mid of the first venue on
arrival, the unfilled rest charged at the ask of the end; delays show in what is paid.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from benchmarks.execution.figures import Paired, Reals, with_fees
from keeper_agent.lab.parent_cycle import Arm, Terms
from keeper_agent.lab.parents import ParentRow
from keeper_agent.lab.two_venues import VenueArm, VenuesJob, carried_across

JUDGED_FROM = 54_500_000  # worlds that nothing was chosen on begin here


def main() -> None:
    """Print the figures."""
    arguments = _arguments()
    inner = Arm(arguments.inner)
    horizon = 20.0 if inner is Arm.AT_ONCE else arguments.horizon
    terms = Terms(ratio=arguments.ratio, horizon_s=horizon, listen_s=45.0, wait_s=30.0)
    rows = []
    for done in range(arguments.worlds):
        seed = arguments.first_seed + done
        job = VenuesJob(scenario=arguments.tier, seed=seed, inner=inner, terms=terms)
        rows += [row for arm in carried_across(job) for row in arm]
        sys.stderr.write(f"\r{done + 1} of {arguments.worlds} worlds")
    found = {
        "tier": arguments.tier,
        "inner": inner.value,
        "ratio": terms.ratio,
        "first_seed": arguments.first_seed,
        "first_fee_bps": job.first.taker_bps,
        "second_fee_bps": job.second.taker_bps,
        "first_delay_s": job.first.delay_s,
        "second_delay_s": job.second.delay_s,
        **figures(rows),
        "cpu_s": sum(os.times()[:4]),
    }
    indent = 0 if arguments.json else orjson.OPT_INDENT_2
    sys.stdout.write(orjson.dumps(found, option=indent).decode() + "\n")


def figures(rows: Sequence[ParentRow]) -> dict[str, Any]:
    """All-in costs a way, what going across saves against each, and how often it was split."""
    paired = Paired(rows)
    costs = {arm: paired.values(arm, with_fees) for arm in VenueArm}
    across = costs[VenueArm.ACROSS]
    hindsight = np.minimum(costs[VenueArm.FIRST], costs[VenueArm.SECOND])
    against = {**{arm.value: costs[arm] for arm in VenueArm if arm is not VenueArm.ACROSS}}
    return {
        "entries": len(paired.keys),
        "worlds": len(paired.worlds),
        "all_in_bps": {arm.value: _mean(paired, cost) for arm, cost in costs.items()},
        "saved_bps": {
            name: _mean(paired, cost - across) for name, cost in {**against, "hindsight": hindsight}.items()
        },
        "filled": {arm.value: _mean(paired, paired.values(arm, _filled)) for arm in VenueArm},
        "split": _mean(paired, paired.values(VenueArm.ACROSS, _is_split)),
    }


def _mean(paired: Paired, values: Reals) -> dict[str, Any]:
    return paired.estimate(lambda chosen: float(values[chosen].mean()))


def _filled(row: ParentRow) -> float:
    return row.carried.filled if row.carried is not None else 0.0


def _is_split(row: ParentRow) -> float:
    """Whether more than one order was needed: at once, that is where it was split."""
    return float(row.carried is not None and row.carried.orders > 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--tier", default="T2")
    parser.add_argument("--inner", default=Arm.AT_ONCE.value, help="what slices the entry")
    parser.add_argument("--ratio", type=float, default=5.0, help="size in market maker's orders")
    parser.add_argument("--horizon", type=float, default=60.0, help="seconds an entry in slices may take")
    parser.add_argument("--first-seed", type=int, default=JUDGED_FROM)
    parser.add_argument("--json", action="store_true", help="on one line")
    return parser.parse_args()


if __name__ == "__main__":
    main()
