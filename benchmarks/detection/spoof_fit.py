"""Fit ``tools/detection/spoof.json`` anew: ``python -m benchmarks.detection.spoof_fit --out FILE --json``.

On development worlds only. A linear logit of the act alone comes first; with earlier acts weighed by it, a
quadratic one of all evidence. The threshold is chosen on odds that markets have under a fit without any
market of their seed: the least at which in no kind of world the upper end of a 90 % interval, clustered by
market, passes MOST_FALSE alarms a symbol-hour. Of the ways to spoof only MIRRORED and those in WAYS are
fitted on; the others are for judging.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression

from benchmarks.detection.figures import clustered_rate
from benchmarks.detection.fit import bent
from benchmarks.detection.spoofed import CLEAN, KINDS, Spoofed, met_by, scored_of, worlds
from benchmarks.detection.spoofing import Reals, Scored, recall
from tools.detection.spoof_evidence import ALONE, EVIDENCE, N
from tools.detection.spoof_odds import NAMES, fitted_odds, log_odds, odds_from_json
from tools.domain.identity import numbers_hash
from venue.participants.spoofer import Way
from venue.public import NANOS

DEVELOPED = ((24_000_000, 20), (24_500_000, 20))
WAYS = (Way.ALONE, Way.TAKING, Way.STEPPED)
DEVELOPED_WAYS = (24_700_000, 8)
COINS = (0, 1)
MOST_FALSE = 1.0  # alarms a symbol-hour in any kind of development world
LEVEL = 0.9  # of the interval whose upper end is held against it
FOLDS = 5  # by seed: the kinds and ways of a seed share its honest orders
PENALTY = 0.01  # inverse strength of L2
CLIPPED = 0.001  # share at either end that the evidence is clipped to
DIGITS = 6
NEW = ("staged", "hit", "lifted")
ABLATED = {
    "all": EVIDENCE,
    "without_mirror": tuple(word for word in EVIDENCE if "mirror" not in word and word != "balance"),
    "without_stages": tuple(word for word in EVIDENCE if word not in NEW),
    "act_alone": EVIDENCE[:ALONE],
}

Truths = npt.NDArray[np.bool_]
Void = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One development world."""

    kind: str
    way: Way
    seed: int
    seconds: int
    period_ns: int

    def run(self) -> list[Spoofed]:
        """Its markets."""
        return list(worlds(self.kind, (self.seed, 1), COINS, self.seconds, self.period_ns, self.way))


def jobs(seconds: int, period_ns: int, thinned: int = 1) -> list[Job]:
    """Every kind with MIRRORED, all with a spoofer with the other WAYS; one seed of ``thinned``."""
    plans = [(seeds, kind, Way.MIRRORED) for seeds in DEVELOPED for kind in KINDS]
    plans += [(DEVELOPED_WAYS, kind, way) for way in WAYS for kind in KINDS if kind != CLEAN]
    return [
        Job(kind=kind, way=way, seed=seed, seconds=seconds, period_ns=period_ns)
        for (first, n), kind, way in plans
        for seed in range(first, first + n, thinned)
    ]


def fitted_logit(evidence: Reals, is_spoof: Truths, used: Sequence[int]) -> dict[str, Any]:
    """The numbers of a quadratic logit on the columns ``used``; others weigh nothing.

    Args:
        evidence: shape (n, N).
        is_spoof: shape (n,).
        used: columns.
    """
    low, high = np.quantile(evidence, [CLIPPED, 1 - CLIPPED], axis=0)
    seen = np.clip(evidence, low, high)
    centre, scale = seen.mean(axis=0), seen.std(axis=0)
    scale[scale == 0] = 1.0
    k = list(used)
    x = bent((seen[:, k] - centre[k]) / scale[k])
    logit = LogisticRegression(C=PENALTY, max_iter=2_000).fit(x, is_spoof)
    linear, quadratic = np.zeros(N), np.zeros((N, N))
    linear[k] = logit.coef_[0, : len(k)]
    first, second = np.triu_indices(len(k))
    quadratic[np.array(k)[first], np.array(k)[second]] = logit.coef_[0, len(k) :]
    found = {"low": low, "high": high, "centre": centre, "scale": scale, "linear": linear}
    return found | {"quadratic": quadratic, "intercept": logit.intercept_[0]}


def fitted_first(evidence: Reals, is_spoof: Truths) -> dict[str, Any]:
    """The numbers of the act alone: a linear logit in the evidence as it stands."""
    x = evidence[:, :ALONE]
    scale = x.std(axis=0)
    scale[scale == 0] = 1.0
    logit = LogisticRegression(C=1.0, max_iter=2_000).fit(x / scale, is_spoof)
    return {"first": logit.coef_[0] / scale, "first_intercept": logit.intercept_[0]}


def record_of(numbers: dict[str, Any]) -> Void:
    """One ODDS of numbers; what is not given stays as it is in force."""
    record = fitted_odds().copy()
    for name, value in numbers.items():
        record[name][0] = value
    return record


