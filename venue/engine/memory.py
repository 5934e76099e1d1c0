"""An exchange's records, made from its rules and described by one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from venue.engine.layout import FREE, LARGEST, LEDGER, LOG, MARKET
from venue.engine.rules import Assets, MarketRules, as_record

Void = npt.NDArray[np.void]

SCALARS = ("number", "is_halted", "last", "last_order", "last_trade", "update", "open")
IDENTITY = (
    "id",
    "account",
    "client",
    "side",
    "kind",
    "tif",
    "stp",
    "state",
    "price",
    "stop",
    "size",
    "left",
    "locked",
    "spent",
    "ts",
    "list_id",
)


def new_markets(markets: Sequence[MarketRules], assets: Assets) -> Void:
    """Empty books."""
    records: Void = np.zeros(len(markets), MARKET)
    for number, rules in enumerate(markets):
        record = records[number]
        record["number"] = number
        for name, value in as_record(rules, assets).items():
            record["rules"][name] = value
        record["last"] = rules.ticks(rules.reference)
        record["high"] = -LARGEST
        record["low"] = LARGEST
        for ladder in range(4):
            record["ladders"][ladder]["best"] = -1
    return records


def new_ledger(assets: Assets) -> Void:
    """No accounts, no money."""
    ledger: Void = np.zeros(1, LEDGER)
    ledger["assets"] = len(assets.names)
    return ledger


def new_log() -> Void:
    """No events."""
    return np.zeros(1, LOG)


def open_slots(market: Void, account: int | None = None) -> Void:
    """The open orders of one market, or of one account there, oldest id first, copied."""
    pool = market["orders"][: int(market["used"])]
    chosen = pool["state"] != FREE
    if account is not None:
        chosen &= pool["account"] == account
    orders = pool[chosen]
    oldest_first: Void = orders[np.argsort(orders["id"])]
    return oldest_first


def digest(markets: Void, ledger: Void) -> str:
    """Sixty-four hex digits of all that decides what happens next.

    A queue's order is the order of acceptance within a level; it is told by the chain of ids.
    """
    told = hashlib.sha256()
    book = ledger[0]
    n = int(book["accounts"])
    for name in ("accounts", "assets", "supply", "fees"):
        told.update(np.ascontiguousarray(book[name]).tobytes())
    for name in ("maker_ppm", "taker_ppm", "free", "locked"):
        told.update(np.ascontiguousarray(book[name][:n]).tobytes())
    for market in markets:
        for name in (*SCALARS, "rules"):
            told.update(market[name].tobytes())
        orders = open_slots(market)
        for name in IDENTITY:
            told.update(np.ascontiguousarray(orders[name]).tobytes())
        told.update(_neighbours(market, orders).tobytes())
    return told.hexdigest()


def _neighbours(market: Void, orders: Void) -> npt.NDArray[np.int64]:
    """For each order the ids of the next in its queue and of its other leg; 0 is none."""
    ids = np.concatenate([[0], market["orders"]["id"][: int(market["used"])]])
    found = [np.where(orders[name] == 0, 0, ids[orders[name]]) for name in ("next", "sibling")]
    return np.ascontiguousarray(np.stack(found).astype(np.int64))
