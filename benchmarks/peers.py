"""Full senses beside the bare replays of hftbacktest and nautilus_trader, on one recording in one run.

``python -m benchmarks.peers --peers PYTHON``: an interpreter that has both (``pip install hftbacktest
nautilus_trader`` in a virtual environment of its own); without it only Keeper is measured, and that is said.
Rounds alternate between all; what counts are ratios of one round, of processor time, which other work on the
machine moves less than time on the wall (live and response are on the wall). The peers compute no feature.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.replay import BARE, BUNDLED, bare_events, sense_seconds
from tools.detection.alert_log import AlertLog
from tools.detection.state import new_senses
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.features.names import FEATURES
from tools.market.events import Events
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording

TAPE = "binance-futures_ETHUSDT_20240718-2357"
PEERS = ("hftbacktest", "nautilus_trader")
FULL, BARE_BOOK, ALERTS = "full senses", "book and tape alone", "full senses and spoof alerts"
BATCH = 10
SIDES = Path(__file__).with_name("peer_engines.py")
UNIT = 1e-8

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    """What everyone replays."""

    instrument: Instrument
    events: Events

    @property
    def seconds(self) -> int:
        """Whole seconds it spans, and two to spare."""
        return int(self.events["ts_init"][-1] - self.events["ts_init"][0]) // NANOS + 2


class PeerProcess:
    """The peers in their own interpreter."""

    def __init__(self, python: str, folder: Path, recording: Recording) -> None:
        np.save(folder / "events.npy", recording.events)
        tick, lot = recording.instrument.tick, np.gcd.reduce(recording.events["size"])
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter that was named
            [python, str(SIDES), str(folder), str(tick), str(lot)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def replay(self, name: str) -> tuple[float, list[float] | None]:
        """Processor seconds of one replay by ``name``, and the touch it ended with.

        Raises:
            RuntimeError: The interpreter has ended, with its error on stderr.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{name} expects to answer, was ended with {self._process.wait()}")
        said = json.loads(line)
        return said["seconds"], said["touch"]

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def full(recording: Recording) -> float:
    """Processor seconds to sense everything and evaluate every feature once a second."""
    out = np.full((recording.seconds, len(FEATURES)), np.nan)
    market = new_senses(recording.instrument, default_parameters())
    began = time.process_time()
    sense_seconds(recording.events, market, out)
    return time.process_time() - began


def bare(recording: Recording) -> float:
    """Processor seconds for book, touch and tape alone."""
    state = np.zeros(1, BARE)
    began = time.process_time()
    bare_events(recording.events, state)
    return time.process_time() - began


def alerted(recording: Recording) -> float:
    """Processor seconds to sense everything, infer level orders and score every withdrawal."""
    log = AlertLog(new_senses(recording.instrument, default_parameters()))
    began = time.process_time()
    log.sense_until(recording.events, 0, 1 << 62)
    return time.process_time() - began