def upper_end(them: Sequence[Scored], odds: float) -> float:
    """Upper end of false alarms a symbol-hour above ``odds``, clustered by market."""
    false = [int((one.odds[one.met < 0] > odds).sum()) for one in them]
    return clustered_rate(false, [one.market.hours for one in them], LEVEL)[1]


def least_odds(them: Sequence[Scored]) -> float:
    """Least log-odds of a false alarm above which no kind has an upper end over MOST_FALSE."""
    found = -np.inf
    for kind in {(one.market.way, one.market.kind) for one in them}:
        mine = [one for one in them if (one.market.way, one.market.kind) == kind]
        false = np.sort(np.concatenate([one.odds[one.met < 0] for one in mine]))[::-1]
        passing = 0
        while passing + 1 < len(false) and upper_end(mine, float(false[passing + 1])) <= MOST_FALSE:
            passing += 1
        found = max(found, float(false[passing]))
    return found


class Fit:
    """Development markets with the evidence of their withdrawals, and what a fit on some says of others."""

    def __init__(self, markets: Sequence[Spoofed]) -> None:
        self.markets = markets
        self.met = [np.array([met_by(row, one.attempts) for row in one.scored], np.int64) for one in markets]
        self.is_spoof = [met >= 0 for met in self.met]
        alone = [one.scored["evidence"] for one in markets]
        self.first = fitted_first(np.concatenate(alone), np.concatenate(self.is_spoof))
        odds = record_of(self.first)
        self.evidence: list[Reals] = [
            scored_of(one.events, one.symbol, odds)["evidence"].copy()
            for one in track(markets, "earlier acts", console=Console(stderr=True))
        ]

    def logit(self, at: Sequence[int], words: Sequence[str] = EVIDENCE) -> dict[str, Any]:
        """The numbers of a fit on the markets ``at``."""
        x = np.concatenate([self.evidence[i] for i in at])
        y = np.concatenate([self.is_spoof[i] for i in at])
        return fitted_logit(x, y, [EVIDENCE.index(word) for word in words])

    def unseen(self, words: Sequence[str]) -> list[Scored]:
        """All markets under fits without their seeds."""
        found = []
        for fold in range(FOLDS):
            rest = [i for i, one in enumerate(self.markets) if one.seed % FOLDS != fold]
            record = record_of(self.logit(rest, words))
            for i, one in enumerate(self.markets):
                if one.seed % FOLDS == fold:
                    found.append(Scored(one, log_odds(record, self.evidence[i]), self.met[i]))
        return found

    def numbers(self, threshold: float) -> dict[str, Any]:
        """Everything that goes into the file."""
        found = self.first | self.logit(range(len(self.markets))) | {"threshold": threshold}
        return {name: np.round(found[name], DIGITS).tolist() for name in NAMES}


def cross_validated(them: Sequence[Scored], odds: float) -> dict[str, Any]:
    """Recall and false alarms above ``odds`` by way and kind."""
    kinds = dict.fromkeys((one.market.way, one.market.kind) for one in them)
    return {
        f"{way}, {kind}": recall(
            [one for one in them if (one.market.way, one.market.kind) == (way, kind)], odds
        )
        for way, kind in kinds
    }


def document(numbers: dict[str, Any], provenance: dict[str, Any]) -> str:
    """The file's text, verified by reading it."""
    found = {"provenance": provenance, "sha256": numbers_hash(numbers), "numbers": numbers}
    text = json.dumps(found, indent=1) + "\n"
    odds_from_json(text)
    return text


def main() -> None:
    """Fit, write and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.spoof_fit", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--period-ms", type=int, default=100)
    parser.add_argument("--thinned", type=int, default=1, help="take one seed of so many, for a trial")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of indented text")
    given = parser.parse_args()
    todo = jobs(given.seconds, given.period_ms * NANOS // 1000, given.thinned)
    with ProcessPoolExecutor(given.workers) as pool:
        running = [pool.submit(job.run) for job in todo]
        markets = [
            market
            for one in track(running, "worlds", console=Console(stderr=True))
            for market in one.result()
        ]
    fit = Fit(markets)
    found: dict[str, Any] = {}
    for name, words in ABLATED.items():
        scored = fit.unseen(words)
        odds = least_odds(scored)
        found[name] = {"threshold": round(odds, DIGITS), "cross_validated": cross_validated(scored, odds)}
    provenance = {
        "seeds": [*DEVELOPED, DEVELOPED_WAYS],
        "thinned": given.thinned,
        "ways beside mirrored": [way.value for way in WAYS],
        "model": f"logistic, quadratic, L2 C={PENALTY}; first: linear",
        "label": "a large order of a spoofer's attempt was withdrawn",
        "rows": int(sum(map(len, fit.evidence))),
        "spoofs": int(sum(map(np.sum, fit.is_spoof))),
    }
    given.out.write_text(document(fit.numbers(found["all"]["threshold"]), provenance), "utf-8")
    print(json.dumps(found, indent=None if given.json else 2), flush=True)


if __name__ == "__main__":
    main()
