"""The one pass over the events: it stops for every reason, and stopping changes nothing."""

import numpy as np
import pytest

from tests.support.desk import FOREVER, KernelDesk
from tests.support.plain import Notice
from tests.support.senses import BUNDLED, cut_at, instrument_of, opening
from tests.support.tapes import START_NS, book_message, print_event
from tools.domain.market import NANOS
from tools.execution.stream import FOLLOWED, NOTICED, SIGNALLED, STOP_HIT, WAKE, advance
from tools.market.events import Events

BID, ASK = 10_000, 10_005
OPENING = book_message(START_NS, [(1, BID, 10), (-1, ASK, 10)], is_snapshot=True)


def after(ms: int, *rows: tuple[int, int, int]) -> Events:
    return book_message(START_NS + ms * 1_000_000, list(rows))


def step(desk: KernelDesk, events: Events, start: int = 0, limit: int = FOREVER) -> tuple[int, int]:
    return advance(events, start, limit, desk.market, desk.desk, desk.buffer)


def test_it_stops_before_the_first_event_after_the_limit() -> None:
    desk, events = (
        KernelDesk(),
        np.concatenate([OPENING, after(1_000, (1, BID, 9)), after(2_000, (1, BID, 8))]),
    )
    assert step(desk, events, 0, START_NS + NANOS) == (3, WAKE)
    assert desk.market["book"]["ts"][0] == START_NS + NANOS
    assert step(desk, events, 3) == (4, 0)


def test_it_stops_for_a_notice_a_followed_signal_and_a_stop() -> None:
    desk = KernelDesk()
    desk.place(1, 1, BID, 3, START_NS + 1)
    desk.desk["stop_price"] = BID - 5
    desk.follow(
        entry=ASK, target=99_999, stop=1, size=1, ts_active=START_NS + 1, ts_withdraw=START_NS + 5, hold_ns=1
    )
    events = np.concatenate([OPENING, after(1, (1, BID, 9)), after(2, (1, BID, 0), (1, BID - 5, 1))])
    assert step(desk, events) == (3, NOTICED | FOLLOWED)
    desk.drain()
    desk.desk["finished"] = 0
    assert step(desk, events, 3) == (5, STOP_HIT)
    assert (desk.desk["stop_hit"][0], desk.desk["stop_price"][0]) == (1, 0)


@pytest.mark.parametrize(
    ("stop_price", "row"),
    [(BID - 1, (1, BID, 0)), (ASK + 1, (1, ASK + 1, 1))],
    ids=["no bid left", "crossed"],
)
def test_a_stop_is_not_hit_by_an_empty_or_a_broken_book(stop_price: int, row: tuple[int, int, int]) -> None:
    desk = KernelDesk()
    step(desk, OPENING)
    desk.desk["stop_price"] = stop_price
    step(desk, after(1, row))
    assert desk.desk["stop_hit"][0] == 0


Signal = tuple[int, int, int, int]


def signals(batches: list[Events], tape: str) -> tuple[list[Signal], list[Notice]]:
    """Every signal (ts, entry, target, stop) of a run in which each is bought and followed."""
    desk = KernelDesk(instrument_of(tape), signals=True)
    found: list[Signal] = []
    for batch in batches:
        i = 0
        while True:
            i, reasons = step(desk, batch, i)
            desk.drain()
            if reasons == 0:
                break
            if reasons & SIGNALLED:
                plan, ts = desk.desk["plan"], int(desk.market["book"]["ts"][0])
                found.append((ts, int(plan["entry"][0]), int(plan["target"][0]), int(plan["stop"][0])))
                if desk.desk["working"][0] < 8:
                    desk.place(len(found), 1, found[-1][1], 10_000_000, ts + NANOS // 10, ts + 20 * NANOS)
    return found, desk.notices


@pytest.mark.parametrize("tape", BUNDLED)
def test_signals_and_fills_do_not_depend_on_batches_or_on_what_comes_later(tape: str) -> None:
    events = opening(tape, 75)
    whole, notices = signals([events], tape)
    assert whole
    assert notices
    for sizes in ((1000,), (7, 211)):
        assert signals(cut_at(events, sizes), tape) == (whole, notices)
    middle = int(events["ts_init"][len(events) // 2])
    early, told = signals([events[events["ts_init"] <= middle]], tape)
    assert early == [signal for signal in whole if signal[0] <= middle]
    assert told == notices[: len(told)]


def test_a_symbol_is_looked_at_once_a_second_and_rests_after_a_signal() -> None:
    found, _ = signals([opening(BUNDLED[1], 75)], BUNDLED[1])
    assert np.diff([ts for ts, *_ in found]).min() >= 5 * NANOS
    assert all(stop < entry < target for _, entry, target, stop in found)


def test_a_hole_in_the_tape_silences_signals() -> None:
    events = opening(BUNDLED[1], 75)
    found, _ = signals([events], BUNDLED[1])
    hole = print_event(found[0][0] - NANOS, 1, int(events["price"][-1]), 1, after_gap=True)
    place = int(np.searchsorted(events["ts_init"], hole["ts_init"][0], side="right"))
    holed, _ = signals([np.concatenate([events[:place], hole, events[place:]])], BUNDLED[1])
    assert not [ts for ts, *_ in holed if ts <= found[0][0] + 58 * NANOS]