KEEPER = {FULL: full, BARE_BOOK: bare, ALERTS: alerted}


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, and the order statistics that hold it with a chance of 95 % or more (n of 6 and up)."""
    ordered, n = sorted(values), len(values)
    k, outside = 0, 0.5**n
    while 2 * (outside + math.comb(n, k + 1) * 0.5**n) <= 0.05:
        k += 1
        outside += math.comb(n, k) * 0.5**n
    return float(np.median(ordered)), ordered[k], ordered[n - 1 - k]


def told(values: Sequence[float]) -> dict[str, Any]:
    """Median, interval and n."""
    middle, low, high = median_interval(values)
    return {
        "median": float(f"{middle:.4g}"),
        "interval": [float(f"{x:.4g}") for x in (low, high)],
        "n": len(values),
    }


def live(recording: Recording) -> dict[str, Any]:
    """Microseconds an event in batches of ten, called from Python as the live loop does."""
    state = new_senses(recording.instrument, default_parameters())
    events = recording.events
    spent = []
    for i in range(0, len(events) - BATCH, BATCH):
        batch = events[i : i + BATCH]
        began = time.perf_counter_ns()
        sense_until(batch, 0, 1 << 62, state)
        spent.append((time.perf_counter_ns() - began) / BATCH / 1_000)
    p50, p99, most = np.quantile(spent, [0.5, 0.99, 1.0]).round(3).tolist()
    return {"n": len(spent), "mean": round(float(np.mean(spent)), 3), "p50": p50, "p99": p99, "max": most}


def responses(recording: Recording) -> dict[str, Any]:
    """Microseconds from a whole message in hand to its spoof score, for messages that were scored."""
    log = AlertLog(new_senses(recording.instrument, default_parameters()), floor=0.0)
    index, spent = 0, []
    for ts in np.unique(recording.events["ts_init"]).tolist():
        known = log.raised
        began = time.perf_counter_ns()
        index = log.sense_until(recording.events, index, ts)
        took = (time.perf_counter_ns() - began) / 1_000
        if log.raised > known:
            spent.append(took)
    p50, p99, most = np.quantile(spent, [0.5, 0.99, 1.0]).round(1).tolist() if spent else (None,) * 3
    return {"n": len(spent), "p50": p50, "p99": p99, "max": most}


def measure(recording: Recording, rounds: int, peers: PeerProcess | None) -> dict[str, Any]:
    """Alternating rounds of everyone, and what is measured of Keeper alone."""
    took: dict[str, list[float]] = {name: [] for name in (*KEEPER, *(PEERS if peers else ()))}
    touches: dict[str, list[float] | None] = {}
    for replay in KEEPER.values():
        replay(recording)  # compiled and warm
    for _ in range(rounds):
        for name, replay in KEEPER.items():
            took[name].append(replay(recording))
        for name in PEERS if peers else ():
            assert peers is not None
            seconds, touches[name] = peers.replay(name)
            took[name].append(seconds)
    n = len(recording.events)
    return {
        "events": n,
        "million_events_a_second": {name: told([n / x / 1e6 for x in them]) for name, them in took.items()},
        "full_senses_over": {
            name: told([slow / fast for fast, slow in zip(took[FULL], took[name], strict=True)])
            for name in took
            if name != FULL
        },
        "touch": {"keeper": touch_of(recording), **touches},
        "live_us_an_event": live(recording),
        "response_us": responses(recording),
        "peers": list(PEERS) if peers else None,
    }


def touch_of(recording: Recording) -> list[float]:
    """Best bid and ask at the end."""
    state = np.zeros(1, BARE)
    bare_events(recording.events, state)
    return [float(state["best_bid"][0] * UNIT), float(state["best_ask"][0] * UNIT)]


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--tapes", type=Path, default=BUNDLED)
    parser.add_argument("--tape", default=TAPE, help="name of a recording in --tapes")
    parser.add_argument("--rounds", type=int, default=11, help="at least 6")
    parser.add_argument(
        "--peers", metavar="PYTHON", help="interpreter that has hftbacktest and nautilus_trader"
    )
    given = parser.parse_args()
    if given.rounds < 6:
        parser.error(f"--rounds expects at least 6, was {given.rounds}: fewer have no interval")
    venue, symbol, _ = given.tape.split("_", 2)
    instrument = instrument_for(venue, symbol)
    trades, book = (given.tapes / f"{given.tape}.{kind}.csv.gz" for kind in ("trades", "book"))
    recording = Recording(instrument, read_recording(trades, book, instrument).events)
    if given.peers is None:
        sys.stderr.write(
            "no peers: --peers PYTHON names an interpreter that has them; only Keeper is measured\n"
        )
        found = measure(recording, given.rounds, None)
    else:
        with tempfile.TemporaryDirectory(prefix="keeper-bench-") as folder:
            peers = PeerProcess(given.peers, Path(folder), recording)
            found = measure(recording, given.rounds, peers)
            peers.close()
    print(json.dumps({"tape": given.tape, **found}, indent=2))


if __name__ == "__main__":
    main()
