"""Recovery and reconciling against a real venue: what an earlier process left is found and cleared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from memory.open_orders import OpenOrders
from memory.store import Store
from tests.support import mexc_venue
from tests.support.binance_venue import LIMIT_S, compile_kernels, until, world
from tests.support.memories import MemoryBuilder
from tests.support.order_path import OrderPath, an_order, order_path, resting, selling
from tools.domain.clock import SystemClock
from tools.domain.identity import client_order_id
from tools.domain.market import UNITS
from tools.domain.trading import Action, Decision, Intent, OrderStatus, OrderUpdate
from tools.execution.reconcile import PositionGap, ReconcileConfig, Reconciler, Reconciliation
from tools.execution.recovery import Recovered, Recovery
from venue.engine.codes import Side as VenueSide

both = pytest.mark.parametrize("venue", ["binance", "mexc"])
COINS = 500 * UNITS  # what the account held before Keeper


@dataclass
class Left:
    """What an earlier process left in memory, at a venue that goes on."""

    path: OrderPath
    store: Store
    memory: MemoryBuilder
    alarms: list[Reconciliation] = field(default_factory=list)
    own: int = COINS

    @property
    def record(self) -> OpenOrders:
        return OpenOrders(self.store, "venue", self.path.wire.dialect.venue)

    @property
    def reconciler(self) -> Reconciler:
        config = ReconcileConfig(settle_s=0.02, own={"SOL": self.own})
        return Reconciler(self.path.gateway, self.record, self.alarms.append, config)

    def decide(self) -> Decision:
        decision = self.memory.decide(SystemClock().now(), symbol="SOLUSDT", action=Action.ENTER)
        self.store.flush()
        return decision

    def intend(self, make: Callable[..., Intent], leg: str = "entry", **changes: Any) -> Intent:
        """A durable intent of a new decision."""
        decision = self.decide()
        order = client_order_id(decision.decision_id, leg, 1)
        named = {"decision_id": decision.decision_id, "run_id": decision.run_id}
        intent = make(order, venue=self.path.wire.dialect.venue, **named, **changes)
        self.memory.log.record_intent(intent)
        return intent

    async def send(self, intent: Intent) -> None:
        """As the earlier process did, with a client that is gone."""
        await self.path.wire.place(intent)

    async def recover(self) -> Recovered:
        recovery = Recovery(self.path.gateway, self.record, self.memory.log, self.reconciler, SystemClock())
        return await recovery.recover()

    def states(self) -> dict[str, str]:
        rows = self.store._driver.execute('SELECT client_order_id, status FROM "order" ORDER BY sequence')
        self.store.flush()
        return dict(rows.fetchall())


def left_behind(
    story: Callable[[Left], Coroutine[Any, Any, None]], home: Path, venue: str = "binance"
) -> None:
    compile_kernels()

    async def told() -> None:
        fresh = mexc_venue.world() if venue == "mexc" else world()
        async with asyncio.timeout(LIMIT_S), fresh as at, order_path(at) as path:
            with Store.open(home) as store:
                memory = MemoryBuilder(store, world="venue")
                memory.begin(ts=SystemClock().now())
                await story(Left(path, store, memory))

    asyncio.run(told())


@both
def test_an_intent_that_was_never_sent_ends_as_never_arrived(tmp_path: Path, venue: str) -> None:
    """INV-04, INV-06."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order)
        recovered = await left.recover()
        assert recovered.resolved == (intent.client_order_id,)
        assert left.record.open_intents() == []
        assert left.states() == {intent.client_order_id: "rejected"}
        assert recovered.agreement.is_equal
        assert left.path.at_venue() == []

    left_behind(story, tmp_path, venue)


