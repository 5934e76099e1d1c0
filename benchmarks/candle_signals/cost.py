"""What making candles from a feed costs, beside the senses that take the same events of a bundled tape."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tools.detection.state import new_senses
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.candle_feed import CandleFeed
from tools.market.candles import CandleStore
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording

BUNDLED = Path(__file__).resolve().parents[2] / "examples" / "tapes"
STEM = "binance_BTCUSDT_20240808-2354"
SLICE = 200  # events taken at once


def measure_feed() -> dict[str, Any]:
    """CPU seconds of the feed for one tape in slices of 200 events, and those of the senses alone."""
    instrument = instrument_for("binance", "BTCUSDT")
    files = (BUNDLED / f"{STEM}.trades.csv.gz", BUNDLED / f"{STEM}.book.csv.gz")
    events = read_recording(*files, instrument).events
    feed = CandleFeed(CandleStore(), instrument.symbol)
    begun = time.process_time()
    feed.begin(events)
    for start in range(0, len(events), SLICE):
        part = events[start : start + SLICE]
        feed.take(part)
        if (ts := int(part["ts_init"][-1])) >= feed.next_look:
            feed.look(ts)
    ours = time.process_time() - begun
    senses = new_senses(instrument, default_parameters())
    done = sense_until(events, 0, int(events["ts_init"][SLICE]), senses)  # compiled by then
    begun = time.process_time()
    sense_until(events, done, int(events["ts_init"][-1]), senses)
    return {
        "events": len(events),
        "candles": feed.counts["made 5m"],
        "feed_cpu_s": ours,
        "senses_cpu_s": time.process_time() - begun,
    }
