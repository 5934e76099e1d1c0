"""Measure variance ahead, regimes and correlation: ``python -m benchmarks.regimes --folder DIR --json``.

DIR holds recordings (``*.trades.csv.gz`` and ``*.book.csv.gz``) and ``candles/SYMBOL-5m.parquet``. Of
every symbol's bars the first half was fitted on and the next fifth chosen by; the figures are of the
last three tenths, of recordings and of simulated worlds that were never fitted on. Intervals are 95 %.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.regimes.cost import cost
from benchmarks.regimes.fit import prepared
from benchmarks.regimes.links import recorded_pairs, simulated_pairs
from benchmarks.regimes.series import candle_series, mids, on_grid
from benchmarks.regimes.simulated import against_truth
from benchmarks.regimes.states import fitted_markov, regimes
from benchmarks.regimes.volatility import best_average, estimators, on_candles, on_tape
from tools.market.instruments import instrument_for
from tools.market.tapes import find_tapes
from tools.market.tardis import read_recording


def measured(folder: Path) -> Iterator[tuple[str, Any]]:
    """Figures by name, each as soon as it is there."""
    markets = [prepared(one) for one in candle_series(folder / "candles")]
    kept = best_average(markets)
    yield "variance_on_candles", on_candles(markets)
    yield "measures_of_variance", estimators(markets)
    for name, stamps, seconds in mids(folder):
        yield "variance_on_tape", on_tape(on_grid(name, stamps, seconds), kept)
    yield "regimes_on_candles", regimes(markets)
    yield "regimes_in_simulated_worlds", against_truth(fitted_markov(markets))
    yield "correlation_of_recordings", recorded_pairs(folder)
    yield "correlation_planted", simulated_pairs()
    for tape in find_tapes(folder)[:2]:
        instrument = instrument_for(tape.venue, tape.symbol)
        events = read_recording(tape.trades, tape.book, instrument).events
        yield "cost", {"tape": f"{tape.venue} {tape.symbol}", **cost(events, instrument)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regimes", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="one line of JSON a part, not indented text")
    arguments = parser.parse_args()
    if not list((arguments.folder / "candles").glob("*-5m.parquet")):
        parser.error(f"--folder expects candles/SYMBOL-5m.parquet in it, found none in {arguments.folder}")
    for name, found in measured(arguments.folder):
        print(json.dumps({name: found}, indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
