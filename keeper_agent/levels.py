"""Where the rule of the market maker's range would buy and sell now, whether or not it raises a signal."""

from __future__ import annotations

from collections.abc import Mapping

from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.signals.mm_range import round_trip_cost_bps

BPS = 1e-4


def best_levels(
    seen: Mapping[str, float | None], instrument: Instrument, parameters: ParameterSet
) -> dict[str, float | None]:
    """The entry and exit price in quote; both None while no range is known.

    The entry is the range's lower bound or the best bid, whichever is lower; the exit its upper bound, or
    what pays the round trip and the buffer where that is farther. Neither is on the tick, and ticks in
    front of others (``entry_ticks_ahead``) are left out.
    """
    low, high = seen.get("mm_lower_bound"), seen.get("mm_upper_bound")
    mid, spread = seen.get("mid"), seen.get("spread_bps")
    if low is None or high is None or mid is None or spread is None:
        return {"entry": None, "exit": None}
    entry = min(low, mid * (1.0 - spread / 2 * BPS))
    pays = round_trip_cost_bps(instrument) + parameters["take_profit_buffer_bps"]
    return {"entry": entry, "exit": max(high, entry * (1.0 + pays * BPS))}
