"""What bears on an entry at its price beside the features: where it lies, and what just happened there.

Every fact is read from the senses as they stand when a signal is raised, so that a replay finds what a
session found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tools.domain.market import NANOS, UNITS
from tools.features.flow import MID, SECONDS
from tools.market.book import VIEW
from tools.market.tape import RING

PLACED = ("entry_edge_bps", "prints_60s", "mm_quote_age_s", "ask_age_s", "return_30s_bps")
PRINTS_NS = 60 * NANOS
MOST_PRINTS = 512  # counted; more say no more
BACK_S = 30
BPS = 1e4


def placed(senses: Any, entry: int, ts: int, features: Mapping[str, float | None]) -> dict[str, float]:
    """The facts of ``PLACED`` that are known.

    How far below the middle of the market maker's bounds the entry lies; prints of the last minute, at
    most ``MOST_PRINTS``; how long ago the maker last placed a quote; how long the best ask has stood;
    what the mid moved in half a minute.

    Args:
        senses: One market's record of SENSES.
        entry: Its price, units.
        ts: Now, ns.
        features: As of ``ts``.
    """
    found = {
        "entry_edge_bps": _edge_bps(entry, features),
        "prints_60s": float(_prints(senses, ts)),
        "mm_quote_age_s": _age_s(int(senses["trail"]["ts_placed"]), ts),
        "ask_age_s": _age_s(_best_ask_since(senses["asks"]), ts),
        "return_30s_bps": _return_bps(senses, features.get("mid")),
    }
    return {name: value for name, value in found.items() if value is not None}


def _edge_bps(entry: int, features: Mapping[str, float | None]) -> float | None:
    lower, upper = features.get("mm_lower_bound"), features.get("mm_upper_bound")
    if lower is None or upper is None or entry <= 0:
        return None
    return ((lower + upper) / 2 * UNITS / entry - 1) * BPS


def _prints(senses: Any, ts: int) -> int:
    count = int(senses["tape"]["count"])
    last = np.arange(max(0, count - MOST_PRINTS), count) & (RING - 1)
    return int(np.count_nonzero(senses["ring"][last, 0] > ts - PRINTS_NS))


def _age_s(since: int, ts: int) -> float | None:
    return (ts - since) / NANOS if 0 < since <= ts else None


def _best_ask_since(asks: Any) -> int:
    shown = min(int(asks["shown"]), VIEW)
    return int(asks["births"][asks["view_slots"][shown - 1]]) if shown else 0


def _return_bps(senses: Any, mid: float | None) -> float | None:
    closed = int(senses["flow"]["seconds"])
    if mid is None or closed < BACK_S:
        return None
    then = float(senses["rows"][(closed - BACK_S) & (SECONDS - 1), MID])
    return (mid / then - 1) * BPS if then > 0 else None
