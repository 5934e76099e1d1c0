"""What became of the orders of a level, told by its size and the tape alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.senses import BTCUSDT, cut_at
from tests.support.tapes import book_message, print_event, synthetic_market
from tools.detection.order_log import OrderLog
from tools.detection.order_pool import CANCEL, FILL, SLOTS, UNSEEN
from tools.detection.state import new_senses
from tools.detection.withdrawals import ALONE, BESIDE_BLOCK, EQUALS
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.events import Events

START = 1_700_000_000 * NANOS
STEP = NANOS // 10
BID, ASK = 100 * UNITS, 101 * UNITS

Change = tuple[int, int, int]
End = tuple[int, int, int, int]


def snapshot(*more: Change) -> Events:
    return book_message(START, [(1, BID, 5), (-1, ASK, 5), *more], is_snapshot=True)


def followed(*events: Events) -> OrderLog:
    log = OrderLog(new_senses(BTCUSDT, default_parameters()))
    for batch in events:
        assert log.sense_until(batch, 0, 1 << 62) == len(batch)
    return log


def at(step: int, *changes: Change) -> Events:
    return book_message(START + step * STEP, list(changes))


def bid_sizes(*sizes: int) -> list[Events]:
    """The best bid's size, message after message."""
    return [snapshot(), *(at(i, (1, BID, size)) for i, size in enumerate(sizes, start=1))]


def ends(log: OrderLog) -> list[End]:
    """Step of the beginning (0 unknown), step of the end, units gone, and how."""
    return [
        (
            0 if row["ts_add"] == 0 else int(row["ts_add"] - START) // STEP,
            int(row["ts_end"] - START) // STEP,
            int(row["gone"]),
            int(row["ended"]),
        )
        for row in log.ends()
    ]


def test_a_cancel_ends_the_order_that_has_its_size() -> None:
    assert ends(followed(*bid_sizes(12, 23, 40, 29))) == [(2, 4, 11, CANCEL)]


def test_of_equal_orders_the_youngest_is_taken_for_the_one_withdrawn() -> None:
    assert ends(followed(*bid_sizes(12, 19, 12))) == [(2, 3, 7, CANCEL)]


def test_a_print_at_the_price_makes_it_a_fill_of_the_front() -> None:
    events = bid_sizes(12, 23)
    log = followed(*events, print_event(START + 3 * STEP, -1, BID, 12), at(3, (1, BID, 11)))
    assert ends(log) == [(0, 3, 5, FILL), (1, 3, 7, FILL)]


@pytest.mark.parametrize(("side", "price"), [(1, BID), (-1, BID + 1), (-1, BID - 1)])
def test_a_print_elsewhere_or_of_the_other_side_explains_nothing(side: int, price: int) -> None:
    events = bid_sizes(12)
    log = followed(*events, print_event(START + 2 * STEP, side, price, 7), at(2, (1, BID, 5)))
    assert ends(log) == [(1, 2, 7, CANCEL)]


def test_a_print_that_an_earlier_message_has_shown_explains_nothing_later() -> None:
    events = bid_sizes(12)
    printed = print_event(START + STEP, -1, BID, 7)
    log = followed(*events, printed, at(2, (1, BID, 5)))
    assert ends(log) == [(1, 2, 7, CANCEL)]


def test_a_print_of_after_the_message_explains_nothing_in_it() -> None:
    """By the venue's clock it came later, though it was received before."""
    later = print_event(START + 2 * STEP, -1, BID, 7)
    later["ts_event"] = START + 2 * STEP + 1
    assert ends(followed(*bid_sizes(12), later, at(2, (1, BID, 5)))) == [(1, 2, 7, CANCEL)]


def test_a_print_explains_one_decrease_only() -> None:
    """Two rows of one message at one price: the print took the first, the second was withdrawn."""
    printed = print_event(START + 2 * STEP, -1, BID, 7)
    log = followed(*bid_sizes(12), printed, at(2, (1, BID, 5), (1, BID, 12), (1, BID, 5)))
    assert [row[3] for row in ends(log) if row[0] != 0] == [CANCEL]


def test_a_level_that_comes_back_has_none_of_its_old_orders() -> None:
    """It left the window with an order, and comes back while the window has room: nobody saw the end."""
    worse, better = BID - 2 * UNITS, BID + UNITS // 2
    log = followed(
        snapshot((1, worse - UNITS, 3)),
        at(1, (1, worse - UNITS, 0), (1, worse, 8)),
        at(2, (1, worse, 0), (1, better, 9)),
        at(3, (1, better, 0)),
        at(4, (1, worse, 8)),
        at(5, (1, worse, 0)),
        at(6, (1, BID, 4)),
    )
    assert [(row[0], row[3]) for row in ends(log) if row[2] == 8] == [(1, UNSEEN), (4, CANCEL)]


def test_a_print_and_a_cancel_in_one_bucket_are_told_apart() -> None:
    log = followed(*bid_sizes(12, 23, 40), print_event(START + 4 * STEP, -1, BID, 5), at(4, (1, BID, 24)))
    assert ends(log) == [(0, 4, 5, FILL), (2, 4, 11, CANCEL)]


def test_two_orders_that_add_up_to_a_decrease_went_together() -> None:
    assert ends(followed(*bid_sizes(12, 23, 40, 22))) == [(2, 4, 11, CANCEL), (1, 4, 7, CANCEL)]


def test_a_level_that_is_gone_takes_all_its_orders_along() -> None:
    log = followed(*bid_sizes(12, 23), at(3, (1, BID, 0)))
    assert sorted(ends(log)) == [(0, 3, 5, CANCEL), (1, 3, 7, CANCEL), (2, 3, 11, CANCEL)]


