"""What is asked of an exchange: an order, or two of which one ends the other."""

from __future__ import annotations

from dataclasses import dataclass

from venue.engine.codes import OrderKind, SelfTrade, Side, TimeInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to place. A market order names ``size`` or ``cost``; stops name ``stop``."""

    side: Side
    kind: OrderKind = OrderKind.LIMIT
    price: int = 0
    size: int = 0
    cost: int = 0
    stop: int = 0
    tif: TimeInForce = TimeInForce.GTC
    stp: SelfTrade = SelfTrade.NONE
    client: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOco:
    """A limit maker at ``price`` and a stop at ``stop`` with limit ``stop_limit``, over one size."""

    side: Side
    price: int
    stop: int
    stop_limit: int
    size: int
    stp: SelfTrade = SelfTrade.NONE
    client: str = ""
    stop_client: str = ""
