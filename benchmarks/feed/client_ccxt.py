"""ccxt.pro as it comes, but for its urls: one loop awaits books, one awaits trades.

Its handler is stamped from outside as it returns; the loops stamp what reaches whoever awaits.
"""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt.pro

from benchmarks.feed.clients import Sheet
from benchmarks.loopback.plan import FIRST_MS, LoadPlan
from tools.execution.localize import LOCAL_OPTIONS, localize_binance


async def run(address: str, plan: LoadPlan, sheet: Sheet) -> None:
    """Follow books and trades of every symbol."""
    exchange = ccxt.pro.binance({"enableRateLimit": False, "options": dict(LOCAL_OPTIONS)})
    localize_binance(exchange, address)
    exchange.set_markets([_market(exchange, name) for name in plan.names])
    symbols = [f"{name.removesuffix('USDT')}/USDT" for name in plan.names]
    _stamp_handler(exchange, sheet)
    try:
        await asyncio.gather(_books(exchange, symbols, sheet), _trades(exchange, symbols, sheet))
    finally:
        await exchange.close()


def _market(exchange: Any, name: str) -> Any:
    base = name.removesuffix("USDT")
    market = {"id": name, "symbol": f"{base}/USDT", "base": base, "quote": "USDT", "baseId": base}
    market["lowercaseId"] = name.lower()
    kind = {"quoteId": "USDT", "type": "spot", "spot": True, "contract": False, "active": True}
    precision = {"precision": {"price": 0.001, "amount": 0.001}}
    return exchange.safe_market_structure({**market, **kind, **precision})


def _stamp_handler(exchange: Any, sheet: Sheet) -> None:
    handle = exchange.handle_message

    def stamped(client: Any, message: Any) -> None:
        handle(client, message)
        ms = message.get("E")
        if ms is not None:
            sheet.handle(ms - FIRST_MS)

    exchange.handle_message = stamped


async def _books(exchange: Any, symbols: list[str], sheet: Sheet) -> None:
    while True:
        book = await exchange.watch_order_book_for_symbols(symbols)
        if book["timestamp"] is not None:
            sheet.reach(book["timestamp"] - FIRST_MS)


async def _trades(exchange: Any, symbols: list[str], sheet: Sheet) -> None:
    while True:
        for trade in await exchange.watch_trades_for_symbols(symbols):
            sheet.reach(trade["timestamp"] - FIRST_MS)