def test_a_filled_part_shortens_the_order_that_is_withdrawn_later() -> None:
    log = followed(
        *bid_sizes(12, 23),
        print_event(START + 3 * STEP, -1, BID, 8),
        at(3, (1, BID, 15)),
        at(4, (1, BID, 11)),
    )
    assert ends(log) == [(0, 3, 5, FILL), (1, 4, 4, CANCEL)]
    assert log.ends()["size"].tolist() == [5, 7]


def test_a_level_pushed_out_of_the_window_has_not_ended_and_comes_back() -> None:
    worse, better = BID - 2 * UNITS, BID + UNITS // 2
    log = followed(
        snapshot((1, worse - UNITS, 3)),
        at(1, (1, worse - UNITS, 0), (1, worse, 8)),
        at(2, (1, worse, 0), (1, better, 9)),
        at(3, (1, better, 0), (1, worse, 8)),
        at(4, (1, worse, 0), (1, better, 6)),
        at(5, (1, better, 0), (1, worse, 8)),
    )
    assert [row for row in ends(log) if row[2] == 8] == []
    assert [row[2:] for row in ends(log)] == [(9, CANCEL), (6, CANCEL)]


def test_a_feed_of_every_event_ends_one_order_a_change() -> None:
    hurried = [book_message(START + NANOS + i * 1000, [(-1, ASK, 6 - i % 2)]) for i in range(200)]
    log = followed(snapshot(), *hurried)
    n = len(log.ends())
    later = START + 2 * NANOS
    more = [book_message(later + i * 1000, [(1, BID, size)]) for i, size in enumerate((12, 23, 0))]
    for batch in more:
        log.sense_until(batch, 0, 1 << 62)
    new = log.ends()[n:]
    assert [(int(r["gone"]), int(r["ended"])) for r in new if r["ended"] != UNSEEN] == [(23, CANCEL)]


def test_a_snapshot_keeps_what_it_still_has_room_for() -> None:
    again = book_message(START + 3 * STEP, [(1, BID, 12), (-1, ASK, 1)], is_snapshot=True)
    log = followed(*bid_sizes(12), at(2, (-1, ASK, 9)), again, at(4, (1, BID, 5)))
    assert [row[2:] for row in ends(log)] == [(4, UNSEEN), (7, CANCEL)]


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_what_rests_is_never_more_than_the_level_holds(seed: int) -> None:
    events = synthetic_market(seed=seed, seconds=12, depth=6)
    log = followed(events)
    held: dict[int, int] = {}
    for row in log.resting():
        held[int(row["key"])] = held.get(int(row["key"]), 0) + int(row["left"])
    book = events[events["kind"] == 0]
    last = {int(p * s): int(q) for p, s, q in zip(book["price"], book["side"], book["size"], strict=True)}
    assert all(held[key] <= last[key] for key in held if last[key] > 0)
    assert 0 < len(log.ends()) < SLOTS


@pytest.mark.parametrize("sizes", [(1,), (7, 300)])
def test_batches_do_not_change_what_is_inferred(sizes: tuple[int, ...]) -> None:
    events = synthetic_market(seed=3, seconds=12)
    whole, parts = followed(events).ends(), followed(*cut_at(events, sizes)).ends()
    assert len(whole) > 100
    assert np.array_equal(whole, parts)


def test_a_cut_tape_says_the_same_of_what_it_holds() -> None:
    events = synthetic_market(seed=5, seconds=12)
    cut = int(events["ts_init"][len(events) // 2])
    whole, early = followed(events).ends(), followed(events[events["ts_init"] <= cut]).ends()
    assert len(early) > 50
    assert np.array_equal(whole[: len(early)], early)


def test_the_chance_falls_with_the_number_of_orders_that_could_be_meant() -> None:
    chances = [
        followed(*bid_sizes(*sizes)).ends()["chance"].tolist()
        for sizes in ((12, 23, 12), (12, 19, 12), (12, 19, 26, 19))
    ]
    assert chances == [[ALONE], [pytest.approx(ALONE * EQUALS[0])], [pytest.approx(ALONE * EQUALS[1])]]


def test_the_one_that_stays_of_two_equals_is_doubted_when_it_goes() -> None:
    log = followed(*bid_sizes(12, 19, 12, 5))
    assert ends(log) == [(2, 3, 7, CANCEL), (1, 4, 7, CANCEL)]
    assert log.ends()["chance"].tolist() == pytest.approx([ALONE * EQUALS[0]] * 2)


def test_an_order_of_another_size_is_not_doubted_for_what_equals_do() -> None:
    log = followed(*bid_sizes(12, 19, 30, 23, 12))
    assert ends(log) == [(2, 4, 7, CANCEL), (3, 5, 11, CANCEL)]
    assert log.ends()["chance"][1] == pytest.approx(ALONE)


def test_an_order_that_fits_into_what_rested_before_is_less_sure() -> None:
    small, large = (followed(*bid_sizes(5 + size, 5)).ends()["chance"].tolist() for size in (4, 6))
    assert (small, large) == ([pytest.approx(ALONE * BESIDE_BLOCK)], [pytest.approx(ALONE)])


def test_nothing_is_inferred_until_somebody_asks() -> None:
    events = synthetic_market(seed=5, seconds=12)
    senses, asked = (new_senses(BTCUSDT, default_parameters()) for _ in range(2))
    sense_until(events, 0, 1 << 62, senses)
    log = OrderLog(asked)
    log.sense_until(events, 0, 1 << 62)
    assert senses["orders"].tobytes() == np.zeros(1, senses.dtype)["orders"].tobytes()
    assert len(log.ends()) > 50
    others = [name for name in senses.dtype.names or () if name != "orders"]
    assert all(senses[name].tobytes() == asked[name].tobytes() for name in others)
