"""What the venue refuses and in which words: clients key on codes and on exact texts."""

from __future__ import annotations

from typing import Any

from venue.engine.codes import Reason


class Refusal(Exception):
    """An answer other than success: HTTP status, code and text."""

    def __init__(self, status: int, code: int, msg: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(msg)
        self.status = status
        self.code = code
        self.msg = msg
        self.data = data
        self.retry_after: int | None = None

    def body(self) -> dict[str, Any]:
        """The JSON object that says so."""
        told: dict[str, Any] = {"code": self.code, "msg": self.msg}
        return told if self.data is None else told | {"data": self.data}


UNKNOWN = '{"code":-1000,"msg":"Unknown error, please check your request or try again later."}'
FILTERS = {
    Reason.PRICE_FILTER: "PRICE_FILTER",
    Reason.PRICE_BAND: "PERCENT_PRICE_BY_SIDE",
    Reason.PERCENT_PRICE: "PERCENT_PRICE_BY_SIDE",
    Reason.LOT_SIZE: "LOT_SIZE",
    Reason.MARKET_LOT_SIZE: "MARKET_LOT_SIZE",
    Reason.NOTIONAL: "NOTIONAL",
    Reason.MAX_NUM_ORDERS: "MAX_NUM_ORDERS",
}

REJECTIONS = {
    Reason.MARKET_HALTED: (-1013, "Market is closed."),
    Reason.STOP_WOULD_TRIGGER: (-2010, "Stop price would trigger immediately."),
    Reason.OCO_PRICES: (-2010, "The relationship of the prices for the orders is not correct."),
    Reason.DUPLICATE_CLIENT_ID: (-2010, "Duplicate order sent."),
    Reason.WOULD_TAKE: (-2010, "Order would immediately match and take."),
    Reason.INSUFFICIENT_BALANCE: (-2010, "Account has insufficient balance for requested action."),
    Reason.NO_LIQUIDITY: (-2010, "Order book liquidity is less than LOT_SIZE filter minimum quantity."),
    Reason.UNKNOWN_ORDER: (-2011, "Unknown order sent."),
    Reason.ILLEGAL_PARAMETER: (-1106, "Parameter 'timeInForce' sent when not required."),
}


def rejection(reason: Reason) -> Refusal:
    """The engine's refusal in the venue's words."""
    if reason in FILTERS:
        return Refusal(400, -1013, f"Filter failure: {FILTERS[reason]}")
    if reason in REJECTIONS:
        return Refusal(400, *REJECTIONS[reason])
    return overloaded()


def overloaded() -> Refusal:
    """The venue has no room; nothing was done."""
    msg = "Server is currently overloaded with other requests. Please try again in a few minutes."
    return Refusal(503, -1008, msg)


def no_such_order() -> Refusal:
    """A query for an order that does not exist."""
    return Refusal(400, -2013, "Order does not exist.")


def no_such_symbol() -> Refusal:
    """A symbol that is not listed."""
    return Refusal(400, -1121, "Invalid symbol.")


def no_such_key(status: int = 401) -> Refusal:
    """A key the venue does not know."""
    return Refusal(status, -2015, "Invalid API-key, IP, or permissions for action.")


def malformed_key() -> Refusal:
    """No key, or one that cannot be one."""
    return Refusal(401, -2014, "API-key format invalid.")


def bad_signature() -> Refusal:
    """The signature is not that of the payload."""
    return Refusal(400, -1022, "Signature for this request is not valid.")


def ahead_of_time() -> Refusal:
    """The client's clock is ahead."""
    return Refusal(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")


def out_of_window() -> Refusal:
    """The request is too old."""
    return Refusal(400, -1021, "Timestamp for this request is outside of the recvWindow.")


def missing(name: str) -> Refusal:
    """A mandatory parameter is not there."""
    msg = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return Refusal(400, -1102, msg)


def one_of(first: str, second: str) -> Refusal:
    """One of two parameters is needed."""
    msg = f"Param '{first}' or '{second}' must be sent, but both were empty/null!"
    return Refusal(400, -1102, msg)


def illegal(name: str, legal: str) -> Refusal:
    """A parameter with characters it may not have."""
    msg = f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    return Refusal(400, -1100, msg)


def too_precise(name: str) -> Refusal:
    """More digits than the asset has."""
    return Refusal(400, -1111, f"Parameter '{name}' has too much precision.")


def not_required(name: str) -> Refusal:
    """A parameter that this kind of order does not take."""
    return Refusal(400, -1106, f"Parameter '{name}' sent when not required.")


def discontinued() -> Refusal:
    """Spot listen keys are no more; the WebSocket API's signed subscription took their place."""
    return Refusal(410, -1000, "This endpoint has been discontinued.")


def too_many_requests(limit: int, until_ms: int, status: int) -> Refusal:
    """More request weight than a minute allows; 418 is a ban."""
    if status == 418:
        msg = (
            f"Way too much request weight used; IP banned until {until_ms}. "
            "Please use WebSocket Streams for live updates to avoid bans."
        )
    else:
        msg = (
            f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API."
        )
    return Refusal(status, -1003, msg)


def too_many_orders(limit: int, interval: str) -> Refusal:
    """More orders than an account may send."""
    return Refusal(429, -1015, f"Too many new orders; current limit is {limit} orders per {interval}.")
