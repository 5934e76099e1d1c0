"""What each round trip gained and lost, step by step: half spreads, what came after the fill, delay, fees.

Prices are held against the mid a moment before. The steps of a trip lie end to end, so that they add up to
its result; what a lot or a rounded price leaves is told as a rest.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

from tools.domain.market import NANOS, Side
from tools.domain.trading import Fill, Intent, Outcome
from tools.models.anatomy import TripParts

MARKOUT_NS = NANOS  # so soon after a fill, a move is what the fill told


class Mids(Protocol):
    """Where markets were."""

    def before(self, symbol: str, ts: int) -> float:
        """The last mid seen before ``ts``, ns, price units; NaN where it is not known."""
        ...


def trip_parts(
    trips: Sequence[Outcome], fills: Sequence[Fill], intents: Sequence[Intent], mids: Mids
) -> tuple[TripParts, ...]:
    """The steps of every trip of which the mids are known, in the order of ``trips``."""
    by_decision: dict[str, list[Fill]] = defaultdict(list)
    for fill in fills:
        by_decision[fill.decision_id].append(fill)
    sent = {intent.client_order_id: intent.ts for intent in intents}
    found = (_parts(trip, by_decision[trip.decision_id], sent, mids) for trip in trips)
    return tuple(one for one in found if one is not None)


def _parts(trip: Outcome, fills: Sequence[Fill], sent: dict[str, int], mids: Mids) -> TripParts | None:
    bought = [fill for fill in fills if fill.side is Side.BUY]
    sold = [fill for fill in fills if fill.side is Side.SELL]
    if not bought or not sold or trip.net_bps is None or trip.gross_bps is None:
        return None
    symbol, leaves = trip.symbol, _mean(sold, lambda fill: _left_at(fill, sent))
    entry, entered = _mean(bought, lambda f: f.price), _mean(bought, lambda f: mids.before(symbol, f.ts))
    after = _mean(bought, lambda f: mids.before(symbol, min(f.ts + MARKOUT_NS, max(f.ts, round(leaves)))))
    decided = _mean(sold, lambda f: mids.before(symbol, _left_at(f, sent)))
    left, price = _mean(sold, lambda f: mids.before(symbol, f.ts)), _mean(sold, lambda f: f.price)
    steps = [entered - entry, after - entered, decided - after, left - decided, price - left]
    if any(math.isnan(step) for step in steps):
        return None
    entry_spread, adverse, drift, delay, exit_spread = (step / entry * 1e4 for step in steps)
    fees = trip.gross_bps - trip.net_bps
    paid = _paid(fills)
    share = _paid(bought) / paid if paid else 0.0
    return TripParts(
        ending=trip.result.value,
        entry_rested=_rested(bought),
        exit_rested=_rested(sold),
        entry_spread=entry_spread,
        adverse=adverse,
        drift=drift,
        delay=delay,
        exit_spread=exit_spread,
        entry_fee=-fees * share,
        exit_fee=-fees * (1 - share),
        rest=trip.gross_bps - sum(steps) / entry * 1e4,
        net=trip.net_bps,
        taker_fee=fees * (_paid([fill for fill in fills if not fill.is_maker]) / paid if paid else 0.0),
        held_s=((trip.ts_exit or 0) - (trip.ts_entry or 0)) / NANOS,
    )


def _left_at(fill: Fill, sent: dict[str, int]) -> int:
    """When it was decided to sell: what rested was not decided on again before it filled."""
    return fill.ts if fill.is_maker else min(fill.ts, sent.get(fill.client_order_id, fill.ts))


def _mean(fills: Sequence[Fill], of: Callable[[Fill], float]) -> float:
    return sum(of(fill) * fill.size for fill in fills) / sum(fill.size for fill in fills)


def _paid(fills: Sequence[Fill]) -> float:
    return float(sum(fill.fee_quote for fill in fills))


def _rested(fills: Sequence[Fill]) -> float:
    return sum(fill.size for fill in fills if fill.is_maker) / sum(fill.size for fill in fills)
