"""MEXC's words for what the engine counts: plain decimals, ids with letters, types and states."""

from __future__ import annotations

import re
from decimal import Decimal

from venue.engine.codes import OrderKind, SelfTrade, TimeInForce
from venue.engine.history import OrderState, Status

ID = re.compile(r"^C02__([0-9]{1,18})$")
KINDS = {
    "LIMIT": (OrderKind.LIMIT, TimeInForce.GTC),
    "MARKET": (OrderKind.MARKET, TimeInForce.GTC),
    "LIMIT_MAKER": (OrderKind.LIMIT_MAKER, TimeInForce.GTC),
    "IMMEDIATE_OR_CANCEL": (OrderKind.LIMIT, TimeInForce.IOC),
    "FILL_OR_KILL": (OrderKind.LIMIT, TimeInForce.FOK),
}
KIND_WORDS = {(int(kind), int(tif)): word for word, (kind, tif) in KINDS.items()}
KIND_NUMBERS = {"LIMIT": 1, "LIMIT_MAKER": 2, "IMMEDIATE_OR_CANCEL": 3, "FILL_OR_KILL": 4, "MARKET": 5}
STOP, STOP_NUMBER = "STOP_LIMIT", 100  # an order of the same account that came in by another protocol
STATUS_NUMBERS = {"NEW": 1, "FILLED": 2, "PARTIALLY_FILLED": 3, "CANCELED": 4, "PARTIALLY_CANCELED": 5}
BUYS, SELLS = 1, 2
SELF_TRADE = {
    "": SelfTrade.NONE,
    "cancel_maker": SelfTrade.EXPIRE_MAKER,
    "cancel_taker": SelfTrade.EXPIRE_TAKER,
    "cancel_both": SelfTrade.EXPIRE_BOTH,
}
SELF_TRADE_WORDS = {int(mode): word for word, mode in SELF_TRADE.items()}
INTERVALS_MS = {
    "1m": 60_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "60m": 3_600_000,
    "4h": 14_400_000,
    "1d": 86_400_000,
}
STREAM_INTERVALS_MS = {
    "Min1": 60_000,
    "Min5": 300_000,
    "Min15": 900_000,
    "Min30": 1_800_000,
    "Min60": 3_600_000,
    "Hour4": 14_400_000,
    "Hour8": 28_800_000,
    "Day1": 86_400_000,
}


def plain(amount: Decimal) -> str:
    """A decimal without exponent and without zeros at its end.

    >>> plain(Decimal("120.500"))
    '120.5'
    """
    return f"{amount.normalize():f}"


def decimals(step: Decimal) -> int | None:
    """How many decimals a step of prices or sizes is; None where it is no power of ten.

    >>> decimals(Decimal("0.001")), decimals(Decimal("0.005"))
    (3, None)
    """
    _, digits, exponent = step.normalize().as_tuple()
    if digits != (1,) or not isinstance(exponent, int) or exponent > 0:
        return None
    return -exponent


def order_id(number: int) -> str:
    """The id of an order."""
    return f"C02__{number}"


def order_number(word: str) -> int | None:
    """The number in an order's id; None where it is none."""
    found = ID.match(word)
    return int(found.group(1)) if found else None


def trade_id(number: int) -> str:
    """The id of an account's own trade; public trades have none."""
    return f"{number}X1"


def kind_word(state: OrderState) -> str:
    """The type of an order."""
    return KIND_WORDS.get((state.kind, state.tif), STOP)


def kind_number(state: OrderState) -> int:
    """The type of an order on the private stream."""
    return KIND_NUMBERS.get(kind_word(state), STOP_NUMBER)


def status_word(status: Status, filled: int) -> str:
    """The state of an order; what did not trade at once is cancelled, there is no expiry."""
    if status in (Status.CANCELED, Status.EXPIRED):
        return "PARTIALLY_CANCELED" if filled else "CANCELED"
    return str(status.value)
