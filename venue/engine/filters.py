"""What a market asks of an order before it looks at balances.

The names are those of Binance's filters. PERCENT_PRICE_BY_SIDE and the notional of a market
order refer to the last traded price.
"""

from __future__ import annotations

from typing import Any

from venue.engine.codes import OrderKind, Reason, SelfTrade, Side, TimeInForce
from venue.engine.ladder import is_in_band
from venue.kernel import kernel

MILLION = 1_000_000


@kernel
def is_stop_kind(kind: int) -> bool:
    """Whether orders of this kind wait for a price first."""
    return kind in (OrderKind.STOP_LOSS_LIMIT.value, OrderKind.TAKE_PROFIT_LIMIT.value)


@kernel
def check_words(side: int, kind: int, tif: int, stp: int) -> int:
    """Whether side, kind, time in force and self-trade mode exist and go together."""
    if not (0 <= side <= Side.SELL.value and 0 <= kind <= OrderKind.TAKE_PROFIT_LIMIT.value):
        return Reason.ILLEGAL_PARAMETER.value
    if not (0 <= tif <= TimeInForce.FOK.value and 0 <= stp <= SelfTrade.EXPIRE_BOTH.value):
        return Reason.ILLEGAL_PARAMETER.value
    if tif != TimeInForce.GTC.value and kind in (OrderKind.MARKET.value, OrderKind.LIMIT_MAKER.value):
        return Reason.ILLEGAL_PARAMETER.value
    return 0


@kernel
def check_tick(market: Any, price: int) -> int:
    """PRICE_FILTER, and whether the book has a level there."""
    rules = market.rules
    if price < rules.min_price or price > rules.max_price:
        return Reason.PRICE_FILTER.value
    return 0 if is_in_band(market, price) else Reason.PRICE_BAND.value


@kernel
def check_price(market: Any, side: int, price: int) -> int:
    """All filters of a limit price."""
    reason = check_tick(market, price)
    if reason != 0:
        return reason
    rules = market.rules
    down, up = rules.bid_down, rules.bid_up
    if side == Side.SELL.value:
        down, up = rules.ask_down, rules.ask_up
    if price * MILLION < market.last * down or (up > 0 and price * MILLION > market.last * up):
        return Reason.PERCENT_PRICE.value
    return 0


@kernel
def check_size(market: Any, size: int) -> int:
    """LOT_SIZE."""
    rules = market.rules
    if size < rules.min_size or size > rules.max_size:
        return Reason.LOT_SIZE.value
    return 0


@kernel
def check_market_size(market: Any, size: int) -> int:
    """MARKET_LOT_SIZE."""
    rules = market.rules
    if size < rules.min_market_size or size > rules.max_market_size:
        return Reason.MARKET_LOT_SIZE.value
    if (size - rules.min_market_size) % rules.market_size_step != 0:
        return Reason.MARKET_LOT_SIZE.value
    return 0


@kernel
def check_notional(market: Any, notional: int) -> int:
    """NOTIONAL."""
    rules = market.rules
    if notional < rules.min_notional or (rules.max_notional > 0 and notional > rules.max_notional):
        return Reason.NOTIONAL.value
    return 0


@kernel
def check_limit(market: Any, side: int, price: int, size: int) -> int:
    """Price, size and notional of an order with a limit."""
    reason = check_price(market, side, price)
    if reason == 0:
        reason = check_size(market, size)
    if reason == 0:
        reason = check_notional(market, price * size * market.rules.cost_units)
    return reason


@kernel
def rises(side: int, kind: int) -> bool:
    """Whether a stop waits for the price to rise: buyers' stop losses and sellers' profits do."""
    return (side == Side.BUY.value) == (kind == OrderKind.STOP_LOSS_LIMIT.value)


@kernel
def check_stop(market: Any, side: int, kind: int, stop: int) -> int:
    """Whether a stop price is possible and not reached yet."""
    reason = check_tick(market, stop)
    if reason != 0:
        return reason
    reached = market.last >= stop if rises(side, kind) else market.last <= stop
    return Reason.STOP_WOULD_TRIGGER.value if reached else 0
