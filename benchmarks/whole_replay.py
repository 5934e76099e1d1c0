"""A whole replay, decisions and memory included, over tapes repeated end to end.

Decode and compile time are apart; the kernels' own pass over the same events in the same
run is the baseline, so the ratio says what deciding and remembering cost.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from keeper_agent.app import Keeper
from keeper_agent.settings import CHECKOUT, load_settings
from memory.store import Store
from scheduler.observer import Silent
from scheduler.replay import replay
from scheduler.run import RunIdentity
from tools.detection.state import new_senses
from tools.domain.identity import derived_run_id
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import default_parameters
from tools.domain.trading import World
from tools.execution.stream import sense_until
from tools.execution.warmup import warm_kernels
from tools.market.events import Events, shift
from tools.market.instruments import instrument_for
from tools.market.tapes import find_tapes
from tools.market.tardis import read_recording

LEAST_EVENTS = 5_000_000


def repeated(events: Events, times: int) -> Events:
    """``events`` ``times`` over, each copy a second after the one before."""
    span = int(events["ts_init"][-1] - events["ts_init"][0]) + NANOS
    return np.concatenate([shift(events, k * span) for k in range(times)])


def load(folder: Path, least: int) -> tuple[list[tuple[Instrument, Events]], float]:
    """Every tape repeated so that together they hold at least ``least`` events, and the decode time."""
    began = time.perf_counter()
    tapes = []
    for files in find_tapes(folder):
        instrument = instrument_for(files.venue, files.symbol)
        tapes.append((instrument, read_recording(files.trades, files.book, instrument).events))
    decode_s = time.perf_counter() - began
    times = -(-least // sum(len(events) for _, events in tapes))
    return [(instrument, repeated(events, times)) for instrument, events in tapes], decode_s


def measure(folder: Path, least: int) -> dict[str, Any]:
    """Run the kernels alone and then the whole cycle over the same events."""
    tapes, decode_s = load(folder, least)
    began = time.perf_counter()
    warm_kernels()
    compile_s = time.perf_counter() - began
    n = sum(len(events) for _, events in tapes)
    kernel_s = sum(sense_alone(instrument, events) for instrument, events in tapes)
    whole_s, decisions, outcomes = whole(tapes)
    return {
        "events": n,
        "decode_s": decode_s,
        "compile_s": compile_s,
        "kernel_s": kernel_s,
        "kernel_events_per_s": n / kernel_s,
        "whole_s": whole_s,
        "whole_events_per_s": n / whole_s,
        "whole_over_kernel": whole_s / kernel_s,
        "decisions": decisions,
        "outcomes_remembered": outcomes,
        "ms_per_decision": (whole_s - kernel_s) / max(1, decisions) * 1e3,
    }


def sense_alone(instrument: Instrument, events: Events) -> float:
    """Seconds to sense ``events`` and nothing else."""
    senses = new_senses(instrument, default_parameters())
    began = time.perf_counter()
    sense_until(events, 0, np.iinfo(np.int64).max, senses)
    return time.perf_counter() - began


def whole(tapes: Sequence[tuple[Instrument, Events]]) -> tuple[float, int, int]:
    """Seconds for the whole cycle, one tape after the other into one memory; decisions; outcomes."""
    with tempfile.TemporaryDirectory(prefix="keeper-bench-") as scratch:
        settings = load_settings(keeper_home=Path(scratch))
        identity = RunIdentity(derived_run_id("bench"), World.RECORDED, 7)
        instruments = {instrument.symbol: instrument for instrument, _ in tapes}
        first = min(int(events["ts_init"][0]) for _, events in tapes)
        with Store.open(settings.keeper_home, is_throwaway=True) as store:
            keeper = Keeper(settings, store, identity, instruments, Silent(), None, first)
            keeper.begin("bench", {}, "bench", first)
            began = time.perf_counter()
            for instrument, events in tapes:
                replay(keeper.cycle(instrument), events)
            keeper.end(first)
            return time.perf_counter() - began, keeper.tally.decisions, keeper.tally.shadow


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tapes", type=Path, default=CHECKOUT / "examples" / "tapes")
    parser.add_argument("--events", type=int, default=LEAST_EVENTS, help="events at least")
    arguments = parser.parse_args()
    result = measure(arguments.tapes, arguments.events)
    print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
