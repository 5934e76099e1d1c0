"""Orders that go along with the market maker: where, when, and that no exit ever waits for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from keeper_agent.lab.conditions import STANDING
from tests.support.executions import (
    CENT,
    COIN,
    LOT,
    ExecutorDesk,
    check_the_books,
    check_the_order_of_things,
    finished,
    holding,
    printed,
    quotes,
)
from tests.unit.execution.test_executor_walks import WALKS, market
from tests.unit.execution.test_executor_walks import enter as enter_somewhere
from tools.domain.market import NANOS, UNITS, Instrument, Side
from tools.domain.parameter import SPECS, ParameterSet
from tools.domain.sources import CANDLE_MODELS
from tools.domain.trading import Decision, Result, Signal
from tools.execution.entry import TARGET
from tools.execution.executor import NEVER, Executor
from tools.execution.lead_prices import lead_price
from tools.execution.schedules.choosing import Scheduler
from tools.execution.schedules.schedule import Parent, Schedule
from tools.execution.schedules.smart import Smart

SELL = Side.SELL


def desk_at(middle: float | None, **parameters: float) -> ExecutorDesk:
    """A desk that has seen 99.99 to 100.01 and believes in a maker around ``middle``."""
    desk = ExecutorDesk(**parameters)
    around(desk, middle)
    desk.play(quotes(0, 9_999, 10_001))
    return desk


def around(desk: ExecutorDesk, middle: float | None) -> None:
    """Let the bounds stand a tenth to either side of ``middle``."""
    told = desk.market.last_features()

    def features(ts: int) -> dict[str, float | None]:
        bounds = (None, None) if middle is None else (middle - 0.1, middle + 0.1)
        return {**told, "mm_departed": 0.0, "mm_lower_bound": bounds[0], "mm_upper_bound": bounds[1]}

    desk.market.features = features  # type: ignore[method-assign]


def offers(desk: ExecutorDesk) -> list[int]:
    """Where what is held was offered, cents."""
    return [intent.price // CENT for intent in desk.intents if intent.leg == TARGET and intent.price]


@pytest.mark.parametrize(
    ("bid", "ask", "last", "middle", "least", "there"),
    [
        (9_990, 10_010, 0, 100.0, 2.0, 10_009),  # in front of the asks
        (9_990, 10_010, 0, 100.075, 2.0, 10_010),  # as far above the middle as is asked, on the tick
        (9_990, 9_991, 0, 99.0, 2.0, 9_991),  # never at the bid
        (9_990, 10_010, 10_015, 100.0, 2.0, 10_016),  # above the last price
        (0, 10_010, 0, 100.0, 2.0, 0),
        (9_990, 0, 0, 100.0, 2.0, 0),
        (9_990, 10_010, 0, float("nan"), 2.0, 0),
    ],
)
def test_an_offer_is_in_front_and_above_the_middle(
    bid: int, ask: int, last: int, middle: float, least: float, there: int
) -> None:
    found = lead_price(bid * CENT, ask * CENT, last * CENT, CENT, middle * UNITS, least)
    assert found == there * CENT


def test_what_is_held_goes_along_with_the_asks_and_is_sold_there_as_maker() -> None:
    desk = desk_at(99.95, exit_lead_s=5)
    holding(desk)
    desk.play(quotes(5_900, 9_990, 10_004))
    assert offers(desk) == [10_020], "moved before its time"
    desk.play(quotes(6_100, 9_990, 10_004), quotes(6_300, 9_990, 10_004))
    assert offers(desk) == [10_020, 10_003]
    desk.play(quotes(7_000, 9_990, 10_004), printed(8_000, Side.BUY, 10_004, 5))
    assert finished(desk) is Result.OFFER_SOLD
    assert all(fill.is_maker for fill in desk.fills)
    check_the_books(desk)
    check_the_order_of_things(desk)


def test_an_offer_in_front_is_not_undercut_by_itself() -> None:
    desk = desk_at(99.9, exit_lead_s=5)
    holding(desk)
    desk.play(quotes(5_900, 9_985, 10_004), quotes(6_100, 9_985, 10_004), quotes(6_300, 9_985, 10_004))
    assert offers(desk)[-1] == 10_003
    for second in (12, 18, 24):  # the best ask is the offer itself
        desk.play(quotes(second * 1_000, 9_985, 10_003), quotes(second * 1_000 + 200, 9_985, 10_003))
    assert offers(desk) == [10_020, 10_003]
    around(desk, 100.2)
    desk.play(quotes(30_000, 9_985, 10_003), quotes(30_200, 9_985, 10_003), quotes(30_400, 9_985, 10_003))
    assert offers(desk)[-1] == 10_023, "it stayed where the maker itself would not sell any more"


@pytest.mark.parametrize(
    ("smallest", "stands"), [("0.3", [10_020, 10_003]), ("0.1", [10_020, 10_003, 10_001])]
)
def test_a_rest_that_no_venue_takes_anew_stays_where_it_is_offered(smallest: str, stands: list[int]) -> None:
    desk = ExecutorDesk(replace(COIN, min_notional=Decimal(smallest)), exit_lead_s=2)
    around(desk, 99.9)
    desk.play(quotes(0, 9_999, 10_001))
    holding(desk)
    desk.play(quotes(2_500, 9_985, 10_004), quotes(3_100, 9_985, 10_004), quotes(3_300, 9_985, 10_004))
    assert offers(desk)[-1] == 10_003
    desk.play(printed(4_000, Side.BUY, 10_003, 3))
    entry = desk.executor.entry
    assert entry is not None
    assert entry.position == 2 * LOT
    desk.play(quotes(4_500, 9_985, 10_002), quotes(5_100, 9_985, 10_002), quotes(5_300, 9_985, 10_002))
    desk.play(quotes(7_100, 9_985, 10_002), quotes(7_300, 9_985, 10_002))
    assert offers(desk) == stands
    desk.play(printed(8_000, Side.BUY, 10_004, 200))
    assert finished(desk) is Result.OFFER_SOLD


def test_waiting_ends_with_the_holding_time_and_at_the_stop_at_once() -> None:
    patient = desk_at(99.95, exit_lead_s=1)
    holding(patient)
    for second in range(2, 59):
        patient.play(quotes(second * 1_000, 9_990, 10_004 + second % 3))
    assert len(offers(patient)) > 2
    assert finished_at(patient, 62) is Result.TIMEOUT
    stopped = desk_at(99.95, exit_lead_s=1)
    holding(stopped)
    stopped.play(quotes(1_900, 9_990, 10_004), quotes(2_050, 9_990, 10_004))
    assert stopped.journal[-1][0] == "cancel", "the offer was to be under way to its new place"
    stopped.play(quotes(2_060, 9_970, 9_980), quotes(2_300, 9_970, 9_980), quotes(2_500, 9_970, 9_980))
    assert finished(stopped) is Result.STOP
    check_the_books(stopped)


def finished_at(desk: ExecutorDesk, second: int) -> Result:
    for tenth in range(0, 10, 3):
        desk.play(quotes(second * 1_000 + tenth * 100, 9_990, 10_004))
    return finished(desk)


@pytest.mark.parametrize("told", [{"exit_lead_s": 0}, {"exit_lead_s": 5, "source": f"{CANDLE_MODELS[0]}.5m"}])
def test_a_target_stays_where_nothing_else_is_asked_or_a_candle_set_it(told: dict[str, Any]) -> None:
    desk = desk_at(99.95, exit_lead_s=told.pop("exit_lead_s"))
    desk.enter([5 * LOT], **told)
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_999, 105))
    desk.play(quotes(20_000, 9_990, 10_004), quotes(40_000, 9_990, 10_004))
    assert offers(desk) == [10_020]
    assert desk.executor.entry is not None
    assert desk.executor.entry.next_move == NEVER


def test_without_bounds_an_offer_stays() -> None:
    desk = desk_at(None, exit_lead_s=5)
    holding(desk)
    desk.play(quotes(20_000, 9_990, 10_004), quotes(20_200, 9_990, 10_004))
    assert offers(desk) == [10_020]


def test_an_entry_is_withdrawn_when_the_middle_comes_near_and_not_before() -> None:
    desk = desk_at(100.05, entry_least_bps=4)
    desk.enter([LOT, LOT])
    desk.play(quotes(3_000, 9_999, 10_001))
    assert ("cancel", desk.intents[0].client_order_id) not in desk.journal
    around(desk, 100.02)
    desk.play(quotes(4_000, 9_999, 10_001), quotes(4_200, 9_999, 10_001))
    assert finished(desk) is Result.UNFILLED
    assert desk.legs == ["entry"]
    assert desk.executor.next_wake() == NEVER
    unguarded = desk_at(100.02)
    unguarded.enter([LOT])
    unguarded.play(quotes(4_000, 9_999, 10_001))
    assert not [kind for kind, _ in unguarded.journal if kind == "cancel"]


class InSlices(Executor):
    """Its entries are carried out by the maker-conditioned schedule within fifteen seconds."""

    takes = False

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts, _Sliced(takes=self.takes))


class Takes(InSlices):
    """Its parts may take, up to a percent above the entry's price."""

    takes = True


