"""Orders a second of the venue's matching engine beside the plain engine of the tests.

The flow is a mixed one with everything on: filters, balances, fees, client order ids and
self-trade prevention; limit orders around a slow random walk, a quarter or so of which trade
at once, post-only and market orders, cancels. Both engines get the same commands, the plain
one an opening of them, and must tell the same events; they are timed in alternating rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from tests.support.engine_walk import as_dicts, command, whole
from tests.support.slow_engine import SlowEngine
from venue.engine.codes import CommandKind, EventKind, OrderKind, Side, TimeInForce
from venue.engine.exchange import Exchange
from venue.engine.layout import COMMAND
from venue.engine.rules import MarketRules, as_record, assets_of

ACCOUNTS = 200
MARKET = MarketRules(
    symbol="COINUSDT",
    base="COIN",
    quote="USDT",
    tick=Decimal("0.0001"),
    lot=Decimal("0.1"),
    reference=Decimal("3.0000"),
    max_size=Decimal(100_000),
    min_notional=Decimal("0.5"),
    bid_down=Decimal("0.5"),
    bid_up=Decimal("1.5"),
    ask_down=Decimal("0.5"),
    ask_up=Decimal("1.5"),
    max_orders=1_000,
)
CENTRE = 30_000
CANCELS, MARKETS, POST_ONLY, IOC = 0.38, 0.05, 0.12, 0.05
SPREAD_TICKS = 25
LIFE = 2_000  # commands an order lives on average before its cancel
Void = npt.NDArray[np.void]
Indices = npt.NDArray[np.int64]


def opening() -> Void:
    """Accounts with money."""
    rows = [command(kind=CommandKind.OPEN_ACCOUNT, price=1_000, size=1_000) for _ in range(ACCOUNTS)]
    rows += [
        command(kind=CommandKind.DEPOSIT, account=account, order=asset, size=1 << 52)
        for account in range(ACCOUNTS)
        for asset in range(2)
    ]
    return np.concatenate(rows)


def flow(n: int, seed: int) -> Void:
    """Mixed commands; a cancel names the client order id of an order placed before."""
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, COMMAND)
    rows["ts"] = np.arange(n) * 1_000
    rows["account"] = rng.integers(0, ACCOUNTS, n)
    rows["side"] = rng.integers(0, 2, n)
    rows["stp"] = rng.integers(1, 4, n)
    rows["size"] = rng.integers(20, 400, n)
    rows["client"] = np.arange(1, n + 1)
    centre = CENTRE + np.cumsum(rng.choice([-1, 0, 1], n, p=[0.02, 0.96, 0.02]))
    away = rng.geometric(1 / SPREAD_TICKS, n) - SPREAD_TICKS // 3
    rows["price"] = centre + np.where(rows["side"] == Side.BUY, -away, away)
    draw = rng.random(n)
    cancels = draw < CANCELS
    markets = ~cancels & (draw < CANCELS + MARKETS)
    post_only = ~cancels & ~markets & (draw < CANCELS + MARKETS + POST_ONLY)
    ioc = draw > 1 - IOC
    rows["order_kind"][post_only] = OrderKind.LIMIT_MAKER
    rows["price"][post_only] -= (np.where(rows["side"] == Side.BUY, 1, -1) * SPREAD_TICKS)[post_only]
    rows["order_kind"][markets] = OrderKind.MARKET
    rows["price"][markets] = 0
    rows["tif"][ioc & ~cancels] = TimeInForce.IOC
    rows["kind"][cancels] = CommandKind.CANCEL
    rests = ~cancels & ~markets & ~ioc & (post_only | (away > 0))
    target = due_orders(rng, np.flatnonzero(rests), np.flatnonzero(cancels))
    rows["target_client"][cancels] = rows["client"][target]
    rows["account"][cancels] = rows["account"][target]
    return rows


def due_orders(rng: np.random.Generator, orders: Indices, cancels: Indices) -> Indices:
    """For each cancel an order placed some hundred commands before, each order once while they last."""
    due = orders + rng.exponential(LIFE, len(orders))
    chosen = orders[np.argsort(due, kind="stable")]
    rank = np.linspace(0, len(chosen) - 1, len(cancels)).astype(np.int64)
    return np.asarray(np.minimum(chosen[rank], np.maximum(0, cancels - 1)))


def fast_engine() -> Exchange:
    """The compiled engine with its accounts open."""
    exchange = Exchange([MARKET], has_history=False)
    exchange.run(opening())
    return exchange


def slow_engine() -> SlowEngine:
    """The plain engine with its accounts open."""
    assets = assets_of([MARKET])
    engine = SlowEngine([as_record(MARKET, assets)], [CENTRE], 2)
    for row in as_dicts(opening()):
        engine.perform(row)
    return engine


def time_fast(commands: Void) -> float:
    """Seconds for all commands; their events are left in the engine's log."""
    exchange = fast_engine()
    began = time.perf_counter()
    for _ in exchange.chunks(commands):
        pass
    return time.perf_counter() - began


