"""How our orders fare: worked scenarios, a slow oracle, and three broken exchanges that must not pass."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desk import KernelDesk
from tests.support.plain import Mutant, Notice, PlainExchange
from tests.support.tapes import START_NS, book_message, print_event, synthetic_market
from tools.domain.market import NANOS
from tools.execution.matching import CANCELLED, FILLED, NOTICES, OPENED, ORDERS, REJECTED
from tools.market.events import Events

MS = 1_000_000
BID, ASK = 10_000, 10_010
LEVELS = [(1, BID, 10), (1, BID - 10, 20), (-1, ASK, 5), (-1, ASK + 10, 5), (-1, ASK + 20, 50)]
ACTIVE = START_NS + 80 * MS

Exchange = KernelDesk | PlainExchange
Scenario = Callable[[Exchange], None]


def at(ms: int) -> int:
    return START_NS + ms * MS


def book(ms: int, *rows: tuple[int, int, int], fresh: bool = False) -> Events:
    return book_message(at(ms), list(rows), is_snapshot=fresh)


def hit(ms: int, price: int, size: int, side: int = -1) -> Events:
    return print_event(at(ms), side, price, size)


def feed(exchange: Exchange, *events: Events) -> list[Notice]:
    return exchange.feed(np.concatenate([book(0, *LEVELS, fresh=True), *events]))


def fills(notices: list[Notice]) -> list[tuple[int, int, int, int]]:
    """(price, size, is_maker, ms) of every fill."""
    return [
        (price, size, is_maker, (ts - START_NS) // MS)
        for kind, _, price, size, is_maker, ts in notices
        if kind == FILLED
    ]


def kinds(notices: list[Notice]) -> list[int]:
    return [notice[0] for notice in notices]


def an_order_acts_only_after_its_latency(exchange: Exchange) -> None:
    exchange.place(1, 1, BID - 5, 3, ACTIVE)
    notices = feed(exchange, hit(50, BID - 10, 99), hit(79, BID - 10, 99), hit(90, BID + 5, 1))
    assert [(n[0], n[5]) for n in notices] == [(OPENED, ACTIVE)]


def a_market_order_takes_the_book_of_its_arrival(exchange: Exchange) -> None:
    exchange.place(1, 1, 0, 3, ACTIVE)
    notices = feed(exchange, book(40, (-1, ASK, 0)), book(100, (-1, ASK + 10, 0)), hit(200, BID, 1))
    assert fills(notices) == [(ASK + 10, 3, 0, 80)]


def a_queue_must_be_eaten_first(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    notices = feed(exchange, hit(100, BID, 6), hit(110, BID, 4), hit(120, BID, 2), hit(130, BID, 50))
    assert fills(notices) == [(BID, 2, 1, 120), (BID, 1, 1, 130)]


def a_print_larger_than_the_queue_fills_what_is_left_of_it(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 30, ACTIVE)
    assert fills(feed(exchange, hit(100, BID, 17), hit(110, BID, 1))) == [(BID, 7, 1, 100), (BID, 1, 1, 110)]


def a_trade_through_fills_whatever_the_queue(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 30, ACTIVE)
    assert fills(feed(exchange, hit(100, BID - 10, 1))) == [(BID, 30, 1, 100)]


def a_sell_is_filled_by_buyers_in_the_same_way(exchange: Exchange) -> None:
    exchange.place(1, -1, ASK, 4, ACTIVE)
    told = [hit(90, ASK, 9, -1), hit(100, ASK, 4, 1), hit(110, ASK, 3, 1), hit(120, ASK + 10, 1, 1)]
    assert fills(feed(exchange, *told)) == [(ASK, 2, 1, 110), (ASK, 2, 1, 120)]


def prints_of_our_own_side_do_nothing(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    assert fills(feed(exchange, hit(100, BID, 99, 1), hit(110, BID - 10, 99, 1))) == []


def a_book_through_the_price_fills(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    lower = [(1, BID, 0), (-1, BID - 5, 2)]
    assert fills(feed(exchange, hit(90, ASK, 1, 1), book(100, *lower))) == [(BID, 3, 1, 100)]


def a_book_that_only_touches_does_not(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    assert fills(feed(exchange, hit(90, ASK, 1, 1), book(100, (1, BID, 0), (-1, BID, 2)))) == []


def cancels_ahead_help_down_to_what_is_displayed(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    notices = feed(exchange, hit(90, ASK, 1, 1), book(100, (1, BID, 4)), hit(110, BID, 4), hit(120, BID, 1))
    assert fills(notices) == [(BID, 1, 1, 120)]


def cancels_behind_never_help(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    later = [book(100, (1, BID, 25)), book(110, (1, BID, 12)), book(120, (1, BID, 10))]
    notices = feed(exchange, hit(90, ASK, 1, 1), *later, hit(130, BID, 10), hit(140, BID, 1))
    assert fills(notices) == [(BID, 1, 1, 140)]


def a_post_only_order_that_would_cross_is_refused(exchange: Exchange) -> None:
    exchange.place(1, 1, ASK, 3, ACTIVE)
    exchange.place(2, -1, BID - 10, 3, ACTIVE)
    assert kinds(feed(exchange, hit(100, BID, 1), hit(110, BID - 10, 99))) == [REJECTED, REJECTED]


def a_market_order_walks_the_book(exchange: Exchange) -> None:
    exchange.place(1, 1, 0, 12, ACTIVE)
    notices = feed(exchange, hit(100, BID, 1))
    assert fills(notices) == [(ASK, 5, 0, 80), (ASK + 10, 5, 0, 80), (ASK + 20, 2, 0, 80)]


def what_the_book_does_not_hold_is_cancelled(exchange: Exchange) -> None:
    exchange.place(1, -1, 0, 50, ACTIVE)
    notices = feed(exchange, hit(100, BID, 1))
    assert fills(notices) == [(BID, 10, 0, 80), (BID - 10, 20, 0, 80)]
    assert notices[-1][0] == CANCELLED
    assert notices[-1][3] == 20


def a_fill_before_the_cancel_acts_wins(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE, ts_cancel=at(200))
    exchange.place(2, 1, BID - 10, 3, ACTIVE, ts_cancel=at(200))
    notices = feed(exchange, hit(199, BID, 12), hit(201, BID - 20, 99))
    assert [n[:4] for n in notices if n[0] != OPENED] == [
        (FILLED, 1, BID, 2),
        (CANCELLED, 1, BID, 1),
        (CANCELLED, 2, BID - 10, 3),
    ]
    assert [n[5] for n in notices if n[0] == CANCELLED] == [at(200)] * 2


def an_order_is_never_filled_beyond_its_size(exchange: Exchange) -> None:
    exchange.place(1, 1, BID, 3, ACTIVE)
    notices = feed(
        exchange, hit(100, BID, 99), hit(110, BID - 10, 99), book(120, (1, BID, 0), (-1, BID - 9, 9))
    )
    assert sum(n[3] for n in notices if n[0] == FILLED) == 3


def an_arrival_inside_a_message_waits_for_the_whole_book(exchange: Exchange) -> None:
    exchange.place(1, 1, 0, 3, at(100))
    message = book(100, (-1, ASK, 0), (-1, ASK + 10, 0))
    message["ts_init"][1] = at(101)  # a feed may stamp rows of one message apart
    assert fills(feed(exchange, hit(99, BID, 1), message, hit(200, BID, 1))) == [(ASK, 3, 0, 100)]


SCENARIOS: list[Scenario] = [
    an_order_acts_only_after_its_latency,
    a_market_order_takes_the_book_of_its_arrival,
    a_queue_must_be_eaten_first,
    a_print_larger_than_the_queue_fills_what_is_left_of_it,
    a_trade_through_fills_whatever_the_queue,
    a_sell_is_filled_by_buyers_in_the_same_way,
    prints_of_our_own_side_do_nothing,
    a_book_through_the_price_fills,
    a_book_that_only_touches_does_not,
    cancels_ahead_help_down_to_what_is_displayed,
    cancels_behind_never_help,
    a_post_only_order_that_would_cross_is_refused,
    a_market_order_walks_the_book,
    what_the_book_does_not_hold_is_cancelled,
    a_fill_before_the_cancel_acts_wins,
    an_order_is_never_filled_beyond_its_size,
    an_arrival_inside_a_message_waits_for_the_whole_book,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
@pytest.mark.parametrize("exchange", [KernelDesk, PlainExchange])
def test_scenario(scenario: Scenario, exchange: type[Exchange]) -> None:
    scenario(exchange())


@pytest.mark.parametrize("mutant", ["touch fills", "no latency", "queue ignored"])
def test_a_broken_exchange_fails_a_scenario(mutant: Mutant) -> None:
    caught = []
    for scenario in SCENARIOS:
        try:
            scenario(PlainExchange(mutant))
        except AssertionError:
            caught.append(scenario.__name__)
    assert caught


def random_orders(seed: int, events: Events) -> list[tuple[int, int, int, int, int, int]]:
    """Orders around the market of ``events``: (number, side, price, size, active, cancel)."""
    rng = np.random.default_rng(seed)
    start, end = int(events["ts_init"][0]), int(events["ts_init"][-1])
    tick = 1_000_000
    found = []
    for number in range(1, 13):
        side = int(rng.choice([-1, 1]))
        price = 6_000_000 * tick - side * int(rng.integers(-6, 9)) * tick
        active = int(rng.integers(start + 1, end))
        cancel = active + int(rng.integers(0, 8 * NANOS)) if rng.random() < 0.6 else 0
        size = int(rng.integers(1, 4 * 10**8))
        found.append((number, side, 0 if rng.random() < 0.2 else price, size, active, cancel))
    return found


def outcome(exchange: Exchange, events: Events, seed: int) -> list[Notice]:
    for order in random_orders(seed, events):
        exchange.place(*order)
    return exchange.feed(events)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_random_orders_fare_as_the_slow_oracle_says(seed: int) -> None:
    events = synthetic_market(seed=seed, seconds=12, depth=6)
    fast, slow = outcome(KernelDesk(), events, seed), outcome(PlainExchange(), events, seed)
    assert sorted(fast) == sorted(slow)
    filled: dict[int, int] = {}
    for kind, number, _, size, _, _ in fast:
        filled[number] = filled.get(number, 0) + size * (kind == FILLED)
    assert all(filled.get(n, 0) <= size for n, _, _, size, _, _ in random_orders(seed, events))


@pytest.mark.parametrize("mutant", ["touch fills", "no latency", "queue ignored"])
def test_random_orders_tell_a_broken_exchange(mutant: Mutant) -> None:
    seeds = range(6)
    tapes = [synthetic_market(seed=seed, seconds=12, depth=6) for seed in seeds]
    pairs = [
        (outcome(KernelDesk(), tape, seed), outcome(PlainExchange(mutant), tape, seed))
        for seed, tape in zip(seeds, tapes, strict=True)
    ]
    assert any(sorted(fast) != sorted(slow) for fast, slow in pairs)


def test_no_order_acts_on_a_broken_book() -> None:
    desk = KernelDesk()
    desk.place(1, 1, 0, 3, ACTIVE)
    crossed = book(50, (1, ASK + 10, 4))
    assert feed(desk, crossed, hit(100, BID, 1), book(150, (1, BID - 10, 9))) == []
    fresh = book(300, *LEVELS, fresh=True)
    assert fills(desk.feed(np.concatenate([fresh, hit(310, BID, 1)]))) == [(ASK, 3, 0, 300)]


def test_a_cancel_never_precedes_a_late_arrival() -> None:
    desk = KernelDesk()
    desk.place(1, 1, BID, 3, ACTIVE, ts_cancel=at(160))
    feed(desk, book(50, (1, ASK + 10, 4)), hit(200, BID, 1))
    notices = desk.feed(np.concatenate([book(300, *LEVELS, fresh=True), hit(310, BID, 1)]))
    assert [(n[0], n[5]) for n in notices] == [(OPENED, at(300)), (CANCELLED, at(300))]


def test_a_full_desk_of_sweeping_orders_leaves_room_for_every_notice() -> None:
    rows = [(side, BID + side * -10 * k - (side < 0) * -10, 1) for side in (1, -1) for k in range(100)]
    desk = KernelDesk()
    for number in range(1, ORDERS + 1):
        limit = number > ORDERS // 2
        desk.place(number, 1, BID - 10 * number if limit else 0, 90, ACTIVE, at(90) if limit else 0)
    notices = desk.feed(np.concatenate([book(0, *rows, fresh=True), hit(100, BID, 1)]))
    assert len(notices) < NOTICES
    assert desk.desk["working"][0] == 0
    over = {number for kind, number, *_ in notices if kind == CANCELLED}
    assert over == set(range(1, ORDERS + 1))