@dataclass(frozen=True)
class _Sliced(Scheduler):
    takes: bool = False

    def schedule(
        self, decision: Decision, signal: Signal, parameters: ParameterSet, instrument: Instrument
    ) -> Schedule:
        assert decision.plan is not None
        parent = Parent(
            size=decision.plan.size,
            lot=instrument.lot,
            largest=LOT,
            smallest=LOT,
            start=decision.ts,
            end=decision.ts + 15 * NANOS,
            cap=signal.entry_price * 101 // 100 if self.takes else signal.entry_price,
            takes=self.takes,
            spacing_ns=NANOS,
            most_orders=100,
        )
        return Smart(parent)


def sliced(executor: type[Executor]) -> ExecutorDesk:
    """Four lots wanted while the maker's middle is below the asks, nearer than the entry may be."""
    desk = ExecutorDesk(executor=executor, entry_least_bps=4)
    around(desk, 99.99)
    desk.play(quotes(0, 9_999, 10_001))
    desk.enter([LOT] * 4)
    desk.play(*(quotes(tenth * 100, 9_999, 10_001) for tenth in range(1, 160)))
    return desk


def test_slices_that_take_are_bought_in_time_and_those_that_rest_step_back() -> None:
    bought = sliced(Takes)
    assert sum(fill.size for fill in bought.fills if fill.side is Side.BUY) == 4 * LOT
    assert (set(bought.legs), bought.legs[-1]) == ({"entry", TARGET}, TARGET)
    resting = sliced(InSlices)
    assert finished(resting) is Result.UNFILLED
    assert resting.legs == ["entry"], "no slice follows one that came too near"


