"""ccxt.pro as it comes, but for its urls; loops await books and trades as a user's would.

Its handler is stamped from outside as it returns; the loops stamp what reaches whoever awaits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any
from urllib.parse import urlsplit

import ccxt.pro

from benchmarks.feed.clients import Sheet
from benchmarks.loopback.plan import FIRST_MS, LoadPlan
from tools.market.localize import LOCAL_OPTIONS, localize_binance

Loop = Coroutine[Any, Any, None]


async def run(address: str, plan: LoadPlan, sheet: Sheet) -> None:
    """Follow books and trades of every symbol."""
    symbols = [f"{name.removesuffix('USDT')}/USDT" for name in plan.names]
    exchange = binance(address) if plan.venue == "binance" else mexc(address)
    exchange.set_markets([_market(exchange, name) for name in plan.names])
    stamp = stamp_binance if plan.venue == "binance" else stamp_mexc
    stamp(exchange, sheet)
    together = plan.venue == "binance"
    try:
        await asyncio.gather(*_loops(exchange, symbols, sheet, together=together))
    finally:
        await exchange.close()


def binance(address: str) -> Any:
    """A client of the sender that speaks Binance."""
    exchange = ccxt.pro.binance({"enableRateLimit": False, "options": dict(LOCAL_OPTIONS)})
    localize_binance(exchange, address)
    return exchange


def mexc(address: str) -> Any:
    """A client of the sender that speaks MEXC; every url leads there."""
    exchange = ccxt.pro.mexc({"enableRateLimit": False})
    exchange.urls["api"] = _moved(exchange.urls["api"], address)
    return exchange


def _moved(tree: Any, address: str) -> Any:
    if isinstance(tree, dict):
        return {name: _moved(branch, address) for name, branch in tree.items()}
    parts = urlsplit(tree)
    return f"{'ws' if parts.scheme == 'wss' else 'http'}://{address}{parts.path}"


def _market(exchange: Any, name: str) -> Any:
    base = name.removesuffix("USDT")
    market = {"id": name, "symbol": f"{base}/USDT", "base": base, "quote": "USDT", "baseId": base}
    market["lowercaseId"] = name.lower()
    kind = {"quoteId": "USDT", "type": "spot", "spot": True, "contract": False, "active": True}
    precision = {"precision": {"price": 0.001, "amount": 0.001}}
    return exchange.safe_market_structure({**market, **kind, **precision})


def stamp_binance(exchange: Any, sheet: Sheet) -> None:
    """Stamp every message as the handler returns."""
    handle = exchange.handle_message

    def stamped(client: Any, message: Any) -> None:
        handle(client, message)
        if (ms := message.get("E")) is not None:
            sheet.handle(ms - FIRST_MS)

    exchange.handle_message = stamped


def stamp_mexc(exchange: Any, sheet: Sheet) -> None:
    """The same behind its protobuf decoder."""
    handle = exchange.handle_protobuf_message

    def stamped(client: Any, message: Any) -> None:
        handle(client, message)
        sheet.handle(int(message["sendTime"]) - FIRST_MS)

    exchange.handle_protobuf_message = stamped


def _loops(exchange: Any, symbols: Sequence[str], sheet: Sheet, *, together: bool) -> list[Loop]:
    """One loop for all books and one for all trades, or two a symbol where ccxt has no other way."""
    if together:
        return [
            _books(exchange.watch_order_book_for_symbols, list(symbols), sheet),
            _trades(exchange.watch_trades_for_symbols, list(symbols), sheet),
        ]
    books = [_books(exchange.watch_order_book, symbol, sheet) for symbol in symbols]
    return books + [_trades(exchange.watch_trades, symbol, sheet) for symbol in symbols]


async def _books(watch: Any, what: Any, sheet: Sheet) -> None:
    while True:
        book = await watch(what)
        if book["timestamp"] is not None and book["timestamp"] >= FIRST_MS:
            sheet.reach(book["timestamp"] - FIRST_MS)


async def _trades(watch: Any, what: Any, sheet: Sheet) -> None:
    while True:
        for trade in await watch(what):
            sheet.reach(trade["timestamp"] - FIRST_MS)
