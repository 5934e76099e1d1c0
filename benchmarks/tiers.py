"""Recall of the plain size-signature detector on each tier, at a threshold set without a market maker.

``python -m benchmarks.tiers --json`` reproduces docs/decisions/0011-tiers.md. A window is 60 s of a 100 ms
feed of a world of its own, after 60 s of warming up; positives are windows in which the market maker
quoted at least nine tenths of the time. The threshold lets 5 % of plain worlds of the same activity pass
(nobody but the crowd and the takers), on seeds that are used for nothing else.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np

from benchmarks.size_signature import score
from venue.public import NANOS
from venue.scenario.build import IMITATORS, START_NS, Scenario, build
from venue.scenario.tiers import TIERS
from venue.truth import share_quoting

WINDOW_S, WARM_UP_S = 60, 60
PERIOD_NS = NANOS // 10
FALSE_POSITIVES = 0.05
QUOTING = 0.9
SYMBOL = "ORBUSDT"
MAKER = "ORB/maker0"
EXPECTED = {"T1": 1.00, "T2": 1.00, "T3": 0.33, "RANDOM": 0.18}
TOLERANCE = 0.08
TUNING_SEED, FIRST_SEED = (
    1_000_000,
    11_000_000,
)  # worlds were tuned on the former, figures come from the latter
THRESHOLD, NEGATIVE, POSITIVE = 0, 1_000_000, 2_000_000  # from the first seed on
Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One tier. Rates come with the number of windows and a 95 % Wilson interval."""

    tier: str
    recall: float
    n: int
    interval: tuple[float, float]
    false_positives_plain: float
    false_positives_imitators: float
    n_negative: int
    threshold: float
    auc: float
    expected: float | None
    is_within: bool | None


def wilson(hits: int, n: int) -> tuple[float, float]:
    """A 95 % interval for a share (Wilson, 1927, Probable inference)."""
    p = hits / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def window_score(tier: str, seed: int, without: tuple[str, ...]) -> tuple[float, float]:
    """The detector's score on one window, and the share of it the market maker quoted."""
    seconds = WARM_UP_S + WINDOW_S
    scenario = Scenario(
        tier=tier, seed=seed, seconds=seconds, thin_coins=1, has_leader=False, without=without
    )
    sim = build(scenario)
    sim.run(seconds)
    start, end = START_NS + WARM_UP_S * NANOS, START_NS + seconds * NANOS
    share = share_quoting(sim.truth, MAKER, start, end)
    return score(sim.view(SYMBOL, PERIOD_NS), start, end, PERIOD_NS), share


@cache
def crowd_scores(crowd: tuple[float, float, float], first_seed: int, n: int) -> list[float]:
    """Scores of plain worlds; tiers with the same crowd have the same plain worlds."""
    tier = next(name for name in TIERS if crowd_of(name) == crowd)
    return scores(tier, first_seed, n, ("mm", *IMITATORS))


def crowd_of(tier: str) -> tuple[float, float, float]:
    """What plain worlds of a tier depend on."""
    return TIERS[tier].adds_hz, TIERS[tier].sigma, TIERS[tier].round_share


def scores(tier: str, first_seed: int, n: int, without: tuple[str, ...]) -> list[float]:
    """Scores of ``n`` windows."""
    return [window_score(tier, first_seed + i, without)[0] for i in range(n)]


def has_imitators(tier: str) -> bool:
    """Whether anyone but the crowd is in the way."""
    wanted = TIERS[tier]
    return bool(wanted.grid_bots or wanted.wash_every_s or wanted.spoof_every_s)


def positives(tier: str, n: int, first_seed: int = TUNING_SEED) -> Iterator[float]:
    """Scores of ``n`` windows with a market maker that quoted."""
    found, seed = 0, first_seed + POSITIVE
    while found < n:
        value, share = window_score(tier, seed, ())
        seed += 1
        if share >= QUOTING:
            found += 1
            yield value


def area(with_maker: list[float], without: list[float]) -> float:
    """Area under the ROC curve."""
    a, b = np.array(with_maker)[:, None], np.array(without)[None, :]
    return float(np.mean(a > b) + 0.5 * np.mean(a == b))


def measure(tier: str, n: int, n_threshold: int, first_seed: int = FIRST_SEED) -> Result:
    """One tier against its own plain worlds."""
    crowd = crowd_of(tier)
    threshold = float(
        np.quantile(crowd_scores(crowd, first_seed + THRESHOLD, n_threshold), 1 - FALSE_POSITIVES)
    )
    negative = crowd_scores(crowd, first_seed + NEGATIVE, n)
    imitated = scores(tier, first_seed + NEGATIVE, n, ("mm",)) if has_imitators(tier) else negative
    found = list(positives(tier, n, first_seed))
    hits = sum(value > threshold for value in found)
    expected = EXPECTED.get(tier)
    return Result(
        tier=tier,
        recall=hits / n,
        n=n,
        interval=wilson(hits, n),
        false_positives_plain=float(np.mean(np.array(negative) > threshold)),
        false_positives_imitators=float(np.mean(np.array(imitated) > threshold)),
        n_negative=n,
        threshold=threshold,
        auc=area(found, negative),
        expected=expected,
        is_within=None if expected is None else abs(hits / n - expected) <= TOLERANCE,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--windows", type=int, default=240)
    parser.add_argument("--threshold-windows", type=int, default=300)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--tiers", nargs="+", default=[*EXPECTED, "T4"])
    arguments = parser.parse_args()
    started = time.perf_counter()
    results = [
        measure(tier, arguments.windows, arguments.threshold_windows, arguments.first_seed)
        for tier in arguments.tiers
    ]
    if arguments.json:
        seconds = round(time.perf_counter() - started, 1)
        print(json.dumps({"tiers": [asdict(result) for result in results], "seconds": seconds}))
        return
    for result in results:
        low, high = result.interval
        wanted = "-" if result.expected is None else f"{result.expected:.2f}"
        print(
            f"{result.tier:7} recall {result.recall:.3f} ({low:.3f}..{high:.3f}, n {result.n})"
            f" expected {wanted}"
            f"  false positives {result.false_positives_plain:.3f} plain,"
            f" {result.false_positives_imitators:.3f} imitators  AUC {result.auc:.3f}"
        )


if __name__ == "__main__":
    main()
