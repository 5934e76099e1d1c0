"""Spoofers found, by the lifetime of what they show, at a false-alarm rate set beforehand.

``python -m benchmarks.detection.spoofing --seeds 34000000,6 --json`` judges the weights and the threshold
in force; ``--fit`` fits them on development worlds (other seeds, other coins) and prints them. An
attempt is found when side, price and bucket of an alert agree with one of its cancels. Attempts of
one world are not independent; the intervals do not know that.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.figures import share
from benchmarks.detection.spoofed import ADAPTIVE, CLEAN, KINDS, Spoofed, met_by, worlds
from tools.detection.alert_log import AlertLog
from tools.detection.order_log import OrderLog
from tools.detection.spoofing import EVIDENCE, THRESHOLD, WEIGHTS
from tools.detection.state import new_senses
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.instruments import instrument_for
from venue.public import NANOS

FITTED, TUNED = (24_000_000, 6), (24_500_000, 6)
DEVELOPED_COINS, JUDGED_COINS = (0, 1), (2, 3, 4)
MOST_FALSE = 1.0  # alarms a symbol-hour in any kind of development world
RIDGE = 1.0
ROUNDS = 5

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-odds of a market's withdrawals, and the attempt each is of; -1 is none."""

    market: Spoofed
    odds: Reals
    met: npt.NDArray[np.int64]


def scored(markets: Sequence[Spoofed], weights: Sequence[float]) -> list[Scored]:
    """What weights say of markets."""
    found = []
    for one in markets:
        met = np.array([met_by(row, one.attempts) for row in one.scored], np.int64)
        found.append(Scored(one, one.scored["evidence"] @ np.array(weights), met))
    return found


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
    return weights


def least_odds(them: Sequence[Scored]) -> float:
    """Least log-odds at which no kind of world has more than MOST_FALSE false alarms a symbol-hour."""
    found = -np.inf
    for kind in {one.market.kind for one in them}:
        mine = [one for one in them if one.market.kind == kind]
        hours = sum(one.market.hours for one in mine)
        false = np.sort(np.concatenate([one.odds[one.met < 0] for one in mine]))[::-1]
        found = max(found, float(false[int(MOST_FALSE * hours)]))
    return found


def recall(them: Sequence[Scored], odds: float) -> dict[str, Any]:
    """Attempts found above ``odds``, false alarms, and the same for the K1.2 rule (by bucket alone)."""
    hits: list[bool] = []
    ruled: list[bool] = []
    false = repeated = rule_false = 0
    hours = sum(one.market.hours for one in them)
    for one in them:
        met = one.met[one.odds > odds]
        of = met[met >= 0]
        false += int((met < 0).sum())
        repeated += len(of) - len(set(of.tolist()))
        hits += [i in of for i in range(len(one.market.attempts))]
        fired = set(one.market.rule.tolist())
        ruled += [bool(fired & attempt.shown) for attempt in one.market.attempts]
        rule_false += len(fired - {ts for attempt in one.market.attempts for ts in attempt.shown})
    return {
        "recall": share(np.array(hits, np.bool_)),
        "false_alarms": false,
        "symbol_hours": round(hours, 2),
        "false_alarms_a_symbol_hour": round(false / hours, 2),
        "repeated": repeated,
        "rule": {
            "recall": share(np.array(ruled, np.bool_)),
            "false_alarms_a_symbol_hour": round(rule_false / hours, 2),
        },
    }


def shuffled(them: Sequence[Scored], odds: float) -> dict[str, Any]:
    """Recall when each market is held against the truth of the next: what chance finds."""
    hits: list[bool] = []
    for one, other in zip(them, [*them[1:], *them[:1]], strict=True):
        rows = one.market.scored[one.odds > odds]
        met = {met_by(row, other.market.attempts) for row in rows}
        hits += [i in met for i in range(len(other.market.attempts))]
    return share(np.array(hits, np.bool_))


def delays(them: Sequence[Scored], odds: float) -> dict[str, Any]:
    """Milliseconds from the bucket's end, and from the cancel itself, to the alert's receive time."""
    seen, since = [], []
    for one in them:
        for row, met in zip(one.market.scored[one.odds > odds], one.met[one.odds > odds], strict=True):
            if met >= 0:
                seen.append((int(row["ts"]) - int(row["ts_event"])) / 1e6)
                since.append((int(row["ts"]) - one.market.attempts[met].ts_cancel) / 1e6)
    return {
        "n": len(seen),
        "after_the_bucket_ms_p99": round(float(np.quantile(seen, 0.99)), 1) if seen else None,
        "after_the_cancel_ms_p50_p99": [round(float(q), 1) for q in np.quantile(since, [0.5, 0.99])]
        if since
        else None,
    }


