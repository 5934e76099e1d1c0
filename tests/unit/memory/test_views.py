"""Derived tables follow the true ones, row for row, and a difference is told and mended."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from memory.lessons import Lesson, LessonBook
from memory.open_orders import OpenOrders
from memory.parameters import ParameterStore
from memory.schema import METADATA
from memory.schema_views import VIEWS
from memory.store import Store
from memory.verify import rebuild, verify
from memory.views import made_anew
from tests.support.memories import SECOND, SIZE, MemoryBuilder, a_memory, at
from tools.domain.market import UNITS, Side
from tools.domain.trading import Action, Intent

TABLES = METADATA.tables


LESSON = Lesson(
    lesson_id="l_1",
    kind="taken_net_bps",
    statement="they earn",
    scope={},
    effect=1.0,
    interval_low=0.5,
    interval_high=1.5,
    n=2,
    evidence=("o_1", "o_2"),
    invalid_condition={},
    day="2024-08-08",
    run_id="run_0000000001",
    world="recorded",
    ts_known=at("23:00:00"),
)


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(tuple(row.values()) for row in store.read(select(TABLES[name]))) for name in VIEWS}


@pytest.fixture
def build(tmp_path: Path) -> Any:
    with a_memory(tmp_path / "home") as builder:
        yield builder


def some_history(build: MemoryBuilder) -> None:
    """Two round trips, a position that is held, an order that rests, and a lesson on the first of them."""
    for n in range(2):
        build.trade(build.decide(at("10:00:00") + n * 60 * SECOND, action=Action.ENTER), 2.0)
    held = build.decide(at("10:05:00"), action=Action.ENTER)
    build._execute(held, "entry", Side.BUY, held.ts + SECOND)
    intent = Intent(
        client_order_id="kp_resting",
        decision_id=held.decision_id,
        run_id=held.run_id,
        world=held.world,
        symbol=held.symbol,
        venue=held.venue,
        leg="exit",
        attempt=1,
        side=Side.SELL,
        price=1,
        size=1,
        is_post_only=False,
        is_reduce_only=True,
        ts=held.ts + 2 * SECOND,
    )
    build.log.record_intent(intent)
    LessonBook(build.store).record(LESSON)
    ParameterStore(build.store).change(
        "stop_bps",
        25,
        reason="r",
        evidence=["o_1", "l_1"],
        ts=at("23:30:00"),
        run_id=build.run_id,
        world="live",
    )


def test_what_triggers_kept_is_what_is_made_anew_from_the_record(build: MemoryBuilder) -> None:
    some_history(build)
    kept = content(build.store)
    assert {name: len(rows) for name, rows in kept.items()} == {
        "evidence": 4,
        "open_order": 1,
        "open_position": 1,
    }
    build.store.maintain(made_anew())
    assert content(build.store) == kept


def test_an_order_that_ended_before_its_intent_was_told_is_not_open(build: MemoryBuilder) -> None:
    build.trade(build.decide(at("10:00:00"), action=Action.ENTER), 1.0)
    store, intents = build.store, TABLES["intent"]
    (intent, _) = store.read(select(intents).order_by(intents.c.ts))
    with sqlite3.connect(store.path) as late:
        late.execute("DELETE FROM intent WHERE leg = 'entry'")
    store.execute([insert(intents).values(intent)])
    assert OpenOrders(store, build.world, "binance").open_intents() == []


def test_a_position_that_pays_its_fee_in_coin_is_let_go_of_once_it_was_seen_flat(
    build: MemoryBuilder,
) -> None:
    decision = build.decide(at("10:00:00"), action=Action.ENTER)
    entry = build._execute(decision, "entry", Side.BUY, decision.ts + SECOND)
    bought = replace(entry, trade_id="t2", fee_asset="BTC", fee_amount=Decimal("0.00000001"))
    build.log.record_fill(bought)
    build.log.record_fill(
        replace(bought, trade_id="t3", side=Side.SELL, size=2 * SIZE - 1, fee_amount=Decimal(0))
    )
    orders = OpenOrders(build.store, build.world, "binance")
    assert len(content(build.store)["open_position"]) == 1
    assert orders.holdings({}) != []  # whose coin it is is not known: fees count for nothing
    assert len(content(build.store)["open_position"]) == 1
    assert orders.holdings({"BTCUSDT": "BTC"}) == []
    assert content(build.store)["open_position"] == []
    assert verify(build.store.path.parent).faults == ()


def test_what_was_left_names_its_symbols_whether_or_not_they_are_traded_now(build: MemoryBuilder) -> None:
    orders = OpenOrders(build.store, build.world, "binance")
    build.trade(build.decide(at("10:00:00"), symbol="SOLUSDT", action=Action.ENTER), 1.0)
    orders.holdings({"SOLUSDT": "SOL"})
    assert orders.symbols() == []
    for second, symbol in enumerate(("ETHUSDT", "BTCUSDT")):
        decision = build.decide(at("10:01:00") + second * SECOND, symbol=symbol, action=Action.ENTER)
        build._execute(decision, "entry", Side.BUY, decision.ts + SECOND)
    assert orders.symbols() == ["BTCUSDT", "ETHUSDT"]
    assert OpenOrders(build.store, build.world, "mexc").symbols() == []
    assert OpenOrders(build.store, "live", "binance").symbols() == []


def test_a_fill_after_the_last_look_brings_a_position_back_whole(build: MemoryBuilder) -> None:
    build.trade(build.decide(at("10:00:00"), action=Action.ENTER), 1.0)
    (fill, *_) = build.store.read(select(TABLES["fill"]))
    orders = OpenOrders(build.store, build.world, "binance")
    assert orders.holdings({"BTCUSDT": "BTC"}) == []
    build.store.execute([insert(TABLES["fill"]).values({**fill, "trade_id": "late"})])
    (holding,) = orders.holdings({"BTCUSDT": "BTC"})
    assert holding.size == SIZE * fill["side"]


def test_what_is_left_of_a_position_is_at_stake_for_what_it_cost(build: MemoryBuilder) -> None:
    """Sold in part below its price, the rest is not worth the price it was sold at: it cost what it cost."""
    decision = build.decide(at("10:00:00"), action=Action.ENTER)
    entry = build._execute(decision, "entry", Side.BUY, decision.ts + SECOND)
    sold = SIZE // 4
    build.log.record_fill(
        replace(entry, trade_id="t2", side=Side.SELL, size=sold, price=entry.price // 2, ts=entry.ts + SECOND)
    )
    (holding,) = OpenOrders(build.store, build.world, "binance").holdings({"BTCUSDT": "BTC"})
    assert (holding.size, holding.price) == (SIZE - sold, entry.price // 2)
    assert holding.cost == Decimal(SIZE - sold) * entry.price / (UNITS * UNITS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_difference_is_told_and_rebuilding_mends_it(tmp_path: Path, view: str) -> None:
    home = tmp_path / "home"
    with a_memory(home) as build:
        some_history(build)
        build.store.execute([delete(TABLES[view])])
    (fault,) = verify(home).faults
    assert fault.startswith(f"the table {view} lacks ")
    assert rebuild(home).is_whole


def test_a_position_too_many_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with a_memory(home) as build:
        some_history(build)
        ghost = {"decision_id": "d_1", "world": "live", "venue": "mexc", "size": 1, "is_in_coin": False}
        build.store.execute([insert(TABLES["open_position"]).values(ghost)])
    (fault,) = verify(home).faults
    assert "has 1 too many" in fault
