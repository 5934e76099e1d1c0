"""Random walks over random markets, some broken, with random entries: the books always balance.

The same walks must also condemn executors with a planted fault, or they would prove nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.support.executions import (
    CENT,
    COIN,
    LOT,
    ExecutorDesk,
    check_the_books,
    check_the_order_of_things,
)
from tests.support.tapes import START_NS, book_message, print_event, synthetic_market
from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS, UNITS
from tools.domain.trading import Fill, OrderStatus, Result
from tools.execution.executor import Entry, Executor
from tools.execution.schedules.choosing import Algorithm, Scheduler
from tools.market.events import Events

MARKETS = 20
WALKS = 240
SECONDS = 40


@cache
def market(seed: int) -> Events:
    """A synthetic market whose walk takes big steps; every third is crossed for a while in its middle."""
    events = synthetic_market(seed=seed, seconds=SECONDS, tick=CENT, depth=6)
    if seed % 3 == 0:
        middle = START_NS + SECONDS * NANOS // 2
        crossed = book_message(middle + 1, [(1, 70_000 * 100 * CENT, 1)])
        repaired = book_message(
            middle + 4 * NANOS, [(s, (60_000 * 100 - s) * CENT, 50 * LOT) for s in (1, -1)], is_snapshot=True
        )
        events = np.concatenate([events, crossed, repaired])
        events = events[np.argsort(events["ts_init"], kind="stable")]
    if seed % 5 == 0:
        last = int(events["ts_init"][-1])
        events = np.concatenate([events, print_event(last + NANOS, -1, 50_000 * 100 * CENT, 1000 * LOT)])
    return events


def around(bid: int) -> dict[str, float | None]:
    """Bounds of a market maker around ``bid``: without them no offer is led."""
    return {"mm_lower_bound": (bid - 3 * CENT) / UNITS, "mm_upper_bound": (bid + 3 * CENT) / UNITS}


def walk(seed: int, executor: type[Executor] = Executor) -> ExecutorDesk:
    """Play a market in batches; between them, whenever the executor is idle, perhaps enter.

    In every fourth walk offers are led along with the market.
    """
    rng = np.random.default_rng(seed)
    caps = {"max_symbol_exposure_usd": 1e9, "max_total_exposure_usd": 1e9}
    leads = {"exit_lead_s": float(seed % 4 == 3), "exit_least_bps": 0.0}
    desk = ExecutorDesk(COIN, executor, **caps, **leads, departure_rest_s=1)
    sensed = desk.market.features
    desk.market.features = lambda ts: sensed(ts) | around(desk.market.best_bid)  # type: ignore[method-assign]
    events = market(seed % MARKETS)
    stamps = events["ts_init"]
    start = 0
    while start < len(events):
        end = int(
            np.searchsorted(stamps, stamps[min(start + int(rng.integers(1, 80)), len(events) - 1)], "right")
        )
        desk.play(events[start:end])
        start = end
        idle = not desk.executor.is_busy and not desk.ledger.snapshot(desk.now).rests
        if idle and desk.market.status == "sound" and rng.random() < 0.7:
            enter(desk, desk.market.best_bid, rng)
    desk.executor.close_out(desk.now)
    return desk


def enter(desk: ExecutorDesk, bid: int, rng: np.random.Generator) -> None:
    """An entry near the bid with close barriers and short patience, so that every ending comes about."""
    entry = bid + int(rng.integers(-2, 3)) * CENT
    desk.enter(
        [int(size) * LOT for size in rng.integers(1, 60, rng.integers(1, 4))],
        entry_price=entry,
        take_profit=entry + int(rng.integers(-2, 8)) * CENT,
        stop=entry - int(rng.integers(1, 8)) * CENT,
        entry_timeout_ns=int(rng.integers(1, 10)) * NANOS,
        hold_timeout_ns=int(rng.integers(1, 8)) * NANOS,
        confidence=float(rng.choice([0.1, 0.1, 0.1, 0.9])),
    )


def check(desk: ExecutorDesk) -> None:
    check_the_books(desk)
    check_the_order_of_things(desk)
    assert not desk.executor.is_busy


@pytest.mark.parametrize("block", range(8))
def test_the_books_balance_after_every_walk(block: int) -> None:
    for seed in range(block * WALKS // 8, (block + 1) * WALKS // 8):
        check(walk(seed))


def test_the_walks_reach_every_ending_and_every_answer_of_the_venue() -> None:
    desks = [walk(seed) for seed in range(60)]
    assert {outcome.result for desk in desks for outcome in desk.outcomes} == set(Result)
    said = {update.status for desk in desks for update in desk.updates}
    assert said == set(OrderStatus) - {OrderStatus.UNKNOWN}
    partly = sum(
        update.filled > 0 and update.status is OrderStatus.CANCELLED for d in desks for update in d.updates
    )
    assert partly > 10


def test_the_same_seed_gives_the_same_walk() -> None:
    assert walk(3).journal == walk(3).journal


class CountsTwice(Executor):
    """Books every second fill twice."""

    def _book(self, fill: Fill) -> None:
        super()._book(fill)
        entry = self.entry
        if entry is not None and len(entry.fills) % 2 == 0:
            entry.position += fill.size


class SellsBesideTheTarget(Executor):
    """At a stop it sells at once, with the target still at work."""

    def _cancel_working(self, entry: Entry, ts: int) -> None:
        if entry.leaving is Result.STOP:
            entry.working.clear()
        super()._cancel_working(entry, ts)


class ForgetsTheRest(Executor):
    """After a half-filled exit it calls the position closed."""

    def _sell_or_finish(self, entry: Entry, ts: int) -> None:
        if any(fill.side < 0 for fill in entry.fills):
            self._finish(entry, Result.STOP, ts)
        else:
            super()._sell_or_finish(entry, ts)


@pytest.mark.parametrize("faulty", [CountsTwice, SellsBesideTheTarget, ForgetsTheRest])
def test_the_walks_condemn_a_faulty_executor(faulty: type[Executor]) -> None:
    def condemned(seed: int) -> bool:
        try:
            check(walk(seed, faulty))
        except (AssertionError, InvariantBroken):
            return True
        return False

    assert any(condemned(seed) for seed in range(40))


def scheduled(algorithm: Algorithm) -> type[Executor]:
    """An executor whose entries are carried out by ``algorithm``."""

    class Scheduled(Executor):
        def __init__(self, *parts: Any) -> None:
            super().__init__(*parts, Scheduler(algorithm))

    return Scheduled


@pytest.mark.parametrize("algorithm", [one for one in Algorithm if one is not Algorithm.PLANNED])
def test_the_books_balance_whatever_algorithm_slices(algorithm: Algorithm) -> None:
    desks = [walk(seed, scheduled(algorithm)) for seed in range(WALKS // 6)]
    for desk in desks:
        check(desk)
    assert {outcome.result for desk in desks for outcome in desk.outcomes} >= {Result.STOP, Result.UNFILLED}
    assert sum(len(desk.fills) for desk in desks) > 40
