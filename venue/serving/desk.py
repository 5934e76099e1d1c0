"""What stands between the protocols and the engine: markets, keys, and the news.

The desk hears every event on the wire, keeps the public tape, and tells its audience and the
owners of orders what happened; it knows nothing of sockets and of no protocol.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from venue.clock import Clock
from venue.engine.codes import EventKind
from venue.engine.exchange import Book, Exchange, Void
from venue.engine.history import OrderState
from venue.engine.rules import BadRules
from venue.serving import events
from venue.serving.keys import ApiKey
from venue.serving.prints import Aggregate, Print, Prints
from venue.serving.words import Text, Words, text
from venue.wire import Wire

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


Moved = dict[int, set[str]]  # accounts whose money moved, and the assets


class Audience(Protocol):
    """Who passes public news on to clients."""

    def printed(self, market: Market, trade: Print) -> None:
        """A public trade."""
        ...

    def level_changed(self, market: Market, event: events.Event) -> None:
        """A level of the book has a new size."""
        ...

    def batch_over(self, market: Market, aggregates: list[Aggregate]) -> None:
        """All events of some commands have been told."""
        ...


class Owner(Protocol):
    """Who passes private news on to the accounts that have keys."""

    def traded(self, market: Market, order: OrderState, event: events.Event, *, is_maker: bool) -> None:
        """An order of theirs was on one side of a trade."""
        ...

    def changed(self, market: Market, order: OrderState, event: events.Event) -> None:
        """An order of theirs changed without a trade."""
        ...

    def transferred(self, account: int, asset: str, event: events.Event) -> None:
        """Money came in or went out."""
        ...

    def moved(self, account: int, assets: set[str]) -> None:
        """The balances of these assets may have changed in the commands just told."""
        ...


class Desk:
    """The venue behind one facade."""

    def __init__(self, wire: Wire, keys: Iterable[ApiKey], clock: Clock, write: Text = text) -> None:
        if wire.exchange.history is None:
            raise BadRules("a facade answers for past orders: make its exchange with has_history=True")
        self.wire = wire
        self.exchange = wire.exchange
        self.keys = {key.key: key for key in keys}
        self.accounts = frozenset(key.account for key in self.keys.values())
        self.clock = clock
        self.skew_ns = 0
        self.audience: list[Audience] = []
        self.owners: list[Owner] = []
        self._n_ids = 0
        exchange = self.exchange
        self.markets = [
            Market(number, Words(rules, exchange.assets, write), exchange)
            for number, rules in enumerate(exchange.rules)
        ]
        self.by_symbol = {market.symbol: market for market in self.markets}
        wire.listen(self.hear)

    def now(self) -> int:
        """The venue's time, nanoseconds."""
        return self.clock.now() + self.skew_ns

    def now_ms(self) -> int:
        """The venue's time as the protocol has it."""
        return self.now() // events.NS_A_MS

    def new_id(self) -> str:
        """A client order id of the venue's making."""
        self._n_ids += 1
        return hashlib.sha256(f"order {self._n_ids}".encode()).hexdigest()[:ID_LETTERS]

    def client_id(self, order: OrderState) -> str:
        """The client order id of an order."""
        return events.client_id(self.exchange, order)

    def amount(self, asset: str, units: int) -> str:
        """Units of an asset as a text."""
        return self.markets[0].words.amount(asset, units)

    def hear(self, batch: Void) -> None:
        """Keep the tape and tell everyone."""
        touched: dict[int, int] = {}
        moved: Moved = {}
        for event in events.rows(batch):
            if event.market < 0:
                self._transfer(event, moved)
                continue
            market = self.markets[event.market]
            touched.setdefault(event.market, market.prints.n_aggregates)
            if event.kind == EventKind.LEVEL:
                for listener in self.audience:
                    listener.level_changed(market, event)
            elif event.kind == EventKind.TRADE:
                self._trade(market, event, moved)
            elif event.kind in events.ORDER_EVENTS and event.account in self.accounts:
                self._change(market, event, moved)
        self._end(touched, moved)

    def _end(self, touched: dict[int, int], moved: Moved) -> None:
        for number, before in touched.items():
            market = self.markets[number]
            fresh = market.prints.n_aggregates - before
            aggregates = list(market.prints.aggregates)[-fresh:] if fresh else []
            for listener in self.audience:
                listener.batch_over(market, aggregates)
        for account, assets in moved.items():
            for owner in self.owners:
                owner.moved(account, assets)

    def _trade(self, market: Market, event: events.Event, moved: Moved) -> None:
        cost = event.price * event.size * market.words.cost_units
        trade = Print(event.number, event.price, event.size, cost, event.ms, event.side == 1)
        market.prints.add(trade, event.order, event.command)
        for listener in self.audience:
            listener.printed(market, trade)
        for account, order_id, is_maker in (
            (event.account, event.order, False),
            (event.other_account, event.other_order, True),
        ):
            order = self._own(market, account, order_id, moved)
            if order is not None:
                for owner in self.owners:
                    owner.traded(market, order, event, is_maker=is_maker)

    def _change(self, market: Market, event: events.Event, moved: Moved) -> None:
        order = self._own(market, event.account, event.order, moved)
        if order is not None:
            for owner in self.owners:
                owner.changed(market, order, event)

    def _own(self, market: Market, account: int, order_id: int, moved: Moved) -> OrderState | None:
        if account not in self.accounts:
            return None
        order = self.exchange.order(account, market.symbol, order_id)
        if order is not None:
            rules = market.words.rules
            moved.setdefault(account, set()).update((rules.base, rules.quote))
        return order

    def _transfer(self, event: events.Event, moved: Moved) -> None:
        if event.kind != EventKind.TRANSFERRED or event.account not in self.accounts:
            return
        asset = self.exchange.assets.names[event.number]
        moved.setdefault(event.account, set()).add(asset)
        for owner in self.owners:
            owner.transferred(event.account, asset, event)
