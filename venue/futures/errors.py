"""What the futures venue refuses: some reasons have codes of their own there."""

from __future__ import annotations

from venue.binance import errors
from venue.binance.errors import Refusal
from venue.engine.codes import Reason

POST_ONLY = (
    "Due to the order could not be executed as maker, the Post Only order will be rejected. "
    "The order will not be recorded in the order history"
)
REJECTIONS = {
    Reason.MARKET_HALTED: (-4140, "Invalid symbol status for opening position."),
    Reason.WOULD_TAKE: (
        -5022,
        POST_ONLY,
    ),
    Reason.PRICE_FILTER: (-4014, "Price not increased by tick size."),
    Reason.PRICE_BAND: (-4016, "Limit price can't be higher than the band allows."),
    Reason.PERCENT_PRICE: (
        -4131,
        "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    ),
    Reason.NO_LIQUIDITY: (
        -4131,
        "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    ),
    Reason.LOT_SIZE: (-4023, "Qty not increased by step size."),
    Reason.MARKET_LOT_SIZE: (-4005, "Quantity greater than max quantity."),
    Reason.NOTIONAL: (-4164, "Order's notional must be no smaller than 5 (unless you choose reduce only)."),
    Reason.MAX_NUM_ORDERS: (-2025, "Reach max open order limit."),
    Reason.DUPLICATE_CLIENT_ID: (-4116, "ClientOrderId is duplicated."),
    Reason.INSUFFICIENT_BALANCE: (-2019, "Margin is insufficient."),
}


def rejection(reason: Reason) -> Refusal:
    """The engine's refusal in the futures venue's words."""
    if reason in REJECTIONS:
        return Refusal(400, *REJECTIONS[reason])
    return errors.rejection(reason)


def not_reducing() -> Refusal:
    """A reduce-only order that would open or enlarge a position."""
    return Refusal(400, -2022, "ReduceOnly Order is rejected.")


def no_margin() -> Refusal:
    """The wallet does not cover it."""
    return Refusal(400, -2019, "Margin is insufficient.")


def no_such_leverage(leverage: int) -> Refusal:
    """Only 1 is served."""
    return Refusal(400, -4028, f"Leverage {leverage} is not valid")


def no_such_listen_key() -> Refusal:
    """A listen key that is not there, or no longer."""
    return Refusal(400, -1125, "This listenKey does not exist.")
