"""What MEXC refuses and in which words.

Codes and texts are those that client libraries know. Which code the live venue gives to an
order that would take although it must not, to a client order id used twice, and to a price
off its steps is not confirmed; clients must not rest on these three.
"""

from __future__ import annotations

from typing import Any

from venue.engine.codes import Reason, Side


class Refusal(Exception):
    """An answer other than success: HTTP status, code and text."""

    def __init__(self, status: int, code: int, msg: str) -> None:
        super().__init__(msg)
        self.status = status
        self.code = code
        self.msg = msg
        self.retry_after: int | None = None

    def body(self) -> dict[str, Any]:
        """The JSON object that says so."""
        return {"code": self.code, "msg": self.msg}


UNKNOWN = '{"code":500,"msg":"Internal error"}'
REJECTIONS = {
    Reason.MARKET_HALTED: (30016, "Trading disabled"),
    Reason.PRICE_FILTER: (30087, "Order price exceeds allowed range"),
    Reason.PRICE_BAND: (30087, "Order price exceeds allowed range"),
    Reason.PERCENT_PRICE: (30087, "Order price exceeds allowed range"),
    Reason.LOT_SIZE: (30002, "The minimum transaction volume cannot be less than the least size"),
    Reason.MARKET_LOT_SIZE: (30002, "The minimum transaction volume cannot be less than the least size"),
    Reason.NOTIONAL: (30002, "The minimum transaction volume cannot be less than the least amount"),
    Reason.MAX_NUM_ORDERS: (30029, "Cannot exceed the maximum order limit"),
    Reason.DUPLICATE_CLIENT_ID: (603, "Repeated request"),
    Reason.WOULD_TAKE: (30010, "no valid trade price"),
    Reason.NO_LIQUIDITY: (30025, "no exist opponent order"),
    Reason.UNKNOWN_ORDER: (-2011, "Unknown order sent."),
    Reason.ILLEGAL_PARAMETER: (730002, "Your input param is invalid"),
}


def rejection(reason: Reason, side: Side = Side.BUY) -> Refusal:
    """The engine's refusal in the venue's words."""
    if reason == Reason.INSUFFICIENT_BALANCE:
        told = (30004, "Insufficient position") if side == Side.BUY else (30005, "Oversold")
        return Refusal(400, *told)
    if reason in REJECTIONS:
        return Refusal(400, *REJECTIONS[reason])
    return Refusal(503, 503, "service not available, please try again")


def no_such_order() -> Refusal:
    """A query for an order that does not exist."""
    return Refusal(400, -2013, "Order does not exist.")


def no_such_symbol() -> Refusal:
    """A symbol that is not listed."""
    return Refusal(400, -1121, "Invalid symbol.")


def no_such_key() -> Refusal:
    """A key the venue does not know."""
    return Refusal(400, 10072, "Api key info invalid")


def no_permission() -> Refusal:
    """A key that may not trade."""
    return Refusal(403, 700007, "No permission to access the endpoint.")


def bad_signature() -> Refusal:
    """The signature is not that of the query."""
    return Refusal(400, 700002, "Signature for this request is not valid.")


def out_of_window() -> Refusal:
    """The request is too old, or from the future."""
    return Refusal(400, 700003, "Timestamp for this request is outside of the recvWindow.")


def window_too_wide() -> Refusal:
    """The request asks for a window that is none."""
    return Refusal(400, 700005, "recvWindow must less than 60000")


def missing(name: str) -> Refusal:
    """A mandatory parameter is not there."""
    return Refusal(400, 700004, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def one_of(first: str, second: str) -> Refusal:
    """One of two parameters is needed."""
    return Refusal(400, 700004, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def illegal(name: str) -> Refusal:
    """A parameter with characters it may not have."""
    return Refusal(400, 700008, f"Illegal characters found in parameter '{name}'.")


def too_precise() -> Refusal:
    """More decimals than the market has."""
    return Refusal(400, 10096, "amount decimal places is too long")


def unknown_kind() -> Refusal:
    """A type of order that there is not."""
    return Refusal(400, 30041, "current order type can not place order")


def no_such_listen_key() -> Refusal:
    """A listen key that is over or never was."""
    return Refusal(400, 730002, "Your input param is invalid")


def too_many_requests(status: int) -> Refusal:
    """More requests than an endpoint allows."""
    return Refusal(status, 429, "Too Many Requests")
