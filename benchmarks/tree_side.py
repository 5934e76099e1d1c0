"""One tree's side of ``benchmarks.trees``: runs with that tree first on the path and knows of no other.

Reads lines of JSON, ``{"tape", "work"}``, and answers each with one. The work ``outputs`` is hashed column by
column, all other work is timed. A tape is the folder's ``NAME.npy`` in the layout of tools.market.events.
"""

import hashlib
import json
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.replay import BARE, bare_events, sense_seconds
from tools.detection.alert_log import AlertLog
from tools.detection.order_log import OrderLog
from tools.detection.state import new_senses
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.features.names import FEATURES
from tools.market.instruments import instrument_for

EVER = 1 << 62
LEARNED = ("background", "hazards", "acts")  # of the spoof detector
SHARED = (
    "book",
    "tape",
    "flow",
    "regime",
    "spoof",
    "trail",
    "histogram",
    "watched",
    "rows",
    "outlook",
    "path",
)
COUNTS = ("hand", "known", "crowded", "n_ended")  # of the pool of orders


@cache
def events_of(folder: Path, tape: str) -> Any:
    """A recording's events."""
    return np.load(folder / f"{tape}.npy")


def senses_for(tape: str) -> Any:
    """Senses that have seen nothing."""
    venue, symbol, _ = tape.split("_", 2)
    return new_senses(instrument_for(venue, symbol), default_parameters())


def seconds_spanned(events: Any) -> int:
    """Whole seconds, and two to spare."""
    return int(events["ts_init"][-1] - events["ts_init"][0]) // NANOS + 2


def columns_of(name: str, rows: Any) -> dict[str, str]:
    """The hash of each column of ``rows``, and how many there are."""
    names = rows.dtype.names
    if names is None:
        return {f"{name} ({len(rows)})": hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest()}
    found: dict[str, str] = {}
    for column in names:
        found |= columns_of(f"{name}.{column}", rows[column])
    return found


def outputs(events: Any, tape: str) -> dict[str, str]:
    """Hashes of all features, level orders and alerts, and of what the detectors have learned at the end."""
    found: dict[str, str] = {}
    for floor in (0.0, None):
        senses = senses_for(tape)
        log = AlertLog(senses) if floor is None else AlertLog(senses, floor)
        log.sense_until(events, 0, EVER)
        for name, rows in (("ends", log.ends()), ("resting", log.resting()), ("alerts", log.alerts())):
            found |= columns_of(f"{name}, floor {floor}", rows)
        for part in LEARNED:
            found |= columns_of(part, senses["alerts"][part])
        for part in SHARED:
            found |= columns_of(part, senses[part])
        for part in COUNTS:
            found |= columns_of(f"pool.{part}", senses["orders"]["pool"][part])
    for log_of in (None, AlertLog):
        senses = senses_for(tape)
        if log_of is not None:
            log_of(senses)
        out = np.full((seconds_spanned(events), len(FEATURES)), np.nan)
        rows = out[: sense_seconds(events, senses, out)]
        for i, feature in enumerate(FEATURES):
            found |= columns_of(f"{'with' if log_of else 'without'} orders, {feature}", rows[:, i])
    return found


def bare(events: Any, tape: str) -> float:
    """Processor seconds of book and tape alone."""
    state = np.zeros(1, BARE)
    began = time.process_time()
    bare_events(events, state)
    return time.process_time() - began


def full(events: Any, tape: str) -> float:
    """Processor seconds of the full senses without level orders."""
    out = np.full((seconds_spanned(events), len(FEATURES)), np.nan)
    senses = senses_for(tape)
    began = time.process_time()
    sense_seconds(events, senses, out)
    return time.process_time() - began


def logged(events: Any, log: OrderLog) -> float:
    """Processor seconds of the senses with what ``log`` asks for."""
    began = time.process_time()
    log.sense_until(events, 0, EVER)
    return time.process_time() - began


def answers(events: Any, tape: str) -> list[float]:
    """Processor microseconds of each message with a withdrawal that was scored, from the whole message on."""
    log = AlertLog(senses_for(tape), floor=0.0)
    index, spent = 0, []
    for ts in np.unique(events["ts_init"]).tolist():
        known = log.raised
        began = time.thread_time_ns()
        index = log.sense_until(events, index, ts)
        took = time.thread_time_ns() - began
        if log.raised > known:
            spent.append(took / 1_000)
    return spent


WORKS = {
    "outputs": outputs,
    "bare": bare,
    "full": full,
    "orders": lambda events, tape: logged(events, OrderLog(senses_for(tape))),
    "alerts": lambda events, tape: logged(events, AlertLog(senses_for(tape))),
    "answers": answers,
}


def main(folder: str) -> None:
    """Answer until stdin ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        events = events_of(Path(folder), asked["tape"])
        print(json.dumps(WORKS[asked["work"]](events, asked["tape"])), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
