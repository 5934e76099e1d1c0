"""Learned slices against fixed ones, on makers that hide what they bear: ``python -m benchmarks.tolerance``.

A maker leaves, and is seen to leave, with the chance ``--answered`` when a slice passes its threshold
(the slice varies by ``--noise``), and for reasons of its own with ``--background``. Thresholds are drawn
log-uniform, which is not the prior. Every way meets the same makers and the same chances. What a maker
does after it came back is as before: nothing but the belief changes.
"""

from __future__ import annotations

import argparse
import math
import sys
from typing import Any

import numpy as np
import orjson

from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.domain.reaction import Reaction
from tools.models.validation import bootstrap_mean
from tools.risk.limits import RiskAppetite
from tools.risk.tolerance import Tolerances

SYMBOL = "COIN"
EVERY_S = 60
SEED = 11


def carried(makers: int, fills: int, share: float | None, given: argparse.Namespace) -> dict[str, Any]:
    """Departures caused and slices sent, a maker; ``share`` None learns, at most the aggressive 1.2."""
    parameters = default_parameters()
    most = float(RiskAppetite.AGGRESSIVE.multiplier(parameters))
    caused, sizes = np.zeros(makers), np.zeros(makers)
    late = np.zeros(makers)
    for number in range(makers):
        rng = np.random.default_rng((SEED, number))
        threshold = math.exp(rng.uniform(math.log(given.low), math.log(given.high)))
        beliefs = Tolerances(half_life_ns=parameters.days_ns("tolerance_half_life_days"))
        for i in range(fills):
            ts = (i + 1) * EVERY_S * NANOS
            slice_ = share or min(most, beliefs.of(SYMBOL, ts, parameters).safe)
            noise, answer, chance = math.exp(given.noise * rng.normal()), rng.uniform(), rng.uniform()
            has_passed = slice_ * noise > threshold and answer < given.answered
            caused[number] += has_passed
            late[number] += has_passed and i >= fills // 2
            sizes[number] += slice_
            if share is None:
                beliefs.learn(_reaction(slice_, ts, has_left=has_passed or chance < given.background))
    return {
        "caused_of_100_fills": _mean(100 * caused / fills),
        "caused_of_100_fills_second_half": _mean(100 * late / (fills - fills // 2)),
        "slice_of_its_order": _mean(sizes / fills),
    }


def _reaction(ratio: float, ts: int, *, has_left: bool) -> Reaction:
    return Reaction(
        decision_id="d_1", run_id="run_1", world="venue", symbol=SYMBOL, venue="venue", is_taken=True,
        ratio=ratio, slip_bps=None, refreshes=8.0, has_left=has_left, ts=ts, ts_known=ts,
    )  # fmt: skip


def _mean(values: np.ndarray[Any, Any]) -> dict[str, Any]:
    found = bootstrap_mean(values, np.random.default_rng(SEED), block=1)
    return {"value": found.value, "interval": [found.low, found.high], "n": found.n}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--makers", type=int, default=300)
    parser.add_argument("--fills", type=int, default=40)
    parser.add_argument("--low", type=float, default=0.4, help="least threshold, maker's orders")
    parser.add_argument("--high", type=float, default=4.0, help="greatest threshold")
    parser.add_argument("--noise", type=float, default=0.1)
    parser.add_argument("--answered", type=float, default=0.9)
    parser.add_argument("--background", type=float, default=0.01)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    ways = {"conservative": 0.8, "balanced": 1.0, "aggressive": 1.2, "learned": None}
    found = {name: carried(given.makers, given.fills, share, given) for name, share in ways.items()}
    option = 0 if given.json else orjson.OPT_INDENT_2
    sys.stdout.write(orjson.dumps({"given": vars(given), **found}, option=option).decode() + "\n")


if __name__ == "__main__":
    main()
