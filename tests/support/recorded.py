"""Real recordings cut short, read by plain Python, and a venue that shows them."""

from __future__ import annotations

import csv
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.support.sources import ROOT
from venue.serving.faults import Fault
from venue.tape.serving import TapeConfig, TapeServer

EXAMPLES = ROOT / "examples" / "tapes"
BTC = "binance_BTCUSDT_20240808-2354"
KEY, SECRET = "key-of-the-recorded-venue", "secret-of-the-recorded-venue"
BOOK_HEADER = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount"
TRADES_HEADER = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"

Rows = list[dict[str, str]]


def cut(folder: Path, *, microseconds: int, stem: str = BTC) -> tuple[Rows, Rows]:
    """Write the beginning of an example into ``folder``; returns its rows, book and trades."""
    found = []
    end = 0
    for half in ("book", "trades"):
        with gzip.open(EXAMPLES / f"{stem}.{half}.csv.gz", "rt", encoding="utf-8") as file:
            rows: Rows = []
            for row in csv.DictReader(file):
                end = end or int(row["local_timestamp"]) + microseconds
                if int(row["local_timestamp"]) > end:
                    break
                rows.append(row)
        write(folder / f"{stem}.{half}.csv.gz", rows)
        found.append(rows)
    return found[0], found[1]


def write(path: Path, rows: Rows) -> None:
    """One file of a recording."""
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def final_book(rows: Rows) -> dict[str, dict[Decimal, Decimal]]:
    """What rests at the end, price to amount, of each side."""
    sides: dict[str, dict[Decimal, Decimal]] = {"bid": {}, "ask": {}}
    was_snapshot = False
    for row in rows:
        is_snapshot = row["is_snapshot"] == "true"
        if is_snapshot and not was_snapshot:
            sides = {"bid": {}, "ask": {}}
        was_snapshot = is_snapshot
        price, amount = Decimal(row["price"]), Decimal(row["amount"])
        sides[row["side"]].pop(price, None)
        if amount:
            sides[row["side"]][price] = amount
    return sides


def best(book: dict[str, dict[Decimal, Decimal]], depth: int) -> tuple[list[Any], list[Any]]:
    """The best levels as a client has them, in floats."""
    bids = [[float(p), float(book["bid"][p])] for p in sorted(book["bid"], reverse=True)[:depth]]
    asks = [[float(p), float(book["ask"][p])] for p in sorted(book["ask"])[:depth]]
    return bids, asks


def printed(rows: Rows) -> list[tuple[str, str, float, float]]:
    """The prints as a client has them."""
    return [(row["id"], row["side"], float(row["price"]), float(row["amount"])) for row in rows]


@asynccontextmanager
async def shown(folder: Path, *faults: Fault, **config: Any) -> AsyncIterator[TapeServer]:
    """A venue that shows the recordings; the caller lets them run."""
    server = TapeServer(TapeConfig(folder=folder, api_key=KEY, secret=SECRET, **config))
    for fault in faults:
        server.binance.faults.arm(fault)
    async with server.binance:
        yield server
