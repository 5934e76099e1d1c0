"""Memory beside the venue's own record, once everything has come to rest; every difference is a breach."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from memory.connection import DATABASE, connect_reader
from tests.simulation.world import World
from tools.domain.market import UNITS, to_units
from venue.engine.codes import Side
from venue.engine.rules import MarketRules

ENDED = ("filled", "cancelled", "rejected")


def differences(world: World, home: Path) -> list[str]:
    """Where the memory in ``home`` and the venue differ, in words."""
    database = connect_reader(home / DATABASE)
    database.row_factory = sqlite3.Row
    try:
        found = [
            f"{pragma}: {row[0]}"
            for pragma in ("integrity_check", "foreign_key_check")
            for row in database.execute(f"PRAGMA {pragma}")
            if row[0] != "ok"
        ]
        for rules in world.exchange.rules:
            found += _orders(world, database, rules)
            found += _fills(world, database, rules)
            found += _position(world, database, rules)
        return found + list(_forgotten(database))
    finally:
        database.close()


def _orders(world: World, database: sqlite3.Connection, rules: MarketRules) -> Iterator[str]:
    """No order without an intent, none twice, none open, none otherwise than remembered."""
    exchange = world.exchange
    orders = exchange.all_orders(world.account, rules.symbol)
    names = {order.id: exchange.client_word(order.client) for order in orders}
    yield from (f"double order {name}" for name, n in Counter(names.values()).items() if n > 1)
    stops = {row[0] for row in database.execute("SELECT client_order_id FROM intent WHERE stop_price > 0")}
    executed: Counter[str] = Counter()
    for order in orders:
        name = names[order.id]
        whole = name[:-1] if name[:-1] in stops else name
        executed[whole] += order.filled
        if order.is_open:
            yield f"order {name} is open after recovery"
        if not database.execute("SELECT 1 FROM intent WHERE client_order_id = ?", (whole,)).fetchone():
            yield f"order {name} at the venue has no intent"
    lot = to_units(rules.lot)
    for row in database.execute('SELECT * FROM "order" ORDER BY client_order_id, sequence'):
        name = row["client_order_id"]
        if row["status"] in ENDED and name in executed:
            if row["status"] == "rejected":
                yield f"order {name} is at the venue and remembered as rejected"
            if row["filled"] != executed[name] * lot:
                yield f"order {name} executed {executed[name] * lot}, remembered {row['filled']}"


def _fills(world: World, database: sqlite3.Connection, rules: MarketRules) -> Iterator[str]:
    """Every execution of ours once, and nothing else."""
    query = "SELECT trade_id, size, price, side FROM fill WHERE symbol = ?"
    told = [tuple(row) for row in database.execute(query, (rules.symbol,))]
    here = set(told)
    there = {
        (
            f"{rules.symbol}:{fill.id}",
            to_units(rules.size(fill.size)),
            to_units(rules.price(fill.price)),
            1 if fill.side == Side.BUY else -1,
        )
        for fill in world.exchange.my_trades(world.account, rules.symbol)
    }
    if len(told) != len(here):
        yield "an execution is in memory twice"
    yield from (f"lost fill {trade}" for trade in sorted(there - here))
    yield from (f"invented fill {trade}" for trade in sorted(here - there))


def _position(world: World, database: sqlite3.Connection, rules: MarketRules) -> Iterator[str]:
    """The sum of fills is what the venue holds, and no decision holds what could be sold."""
    held: defaultdict[str, int] = defaultdict(int)
    for row in database.execute("SELECT * FROM fill WHERE symbol = ?", (rules.symbol,)):
        taken = Decimal(row["fee_amount"]) * UNITS if row["fee_asset"] == rules.base else Decimal(0)
        held[row["decision_id"]] += row["side"] * row["size"] - int(taken.to_integral_value(ROUND_CEILING))
    free, locked = world.exchange.balances(world.account)[rules.base]
    there = to_units(world.exchange.assets.amount(rules.base, free + locked))
    if sum(held.values()) != there:
        yield f"{rules.base}: {sum(held.values())} in memory, {there} at the venue"
    if locked:
        yield f"{rules.base}: something is still offered"
    price = rules.price(world.exchange.last_price(rules.symbol))
    least = float(rules.min_notional) * 1.1
    for decision, size in held.items():
        if size / UNITS * float(price) > least:
            yield f"decision {decision} still holds {size} of {rules.base}"
        if size < 0:
            yield f"decision {decision} sold {-size} more of {rules.base} than it bought"


def _forgotten(database: sqlite3.Connection) -> Iterator[str]:
    """Intents whose end was never found out."""
    ended = 'SELECT client_order_id FROM "order" WHERE status IN (?, ?, ?)'
    query = f"SELECT client_order_id FROM intent WHERE client_order_id NOT IN ({ended})"  # noqa: S608
    yield from (f"order {row[0]} was forgotten" for row in database.execute(query, ENDED))
