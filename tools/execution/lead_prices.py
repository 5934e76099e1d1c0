"""Where an offer stands in front of all others, and yet above the market maker's middle."""

from __future__ import annotations

import math
from typing import Any

from tools.detection.belief import believe, quoted_bounds
from tools.market.kernel import kernel
from tools.market.tape import window_stats


@kernel
def lead_price(bid: int, ask: int, last: int, tick: int, middle: float, least_bps: float) -> int:
    """A tick in front of ``ask``, above ``bid`` and ``last``, ``least_bps`` above ``middle``; units.

    0 where a side is missing or the middle is not known. A venue takes no bracket whose target is not
    above the last price.
    """
    if bid <= 0 or ask <= 0 or tick <= 0 or not middle > 0:
        return 0
    least = math.ceil(middle * (1.0 + least_bps * 1e-4) / tick) * tick
    return max(ask - tick, bid + tick, last + tick, least)


@kernel
def middle_of_bounds(s: Any, ts: int) -> float:
    """The middle of the market maker's bounds at ``ts``, units; NaN where they are not known."""
    if not s.config.detect_mm or not s.config.track_tape:
        return math.nan
    config = s.config
    prints = window_stats(
        s.tape, s.ring, ts, config.window_ns, config.velocity_ns, config.large_quote, s.small
    )
    belief, _ = believe(s, ts)
    lower, upper = quoted_bounds(s, ts, prints, belief)
    return (lower + upper) / 2 * 1e8 if upper > lower else math.nan
