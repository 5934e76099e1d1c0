"""What the venue knows of our account beside what memory holds of it; every difference is a breach."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

from memory.connection import DATABASE, connect_reader
from tests.crash.coin import COIN, OVER
from tools.domain.market import UNITS, to_units
from venue.engine.codes import Side
from venue.engine.exchange import Exchange

ENDED = {status.value for status in OVER}


class Truth:
    """The venue's own record of one account."""

    def __init__(self, exchange: Exchange, account: int) -> None:
        self._exchange = exchange
        self._account = account
        self._rules = exchange.rules[exchange.numbers[COIN.symbol]]

    def breaches(self, home: Path) -> list[str]:
        """Where the memory in ``home`` and the venue differ, in words; empty where they agree."""
        database = connect_reader(home / DATABASE)
        database.row_factory = sqlite3.Row
        try:
            return [
                *self._orders(database),
                *self._fills(database),
                *self._position(database),
                *self._forgotten(database),
            ]
        finally:
            database.close()

    def placed(self) -> int:
        """Orders the venue has had from us."""
        return len(self._exchange.all_orders(self._account, COIN.symbol))

    def bracketed(self) -> int:
        """Pairs of target and stop the venue has had from us."""
        orders = self._exchange.all_orders(self._account, COIN.symbol)
        return len({order.list_id for order in orders if order.list_id})

    def executed(self) -> int:
        """Executions the venue has had of us."""
        return len(self._exchange.my_trades(self._account, COIN.symbol))

    def _names(self) -> dict[int, str]:
        return {
            order.id: self._exchange.client_word(order.client)
            for order in self._exchange.all_orders(self._account, COIN.symbol)
        }

    def _orders(self, database: sqlite3.Connection) -> list[str]:
        """No order without an intent, none twice, none in another state than remembered."""
        found: list[str] = []
        owners = _owners(database)
        ends = {
            row["client_order_id"]: row
            for row in database.execute('SELECT * FROM "order" ORDER BY sequence')
            if row["status"] in ENDED
        }
        names = self._names()
        found += [f"double order {name}" for name, n in Counter(names.values()).items() if n > 1]
        executed: Counter[str] = Counter()
        for order in self._exchange.all_orders(self._account, COIN.symbol):
            name = names[order.id]
            if name not in owners:
                found.append(f"order {name} at the venue has no intent")
                continue
            executed[owners[name]] += order.filled
            if order.is_open:
                found.append(f"order {name} is open after recovery")
        for owner, lots in executed.items():
            end = ends.get(owner)
            if end is not None and end["status"] == "rejected":
                found.append(f"order {owner} is at the venue and remembered as rejected")
            elif end is not None and end["filled"] != lots * COIN.lot:
                found.append(f"order {owner} executed {lots} lots, remembered {end['filled']}")
        return found

    def _fills(self, database: sqlite3.Connection) -> list[str]:
        """Every execution of ours once, and nothing else."""
        here = {
            (row["trade_id"], row["size"], row["price"], row["side"])
            for row in database.execute("SELECT * FROM fill")
        }
        there = {
            (
                f"{COIN.symbol}:{fill.id}",
                to_units(self._rules.size(fill.size)),
                to_units(self._rules.price(fill.price)),
                1 if fill.side == Side.BUY else -1,
            )
            for fill in self._exchange.my_trades(self._account, COIN.symbol)
        }
        lost = [f"lost fill {trade}" for trade in sorted(there - here)]
        return lost + [f"invented fill {trade}" for trade in sorted(here - there)]

    def _position(self, database: sqlite3.Connection) -> list[str]:
        held = 0
        for row in database.execute("SELECT * FROM fill"):
            taken = float(row["fee_amount"]) if row["fee_asset"] == COIN.base else 0.0
            held += row["side"] * row["size"] - round(taken * UNITS)
        free, locked = self._exchange.balances(self._account)[COIN.base]
        there = to_units(self._exchange.assets.amount(COIN.base, free + locked))
        return [f"position {held} in memory, {there} at the venue"] if held != there else []

    def _forgotten(self, database: sqlite3.Connection) -> list[str]:
        """Intents whose end was never found out."""
        ended = f"SELECT client_order_id FROM 'order' WHERE status IN {tuple(sorted(ENDED))}"  # noqa: S608
        rows = database.execute(f"SELECT * FROM intent WHERE client_order_id NOT IN ({ended})")  # noqa: S608
        return [f"order {row['client_order_id']} was forgotten" for row in rows]


def _owners(database: sqlite3.Connection) -> dict[str, str]:
    """Name at the venue to the intent's own: a bracket has two orders."""
    rows = database.execute("SELECT client_order_id, stop_price FROM intent").fetchall()
    plain = {row["client_order_id"]: row["client_order_id"] for row in rows}
    stops = {f"{row['client_order_id']}s": row["client_order_id"] for row in rows if row["stop_price"]}
    return plain | stops
