"""What the venue knows of our account beside what memory holds of it; every difference is a breach."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from memory.connection import DATABASE, connect_reader
from tests.crash.coin import OVER
from tools.domain.market import UNITS, to_units
from venue.engine.codes import Side
from venue.engine.exchange import Exchange

ENDED = {status.value for status in OVER}


class Truth:
    """The venue's own record of one account on one symbol."""

    def __init__(self, exchange: Exchange, account: int, symbol: str) -> None:
        self._exchange = exchange
        self._account = account
        self._symbol = symbol
        self._rules = exchange.rules[exchange.numbers[symbol]]

    def breaches(self, home: Path) -> list[str]:
        """Where the memory in ``home`` and the venue differ, in words; empty where they agree."""
        database = connect_reader(home / DATABASE)
        database.row_factory = sqlite3.Row
        try:
            found = (self._orders, self._fills, self._position, self._forgotten)
            return [f"{self._symbol}: {breach}" for look in found for breach in look(database)]
        finally:
            database.close()

    def placed(self) -> int:
        """Orders the venue has had from us."""
        return len(self._exchange.all_orders(self._account, self._symbol))

    def bracketed(self) -> int:
        """Pairs of target and stop the venue has had from us."""
        orders = self._exchange.all_orders(self._account, self._symbol)
        return len({order.list_id for order in orders if order.list_id})

    def executed(self) -> int:
        """Executions the venue has had of us."""
        return len(self._exchange.my_trades(self._account, self._symbol))

    def _names(self) -> dict[int, str]:
        return {
            order.id: self._exchange.client_word(order.client)
            for order in self._exchange.all_orders(self._account, self._symbol)
        }

    def _rows(self, database: sqlite3.Connection, table: str) -> list[sqlite3.Row]:
        words = f'SELECT * FROM "{table}" WHERE symbol = ?'  # noqa: S608 (our own names of tables)
        return database.execute(words, (self._symbol,)).fetchall()

    def _orders(self, database: sqlite3.Connection) -> Iterator[str]:
        """No order without an intent, none twice, none in another state than remembered."""
        owners = _owners(self._rows(database, "intent"))
        ends = _ends(database)
        names = self._names()
        yield from (f"double order {name}" for name, n in Counter(names.values()).items() if n > 1)
        executed: Counter[str] = Counter()
        for order in self._exchange.all_orders(self._account, self._symbol):
            name = names[order.id]
            if name not in owners:
                yield f"order {name} at the venue has no intent"
                continue
            executed[owners[name]] += to_units(self._rules.size(order.filled))
            if order.is_open:
                yield f"order {name} is open after recovery"
        for owner, units in executed.items():
            end = ends.get(owner)
            if end is not None and end["status"] == "rejected":
                yield f"order {owner} is at the venue and remembered as rejected"
            elif end is not None and end["filled"] != units:
                yield f"order {owner} executed {units} units, remembered {end['filled']}"

    def _fills(self, database: sqlite3.Connection) -> Iterator[str]:
        """Every execution of ours once, and nothing else."""
        here = {
            (row["trade_id"], row["size"], row["price"], row["side"]) for row in self._rows(database, "fill")
        }
        there = {
            (
                f"{self._symbol}:{fill.id}",
                to_units(self._rules.size(fill.size)),
                to_units(self._rules.price(fill.price)),
                1 if fill.side == Side.BUY else -1,
            )
            for fill in self._exchange.my_trades(self._account, self._symbol)
        }
        yield from (f"lost fill {trade}" for trade in sorted(there - here))
        yield from (f"invented fill {trade}" for trade in sorted(here - there))

    def _position(self, database: sqlite3.Connection) -> Iterator[str]:
        held, base = 0, self._rules.base
        for row in self._rows(database, "fill"):
            taken = float(row["fee_amount"]) if row["fee_asset"] == base else 0.0
            held += row["side"] * row["size"] - round(taken * UNITS)
        free, locked = self._exchange.balances(self._account).get(base, (0, 0))
        there = to_units(self._exchange.assets.amount(base, free + locked))
        if held != there:
            yield f"position {held} in memory, {there} at the venue"

    def _forgotten(self, database: sqlite3.Connection) -> Iterator[str]:
        """Intents whose end was never found out."""
        ends = _ends(database)
        for row in self._rows(database, "intent"):
            if row["client_order_id"] not in ends:
                yield f"order {row['client_order_id']} was forgotten"


def _ends(database: sqlite3.Connection) -> dict[str, sqlite3.Row]:
    """The last word on each order that is over."""
    rows = database.execute('SELECT * FROM "order" ORDER BY sequence')
    return {row["client_order_id"]: row for row in rows if row["status"] in ENDED}


def _owners(intents: list[sqlite3.Row]) -> dict[str, str]:
    """Name at the venue to the intent's own: a bracket has two orders."""
    plain = {row["client_order_id"]: row["client_order_id"] for row in intents}
    stops = {f"{row['client_order_id']}s": row["client_order_id"] for row in intents if row["stop_price"]}
    return plain | stops
