"""Candidate entry inside the market maker's range: buy near where it buys, sell where it sells.

Spot is long only. The signal proposes; whether the trade pays is for the decision graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tools.domain.market import NANOS, Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.sources import MM_RANGE
from tools.features.names import INDEX
from tools.market.kernel import kernel

SOURCE = MM_RANGE
CHECK_NS = NANOS  # a symbol is looked at no more often than this

CONFIDENCE = INDEX["mm_confidence"]
LOWER = INDEX["mm_lower_bound"]
UPPER = INDEX["mm_upper_bound"]

RANGE = np.dtype(
    [
        ("next_check", np.int64),
        ("spacing_ns", np.int64),
        ("min_confidence", np.float64),
        ("zone", np.float64),
        ("ahead", np.int64),  # ticks
        ("cost_bps", np.float64),
        ("buffer_bps", np.float64),
        ("stop_bps", np.float64),
        ("entry", np.int64),
        ("target", np.int64),
        ("stop", np.int64),
    ],
    align=True,
)


def round_trip_cost_bps(instrument: Instrument) -> float:
    """Fees of entering passively and leaving aggressively, basis points of the entry."""
    return instrument.maker_fee_bps + instrument.taker_fee_bps


def tune_range(record: npt.NDArray[np.void], instrument: Instrument, parameters: ParameterSet) -> None:
    """Bring the parameters in force into ``record`` (one RANGE); its timing stays."""
    record["spacing_ns"] = parameters.nanos("signal_spacing_s")
    record["min_confidence"] = parameters["signal_min_confidence"]
    record["zone"] = parameters["entry_zone"]
    record["ahead"] = round(parameters["entry_ticks_ahead"])
    record["cost_bps"] = round_trip_cost_bps(instrument)
    record["buffer_bps"] = parameters["take_profit_buffer_bps"]
    record["stop_bps"] = parameters["stop_bps"]


@kernel
def seek_entry(plan: Any, ts: int, book: Any, features: npt.NDArray[np.float64]) -> bool:
    """Whether a candidate stands at ``ts``; if so its entry, target and stop are in ``plan``.

    The entry is the lower bound or the best bid, whichever is lower, and as many ticks in front of it as
    are wanted and the best ask leaves; the target is the upper bound, or what pays the round
    trip and the buffer where that is farther. All are units of 1e-8 on the tick.
    """
    lower = features[LOWER]
    upper = features[UPPER]
    belief = features[CONFIDENCE]
    if np.isnan(lower) or np.isnan(upper) or np.isnan(belief) or belief < plan.min_confidence:
        return False
    best_bid = book.best_bid
    tick = book.tick
    if best_bid * 1e-8 > lower + plan.zone * (upper - lower):
        return False
    behind = min(best_bid, int(np.floor(lower * 1e8)))
    behind -= behind % tick
    entry = max(behind, min(behind + plan.ahead * tick, book.best_ask - tick))
    if entry <= 0:
        return False
    pays = entry * (1.0 + (plan.cost_bps + plan.buffer_bps) * 1e-4)
    target = np.int64(np.ceil(max(upper * 1e8, pays)))
    target += (tick - target % tick) % tick
    stop = np.int64(entry * (1.0 - plan.stop_bps * 1e-4))
    stop -= stop % tick
    if stop <= 0:
        return False
    plan.entry = entry
    plan.target = target
    plan.stop = stop
    plan.next_check = ts + plan.spacing_ns
    return True