def time_copied(commands: Void) -> tuple[float, Void, Exchange]:
    """Seconds for all commands with a copy of all events, these, and the exchange afterwards."""
    exchange = fast_engine()
    began = time.perf_counter()
    events = exchange.run(commands)
    return time.perf_counter() - began, events, exchange


def time_slow(commands: Void) -> tuple[float, list[dict[str, int]]]:
    """Seconds for all commands, and their events."""
    engine = slow_engine()
    rows = as_dicts(commands)
    began = time.perf_counter()
    events = [event for row in rows for event in engine.perform(row)]
    return time.perf_counter() - began, events


def mixture(commands: Void, events: Void, exchange: Exchange) -> dict[str, Any]:
    """What the flow was made of, so that the figure can be judged."""
    placed = commands["kind"] == CommandKind.PLACE
    trades = events[events["kind"] == EventKind.TRADE]
    book = exchange.book(MARKET.symbol, 100_000)
    refused = events[events["kind"] == EventKind.REJECTED]
    return {
        "commands": len(commands),
        "share_cancels": float(1 - placed.mean()),
        "share_cancels_in_vain": float((refused["command_kind"] == CommandKind.CANCEL).sum() / len(commands)),
        "share_orders_refused": float((refused["command_kind"] == CommandKind.PLACE).sum() / placed.sum()),
        "share_orders_crossing": float(len(np.unique(trades["command"])) / placed.sum()),
        "trades": len(trades),
        "events": len(events),
        "levels": [len(book.bids), len(book.asks)],
        "open_orders": sum(len(exchange.open_orders(a, MARKET.symbol)) for a in range(ACCOUNTS)),
    }


def spread(values: list[float]) -> dict[str, float]:
    """Least, median and greatest."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def measure(n: int, n_slow: int, rounds: int, seed: int) -> dict[str, Any]:
    """Check that the engines agree, then time them in turns."""
    commands = flow(n, seed)
    few = commands[:n_slow]
    _, told, _ = time_copied(few)
    _, expected = time_slow(few)
    assert as_dicts(told) == [whole(event) for event in expected], "the engines disagree"
    fast, copied, slow = [], [], []
    for _ in range(rounds):
        fast.append(n / time_fast(commands))
        took, events, exchange = time_copied(commands)
        copied.append(n / took)
        slow.append(n_slow / time_slow(few)[0])
    return {
        "engine_commands_per_s": spread(fast),
        "engine_copied_commands_per_s": spread(copied),
        "plain_commands_per_s": spread(slow),
        "ratio": spread([a / b for a, b in zip(fast, slow, strict=True)]),
        "rounds": rounds,
        "plain_commands": n_slow,
        "flow": mixture(commands, events, exchange),
    }


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=1_000_000)
    parser.add_argument("--plain", type=int, default=3_000, help="commands for the plain engine")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    result = measure(chosen.commands, chosen.plain, chosen.rounds, chosen.seed)
    print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
