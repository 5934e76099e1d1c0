"""What stands between the protocols and the engine: markets, keys, limits, and the news.

The desk hears every event on the wire, keeps the public tape, and tells its audience what
is to go out; it knows nothing of sockets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from venue.binance import errors, events
from venue.binance.limits import Limits
from venue.binance.parameters import Params
from venue.binance.prints import Aggregate, Print, Prints
from venue.binance.signing import ApiKey
from venue.binance.words import Words
from venue.clock import Clock
from venue.engine.codes import EventKind
from venue.engine.exchange import Book, Exchange, Void
from venue.engine.history import OrderState
from venue.engine.rules import BadRules
from venue.wire import Wire

NS_A_MS = 1_000_000
ID_LETTERS = 22


@dataclass(slots=True)
class Market:
    """One symbol: its texts, its tape, its book."""

    number: int
    words: Words
    exchange: Exchange
    prints: Prints = field(default_factory=Prints)
    last_served: Book | None = None

    @property
    def symbol(self) -> str:
        """The symbol as REST writes it."""
        return self.words.rules.symbol

    def book(self, depth: int) -> Book:
        """The best levels now."""
        return self.exchange.book(self.symbol, depth)


Owners = dict[int, set[str]]  # accounts whose money moved, and the assets


class Audience(Protocol):
    """Who passes the news on to clients."""

    def printed(self, market: Market, trade: Print) -> None:
        """A public trade."""
        ...

    def level_changed(self, market: Market, event: events.Event) -> None:
        """A level of the book has a new size."""
        ...

    def batch_over(self, market: Market, aggregates: list[Aggregate]) -> None:
        """All events of some commands have been told."""
        ...


class Desk:
    """The venue behind one facade."""

    def __init__(self, wire: Wire, keys: Iterable[ApiKey], clock: Clock, limits: Limits) -> None:
        if wire.exchange.history is None:
            raise BadRules("a facade answers for past orders: make its exchange with has_history=True")
        self.wire = wire
        self.exchange = wire.exchange
        self.keys = {key.key: key for key in keys}
        self.accounts = frozenset(key.account for key in self.keys.values())
        self.clock = clock
        self.limits = limits
        self.skew_ns = 0
        self.audience: list[Audience] = []
        self.owners: list[Callable[[int, dict[str, Any]], None]] = []
        self.cancel_ids: dict[tuple[int, int], str] = {}
        self.list_names: dict[tuple[int, int], str] = {}
        self._n_ids = 0
        exchange = self.exchange
        self.markets = [
            Market(number, Words(rules, exchange.assets), exchange)
            for number, rules in enumerate(exchange.rules)
        ]
        self.by_symbol = {market.symbol: market for market in self.markets}
        wire.listen(self.hear)

    def now(self) -> int:
        """The venue's time, nanoseconds."""
        return self.clock.now() + self.skew_ns

    def now_ms(self) -> int:
        """The venue's time as the protocol has it."""
        return self.now() // NS_A_MS

    def market(self, params: Params, name: str = "symbol") -> Market:
        """The market a request names."""
        symbol = params.required(name)
        if symbol not in self.by_symbol:
            raise errors.no_such_symbol()
        return self.by_symbol[symbol]

    def key(self, name: str) -> ApiKey:
        """The key a request names."""
        if not name:
            raise errors.malformed_key()
        if name not in self.keys:
            raise errors.no_such_key()
        return self.keys[name]

    def new_id(self) -> str:
        """A client order id of the venue's making."""
        self._n_ids += 1
        return hashlib.sha256(f"order {self._n_ids}".encode()).hexdigest()[:ID_LETTERS]

    def client_id(self, order: OrderState) -> str:
        """The client order id of an order."""
        return events.client_id(self.exchange, order)

    def hear(self, batch: Void) -> None:
        """Keep the tape and tell the audience."""
        touched: dict[int, int] = {}
        owners: Owners = {}
        for event in events.rows(batch):
            if event.market < 0:
                self._transfer(event, owners)
                continue
            market = self.markets[event.market]
            touched.setdefault(event.market, market.prints.n_aggregates)
            if event.kind == EventKind.LEVEL:
                for listener in self.audience:
                    listener.level_changed(market, event)
            elif event.kind == EventKind.TRADE:
                self._trade(market, event, owners)
            elif event.kind in events.ORDER_EVENTS and event.account in self.accounts:
                self._order(market, event, owners)
        for number, before in touched.items():
            market = self.markets[number]
            fresh = market.prints.n_aggregates - before
            aggregates = list(market.prints.aggregates)[-fresh:] if fresh else []
            for listener in self.audience:
                listener.batch_over(market, aggregates)
        for account, assets in owners.items():
            self._tell(account, self.position(account, assets))

    def _trade(self, market: Market, event: events.Event, owners: Owners) -> None:
        cost = event.price * event.size * market.words.cost_units
        trade = Print(event.number, event.price, event.size, cost, event.ms, event.side == 1)
        market.prints.add(trade, event.order, event.command)
        for listener in self.audience:
            listener.printed(market, trade)
        for account, order_id, is_maker in (
            (event.account, event.order, False),
            (event.other_account, event.other_order, True),
        ):
            order = self._own(market, account, order_id)
            if order is not None:
                told = events.traded(market.words, order, event, is_maker=is_maker)
                self._report(market, order, event, told, owners)

    def _order(self, market: Market, event: events.Event, owners: Owners) -> None:
        order = self._own(market, event.account, event.order)
        if order is None:
            return
        told = events.changed(order, event)
        if event.kind == EventKind.CANCELLED:
            cancel_id = self.cancel_ids.pop((market.number, order.id), "")
            told |= {"c": cancel_id or self.new_id(), "C": self.client_id(order)}
        self._report(market, order, event, told, owners)

    def _own(self, market: Market, account: int, order_id: int) -> OrderState | None:
        if account not in self.accounts:
            return None
        return self.exchange.order(account, market.symbol, order_id)

    def _report(
        self,
        market: Market,
        order: OrderState,
        event: events.Event,
        told: dict[str, Any],
        owners: Owners,
    ) -> None:
        rules = market.words.rules
        owners.setdefault(order.account, set()).update((rules.base, rules.quote))
        client = self.client_id(order)
        self._tell(order.account, events.report(market.words, order, client, event, told))

    def _transfer(self, event: events.Event, owners: Owners) -> None:
        if event.kind != EventKind.TRANSFERRED or event.account not in self.accounts:
            return
        asset = self.exchange.assets.names[event.number]
        owners.setdefault(event.account, set()).add(asset)
        delta = self.amount(asset, event.size)
        told = {"e": "balanceUpdate", "E": event.ms, "a": asset, "d": delta, "T": event.ms}
        self._tell(event.account, told)

    def position(self, account: int, assets: set[str]) -> dict[str, Any]:
        """The account's balances of these assets as an event."""
        now = self.now_ms()
        rows = [
            {"a": asset, "f": self.amount(asset, free), "l": self.amount(asset, locked)}
            for asset, (free, locked) in self.exchange.balances(account).items()
            if asset in assets
        ]
        return {"e": "outboundAccountPosition", "E": now, "u": now, "B": rows}

    def amount(self, asset: str, units: int) -> str:
        """Units of an asset as a text."""
        return self.markets[0].words.amount(asset, units)

    def _tell(self, account: int, payload: dict[str, Any]) -> None:
        for tell in self.owners:
            tell(account, payload)
