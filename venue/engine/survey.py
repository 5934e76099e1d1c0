"""What an order would find in the book, without touching it."""

from __future__ import annotations

from typing import Any

from venue.engine.codes import SelfTrade, Side
from venue.engine.ladder import next_below, price_of
from venue.engine.layout import LARGEST
from venue.kernel import kernel


@kernel
def is_reached(side: int, limit: int, price: int) -> bool:
    """Whether an order with this limit trades at ``price``; limit 0 is none."""
    if limit == 0:
        return True
    return price <= limit if side == Side.BUY.value else price >= limit


@kernel
def crosses(market: Any, side: int, price: int) -> bool:
    """Whether an order at ``price`` would trade at once."""
    best = market.ladders[1 - side].best
    return best >= 0 and is_reached(side, price, price_of(market, 1 - side, best))


@kernel
def survey(
    market: Any, account: int, side: int, limit: int, stp: int, most_lots: int, most_cost: int
) -> tuple[int, int, bool]:
    """Lots and cost that would trade now, and whether anything could be reached at all.

    Orders of the same account count as the self-trade mode has it: they trade, they are
    passed over (EXPIRE_MAKER), or they end the walk.
    """
    ladder = market.ladders[1 - side]
    units = market.rules.cost_units
    lots = 0
    cost = 0
    reached = False
    key = ladder.best
    while key >= 0 and lots < most_lots:
        price = price_of(market, 1 - side, key)
        if not is_reached(side, limit, price):
            break
        slot = ladder.levels[key].head
        while slot != 0 and lots < most_lots:
            order = market.orders[slot - 1]
            slot = order.next
            if order.account == account and stp != SelfTrade.NONE.value:
                if stp == SelfTrade.EXPIRE_MAKER.value:
                    continue
                return lots, cost, reached
            reached = True
            take = min(order.left, most_lots - lots)
            if most_cost < LARGEST:
                take = min(take, (most_cost - cost) // (price * units))
            lots += take
            cost += take * price * units
            if take < order.left:
                return lots, cost, reached
        key = next_below(ladder, key)
    return lots, cost, reached
