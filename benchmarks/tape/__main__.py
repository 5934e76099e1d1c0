"""Measure the tape on recordings whose venue says who took: side without the flag, ratio under wash.

``python -m benchmarks.tape --folder DIR --json``. The flag is hidden and inferred again, by our
rule, by the quote rule and by the tick rule. Ours was put together after six variants had been compared
on the six recordings it was first measured on: of those, the figures are of what it was chosen on.
Wash is pairs at one price at or between the quotes, 70 % of all prints. Pairs of equal size, and of
sizes up to 1 % and 10 % apart, are just what the filter looks for; those up to 33 % apart are mostly what
it cannot see. The intervals are of a bootstrap over minutes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.tape.quoted import Quoted, quoted_prints
from benchmarks.tape.wash import injected, ratios
from tools.domain.market import NANOS
from tools.market.aggressor import infer_side, quoted_side, tick_side
from tools.market.kernel import kernel
from tools.market.tape import classify
from tools.market.tapes import TapeFiles, find_tapes

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
MINUTE = 60 * NANOS
RULES = ("tick", "quote", "emo", "ours")
DRAWS = 1000


@kernel
def infer_all(prints: Any, rule: int) -> Ints:
    """Side of every print by one of ``RULES``, shape (n_prints,)."""
    sides = np.zeros(prints.shape[0], np.int64)
    price = 0
    side = 0
    stamp = 0
    for i in range(prints.shape[0]):
        p = prints[i]
        if rule == 0:
            side = tick_side(p.price, price, side)
        elif rule == 1:
            side = classify(p.price, p.bid, p.ask, price, side)
        elif rule == 2:
            side = quoted_side(p.price, p.bid, p.ask, price, side)
        else:
            side = infer_side(p.price, p.bid, p.ask, price, side, p.ts_event == stamp)
        price = p.price
        stamp = p.ts_event
        sides[i] = side
    return sides


def by_minute(prints: Quoted, weight: Reals) -> Reals:
    """Sums of ``weight`` over each minute, shape (n_minutes,)."""
    minute = (prints["ts"] - prints["ts"][0]) // MINUTE
    return np.asarray(np.bincount(minute, weight), np.float64)


def interval(part: Reals, whole: Reals, rng: np.random.Generator) -> list[float]:
    """95 % interval of sum(part) / sum(whole) over minutes drawn with replacement."""
    at = rng.integers(0, len(whole), (DRAWS, len(whole)))
    drawn = part[at].sum(axis=1) / whole[at].sum(axis=1)
    return [round(float(q), 4) for q in np.quantile(drawn, [0.025, 0.975])]


def score(prints: Quoted, sides: Ints, rng: np.random.Generator) -> dict[str, Any]:
    """Right by volume, and how far the ratio of a minute is off on average."""
    volume = prints["price"] * prints["size"].astype(float)
    whole, right = by_minute(prints, volume), by_minute(prints, volume * (sides == prints["side"]))
    units = prints["size"].astype(float)
    traded = by_minute(prints, units)
    off = np.abs(by_minute(prints, units * (sides > 0)) - by_minute(prints, units * (prints["side"] > 0)))
    some = traded > 0
    return {
        "right_by_volume": round(float(right.sum() / whole.sum()), 4),
        "interval": interval(right, whole, rng),
        "ratio_60s_mae": round(float(np.mean(off[some] / traded[some])), 4),
    }


def measure(tape: TapeFiles) -> dict[str, Any]:
    """All figures of one recording."""
    prints = quoted_prints(tape)
    known = prints[prints["side"] != 0]
    rng = np.random.default_rng(0)
    return {
        "tape": f"{tape.venue} {tape.symbol}",
        "n": len(known),
        "minutes": len(by_minute(known, np.ones(len(known)))),
        "aggressor": {rule: score(known, infer_all(known, i), rng) for i, rule in enumerate(RULES)},
        "wash_70_percent": ratios(known, injected(known, 0.7, rng), MINUTE),
        "wash_70_percent_unequal": ratios(known, injected(known, 0.7, rng, unequal=0.01), MINUTE),
        "wash_70_percent_tenth": ratios(known, injected(known, 0.7, rng, unequal=0.1), MINUTE),
        "wash_70_percent_third": ratios(known, injected(known, 0.7, rng, unequal=0.33), MINUTE),
        "wash_none": ratios(known, injected(known, 0.0, rng), MINUTE),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tape", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("examples/tapes"))
    parser.add_argument("--json", action="store_true", help="one line of JSON a tape, not indented text")
    arguments = parser.parse_args()
    for tape in find_tapes(arguments.folder):
        print(json.dumps(measure(tape), indent=None if arguments.json else 2), flush=True)


if __name__ == "__main__":
    main()
