"""What clients are told of their own orders."""

from __future__ import annotations

from typing import Any

from venue.engine.codes import EventKind, Reason
from venue.engine.history import OrderState, Status
from venue.serving.events import NS_A_MS, Event
from venue.serving.words import KINDS, MODES, SIDES, TIFS, Words


def status_of(order: OrderState) -> str:
    """The order's state; self-trade prevention has a word of its own."""
    if order.status == Status.EXPIRED and order.reason == Reason.SELF_TRADE:
        return "EXPIRED_IN_MATCH"
    return str(order.status.value)


def execution(kind: str, status: str, filled: int, spent: int) -> dict[str, Any]:
    """What sets one report of an order apart from the next."""
    return {"x": kind, "X": status, "filled": filled, "spent": spent}


def report(
    words: Words, order: OrderState, client: str, event: Event, told: dict[str, Any]
) -> dict[str, Any]:
    """An executionReport; ``told`` says what happened (see ``execution`` and ``traded``)."""
    return {
        "e": "executionReport",
        "E": event.ms,
        "s": words.rules.symbol,
        "c": told.get("c", client),
        "S": SIDES[order.side],
        "o": KINDS[order.kind],
        "f": TIFS[order.tif],
        "q": words.size(order.size),
        "p": words.price(order.price),
        "P": words.price(order.stop),
        "F": words.size(0),
        "g": order.list_id or -1,
        "C": told.get("C", ""),
        "x": told["x"],
        "X": told["X"],
        "r": "NONE",
        "i": order.id,
        "l": told.get("l", words.size(0)),
        "z": words.size(told["filled"]),
        "L": told.get("L", words.price(0)),
        "n": told.get("n", "0"),
        "N": told.get("N"),
        "T": event.ms,
        "t": told.get("t", -1),
        "I": event.command,
        "w": order.is_working and told["X"] in ("NEW", "PARTIALLY_FILLED"),
        "m": told.get("m", False),
        "M": "t" in told,
        "O": order.placed // NS_A_MS,
        "Z": words.quote(told["spent"]),
        "Y": told.get("Y", words.quote(0)),
        "Q": words.quote(order.cost),
        "W": order.placed // NS_A_MS,
        "V": MODES[order.stp],
    }


def traded(words: Words, order: OrderState, event: Event, *, is_maker: bool) -> dict[str, Any]:
    """What happened to one side of a trade."""
    left = event.other_left if is_maker else event.left
    fee = event.other_fee if is_maker else event.fee
    cost = event.price * event.size * words.cost_units
    asset = words.received(order.side)
    spent = sum(fill.cost for fill in order.trades if fill.id <= event.number)
    status = "FILLED" if left == 0 else "PARTIALLY_FILLED"
    return execution("TRADE", status, order.size - left, spent) | {
        "l": words.size(event.size),
        "L": words.price(event.price),
        "n": words.amount(asset, fee),
        "N": asset,
        "t": event.number,
        "m": is_maker,
        "Y": words.quote(cost),
    }


def changed(order: OrderState, event: Event) -> dict[str, Any]:
    """What happened to an order without a trade."""
    filled = order.size - event.left
    kind = event.kind
    spent = sum(fill.cost for fill in order.trades if fill.ts <= event.ts) if filled else 0
    if kind == EventKind.CANCELLED:
        return execution("CANCELED", "CANCELED", filled, spent)
    if kind == EventKind.EXPIRED:
        if event.reason == Reason.SELF_TRADE:
            return execution("TRADE_PREVENTION", "EXPIRED_IN_MATCH", filled, spent)
        return execution("EXPIRED", "EXPIRED", filled, spent)
    if kind == EventKind.AMENDED:
        return execution("REPLACED", "PARTIALLY_FILLED" if filled else "NEW", filled, spent)
    return execution("NEW", "NEW", 0, 0)
