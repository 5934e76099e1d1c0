"""Live trials of a candidate value against synthetic worlds: how often right, how soon, at what cost.

Thompson's allocation beside a fixed half and half on the same outcomes, under the same stopping rule and
the same terms. Outcomes are heavy-tailed (Student, 4 degrees of freedom), drift together through the day,
and come late.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tools.models.validation import spent_level, wilson_interval
from tools.risk.experiments import Ending, Experiment, Terms, draws_candidate

SD_BPS = 12.0
DELAY = 25  # decisions until an outcome is known
DRIFT_BPS = 6.0  # how far both arms move together through a day
A_DAY = 300
FIRST_SEED = 1_000  # seeds below tuned the terms
WORLDS: Mapping[str, float] = {
    "better": 3.0,
    "slightly better": 1.0,
    "equal": 0.0,
    "worse": -3.0,
    "harmful": -20.0,
}


@dataclass(frozen=True, slots=True)
class Run:
    """One experiment in one world.

    Attributes:
        cost_bps: What the candidate truly cost, against never having been tried.
        regret_bps: What was lost in all against always having had the better value.
    """

    ending: str
    n: int
    n_candidate: int
    cost_bps: float
    regret_bps: float
    is_covered: bool


def run_one(gain_bps: float, seed: int, *, is_fixed: bool, horizon: int) -> Run:
    """Live through one experiment, and what it led to, up to ``horizon`` decisions."""
    share = 0.5
    terms = Terms(level=spent_level(1), share_low=share if is_fixed else 0.1, share_high=share)
    experiment, late = Experiment(terms), list[tuple[bool, float, float]]()
    noise = np.random.default_rng(seed)
    values = noise.standard_t(4, horizon) * SD_BPS / np.sqrt(2.0)
    values += DRIFT_BPS * np.sin(2 * np.pi * np.arange(horizon) / A_DAY)
    candidates, is_covered, ending = 0, True, None
    for place in range(horizon):
        chance = experiment.share()
        is_candidate = draws_candidate(f"experiment {seed}", f"decision {place}", chance)
        candidates += is_candidate
        late.append((is_candidate, chance, float(values[place]) + gain_bps * is_candidate))
        if len(late) > DELAY:
            drawn, at, net = late.pop(0)
            experiment.learn(is_candidate=drawn, share=at, net_bps=net)
            estimate = experiment.gain()
            is_covered &= (
                estimate is None or estimate.n < terms.least or estimate.low <= gain_bps <= estimate.high
            )
        ending = experiment.ending()
        if ending is not None:
            break
    after = horizon - place - 1
    kept = candidates + (after if ending is Ending.BETTER else 0)
    best = horizon if gain_bps > 0 else 0
    return Run(
        ending=ending.value if ending is not None else "running",
        n=experiment.n,
        n_candidate=experiment.n_candidate,
        cost_bps=-gain_bps * candidates,
        regret_bps=gain_bps * (best - kept),
        is_covered=is_covered,
    )


def figures(gain_bps: float, seeds: int, *, is_fixed: bool, horizon: int) -> dict[str, Any]:
    """What came of ``seeds`` experiments in a world where the candidate is ``gain_bps`` better."""
    runs = [
        run_one(gain_bps, seed, is_fixed=is_fixed, horizon=horizon)
        for seed in range(FIRST_SEED, FIRST_SEED + seeds)
    ]
    endings = Counter(one.ending for one in runs)
    return {
        "seeds": seeds,
        "endings": dict(sorted(endings.items())),
        "called_better": _share(endings[Ending.BETTER.value], seeds),
        "interval_right_at_all_times": _share(sum(one.is_covered for one in runs), seeds),
        "outcomes_to_the_end": _spread([float(one.n) for one in runs]),
        "outcomes_of_the_candidate": _spread([float(one.n_candidate) for one in runs]),
        "cost_of_trying_bps": _spread([one.cost_bps for one in runs]),
        "regret_bps": _spread([one.regret_bps for one in runs]),
    }


def _share(hits: int, n: int) -> dict[str, float]:
    low, high = wilson_interval(hits, n)
    return {"value": hits / n, "n": n, "low": low, "high": high}


def _spread(values: list[float]) -> dict[str, float]:
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))
    return {
        "mean": mean,
        "low": mean - 1.96 * error,
        "high": mean + 1.96 * error,
        "median": float(np.median(values)),
        "largest": float(np.max(values)),
    }


def run(seeds: int, horizon: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures of each world: Thompson's allocation, the fixed one, and their ratio."""
    for name, gain_bps in WORLDS.items():
        own = figures(gain_bps, seeds, is_fixed=False, horizon=horizon)
        fixed = figures(gain_bps, seeds, is_fixed=True, horizon=horizon)
        cost, base = own["cost_of_trying_bps"]["mean"], fixed["cost_of_trying_bps"]["mean"]
        ratio = cost / base if base > 0 else None
        yield name, {"gain_bps": gain_bps, "thompson": own, "fixed": fixed, "cost_to_fixed": ratio}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--horizon", type=int, default=6_000, help="decisions")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    began = time.perf_counter()
    found = dict(run(asked.seeds, asked.horizon))
    if asked.json:
        terms = asdict(Terms(level=spent_level(1)))
        print(json.dumps({"terms": terms, "worlds": found, "wall_s": time.perf_counter() - began}, indent=2))
        return
    for name, one in found.items():
        for way in ("thompson", "fixed"):
            told = one[way]
            cost, regret = told["cost_of_trying_bps"], told["regret_bps"]
            print(
                f"{name:16} {way:9} {told['endings']} n={told['outcomes_to_the_end']['median']:.0f}", end=" "
            )
            print(
                f"cost {cost['mean']:.0f} (largest {cost['largest']:.0f}) regret {regret['mean']:.0f} bps",
                end=" ",
            )
            print(f"covered {told['interval_right_at_all_times']['value']:.3f}")


if __name__ == "__main__":
    main()
