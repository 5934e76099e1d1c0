"""What a schedule sees of a market, read from its senses at the moment of asking."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from tools.execution.entry import ENTRY, Entry
from tools.execution.market import TradedMarket
from tools.execution.schedules.schedule import Sight
from tools.market.tape import RING

AT_FIRST = 256  # prints looked through; more where they do not reach back far enough


class SensedMarket(TradedMarket, Protocol):
    """A traded market whose senses are open."""

    senses: npt.NDArray[np.void]


def sight_of(market: SensedMarket, entry: Entry, ts: int) -> Sight:
    """What ``entry``'s schedule sees at ``ts``."""
    senses = market.senses
    book = senses["book"]
    return Sight(
        ts=ts,
        bid=int(book["best_bid"][0]),
        ask=int(book["best_ask"][0]),
        tick=market.instrument.tick or int(book["tick"][0]),
        bought=entry.bought,
        ts_fill=entry.fills[-1].ts if entry.fills else 0,
        ts_refresh=int(senses["maker"]["ts_refresh"][0]),
        traded=lambda since: traded_since(senses, since),
    )


def asks_of(senses: npt.NDArray[np.void], most: int) -> tuple[tuple[int, int], ...]:
    """Asks as (price, size) in units, the best ``most`` of them, best first."""
    ladder = senses["asks"][0]  # kept by minus price, the best last
    shown = int(ladder["shown"])
    places = range(shown - 1, max(-1, shown - 1 - most), -1)
    sizes = ladder["sizes"]
    return tuple(
        (-int(ladder["view_keys"][place]), int(sizes[ladder["view_slots"][place]])) for place in places
    )


def stale_slices(market: SensedMarket, entry: Entry, ts: int) -> list[str]:
    """Working slices that the schedule would rather have elsewhere, by client order id."""
    schedule = entry.schedule
    if not schedule.watches_order or schedule.is_over:
        return []
    seen = sight_of(market, entry, ts)
    return [
        name
        for name, intent in entry.working.items()
        if intent.leg == ENTRY and schedule.is_stale(seen, intent.ts, intent.price)
    ]


def traded_since(senses: npt.NDArray[np.void], since: int) -> int:
    """Base units printed after ``since``, ns, as far back as prints are remembered."""
    count, ring = int(senses["tape"]["count"][0]), senses["ring"][0]
    reach = min(AT_FIRST, count)
    while True:
        rows = ring[np.arange(count - reach, count) & (RING - 1)]
        if reach in (count, RING) or rows[0, 0] <= since:
            return int(rows[rows[:, 0] > since, 2].sum())
        reach = min(4 * reach, count, RING)
