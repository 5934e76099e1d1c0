"""Spoofers found, by the lifetime of what they show, at a false-alarm rate set beforehand.

``python -m benchmarks.detection.spoofing --seeds 74000000,12 --json`` judges the weights and the threshold
in force; ``--way`` has the spoofers time their show otherwise (``venue/participants/spoofer.py``);
``spoof_fit`` fits on development worlds (other seeds, other coins). An attempt is found
when side, price and bucket of an alert agree with one of its cancels. Attempts of one market are of one
spoofer, who has one way: markets are the units, and every interval is a bootstrap of whole markets.
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

from benchmarks.detection.figures import clustered, clustered_rate
from benchmarks.detection.spoofed import ADAPTIVE, CLEAN, KINDS, Spoofed, met_by, worlds
from tools.detection.alert_log import AlertLog
from tools.detection.order_log import OrderLog
from tools.detection.spoof_odds import fitted_odds, log_odds
from tools.detection.state import new_senses
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.instruments import instrument_for
from venue.participants.spoofer import Way
from venue.public import NANOS

JUDGED_COINS = (2, 3, 4)
ROUNDS = 5

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-odds of a market's withdrawals, and the attempt each is of; -1 is none."""

    market: Spoofed
    odds: Reals
    met: npt.NDArray[np.int64]


def scored(markets: Sequence[Spoofed]) -> list[Scored]:
    """What the numbers in force say of markets."""
    found = []
    for one in markets:
        met = np.array([met_by(row, one.attempts) for row in one.scored], np.int64)
        found.append(Scored(one, log_odds(fitted_odds(), one.scored["evidence"]), met))
    return found


def recall(them: Sequence[Scored], odds: float) -> dict[str, Any]:
    """Attempts found above ``odds``, false alarms, and the same for the K1.2 rule (by bucket alone)."""
    hits, ruled, false, rule_false = [], [], [], []
    repeated = 0
    hours = [one.market.hours for one in them]
    for one in them:
        met = one.met[one.odds > odds]
        of = met[met >= 0]
        false.append(int((met < 0).sum()))
        repeated += len(of) - len(set(of.tolist()))
        hits.append(np.array([i in of for i in range(len(one.market.attempts))], np.bool_))
        fired = set(one.market.rule.tolist())
        ruled.append(np.array([bool(fired & attempt.shown) for attempt in one.market.attempts], np.bool_))
        rule_false.append(len(fired - {ts for attempt in one.market.attempts for ts in attempt.shown}))
    return {
        "recall": clustered(hits),
        "markets_below_half": sum(1 for one in hits if len(one) and one.mean() < 0.5),
        "false_alarms": sum(false),
        "markets_with_false_alarms": sum(1 for n in false if n),
        "symbol_hours": round(sum(hours), 2),
        "false_alarms_a_symbol_hour": round(sum(false) / sum(hours), 2),
        "false_alarms_interval": clustered_rate(false, hours),
        "repeated": repeated,
        "rule": {
            "recall": clustered(ruled),
            "false_alarms_a_symbol_hour": round(sum(rule_false) / sum(hours), 2),
        },
    }


def shuffled(them: Sequence[Scored], odds: float) -> dict[str, Any]:
    """Recall when each market is held against the truth of the next: what chance finds."""
    hits = []
    for one, other in zip(them, [*them[1:], *them[:1]], strict=True):
        rows = one.market.scored[one.odds > odds]
        met = {met_by(row, other.market.attempts) for row in rows}
        hits.append(np.array([i in met for i in range(len(other.market.attempts))], np.bool_))
    return clustered(hits)


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
    """All figures of the numbers and the threshold in force, for spoofers of one way."""
    first, n = (int(x) for x in arguments.seeds.split(","))
    odds = float(fitted_odds()["threshold"][0])
    period = arguments.period_ms * NANOS // 1000
    way = Way(arguments.way)
    found: dict[str, Any] = {"way": way.value, "threshold": odds}
    every: list[Scored] = []
    for kind in KINDS:
        if kind == CLEAN and way is not Way.MIRRORED:
            continue  # the same worlds
        them = scored(list(worlds(kind, (first, n), JUDGED_COINS, arguments.seconds, period, way)))
        found[kind] = recall(them, odds)
        if kind != CLEAN:
            found[kind]["shuffled_truth"] = shuffled(them, odds)
        every += them
    found["delay"] = delays(every, odds)
    found["cost"] = cost(next(one.market for one in every if one.market.kind == ADAPTIVE))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.spoofing", description=__doc__)
    parser.add_argument("--seeds", default="74000000,12", help="first seed and how many")
    parser.add_argument("--way", choices=[way.value for way in Way], default=Way.MIRRORED.value)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--period-ms", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of indented text")
    arguments = parser.parse_args()
    print(json.dumps(judge(arguments), indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
