"""Going along with the market maker: orders keep their distance from the middle of its bounds.

An entry that the price has come down to is withdrawn before those who know sell to it. What is held is
offered in front of everybody else: a target that stays where it was put is left behind by a price that falls,
and then time sells it at the bid. How long waiting may take is the holding time's to say; the stop stays.
"""

from __future__ import annotations

from tools.domain.market import UNITS
from tools.execution.departing import bounds_of
from tools.execution.entry import BRACKET, ENTRY, TARGET, Entry
from tools.execution.lead_prices import lead_price
from tools.execution.protection import protective_stop, uncovered
from tools.execution.sighting import SensedMarket


def stale_orders(market: SensedMarket, entry: Entry, ts: int) -> list[str]:
    """Orders to be withdrawn at ``ts``, by their ids; the target of ``entry`` is moved where that is due."""
    if ts < entry.next_move and not (entry.refused and entry.is_led):
        return []
    lower, upper = bounds_of(market.features(ts))
    middle = 0.0 if lower is None or upper is None else (lower + upper) / 2 * UNITS
    names = _exposed(entry, middle, ts) if entry.is_guarded else []
    if entry.is_led and entry.fills:
        names += _moved(market, entry, middle, ts)
    return names


def _exposed(entry: Entry, middle: float, ts: int) -> list[str]:
    """Entries that the middle has come too near to: who sells to them knows more. No slice follows them."""
    entry.ts_guarded = ts
    near = middle * (1 - entry.parameters["entry_least_bps"] * 1e-4)
    if not middle or entry.signal.entry_price <= near:
        return []
    entry.schedule.stop()
    return [name for name, intent in entry.working.items() if intent.leg == ENTRY]


def _moved(market: SensedMarket, entry: Entry, middle: float, ts: int) -> list[str]:
    """Offers that are to stand elsewhere."""
    entry.ts_moved = ts
    entry.target = _target(market, entry, middle)
    names = [
        name
        for name, intent in entry.working.items()
        if intent.leg in (BRACKET, TARGET) and intent.price != entry.target and name not in entry.withdrawn
    ]
    if not _is_taken_anew(market, entry, names):
        return []
    entry.is_moving = entry.is_moving or bool(names)
    return names


def _is_taken_anew(market: SensedMarket, entry: Entry, names: list[str]) -> bool:
    """Whether a venue takes what would be free then; else a small rest can only be sold where it stands."""
    one = market.instrument
    if all(entry.left[name] == entry.working[name].size for name in names):
        return True
    free = uncovered(entry, one) + sum(entry.left[name] for name in names)
    price = protective_stop(entry, one).limit if market.has_brackets else entry.target
    return one.value(free, price) >= one.min_notional


def _target(market: SensedMarket, entry: Entry, middle: float) -> int:
    """Where to offer now; an own offer that is in front already is not undercut."""
    book = market.senses["book"]
    bid, ask = int(book["best_bid"][0]), int(book["best_ask"][0])
    tick = market.instrument.tick or int(book["tick"][0])
    last = int(market.senses["tape"]["last_price"][0]) if market.has_brackets else 0
    wanted = int(lead_price(bid, ask, last, tick, middle, entry.parameters["exit_least_bps"]))
    if not wanted or (wanted < entry.target <= ask and not entry.refused):
        return entry.target
    return max(wanted, entry.signal.stop + tick)
