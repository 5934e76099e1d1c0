"""Matching: the best price first, within a price the first come, trades at the maker's price."""

from __future__ import annotations

from typing import Any

from venue.engine.balances import lock, need, settle
from venue.engine.codes import EventKind, OrderKind, Reason, SelfTrade, TimeInForce
from venue.engine.journal import note, note_trade
from venue.engine.ladder import price_of, push, shrink, unlink
from venue.engine.layout import FALLING, LARGEST, RESTING, RISING, TAKING
from venue.engine.orders import close, close_sibling, forget, ladder_of
from venue.engine.survey import is_reached, survey
from venue.kernel import kernel


@kernel
def print_trade(market: Any, price: int) -> None:
    """Remember a traded price, for stops and filters."""
    market.last = price
    market.high = max(market.high, price)
    market.low = min(market.low, price)


@kernel
def trade(market: Any, ledger: Any, log: Any, slot: int, maker_slot: int, price: int) -> None:
    """As much as both orders have left changes hands at ``price``."""
    taker = market.orders[slot]
    maker = market.orders[maker_slot]
    lots = min(taker.left, maker.left)
    taker.left -= lots
    shrink(market, log.command, maker.side, maker_slot, lots)
    print_trade(market, price)
    market.last_trade += 1
    n = note_trade(log, taker, maker, price, lots)
    row = log.rows[n]
    row.number = market.last_trade
    row.fee = settle(market, ledger, taker, price, lots, ledger.taker_ppm[taker.account])
    row.other_fee = settle(market, ledger, maker, price, lots, ledger.maker_ppm[maker.account])
    close_sibling(market, ledger, log, maker_slot)
    if maker.left == 0:
        unlink(market, log.command, maker.side, maker_slot)
        forget(market, ledger, maker_slot)


@kernel
def match(market: Any, ledger: Any, log: Any, slot: int) -> bool:
    """Trade an order against the book; True where meeting its own account ends it."""
    taker = market.orders[slot]
    ladder = market.ladders[1 - taker.side]
    while taker.left > 0 and ladder.best >= 0:
        price = price_of(market, 1 - taker.side, ladder.best)
        if not is_reached(taker.side, taker.price, price):
            break
        maker_slot = ladder.levels[ladder.best].head - 1
        if market.orders[maker_slot].account == taker.account and taker.stp != SelfTrade.NONE.value:
            if taker.stp != SelfTrade.EXPIRE_TAKER.value:
                close(market, ledger, log, maker_slot, EventKind.EXPIRED.value, Reason.SELF_TRADE.value)
            if taker.stp != SelfTrade.EXPIRE_MAKER.value:
                return True
        else:
            trade(market, ledger, log, slot, maker_slot, price)
    return False


@kernel
def fills_whole(market: Any, order: Any) -> bool:
    """Whether all of an order would trade now."""
    lots, _, _ = survey(market, order.account, order.side, order.price, order.stp, order.left, LARGEST)
    return bool(lots == order.left)


@kernel
def work(market: Any, ledger: Any, log: Any, slot: int) -> None:
    """Match an order, then let what is left rest or expire."""
    order = market.orders[slot]
    expired = EventKind.EXPIRED.value
    if order.tif == TimeInForce.FOK.value and not fills_whole(market, order):
        close(market, ledger, log, slot, expired, Reason.FILL_OR_KILL.value)
        return
    met_itself = match(market, ledger, log, slot)
    if order.left == 0:
        forget(market, ledger, slot)
    elif met_itself:
        close(market, ledger, log, slot, expired, Reason.SELF_TRADE.value)
    elif order.kind == OrderKind.MARKET.value:
        close(market, ledger, log, slot, expired, Reason.NO_LIQUIDITY.value)
    elif order.tif == TimeInForce.IOC.value:
        close(market, ledger, log, slot, expired, Reason.IMMEDIATE_OR_CANCEL.value)
    else:
        order.state = RESTING
        push(market, log.command, order.side, slot)


@kernel
def next_triggered(market: Any) -> int:
    """Slot of the stop that is to be triggered next; -1 where none is."""
    rising = market.ladders[RISING]
    if rising.best >= 0 and price_of(market, RISING, rising.best) <= market.high:
        return int(rising.levels[rising.best].head - 1)
    falling = market.ladders[FALLING]
    if falling.best >= 0 and price_of(market, FALLING, falling.best) >= market.low:
        return int(falling.levels[falling.best].head - 1)
    return -1


@kernel
def trigger(market: Any, ledger: Any, log: Any, slot: int) -> None:
    """Turn a stop into the limit order it stands for."""
    order = market.orders[slot]
    unlink(market, log.command, ladder_of(order), slot)
    order.state = TAKING
    order.is_stop = 0
    close_sibling(market, ledger, log, slot)
    missing = need(market, order.side, order.price, order.left) - order.locked
    if missing > 0:
        lock(market, ledger, order, missing)
    note(log, EventKind.TRIGGERED.value, 0, order)
    work(market, ledger, log, slot)


@kernel
def trigger_stops(market: Any, ledger: Any, log: Any) -> None:
    """Trigger every stop that the command's trades have reached, and those that these reach in turn."""
    while market.high >= market.low:
        slot = next_triggered(market)
        if slot < 0:
            market.high = -LARGEST
            market.low = LARGEST
            return
        trigger(market, ledger, log, slot)