def test_by_default_an_entry_steps_back_and_what_is_held_goes_along() -> None:
    shipped = {name: SPECS[name].default for name in STANDING}
    desk = desk_at(100.02, **shipped)
    desk.enter([LOT])
    desk.play(quotes(4_000, 9_999, 10_001), quotes(4_200, 9_999, 10_001))
    assert finished(desk) is Result.UNFILLED
    held = desk_at(100.05, **shipped)
    holding(held)
    around(held, 99.95)
    held.play(quotes(3_100, 9_999, 10_001), quotes(3_300, 9_999, 10_001))
    assert offers(held) == [10_020, 10_000]


class Led(Executor):
    """An executor that sees a maker around the touch."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        book, features = self._market.senses["book"], self._market.features

        def bounded(ts: int) -> dict[str, float | None]:
            bid, ask = int(book["best_bid"][0]) / UNITS, int(book["best_ask"][0]) / UNITS
            return {**features(ts), "mm_lower_bound": bid or None, "mm_upper_bound": ask or None}

        self._market.features = bounded  # type: ignore[method-assign]


class SellsTwice(Led):
    """Does not wait for the cancel of the offer that it moves."""

    def _withdraw(self, entry: Any, client_id: str, ts: int) -> None:
        super()._withdraw(entry, client_id, ts)
        if entry.is_moving:
            entry.remove(client_id)


def walked(seed: int, executor: type[Executor] = Led) -> ExecutorDesk:
    rng = np.random.default_rng(seed)
    parameters = {"exit_lead_s": 1.0, "entry_least_bps": 0.01, "exit_least_bps": 0.0, "departure_rest_s": 1.0}
    desk = ExecutorDesk(
        executor=executor, max_symbol_exposure_usd=1e9, max_total_exposure_usd=1e9, **parameters
    )
    events = market(seed % 20)
    start = 0
    while start < len(events):
        until = events["ts_init"][min(start + int(rng.integers(1, 80)), len(events) - 1)]
        end = int(np.searchsorted(events["ts_init"], until, "right"))
        desk.play(events[start:end])
        start = end
        idle = not desk.executor.is_busy and not desk.ledger.snapshot(desk.now).rests
        if idle and desk.market.status == "sound" and rng.random() < 0.7:
            enter_somewhere(desk, desk.market.best_bid, rng)
    desk.executor.close_out(desk.now)
    return desk


def test_the_books_balance_when_orders_move() -> None:
    moved = 0
    for seed in range(WALKS // 4):
        desk = walked(seed)
        check_the_books(desk)
        check_the_order_of_things(desk)
        assert not desk.executor.is_busy
        offered = [intent.decision_id for intent in desk.intents if intent.leg == TARGET]
        moved += len(offered) - len(set(offered))
    assert moved > 20


def test_the_walks_condemn_an_executor_that_does_not_wait_for_the_cancel() -> None:
    def condemned(seed: int) -> bool:
        try:
            desk = walked(seed, SellsTwice)
            check_the_books(desk)
            check_the_order_of_things(desk)
        except Exception:  # noqa: BLE001 (however it shows)
            return True
        return False

    assert any(condemned(seed) for seed in range(20))