def cost(market: Spoofed) -> dict[str, Any]:
    """CPU microseconds an event without, with orders, with alerts; and wall time of single messages."""
    instrument = instrument_for("binance", market.symbol)
    events = market.events
    spent = np.zeros((ROUNDS + 1, 3))
    for i in range(ROUNDS + 1):
        for j, kind in enumerate((None, OrderLog, AlertLog)):
            senses = new_senses(instrument, default_parameters())
            log = kind(senses) if kind is not None else None
            began = time.process_time()
            if log is None:
                sense_until(events, 0, 1 << 62, senses)
            else:
                log.sense_until(events, 0, 1 << 62)
            spent[i, j] = time.process_time() - began
    log = AlertLog(new_senses(instrument, default_parameters()))
    index, walls = 0, []
    for ts in np.unique(events["ts_init"]).tolist():
        known = log.raised
        began = time.perf_counter()
        index = log.sense_until(events, index, ts)
        took = time.perf_counter() - began
        if log.raised > known:
            walls.append(took * 1e6)
    plain, orders, alerts = np.median(spent[1:], axis=0) * 1e6 / len(events)
    return {
        "events": len(events),
        "us_an_event": round(float(plain), 3),
        "with_orders": round(float(orders), 3),
        "with_alerts": round(float(alerts), 3),
        "response_us_p50_max": [round(float(np.median(walls)), 1), round(max(walls), 1)] if walls else None,
        "responses": len(walls),
    }


def judge(arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures of the weights and the threshold in force."""
    first, n = (int(x) for x in arguments.seeds.split(","))
    odds = float(np.log(THRESHOLD / (1 - THRESHOLD)))
    period = arguments.period_ms * NANOS // 1000
    found: dict[str, Any] = {"threshold": THRESHOLD}
    every: list[Scored] = []
    for kind in KINDS:
        them = scored(list(worlds(kind, (first, n), JUDGED_COINS, arguments.seconds, period)), WEIGHTS)
        found[kind] = recall(them, odds)
        if kind != CLEAN:
            found[kind]["shuffled_truth"] = shuffled(them, odds)
        every += them
    found["delay"] = delays(every, odds)
    found["cost"] = cost(next(one.market for one in every if one.market.kind == ADAPTIVE))
    return found


def developed(seeds: tuple[int, int], seconds: int, period_ns: int) -> list[Spoofed]:
    """Development worlds of every kind."""
    return [one for kind in KINDS for one in worlds(kind, seeds, DEVELOPED_COINS, seconds, period_ns)]


def fit(arguments: argparse.Namespace) -> dict[str, Any]:
    """Weights from FITTED, the threshold from TUNED; beside them those without the mirror."""
    period = arguments.period_ms * NANOS // 1000
    batches = [developed(seeds, arguments.seconds, period) for seeds in (FITTED, TUNED)]
    evidence = np.concatenate([one.scored["evidence"] for one in batches[0]])
    truth = np.concatenate([one.met >= 0 for one in scored(batches[0], np.zeros(len(EVIDENCE)).tolist())])
    found = {}
    for name, used in (
        ("all", list(range(len(EVIDENCE)))),
        ("without_mirror", [i for i, word in enumerate(EVIDENCE) if "mirror" not in word]),
    ):
        weights = [round(float(w), 3) for w in logistic(evidence, truth.astype(np.float64), used)]
        them = scored(batches[1], weights)
        odds = least_odds(them)
        kinds = {k: recall([one for one in them if one.market.kind == k], odds) for k in KINDS}
        found[name] = {
            "weights": weights,
            "threshold": round(float(1 / (1 + np.exp(-odds))), 4),
            "tuned_on": kinds,
        }
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.spoofing", description=__doc__)
    parser.add_argument("--seeds", default="34000000,6", help="first seed and how many")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--period-ms", type=int, default=100)
    parser.add_argument("--fit", action="store_true", help="fit on development worlds instead of judging")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of indented text")
    arguments = parser.parse_args()
    found = fit(arguments) if arguments.fit else judge(arguments)
    print(json.dumps(found, indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