@both
def test_a_working_order_is_withdrawn_and_its_part_sold(tmp_path: Path, venue: str) -> None:
    """INV-04: nothing forgotten; the part that was executed is imported and closed, reduce-only."""

    async def story(left: Left) -> None:
        bid, _ = left.path.world.best()
        price = round((bid + 0.01) * 100) * UNITS // 100
        intent = left.intend(resting, price=price)
        await left.send(intent)
        left.path.world.take(VenueSide.SELL, 400)
        recovered = await left.recover()
        assert left.states()[intent.client_order_id] == "cancelled"
        assert [fill.size for fill in left.record.fills_of(intent.client_order_id)] == [4 * UNITS // 10]
        (closing,) = recovered.closed
        sold = sum(fill.size for fill in left.record.fills_of(closing))
        assert sold == 399 * UNITS // 1000  # a tenth of a percent went as fee, the rest of a lot is dust
        assert [holding.size for holding in recovered.left] == [4 * UNITS // 10 - 4 * UNITS // 10_000 - sold]
        assert recovered.agreement.is_equal, str(recovered.agreement)

    left_behind(story, tmp_path, venue)


def test_a_position_under_a_bracket_is_freed_and_sold(tmp_path: Path) -> None:
    """INV-04, INV-09: the bracket is the decision's last intent; what closes it is a plain order."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order, size=10 * UNITS)
        await left.send(intent)
        bid, _ = left.path.world.best()
        price, stop = (round((bid + away) * 100) * UNITS // 100 for away in (1, -1))
        offered = selling(
            client_order_id(intent.decision_id, "bracket", 2),
            decision_id=intent.decision_id,
            run_id=intent.run_id,
            leg="bracket",
            attempt=2,
            price=price,
            stop_price=stop,
            stop_limit=stop - UNITS,
            size=9 * UNITS,
            is_post_only=True,
        )
        left.memory.log.record_intent(offered)
        await left.send(offered)
        recovered = await left.recover()
        assert left.states()[offered.client_order_id] == "cancelled"
        assert len(recovered.closed) == 1
        assert recovered.stuck == ()
        assert recovered.agreement.is_equal, str(recovered.agreement)

    left_behind(story, tmp_path)


def test_what_could_not_be_sold_is_named_as_still_at_stake(tmp_path: Path) -> None:
    """INV-08: the venue refuses to sell; the next process has to count what is held."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order)
        await left.send(intent)
        left.path.world.wire.exchange.halt("SOLUSDT", ts=left.path.world.facade.desk.now())
        recovered = await left.recover()
        (holding,) = recovered.stuck
        assert holding.size == UNITS - UNITS // 1000
        assert holding.intent.decision_id == intent.decision_id

    left_behind(story, tmp_path)


@both
def test_a_filled_order_whose_reply_was_never_read_is_imported_and_closed(tmp_path: Path, venue: str) -> None:
    """INV-04: the process died between the effect and the reply."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order)
        await left.send(intent)
        recovered = await left.recover()
        assert sum(fill.size for fill in left.record.fills_of(intent.client_order_id)) == UNITS
        assert len(recovered.closed) == 1
        assert recovered.agreement.is_equal, str(recovered.agreement)
        assert left.path.gateway.halted == ""

    left_behind(story, tmp_path, venue)


@both
def test_recovering_twice_changes_nothing(tmp_path: Path, venue: str) -> None:
    """INV-03, INV-04: fills known already are neither told nor sold again."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order)
        await left.send(intent)
        await left.recover()
        orders = len(left.path.at_venue())
        again = await left.recover()
        assert (again.resolved, again.fills, again.closed) == ((), 0, ())
        assert len(left.path.at_venue()) == orders

    left_behind(story, tmp_path, venue)


@both
def test_a_process_that_died_while_recovering_is_recovered(tmp_path: Path, venue: str) -> None:
    """INV-04: a part of the fills is in memory, the order's end is not."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order, size=15 * UNITS)
        await left.send(intent)
        state = await left.path.wire.look_up(intent)
        trades = await left.path.wire.trades_of("SOLUSDT", state.venue_id)
        assert len(trades) > 1
        known = left.path.gateway.trades
        first = type(known)().take(trades[0], intent, left.path.wire.instruments["SOLUSDT"])
        assert first is not None
        left.memory.log.record_fill(first)
        recovered = await left.recover()
        fills = left.record.fills_of(intent.client_order_id)
        assert sum(fill.size for fill in fills) == 15 * UNITS
        assert len(fills) == len(trades)
        assert recovered.agreement.is_equal, str(recovered.agreement)

    left_behind(story, tmp_path, venue)


@both
def test_orders_of_ours_that_memory_does_not_know_are_cancelled_and_others_left_alone(
    tmp_path: Path, venue: str
) -> None:
    """INV-05: by their prefix; a person's own orders are not ours to touch."""

    async def story(left: Left) -> None:
        client = left.path.world.client
        await client.create_order("SOL/USDT", "limit", "buy", 1, 140, {"clientOrderId": "kpstranger"})
        await client.create_order("SOL/USDT", "limit", "buy", 1, 139, {"clientOrderId": "by-hand"})
        recovered = await left.recover()
        assert recovered.external == ("kpstranger",)
        assert [order["clientOrderId"] for order in await client.fetch_open_orders("SOL/USDT")] == ["by-hand"]

    left_behind(story, tmp_path, venue)


def test_a_position_that_memory_cannot_explain_halts_entries_and_alerts(tmp_path: Path) -> None:
    """INV-05: a typed result, entries refused, exits not."""

    async def story(left: Left) -> None:
        left.own = COINS - UNITS
        found = await left.reconciler.reconcile()
        assert found.gaps == (PositionGap("SOL", COINS - UNITS, COINS),)
        assert left.alarms == [found]
        assert "SOL: expected 499, the venue holds 500" in str(found)
        left.path.gateway.place(an_order("kp1"))
        assert await left.path.over("kp1") is OrderStatus.REJECTED
        assert "entries are halted" in left.path.reason("kp1")
        left.own = COINS
        assert (await left.reconciler.reconcile()).is_equal
        assert left.path.gateway.halted == ""

    left_behind(story, tmp_path)


def test_a_working_order_that_the_venue_has_not_is_a_mismatch(tmp_path: Path) -> None:
    """INV-05: someone cancelled it behind our back, and no word of it came."""

    async def story(left: Left) -> None:
        left.path.gateway.place(resting("kp1"))
        await until(lambda: bool(left.path.statuses("kp1")))
        left.path.world.arm(kind="cut_before", where="order.status", count=-1)
        await left.path.world.client.cancel_order(None, "SOL/USDT", {"origClientOrderId": "kp1"})
        found = await left.reconciler.reconcile()
        assert found.missing == ("kp1",)
        assert left.path.gateway.halted

    left_behind(story, tmp_path)


def test_a_venue_that_cannot_be_asked_is_a_mismatch_too(tmp_path: Path) -> None:
    """INV-05: no comparison, no entries."""

    async def story(left: Left) -> None:
        left.path.world.arm(kind="cut_before", where="*", count=-1)
        found = await left.reconciler.reconcile()
        assert "could not be asked" in found.trouble
        assert left.alarms == [found]

    left_behind(story, tmp_path)


def test_what_is_over_is_not_asked_again(tmp_path: Path) -> None:
    async def story(left: Left) -> None:
        intent = left.intend(an_order)
        ended = OrderUpdate(intent.client_order_id, OrderStatus.REJECTED, 0, intent.ts, "no money")
        left.memory.log.record_order(ended)
        assert left.record.open_intents() == []
        assert left.record.knows(intent.client_order_id)
        assert not left.record.knows("kpother")
        assert left.record.holdings({"SOLUSDT": "SOL"}) == []

    left_behind(story, tmp_path)


def test_nothing_is_worth_less_than_the_smallest_order_and_sold(tmp_path: Path) -> None:
    """INV-09: dust stays, is named, and does not keep entries from being allowed."""

    async def story(left: Left) -> None:
        intent = left.intend(an_order, size=34 * UNITS // 1000)
        await left.send(intent)
        recovered = await left.recover()
        (holding,) = recovered.left
        assert recovered.closed == () or holding.size < UNITS // 1000
        assert recovered.agreement.is_equal, str(recovered.agreement)
        assert Decimal(holding.size) > 0

    left_behind(story, tmp_path)


def test_a_comparison_that_could_not_be_made_is_made_again(tmp_path: Path) -> None:
    """INV-04, INV-05: a venue that cannot be asked for a moment leaves no recovery without agreement."""

    async def story(left: Left) -> None:
        left.path.world.arm(kind="error_before", where="account.status", count=4)
        done = await left.recover()
        assert [found.trouble[:29] for found in left.alarms] == ["the venue could not be asked:"] * 2
        assert done.agreement.is_equal
        assert not left.path.gateway.halted

    left_behind(story, tmp_path)
