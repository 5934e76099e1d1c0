"""Kernels against plain Python over the same recorded events, in the same run.

``python -m benchmarks.replay`` first checks that both sides agree on every feature of
every second, then times them in alternating rounds. Decoding and compiling are apart.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.dict_book import DictSenses
from benchmarks.dict_levels import BareBook, Row
from tools.detection.senses import evaluate, sense
from tools.detection.state import CONFIG, new_senses
from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import default_parameters
from tools.features.names import FEATURES
from tools.market.book import LADDER, best_key, clear, find, insert, remove
from tools.market.events import BOOK, LAST, RESET, Events
from tools.market.instruments import instrument_for
from tools.market.kernel import kernel
from tools.market.tape import RING, TAPE, add_print
from tools.market.tardis import read_recording

BUNDLED = Path(__file__).resolve().parents[1] / "examples" / "tapes"
TOLERANCE = 1e-9
# a range's width is the difference of two prices and keeps their rounding, whatever is left of them
NOISE = np.where(np.array(FEATURES) == "mm_spread_bps", 1e-9, 1e-12)

Reals = npt.NDArray[np.float64]
Void = npt.NDArray[np.void]

BARE = np.dtype(
    [
        ("tape", TAPE),
        ("bids", LADDER),
        ("asks", LADDER),
        ("ring", np.int64, (RING, 4)),
        ("best_bid", np.int64),
        ("best_ask", np.int64),
    ],
    align=True,
)


@kernel
def sense_seconds(events: Void, market: Void, out: Reals) -> int:
    """Sense every event and evaluate before each second's first; returns how many rows of ``out`` are set."""
    m = market[0]
    rows = 0
    limit = (events[0].ts_init // NANOS + 1) * NANOS
    for i in range(events.shape[0]):
        event = events[i]
        while event.ts_init > limit:
            evaluate(m, limit, out[rows])
            rows += 1
            limit += NANOS
        sense(m, event)
    return rows


@kernel
def bare_events(events: Void, state: Void) -> int:
    """Book, bests after each message and tape alone; returns the last best bid."""
    s = state[0]
    for i in range(events.shape[0]):
        event = events[i]
        if event.kind != BOOK:
            add_print(s.tape, s.ring, event.ts_init, event.price, event.size, event.side)
            continue
        if event.flags & RESET:
            clear(s.bids)
            clear(s.asks)
        ladder = s.bids if event.side > 0 else s.asks
        key = event.price * event.side
        slot = find(ladder, key)
        if event.size == 0:
            if slot >= 0:
                remove(ladder, key)
        elif slot >= 0:
            ladder.sizes[slot] = event.size
        else:
            insert(ladder, key, event.size, event.ts_init)
        if event.flags & LAST:
            s.best_bid = best_key(s.bids) if s.bids.count > 0 else 0
            s.best_ask = -best_key(s.asks) if s.asks.count > 0 else 0
    best: int = s.best_bid
    return best


@dataclass(frozen=True, slots=True)
class Tape:
    """One recording, decoded for both sides."""

    name: str
    instrument: Instrument
    events: Events
    rows: list[Row]
    decode_s: float

    @property
    def seconds(self) -> int:
        """Whole seconds it spans, and two to spare."""
        return int(self.events["ts_init"][-1] - self.events["ts_init"][0]) // NANOS + 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one tape showed; times are seconds a round, paired by position."""

    tape: str
    work: str
    events: int
    decode_s: float
    kernel_s: tuple[float, ...]
    python_s: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Python's time over the kernels', round by round."""
        return [slow / fast for slow, fast in zip(self.python_s, self.kernel_s, strict=True)]

    def record(self) -> dict[str, Any]:
        """Everything, with the rates and the ratio's range."""
        return {
            **asdict(self),
            "kernel_events_per_s": self.events / statistics.median(self.kernel_s),
            "python_events_per_s": self.events / statistics.median(self.python_s),
            "ratio_min": min(self.ratios),
            "ratio_median": statistics.median(self.ratios),
            "ratio_max": max(self.ratios),
        }


def tapes_in(folder: Path, seconds: float | None = None) -> list[Tape]:
    """Every recording in ``folder``, or only its first ``seconds``."""
    found = []
    for trades in sorted(folder.glob("*.trades.csv.gz")):
        venue, symbol, _ = trades.name.split("_", 2)
        instrument = instrument_for(venue, symbol)
        started = time.perf_counter()
        book = trades.with_name(trades.name.replace(".trades.", ".book."))
        events = read_recording(trades, book, instrument).events
        decode_s = time.perf_counter() - started
        if seconds is not None:
            events = events[events["ts_init"] < events["ts_init"][0] + int(seconds * NANOS)]
        found.append(Tape(trades.name.split(".", 1)[0], instrument, events, python_rows(events), decode_s))
    return found


def python_rows(events: Events) -> list[Row]:
    """The events as tuples, which is what plain Python reads fastest."""
    names = ("ts_init", "price", "size", "kind", "side", "flags")
    return list(zip(*(events[name].tolist() for name in names), strict=True))


def settings_of(instrument: Instrument) -> dict[str, float]:
    """The senses' configuration by name."""
    config = new_senses(instrument, default_parameters())["config"][0]
    return {name: config[name].item() for name in CONFIG.names or ()} | {"tick": instrument.tick}


def kernel_features(tape: Tape) -> Reals:
    """Features of every second by the kernels, shape (n_seconds, n_features)."""
    out = np.full((tape.seconds, len(FEATURES)), np.nan)
    market = new_senses(tape.instrument, default_parameters())
    return out[: sense_seconds(tape.events, market, out)]


def python_features(tape: Tape) -> list[list[float]]:
    """The same by plain Python."""
    senses = DictSenses(settings_of(tape.instrument))
    take = senses.take
    out: list[list[float]] = []
    limit = (tape.rows[0][0] // NANOS + 1) * NANOS
    for row in tape.rows:
        while row[0] > limit:
            out.append(senses.evaluate(limit))
            limit += NANOS
        take(row)
    return out


def kernel_bare(tape: Tape) -> int:
    """Book and tape alone by the kernel; returns the last best bid."""
    return bare_events(tape.events, np.zeros(1, BARE))


def python_bare(tape: Tape) -> int:
    """The same by plain Python."""
    book = BareBook()
    take = book.take
    for row in tape.rows:
        take(row)
    return book.best_bid


def refuse_disagreement(tape: Tape) -> None:
    """Raise unless both sides say the same of every second."""
    fast, slow = kernel_features(tape), np.array(python_features(tape))
    assert fast.shape == slow.shape, f"{tape.name}: {len(fast)} seconds against {len(slow)}"
    apart = ~np.isclose(fast, slow, rtol=TOLERANCE, atol=NOISE, equal_nan=True)
    if apart.any():
        second, column = np.argwhere(apart)[0]
        raise AssertionError(
            f"{tape.name}: {FEATURES[column]} differs in {int(apart.sum())} places, first at {second}: "
            f"kernels {fast[second, column]!r}, plain Python {slow[second, column]!r}"
        )
    assert kernel_bare(tape) == python_bare(tape), f"{tape.name}: the bare books differ"


def seconds_of(work: Callable[[Tape], object], tape: Tape) -> float:
    """How long ``work`` takes on ``tape``."""
    started = time.perf_counter()
    work(tape)
    return time.perf_counter() - started


def compare(tape: Tape, rounds: int) -> list[Comparison]:
    """All features and the bare book, each in ``rounds`` alternating rounds."""
    found = []
    pairs = (("all features", kernel_features, python_features), ("book and tape", kernel_bare, python_bare))
    for work, fast, slow in pairs:
        times = [(seconds_of(fast, tape), seconds_of(slow, tape)) for _ in range(rounds)]
        kernel_s, python_s = zip(*times, strict=True)
        found.append(Comparison(tape.name, work, len(tape.events), tape.decode_s, kernel_s, python_s))
    return found


def show(comparison: Comparison) -> str:
    """One line for a person."""
    record = comparison.record()
    return (
        f"{comparison.tape:40} {comparison.work:14} {comparison.events:>8,} events  "
        f"kernels {record['kernel_events_per_s'] / 1e6:6.2f} M/s  "
        f"Python {record['python_events_per_s'] / 1e6:5.2f} M/s  "
        f"ratio {record['ratio_median']:5.1f} ({record['ratio_min']:.1f} to {record['ratio_max']:.1f})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument(
        "--tapes", type=Path, action="append", help="folder of recordings (default: examples/tapes)"
    )
    parser.add_argument("--seconds", type=float, help="only the first seconds of each recording")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    given = parser.parse_args()
    more = [Path(os.environ["KEEPER_DATA"])] if "KEEPER_DATA" in os.environ else []
    found = [tape for folder in given.tapes or [BUNDLED, *more] for tape in tapes_in(folder, given.seconds)]
    if not found:
        parser.error("no *.trades.csv.gz in the folders given")
    started = time.perf_counter()
    kernel_features(found[0])
    kernel_bare(found[0])
    compile_s = time.perf_counter() - started
    for tape in found:
        refuse_disagreement(tape)
    comparisons = [one for tape in found for one in compare(tape, given.rounds)]
    if given.json:
        print(json.dumps({"compile_s": compile_s, "comparisons": [one.record() for one in comparisons]}))
        return
    print(f"compile or load {compile_s:.1f} s; every feature of every second agrees to {TOLERANCE} relative")
    for one in comparisons:
        print(show(one))


if __name__ == "__main__":
    main()
