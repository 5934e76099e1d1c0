"""Outsiders in a simulated world: participants feel them, the truth names them, the rest stays as it was."""

from __future__ import annotations

from decimal import Decimal

from venue.engine.codes import OrderKind, Side
from venue.engine.exchange import NewOrder
from venue.scenario.build import Scenario, build
from venue.sim import Simulation

MARKET = "ORBUSDT"


def world(*, has_clients: bool = True) -> Simulation:
    """One thin coin, ten seconds in."""
    scenario = Scenario(tier="T2", seed=3, seconds=120, thin_coins=1, has_leader=False)
    sim = build(scenario, has_clients=has_clients)
    sim.run(10)
    return sim


def admit(sim: Simulation) -> int:
    """A client with money."""
    account = sim.admit("client", maker_ppm=0, taker_ppm=500)
    units = sim.exchange.assets.units("USDT", Decimal(1_000))
    sim.wire.tell(sim.exchange.deposit(account, "USDT", units, ts=sim.now))
    return account


def buy(sim: Simulation, account: int, lots: int) -> None:
    """Take from the best ask."""
    order = NewOrder(side=Side.BUY, kind=OrderKind.MARKET, size=lots)
    sim.wire.tell(sim.exchange.place(account, MARKET, order, ts=sim.now))


def test_a_clients_trade_reaches_the_participants_and_the_truth() -> None:
    sim = world()
    account = admit(sim)
    before = sum(agent.inventory for agent in sim.agents.values())  # type: ignore[attr-defined]
    buy(sim, account, 100)
    sim.run(0.001)
    mine = [row for row in sim.truth.trades if row[6] == "client"]
    assert sum(row[5] for row in mine) == 100
    assert all(row[7].startswith("ORB/") for row in mine)
    after = sum(agent.inventory for agent in sim.agents.values())  # type: ignore[attr-defined]
    assert after == before - 100
    assert [row[3] for row in sim.truth.orders if row[4] == "client"] == ["client"]


def test_the_pits_book_equals_the_engines_after_a_client_traded() -> None:
    sim = world()
    account = admit(sim)
    for _ in range(5):
        buy(sim, account, 50)
        sim.run(2)
    book = sim.exchange.book(MARKET, 10_000)
    assert dict(map(tuple, book.asks)) == sim.pits[0].asks
    assert dict(map(tuple, book.bids)) == sim.pits[0].bids


def test_a_client_that_does_nothing_changes_nothing() -> None:
    alone, watched = world(has_clients=False), world()
    admit(watched)
    alone.run(60)
    watched.run(60)
    assert alone.digest() == watched.digest()


def test_history_is_kept_for_clients_alone() -> None:
    sim = world()
    account = admit(sim)
    buy(sim, account, 100)
    sim.run(20)
    assert sim.exchange.history is not None
    assert len(sim.exchange.history.orders) == 1
    assert len(sim.exchange.my_trades(account, MARKET)) >= 1
