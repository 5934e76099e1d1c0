"""Measure inferred level orders against a LOBSTER day, whose orders are known by their ids.

``python -m benchmarks.lifetimes --folder DIR --json``. The day is read as levels and prints, as any
feed, at every event and reduced to buckets. The figures are of its second half. That half is not
sealed: numbers were compared on the first, but mistakes were looked at over the whole day while the
rules were written. An oracle knows the ids and sees the same moments. ``cancels`` compares price,
size and moment; ``ids`` the beginning too, which no feed of levels tells where two orders of one size
rest at one price. The baseline is the life of a level.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from benchmarks.lifetimes.buckets import bucketed
from benchmarks.lifetimes.cost import cost
from benchmarks.lifetimes.figures import distance, figures, level_lives, lives, seen_at_ends
from benchmarks.lifetimes.ties import tie_figures
from benchmarks.lifetimes.truth import Truth, read_truth
from tools.detection.order_log import OrderLog
from tools.detection.state import new_senses
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.market.events import Events
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording

DAY = "nasdaq_AMZN_20120621-1330"
MESSAGES = "lobster_AMZN_2012-06-21_34200000_57600000_message_5.csv.gz"
MIDNIGHT = 1_340_251_200 * NANOS  # in New York
HALF = MIDNIGHT + 45_900 * NANOS  # 12:45, the middle of the session
MILLI = 1_000_000


def measure(events: Events, truth: Truth, period_ns: int) -> dict[str, Any]:
    """All figures of one feed."""
    senses = new_senses(instrument_for("nasdaq", "AMZN"), default_parameters())
    log = OrderLog(senses)
    began = time.process_time()
    log.sense_until(events, 0, 1 << 62)
    spent = time.process_time() - began
    known = seen_at_ends(truth, period_ns)
    known = known[(known["ts_end"] >= HALF) & (known["ts_add"] > 0) & known["is_whole"]]
    return {
        "feed": f"{period_ns // MILLI} ms" if period_ns else "every event",
        "events": len(events),
        "cpu_us_an_event": round(spent * 1e6 / len(events), 3),
        **figures(log.ends(), truth, period_ns, HALF),
        "baseline_lifetime_ks": round(distance(lives(known), level_lives(events, HALF)), 4),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lifetimes", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the day and its messages are")
    parser.add_argument("--periods-ms", default="0,10,100", help="buckets; 0 is every event")
    parser.add_argument("--json", action="store_true", help="one line of JSON a feed, not indented text")
    arguments = parser.parse_args()
    files = [arguments.folder / f"{DAY}.{half}.csv.gz" for half in ("trades", "book")]
    events = read_recording(files[0], files[1], instrument_for("nasdaq", "AMZN")).events
    truth = read_truth(arguments.folder / MESSAGES, MIDNIGHT)
    indent = None if arguments.json else 2
    print(json.dumps({"equals": tie_figures(truth, HALF)}, indent=indent), flush=True)
    print(json.dumps({"cost": cost(events, instrument_for("nasdaq", "AMZN"))}, indent=indent), flush=True)
    for text in arguments.periods_ms.split(","):
        period = int(text) * MILLI
        feed = bucketed(events, period) if period else events
        measured = measure(feed, truth, period)
        print(json.dumps(measured, indent=indent), flush=True)


if __name__ == "__main__":
    main()
