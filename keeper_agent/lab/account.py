"""Keeper's account at a simulated venue in virtual time: intents in, news out, with delays both ways.

It stands where the order gateway and the client library stand over sockets, and says the same
things in the same order: an order is open when the venue's word arrived, each execution comes once
with its fee in the asset that was received, and an order is over only after its executions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from keeper_agent.lab.latency import Latency
from tools.domain.errors import InvariantBroken
from tools.domain.market import Instrument
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution.exchange import News
from tools.execution.naming import order_names, stop_name
from tools.execution.trades import TradeLedger
from tools.execution.wire import Trade
from venue.binance.errors import rejection
from venue.engine.codes import EventKind, OrderKind, Side
from venue.engine.exchange import Answer, NewOco, NewOrder, Void
from venue.serving.events import Event, rows
from venue.sim import Simulation

NAME = "~keeper"  # after everybody else at one instant, so that its presence reorders nobody
MS = 1_000_000
ENDS = frozenset({EventKind.CANCELLED.value, EventKind.EXPIRED.value})


@dataclass(slots=True, eq=False)
class Sent:
    """An order on its way or at the venue.

    Attributes:
        legs: Ids of its orders at the venue that are open: two of a bracket.
        due: When the last request on it reaches the venue; the next one comes later.
        heard: How often something was said of it.
    """

    intent: Intent
    due: int
    legs: set[int] = field(default_factory=set)
    is_accepted: bool = False
    executed: int = 0
    heard: int = 0


class LaboratoryAccount:
    """Implements ``Exchange`` for every symbol of ``instruments``.

    Args:
        sim: The world; it goes on by itself, this only adds to what happens.
        account: Our number there.
        instruments: What is traded, by symbol.
        seed: Of the delays.
        on_news: Called when something was said, at the time it is heard.
    """

    def __init__(
        self,
        sim: Simulation,
        account: int,
        instruments: Mapping[str, Instrument],
        *,
        latency: Latency,
        seed: int,
        on_news: Callable[[], None],
    ) -> None:
        self._sim = sim
        self._account = account
        self._instruments = instruments
        self._latency = latency
        self._seed = seed
        self._on_news = on_news
        self._orders: dict[str, Sent] = {}
        self._by_key: dict[int, Sent] = {}
        self._trades = TradeLedger()
        self._last_news = 0
        self._updates: list[OrderUpdate] = []
        self._fills: list[Fill] = []
        sim.wire.listen(self._hear, account)

    # what the executor uses

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent.

        Raises:
            InvariantBroken: The client order id is under way already.
        """
        name = intent.client_order_id
        if name in self._orders:
            raise InvariantBroken(f"client order id {name} was placed twice")
        due = self._sim.now + self._latency.request_ns(self._seed, "place", name)
        sent = self._orders[name] = Sent(intent, due)
        for word in order_names(intent):
            self._by_key[self._sim.exchange.client_key(word)] = sent
        self._sim.at(due, NAME, self._arrive, sent)

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; it reaches the venue after the order itself."""
        del ts
        sent = self._orders.get(client_order_id)
        if sent is not None:
            delay = self._latency.request_ns(self._seed, "cancel", client_order_id)
            sent.due = max(sent.due + 1, self._sim.now + delay)
            self._sim.at(sent.due, NAME, self._withdraw, sent)

    def drain(self) -> News:
        """Everything heard since the last call."""
        said = News(tuple(self._updates), tuple(self._fills))
        self._updates, self._fills = [], []
        return said

    # at the venue

    def _arrive(self, sent: Sent) -> None:
        answer = self._perform(sent.intent)
        if answer.reason and not answer.order_id:
            self._tell(sent, (), (OrderStatus.REJECTED, rejection(answer.reason).msg))
        self._sim.wire.tell(answer)

    def _perform(self, intent: Intent) -> Answer:
        sim, one = self._sim, self._instruments[intent.symbol]
        side = Side.BUY if intent.side > 0 else Side.SELL
        size = intent.size // one.lot
        name, ts = intent.client_order_id, sim.now
        if intent.price is not None and intent.stop_price is not None and intent.stop_limit is not None:
            oco = NewOco(
                side=side,
                price=intent.price // one.tick,
                stop=intent.stop_price // one.tick,
                stop_limit=intent.stop_limit // one.tick,
                size=size,
                client=name,
                stop_client=stop_name(intent),
            )
            return sim.exchange.place_oco(self._account, one.symbol, oco, ts=ts)
        kind = OrderKind.LIMIT_MAKER if intent.is_post_only else OrderKind.LIMIT
        price = 0 if intent.price is None else intent.price // one.tick
        order = NewOrder(
            side=side, kind=kind if price else OrderKind.MARKET, price=price, size=size, client=name
        )
        return sim.exchange.place(self._account, one.symbol, order, ts=ts)

    def _withdraw(self, sent: Sent) -> None:
        if sent.legs:  # either leg's cancel ends both
            symbol, order = sent.intent.symbol, min(sent.legs)
            sim = self._sim
            sim.wire.tell(sim.exchange.cancel(self._account, symbol, order, ts=sim.now))

    # what the venue says

    def _hear(self, events: Void) -> None:
        """Pick what is ours out of all that happened, order by order."""
        fills: dict[str, list[Fill]] = {}
        touched: dict[str, Sent] = {}
        for event in rows(events):
            for sent, leg, left, is_maker in self._parts(event):
                touched[sent.intent.client_order_id] = sent
                if event.kind == EventKind.TRADE:
                    fill = self._fill(sent.intent, event, is_maker=is_maker)
                    sent.executed += fill.size
                    fills.setdefault(fill.client_order_id, []).append(fill)
                if event.kind == EventKind.ACCEPTED:
                    sent.legs.add(leg)
                elif event.kind in ENDS or (event.kind == EventKind.TRADE and left == 0):
                    sent.legs.discard(leg)
        for name, sent in touched.items():
            self._report(sent, fills.get(name, []))

    def _parts(self, event: Event) -> list[tuple[Sent, int, int, bool]]:
        """Our orders in an event: (order, its id at the venue, what is left, whether it rested)."""
        found = []
        if event.account == self._account and event.kind != EventKind.REJECTED:
            sent = self._by_key.get(event.client)
            if sent is not None:
                found.append((sent, event.order, event.left, False))
        if event.kind == EventKind.TRADE and event.other_account == self._account:
            sent = self._by_key.get(event.other_client)
            if sent is not None:
                found.append((sent, event.other_order, event.other_left, True))
        return found

    def _fill(self, intent: Intent, event: Event, *, is_maker: bool) -> Fill:
        one = self._instruments[intent.symbol]
        asset = one.base if intent.side > 0 else one.quote
        units = event.other_fee if is_maker else event.fee
        trade = Trade(
            symbol=f"{one.base}/{one.quote}",
            trade_id=f"{self._sim.start_ns}-{event.number}",  # every world counts its trades from 1
            venue_id=str(event.other_order if is_maker else event.order),
            price=event.price * one.tick,
            size=event.size * one.lot,
            fee=self._sim.exchange.assets.amount(asset, units) if units else Decimal(0),
            fee_asset=asset,
            is_maker=is_maker,
            ts=event.ts // MS * MS,
        )
        fill = self._trades.take(trade, intent, one)
        if fill is None:
            raise InvariantBroken(f"trade {event.number} of {intent.symbol} happened twice")
        return fill

    def _report(self, sent: Sent, fills: list[Fill]) -> None:
        status = None
        if not sent.legs:
            status = OrderStatus.FILLED if sent.executed == sent.intent.size else OrderStatus.CANCELLED
        elif not sent.is_accepted:
            status = OrderStatus.OPEN
        sent.is_accepted = True
        if status is not None or fills:
            self._tell(sent, tuple(fills), (status, "") if status else None)

    # what the agent hears

    def _tell(self, sent: Sent, fills: tuple[Fill, ...], end: tuple[OrderStatus, str] | None) -> None:
        """Let the agent hear of it later; one stream carries all, so nothing overtakes."""
        name = sent.intent.client_order_id
        delay = self._latency.news_ns(self._seed, name, sent.heard)
        sent.heard += 1
        ts = self._last_news = max(self._last_news, self._sim.now + delay)
        update = None if end is None else OrderUpdate(name, end[0], sent.executed, ts, end[1])
        if update is not None and update.is_over:
            del self._orders[name]
            for word in order_names(sent.intent):
                del self._by_key[self._sim.exchange.client_key(word)]
        self._sim.at(ts, NAME, self._deliver, fills, update)

    def _deliver(self, fills: tuple[Fill, ...], update: OrderUpdate | None) -> None:
        self._fills.extend(fills)
        if update is not None:
            self._updates.append(update)
        self._on_news()
