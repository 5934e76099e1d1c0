"""A market maker that leaves while a position is held: it is given back at once, and the symbol rests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.executions import COIN, LOT, ExecutorDesk, finished
from tests.support.tapes import START_NS, book_message, print_event
from tools.domain.market import NANOS, UNITS
from tools.domain.trading import Result
from tools.execution.entry import DEPARTED
from tools.execution.executor import Executor
from tools.market.events import Events

CENT = UNITS // 100
BID, ASK = 60_000 * UNITS, 60_000 * UNITS + 10 * CENT
SIZE = 7 * UNITS // 100
HALF = NANOS // 2
LEAVES = START_NS + 30 * NANOS
ENTRY = BID - 50 * CENT
TIMED = {"hold_timeout_ns": 600 * NANOS, "take_profit": 2 * BID, "stop": BID // 2, "entry_price": ENTRY}


def refreshed(k: int) -> Events:
    """The maker's quotes move from where they were, half a second before."""
    rows = [(1, BID + k % 3 * CENT, SIZE), (-1, ASK + k % 3 * CENT, SIZE)]
    gone = [(side, price - k % 3 * CENT + (k - 1) % 3 * CENT, 0) for side, price, _ in rows]
    return book_message(START_NS + k * HALF, (gone if k > 1 else []) + rows)


def elsewhere(ts: int, number: int) -> Events:
    """Something happens far from the touch."""
    return book_message(ts, [(1, BID - 200 * CENT, UNITS + number * LOT)])


def held(executor: type[Executor] = Executor, source: str = "", **parameters: float) -> ExecutorDesk:
    """What was entered is held while a maker refreshes both quotes every half second, up to ``LEAVES``."""
    desk = ExecutorDesk(COIN, executor, **parameters)
    far = [(1, BID - 200 * CENT, UNITS), (-1, ASK + 200 * CENT, UNITS)]
    desk.play(book_message(START_NS, far, is_snapshot=True))
    for k in range(1, 60):
        desk.play(refreshed(k))
        if k == 40:
            desk.enter([5 * LOT], None, confidence=0.9, **TIMED, **({"source": source} if source else {}))
        if k == 50:
            desk.play(print_event(desk.now + 1, -1, ENTRY, 5 * LOT))
    assert desk.legs == ["entry", "target"]
    assert desk.executor.entry is not None
    assert desk.executor.entry.position == 5 * LOT
    return desk


def withdrawn(desk: ExecutorDesk, *, is_taken: bool = False) -> None:
    """Both quotes go: withdrawn, or taken by prints."""
    bid, ask = BID + 59 % 3 * CENT, ASK + 59 % 3 * CENT
    if is_taken:
        desk.play(print_event(LEAVES, -1, bid, SIZE), print_event(LEAVES, 1, ask, SIZE))
    desk.play(book_message(LEAVES + 1, [(1, bid, 0), (-1, ask, 0)]))


def passed(desk: ExecutorDesk, seconds: float) -> None:
    """Time passes, and every tenth of a second something happens elsewhere."""
    for k in range(1, round(10 * seconds)):
        desk.play(elsewhere(LEAVES + k * NANOS // 10, k))


def left_at(desk: ExecutorDesk) -> list[int]:
    """When it was sold because the maker left."""
    return [intent.ts for intent in desk.intents if intent.leg == DEPARTED]


def test_what_is_held_is_sold_within_two_seconds_and_the_symbol_rests_for_five_minutes() -> None:
    desk = held()
    withdrawn(desk)
    passed(desk, 3.0)
    (sold,) = left_at(desk)
    assert LEAVES + NANOS <= sold < LEAVES + 2 * NANOS
    assert finished(desk) is Result.ABORT
    assert max(fill.ts for fill in desk.fills) < LEAVES + 2 * NANOS
    assert desk.executor.departures == 1
    asked = desk.ledger.snapshot(desk.now)
    (rests,) = asked.rests.values()
    assert LEAVES + 301 * NANOS <= rests < LEAVES + 302 * NANOS, "five minutes"
    assert asked.departures_today == {"COINEUR": 1}


def test_where_nothing_happens_any_more_the_next_look_finds_it() -> None:
    desk = held()
    withdrawn(desk)
    assert desk.executor.departures == 0
    desk.play(until=LEAVES + 3 * NANOS)
    assert desk.executor.departures == 1
    assert desk.ledger.snapshot(desk.now).rests
    assert desk.journal[-1][0] == "cancel", "the target is withdrawn before anything is sold"


@pytest.mark.parametrize(
    ("change", "is_taken"),
    [({}, True), ({"departure_exit": 0.0}, False), ({"source": "reversal.5m"}, False)],
    ids=["quotes were taken", "switched off", "a signal from candles counts on no maker"],
)
def test_without_a_departure_that_counts_it_is_held_on(change: dict[str, Any], is_taken: bool) -> None:
    desk = held(**change)
    withdrawn(desk, is_taken=is_taken)
    passed(desk, 10.0)
    assert left_at(desk) == []
    assert desk.executor.departures == 0
    assert desk.executor.is_busy


def test_while_the_maker_stays_a_moving_price_ends_nothing() -> None:
    """The rule of bounds and confidence is for entries: it would end every position that goes somewhere."""
    desk = held(abort_bounds_move_bps=0.1, abort_confidence=1.0)
    for k in range(60, 100):
        desk.play(refreshed(k))
    assert desk.executor.departures == 0
    assert desk.executor.is_busy


class Deaf(Executor):
    """Neither hears of a departure nor looks while it holds."""

    def on_departure(self, ts: int) -> None:
        if self.entry is None or not self.entry.entered:
            super().on_departure(ts)


def test_an_executor_that_does_not_listen_is_found_out() -> None:
    desk = held(Deaf)
    withdrawn(desk)
    passed(desk, 3.0)
    assert left_at(desk) == []


def test_while_it_enters_a_departure_is_heard_with_the_event_that_shows_it() -> None:
    desk = held(mm_check_s=60.0)
    entry = desk.executor.entry
    assert entry is not None
    desk.executor.entry = replace(entry, entered=False)
    withdrawn(desk)
    passed(desk, 2.0)
    assert desk.executor.departures == 1
