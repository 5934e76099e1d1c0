"""Weights and threshold of the spoof detector, fitted on development worlds only.

``python -m benchmarks.detection.spoof_fit --json``. Two logistic regressions: of the act alone (FIRST),
then, with earlier acts weighed by it, of all evidence (WEIGHTS). The threshold is chosen on odds that
markets have under weights fitted without any market of their seed: the least at which in no kind of
world the upper end of a 90 % interval, clustered by market, passes MOST_FALSE alarms a symbol-hour.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.figures import clustered_rate
from benchmarks.detection.spoofed import KINDS, Spoofed, met_by, scored_of, worlds
from benchmarks.detection.spoofing import Reals, Scored, recall
from tools.detection.spoof_evidence import ALONE, EVIDENCE
from venue.public import NANOS

DEVELOPED = ((24_000_000, 20), (24_500_000, 20))
DEVELOPED_COINS = (0, 1)
MOST_FALSE = 1.0  # alarms a symbol-hour in any kind of development world
LEVEL = 0.9  # of the interval whose upper end is held against it
FOLDS = 5  # by seed: the kinds of a seed share its honest orders
RIDGE = 1.0
ABLATED = {
    "all": EVIDENCE,
    "act_alone": EVIDENCE[:ALONE],
    "without_mirror": tuple(word for word in EVIDENCE if "mirror" not in word and word != "balance"),
    "without_balance": tuple(word for word in EVIDENCE if word != "balance"),
    "without_hazards": tuple(word for word in EVIDENCE if word not in ("survival", "fill")),
    "as_before": EVIDENCE[: EVIDENCE.index("balance")],
}

Longs = npt.NDArray[np.int64]


def logistic(evidence: Reals, is_spoof: Reals, used: Sequence[int]) -> Reals:
    """Ridge logistic regression by Newton's method on the columns ``used``; others weigh zero."""
    x = evidence[:, list(used)]
    penalty = np.eye(len(used)) * RIDGE
    penalty[0, 0] = 1e-6
    w = np.zeros(len(used))
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve(
            x.T @ (x * (p * (1 - p))[:, None]) + penalty, x.T @ (is_spoof - p) - penalty @ w
        )
        w += step
        if np.abs(step).max() < 1e-9:
            break
    weights = np.zeros(evidence.shape[1])
    weights[list(used)] = w
    return np.round(weights, 3)


def upper_end(them: Sequence[Scored], odds: float) -> float:
    """Upper end of false alarms a symbol-hour above ``odds``, clustered by market."""
    false = [int((one.odds[one.met < 0] > odds).sum()) for one in them]
    return clustered_rate(false, [one.market.hours for one in them], LEVEL)[1]


def least_odds(them: Sequence[Scored]) -> float:
    """Least log-odds of a false alarm above which no kind has an upper end over MOST_FALSE."""
    found = -np.inf
    for kind in {one.market.kind for one in them}:
        mine = [one for one in them if one.market.kind == kind]
        false = np.sort(np.concatenate([one.odds[one.met < 0] for one in mine]))[::-1]
        passing = 0
        while passing + 1 < len(false) and upper_end(mine, float(false[passing + 1])) <= MOST_FALSE:
            passing += 1
        found = max(found, float(false[passing]))
    return found


class Fit:
    """Development markets, and what weights fitted on some of them say of others."""

    def __init__(self, markets: Sequence[Spoofed]) -> None:
        self.markets = markets
        self.met: list[Longs] = [
            np.array([met_by(row, one.attempts) for row in one.scored], np.int64) for one in markets
        ]

    def evidence(self, first: Sequence[float]) -> list[Reals]:
        """The evidence of each market's withdrawals where earlier acts count by ``first``."""
        return [scored_of(one.events, one.symbol, first)["evidence"].copy() for one in self.markets]

    def weights(self, evidence: Sequence[Reals], at: Sequence[int], used: Sequence[int]) -> Reals:
        """Weights from the markets ``at``."""
        x = np.concatenate([evidence[i] for i in at])
        y = np.concatenate([self.met[i] >= 0 for i in at]).astype(np.float64)
        return logistic(x, y, used)

    def both(self, at: Sequence[int]) -> tuple[Reals, list[Reals]]:
        """Weights of the act alone from the markets ``at``, and every market's evidence by them."""
        alone = [one.scored["evidence"] for one in self.markets]
        first = self.weights(alone, at, range(ALONE))
        return first, self.evidence(first[:ALONE].tolist())

    def unseen(self) -> dict[str, list[Scored]]:
        """For each of ABLATED, all markets under weights fitted without their seeds."""
        found: dict[str, list[Scored]] = {name: [] for name in ABLATED}
        for fold in range(FOLDS):
            held = [i for i, one in enumerate(self.markets) if one.seed % FOLDS == fold]
            rest = [i for i, one in enumerate(self.markets) if one.seed % FOLDS != fold]
            _, evidence = self.both(rest)
            for name, words in ABLATED.items():
                weights = self.weights(evidence, rest, [EVIDENCE.index(word) for word in words])
                found[name] += [Scored(self.markets[i], evidence[i] @ weights, self.met[i]) for i in held]
        return found


def fit(markets: Sequence[Spoofed]) -> dict[str, Any]:
    """The weights, the threshold, and cross-validated figures of all evidence and of parts of it."""
    them = Fit(markets)
    every = range(len(markets))
    first, evidence = them.both(every)
    found: dict[str, Any] = {
        "first": first[:ALONE].tolist(),
        "weights": them.weights(evidence, every, range(len(EVIDENCE))).tolist(),
    }
    for name, scored in them.unseen().items():
        odds = least_odds(scored)
        kinds = {k: recall([one for one in scored if one.market.kind == k], odds) for k in KINDS}
        found[name] = {"threshold": round(float(1 / (1 + np.exp(-odds))), 4), "cross_validated": kinds}
    return found


def developed(period_ns: int, seconds: int) -> list[Spoofed]:
    """Development worlds of every kind."""
    return [
        one
        for seeds in DEVELOPED
        for kind in KINDS
        for one in worlds(kind, seeds, DEVELOPED_COINS, seconds, period_ns)
    ]


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.spoof_fit", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--period-ms", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of indented text")
    arguments = parser.parse_args()
    found = fit(developed(arguments.period_ms * NANOS // 1000, arguments.seconds))
    print(json.dumps(found, indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
