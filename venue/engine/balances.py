"""Money: locked when an order is accepted, moved by trades, given back to the unit.

A buyer pays ``price × lots × cost_units`` and receives ``lots × lot_units`` less the fee, a
seller the other way round; only the fee is ever rounded, up, and it goes to the venue.
"""

from __future__ import annotations

from typing import Any

from venue.engine.codes import OrderKind, Side
from venue.kernel import kernel

MILLION = 1_000_000


@kernel
def fee_of(amount: int, ppm: int) -> int:
    """``amount × ppm`` millionths, rounded up, without leaving 64 bits."""
    whole = amount // MILLION
    rest = amount - whole * MILLION
    return whole * ppm + (rest * ppm + MILLION - 1) // MILLION


@kernel
def need(market: Any, side: int, price: int, lots: int) -> int:
    """What an order over ``lots`` at ``price`` may have to pay, in the asset it pays with."""
    units: int = market.rules.lot_units
    if side == Side.BUY.value:
        units = price * market.rules.cost_units
    return units * lots


@kernel
def paid_asset(market: Any, side: int) -> int:
    """The asset an order of this side pays with."""
    asset: int = market.rules.quote if side == Side.BUY.value else market.rules.base
    return asset


@kernel
def lock(market: Any, ledger: Any, order: Any, amount: int) -> None:
    """Set ``amount`` aside for the order; it must be free."""
    asset = paid_asset(market, order.side)
    ledger.free[order.account, asset] -= amount
    ledger.locked[order.account, asset] += amount
    order.locked += amount


@kernel
def release(market: Any, ledger: Any, order: Any, amount: int) -> None:
    """Give ``amount`` of what the order has locked back to its account."""
    asset = paid_asset(market, order.side)
    ledger.locked[order.account, asset] -= amount
    ledger.free[order.account, asset] += amount
    order.locked -= amount


@kernel
def pay(market: Any, ledger: Any, order: Any, amount: int) -> None:
    """Pay out of what the order has locked; give back what it no longer needs."""
    ledger.locked[order.account, paid_asset(market, order.side)] -= amount
    order.locked -= amount
    if order.kind != OrderKind.MARKET.value:
        excess = order.locked - need(market, order.side, order.price, order.left)
        if excess > 0:
            release(market, ledger, order, excess)


@kernel
def receive(market: Any, ledger: Any, order: Any, amount: int, ppm: int) -> int:
    """Book ``amount`` less the fee to the order's account, the fee to the venue; returns the fee."""
    asset = market.rules.base if order.side == Side.BUY.value else market.rules.quote
    fee = fee_of(amount, ppm)
    ledger.free[order.account, asset] += amount - fee
    ledger.fees[asset] += fee
    return fee


@kernel
def settle(market: Any, ledger: Any, order: Any, price: int, lots: int, ppm: int) -> int:
    """One side of a trade: pay, receive, return the fee. The order's ``left`` is already reduced."""
    cost = price * lots * market.rules.cost_units
    amount = lots * market.rules.lot_units
    order.spent += cost
    if order.side == Side.BUY.value:
        pay(market, ledger, order, cost)
        return receive(market, ledger, order, amount, ppm)
    pay(market, ledger, order, amount)
    return receive(market, ledger, order, cost, ppm)
