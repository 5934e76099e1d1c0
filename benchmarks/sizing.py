"""Processor time an answer of the sizer takes: ``python -m benchmarks.sizing --json``.

Adaptive and learned sizing answer the same requests in alternating rounds. A learned answer is the
belief read as of now and the size; its baseline folds the same reactions anew for each answer.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import orjson

from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.domain.reaction import Reaction
from tools.execution.sizing import SizeRequest, SizingMode, size_entry
from tools.execution.tolerating import tolerance_reason, tolerated_of
from tools.market.instruments import instrument_for
from tools.risk.limits import RiskAppetite
from tools.risk.tolerance import Tolerances

SYMBOL = "ALGOUSDT"
WEEK_NS = 7 * 86_400 * NANOS
REACTIONS = 500
SEED = 7


def reactions() -> list[Reaction]:
    """What a maker that bears 1.4 of its order did in 500 fills."""
    rng = np.random.default_rng(SEED)
    ratios = rng.uniform(0.2, 2.5, REACTIONS)
    return [
        Reaction(
            decision_id=f"d_{i}", run_id="run_1", world="venue", symbol=SYMBOL, venue="mexc", is_taken=True,
            ratio=float(ratio), slip_bps=None, refreshes=8.0, has_left=bool(ratio > 1.4),
            ts=i * NANOS, ts_known=(i + 4) * NANOS,
        )
        for i, ratio in enumerate(ratios)
    ]  # fmt: skip


def measure(rounds: int, answers: int) -> dict[str, Any]:
    """Microseconds an answer: medians of rounds, and the 99th percentile over all answers."""
    parameters = default_parameters()
    instrument = replace(instrument_for("mexc", SYMBOL), tick=10_000, lot=1_000_000, quote_usd=Decimal(1))
    base = SizeRequest(
        instrument, 20_000_000, Decimal(10), Decimal(2), appetite=RiskAppetite.AGGRESSIVE
    )  # fmt: skip
    seen = reactions()
    kept, now = Tolerances(seen, half_life_ns=WEEK_NS), seen[-1].ts_known

    def learned(beliefs: Tolerances) -> object:
        told = beliefs.of(SYMBOL, now, parameters).told()
        request = replace(
            base,
            mode=SizingMode.LEARNED,
            tolerated=tolerated_of(told),
            tolerance_reason=tolerance_reason(told),
        )
        return size_entry(request, parameters)

    ways: dict[str, tuple[Callable[[], object], int]] = {
        "adaptive": (lambda: size_entry(base, parameters), answers),
        "learned": (lambda: learned(kept), answers),
        "folded_anew": (lambda: learned(Tolerances(seen, half_life_ns=WEEK_NS)), max(1, answers // 100)),
    }
    times: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (answer, count) in ways.items():
            times[name].append(_timed(answer, count))
    medians = {name: np.array([np.median(one) for one in found]) for name, found in times.items()}
    ratios = medians["folded_anew"] / medians["learned"]
    return {
        "rounds": rounds,
        "answers_a_round": answers,
        "reactions": REACTIONS,
        "median_us": {name: float(np.median(found)) for name, found in medians.items()},
        "p99_us": {name: float(np.quantile(np.concatenate(found), 0.99)) for name, found in times.items()},
        "ratio_folded_anew_to_learned": float(np.median(ratios)),
        "ratio_interval": [float(ratios.min()), float(ratios.max())],
    }


def _timed(answer: Callable[[], object], count: int) -> np.ndarray[Any, Any]:
    taken = np.empty(count)
    for i in range(count):
        began = time.thread_time_ns()
        answer()
        taken[i] = time.thread_time_ns() - began
    return taken / 1e3


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--answers", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    option = 0 if given.json else orjson.OPT_INDENT_2
    sys.stdout.write(orjson.dumps(measure(given.rounds, given.answers), option=option).decode() + "\n")


if __name__ == "__main__":
    main()
