"""Processor time an answer of the sizer takes: ``python -m benchmarks.sizing --json``.

Adaptive and learned sizing answer the same requests in alternating rounds. A learned answer is the
belief read as of its own time and the size; its baseline folds the same reactions anew for each answer.
Beside them stands plain counting for as long as an adaptive answer takes, which tells the machine's own tail.
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
STEP_NS = 1_000_000  # from one learned answer to the next, so that none is read twice
AIM_US = 100.0


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
    """Microseconds an answer, of processor and of wall time: medians of rounds, tails over all answers."""
    parameters = default_parameters()
    instrument = replace(instrument_for("mexc", SYMBOL), tick=10_000, lot=1_000_000, quote_usd=Decimal(1))
    seen = reactions()
    kept, now = Tolerances(seen, half_life_ns=WEEK_NS), seen[-1].ts_known

    def adaptive(_: int) -> object:
        return size_entry(
            SizeRequest(instrument, 20_000_000, Decimal(10), Decimal(2), appetite=RiskAppetite.AGGRESSIVE),
            parameters,
        )

    def learned(i: int, beliefs: Tolerances = kept) -> object:
        told = beliefs.of(SYMBOL, now + i * STEP_NS, parameters).told()
        request = SizeRequest(
            instrument,
            20_000_000,
            Decimal(10),
            Decimal(2),
            mode=SizingMode.LEARNED,
            appetite=RiskAppetite.AGGRESSIVE,
            tolerated=tolerated_of(told),
            tolerance_reason=tolerance_reason(told),
        )
        return size_entry(request, parameters)

    turns = _turns_of(float(np.median(_timed(adaptive, answers)[0])))
    ways: dict[str, tuple[Callable[[int], object], int]] = {
        "adaptive": (adaptive, answers),
        "learned": (learned, answers),
        "counting": (lambda _: _count(turns), answers),
        "folded_anew": (
            lambda i: learned(i, Tolerances(seen, half_life_ns=WEEK_NS)), max(1, answers // 100)
        ),
    }  # fmt: skip
    times: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (answer, count) in ways.items():
            times[name].append(_timed(answer, count))
    medians = {name: np.array([np.median(one[0]) for one in found]) for name, found in times.items()}
    ratios = medians["folded_anew"] / medians["learned"]
    return {
        "rounds": rounds,
        "answers_a_round": answers,
        "reactions": REACTIONS,
        "median_us": {name: float(np.median(found)) for name, found in medians.items()},
        "processor_us": {
            name: _tail(np.concatenate([one[0] for one in found])) for name, found in times.items()
        },
        "wall_us": {name: _tail(np.concatenate([one[1] for one in found])) for name, found in times.items()},
        "ratio_folded_anew_to_learned": float(np.median(ratios)),
        "ratio_interval": [float(ratios.min()), float(ratios.max())],
    }


def _timed(answer: Callable[[int], object], count: int) -> np.ndarray[Any, Any]:
    """Processor and wall time of each answer, microseconds, shape (2, count)."""
    taken = np.empty((2, count))
    for i in range(count):
        clock, began = time.perf_counter_ns(), time.thread_time_ns()
        answer(i)
        taken[0, i] = time.thread_time_ns() - began
        taken[1, i] = time.perf_counter_ns() - clock
    return taken / 1e3


def _tail(taken: np.ndarray[Any, Any]) -> dict[str, float]:
    return {
        "n": len(taken),
        "median": float(np.median(taken)),
        "p99": float(np.quantile(taken, 0.99)),
        "max": float(taken.max()),
        "share_above_100": float((taken > AIM_US).mean()),
    }


def _count(turns: int) -> int:
    """What touches next to no memory: its tail is the machine's own."""
    found = 0
    for i in range(turns):
        found += i
    return found


def _turns_of(wanted_us: float) -> int:
    """Turns of ``_count`` that take as long as an answer."""
    each = float(np.median(_timed(lambda _: _count(1_000), 200)[0])) / 1_000
    return max(1, round(wanted_us / each))


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
