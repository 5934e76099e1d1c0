"""Keeper's account in the laboratory: what a venue says of an order, when it is heard, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from keeper_agent.lab.account import LaboratoryAccount
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.latency import Latency
from keeper_agent.lab.sitting import listed
from tests.support.laboratory import coin
from tools.domain.errors import InvariantBroken
from tools.domain.market import Instrument, Side
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from venue.engine.codes import OrderKind
from venue.engine.codes import Side as Way
from venue.engine.exchange import NewOrder
from venue.participants.quoting import Family
from venue.scenario.build import Scenario, build
from venue.sim import Simulation

SEED = 5
LATENCY = Latency()
RICHES = 10_000


@dataclass
class Desk:
    """An account, everything that was heard on it, and somebody else who can move the market."""

    sim: Simulation
    number: int = field(init=False)
    other: int = field(init=False)
    account: LaboratoryAccount = field(init=False)
    one: Instrument = field(init=False)
    updates: list[tuple[int, OrderUpdate]] = field(default_factory=list)
    fills: list[tuple[int, Fill]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.number = self.admit("keeper", 5)
        self.other = self.admit("other", 0)
        self.one = listed(self.sim.pits[0].symbol, LabSettings())
        self.account = LaboratoryAccount(
            self.sim,
            self.number,
            {self.one.symbol: self.one},
            latency=LATENCY,
            seed=SEED,
            on_news=self.hear,
        )

    def admit(self, name: str, taker_bps: int) -> int:
        """Somebody with money and coins."""
        exchange, ts = self.sim.exchange, self.sim.now
        number = self.sim.admit(name, maker_ppm=0, taker_ppm=100 * taker_bps)
        for asset in ("USDT", self.sim.pits[0].symbol.base):
            units = exchange.assets.units(asset, Decimal(RICHES))
            self.sim.wire.tell(exchange.deposit(number, asset, units, ts=ts))
        return number

    def hear(self) -> None:
        """Keep what is said with the time it was heard."""
        said = self.account.drain()
        self.updates += [(self.sim.now, update) for update in said.updates]
        self.fills += [(self.sim.now, fill) for fill in said.fills]

    def send(self, side: Side, lots: int, price: int | None = None, **fields: object) -> Intent:
        """Place an order of so many lots at a price in ticks; None is the market."""
        self.count += 1
        intent = Intent(
            client_order_id=f"kp{self.count:022d}",
            decision_id="d_1",
            run_id="run_1",
            world="venue",
            symbol=self.one.symbol,
            venue="binance",
            leg="entry",
            attempt=self.count,
            side=side,
            price=None if price is None else price * self.one.tick,
            size=lots * self.one.lot,
            is_post_only=price is not None,
            is_reduce_only=side is Side.SELL,
            ts=self.sim.now,
        )
        intent = replace(intent, **fields)  # type: ignore[arg-type]
        self.account.place(intent)
        return intent

    def said_of(self, intent: Intent) -> list[OrderStatus]:
        """The states of an order in the order they were heard."""
        return [one.status for _, one in self.updates if one.client_order_id == intent.client_order_id]

    def sold(self, intent: Intent) -> int:
        """Executed units of an order."""
        return sum(one.size for _, one in self.fills if one.client_order_id == intent.client_order_id)

    def move(self, side: Way, lots: int) -> None:
        """Somebody else takes so much at the market, now."""
        order = NewOrder(side=side, kind=OrderKind.MARKET, size=lots)
        self.sim.wire.tell(self.sim.exchange.place(self.other, self.one.symbol, order, ts=self.sim.now))


@pytest.fixture
def desk() -> Desk:
    return Desk(coin())


def test_an_order_acts_after_its_delay_and_is_heard_of_after_another(desk: Desk) -> None:
    began, bid = desk.sim.now, desk.sim.pits[0].best_bid
    intent = desk.send(Side.BUY, 100, bid - 20)
    desk.sim.run(5)
    due = began + LATENCY.request_ns(SEED, "place", intent.client_order_id)
    heard = due + LATENCY.news_ns(SEED, intent.client_order_id, 0)
    placed = [row for row in desk.sim.truth.orders if row[3] == "keeper"]
    assert [row[2] for row in placed] == [due]
    assert [(ts, one.status, one.ts) for ts, one in desk.updates] == [(heard, OrderStatus.OPEN, heard)]


def test_a_cancel_never_overtakes_its_order(desk: Desk) -> None:
    intents = [desk.send(Side.BUY, 100, desk.sim.pits[0].best_bid - 20) for _ in range(20)]
    for intent in intents:
        desk.account.cancel(intent.client_order_id, desk.sim.now)
    desk.sim.run(5)
    for intent in intents:
        assert desk.said_of(intent) == [OrderStatus.OPEN, OrderStatus.CANCELLED]
    assert len(desk.sim.exchange.open_orders(desk.number, desk.one.symbol)) == 0


def test_a_market_order_fills_and_pays_in_what_it_receives(desk: Desk) -> None:
    base = desk.one.base
    before = desk.sim.exchange.balances(desk.number)
    intent = desk.send(Side.BUY, 60)
    desk.sim.run(5)
    assert desk.said_of(intent) == [OrderStatus.FILLED]
    assert desk.sold(intent) == intent.size
    fills = [fill for _, fill in desk.fills]
    assert {(fill.is_maker, fill.fee_asset) for fill in fills} == {(False, base)}
    got = sum(fill.held_change(base) for fill in fills)
    after, digits = desk.sim.exchange.balances(desk.number), desk.sim.exchange.assets
    change = digits.amount(base, after[base][0] - before[base][0])
    assert abs(change - Decimal(got) / 10**8) <= Decimal("1e-8") * len(fills)
    spent = sum(Decimal(fill.size * fill.price) / 10**16 for fill in fills)
    assert digits.amount("USDT", before["USDT"][0] - after["USDT"][0]) == spent


def test_fills_are_heard_before_the_end_they_add_up_to(desk: Desk) -> None:
    intent = desk.send(Side.BUY, 60)
    desk.sim.run(5)
    end = next(ts for ts, one in desk.updates if one.client_order_id == intent.client_order_id)
    assert all(ts <= end for ts, _ in desk.fills)
    assert desk.updates[0][1].filled == intent.size


def test_refusals_are_in_the_venues_words(desk: Desk) -> None:
    crossing = desk.send(Side.BUY, 100, desk.sim.pits[0].best_ask + 50)
    small = desk.send(Side.BUY, 1, desk.sim.pits[0].best_bid - 20)
    desk.sim.run(5)
    reasons = {one.client_order_id: one.reason for _, one in desk.updates}
    assert desk.said_of(crossing) == desk.said_of(small) == [OrderStatus.REJECTED]
    assert reasons[crossing.client_order_id] == "Order would immediately match and take."
    assert "NOTIONAL" in reasons[small.client_order_id]


@pytest.mark.parametrize(("way", "is_stopped"), [(Way.SELL, True), (Way.BUY, False)])
def test_a_bracket_ends_once_whichever_leg_trades(desk: Desk, way: Way, is_stopped: bool) -> None:
    pit, tick = desk.sim.pits[0], desk.one.tick
    low, high = pit.best_bid - 12, pit.best_ask + 6
    stops = {"stop_price": (low - 1) * tick, "stop_limit": (low - 200) * tick}
    intent = desk.send(Side.SELL, 100, high, **stops)
    desk.sim.run(2)
    assert desk.said_of(intent) == [OrderStatus.OPEN]
    assert len(desk.sim.exchange.open_orders(desk.number, desk.one.symbol)) == 2
    for _ in range(40):
        if len(desk.said_of(intent)) == 1:
            desk.move(way, 400)
            desk.sim.run(1)
    assert desk.said_of(intent) == [OrderStatus.OPEN, OrderStatus.FILLED]
    assert desk.sold(intent) == intent.size
    assert all((fill.price < high * tick) is is_stopped for _, fill in desk.fills)
    assert len(desk.sim.exchange.open_orders(desk.number, desk.one.symbol)) == 0


def test_a_cancelled_bracket_is_over_as_a_whole(desk: Desk) -> None:
    pit, tick = desk.sim.pits[0], desk.one.tick
    stops = {"stop_price": (pit.best_bid - 50) * tick, "stop_limit": (pit.best_bid - 90) * tick}
    intent = desk.send(Side.SELL, 100, pit.best_ask + 50, **stops)
    desk.sim.run(2)
    desk.account.cancel(intent.client_order_id, desk.sim.now)
    desk.sim.run(2)
    assert desk.said_of(intent) == [OrderStatus.OPEN, OrderStatus.CANCELLED]
    assert len(desk.sim.exchange.open_orders(desk.number, desk.one.symbol)) == 0


def test_the_same_order_twice_is_a_broken_promise(desk: Desk) -> None:
    intent = desk.send(Side.BUY, 100, 1)
    with pytest.raises(InvariantBroken, match="placed twice"):
        desk.account.place(intent)


def swept(lots: int) -> int:
    """How often a ladder maker fled in two minutes in which its asks were taken now and then."""
    scenario = Scenario(
        tier="T0", seed=3, seconds=300, thin_coins=1, has_leader=False, mm_family=Family.LADDER
    )
    desk = Desk(build(scenario))
    desk.sim.run(60)
    for _ in range(12):
        if lots:
            desk.send(Side.BUY, lots)
        desk.sim.run(10)
    return sum(1 for row in desk.sim.truth.quoting if row[4] == "tolerance")


def test_market_makers_flee_from_orders_far_over_their_tolerance_alone() -> None:
    assert swept(0) == swept(3) < swept(1_000)
