"""Each quote is followed by itself: withdrawn, taken by a print, placed anew alone or with the other."""

from typing import Any

import numpy as np
import pytest

from tools.detection.maker import MAKER, PLACED
from tools.detection.trail import (
    LOST_NS,
    REPLACED_SOON_NS,
    STANDS,
    TAKEN,
    TRAIL,
    UNKNOWN,
    WITHDRAWN,
    follow_message,
    lose_trail,
    note_trail_level,
    pass_trail_second,
    renew_quote,
    went_together,
)
from tools.domain.market import NANOS, UNITS

TICK = UNITS // 100
BID, ASK = 100 * UNITS, 100 * UNITS + 8 * TICK
SIZE = 5 * UNITS
T0 = 1_000 * NANOS
BIDS, ASKS = 0, 1
MS = NANOS // 1000


class Market:
    """A followed maker whose quotes of 5 stand eight ticks apart, with ``crowd`` at their prices."""

    def __init__(self, crowd: int = 0) -> None:
        self.maker: Any = np.zeros(1, MAKER)[0]
        self.trail: Any = np.zeros(1, TRAIL)[0]
        self.maker["tick"], self.maker["peak"] = TICK, 8
        self.maker["sizes"][:] = np.log(100 * 5.0)
        self.maker["n_sizes"] = 40
        pass_trail_second(self.trail, self.maker, np.zeros(64))
        for side, price in ((BIDS, BID), (ASKS, ASK)):
            self.renew(side, T0, price, level=SIZE + crowd)

    @property
    def states(self) -> tuple[int, int]:
        return tuple(self.trail["state"].tolist())  # type: ignore[return-value]

    def renew(self, side: int, ts: int, price: int, *, size: int = SIZE, level: int | None = None) -> None:
        renew_quote(self.trail, side, placement(ts, price, size, level))

    def level(self, side: int, ts: int, after: int, *, is_taken: bool = False) -> None:
        """The level of a quote holds ``after`` from now on."""
        note_trail_level(self.trail, ts, 1 - 2 * side, int(self.trail["price"][side]), after, is_taken)

    def withdraw(self, *sides: int, ts: int = T0 + NANOS) -> None:
        for side in sides:
            self.level(side, ts, int(self.trail["level"][side] - SIZE))

    def place(self, ts: int, *placed: tuple[int, int, int]) -> None:
        """A message with orders that are no pair at the maker's distance: (side, price, size)."""
        for side, price, size in placed:
            n = int(self.maker["n_recent"][side])
            self.maker["recent"][side, n % 8] = placement(ts, price, size)
            self.maker["n_recent"][side] = n + 1
        follow_message(self.trail, self.maker, ts, False)

    def pair(self, ts: int, bid: tuple[int, int], ask: tuple[int, int]) -> None:
        """A message with a pair at the maker's distance: (price, size) of both."""
        self.maker["chosen"][BIDS] = placement(ts, *bid)
        self.maker["chosen"][ASKS] = placement(ts, *ask)
        follow_message(self.trail, self.maker, ts, True)


def placement(ts: int, price: int, size: int, level: int | None = None) -> Any:
    return np.array([(ts, price, size, size if level is None else level)], PLACED)[0]


@pytest.mark.parametrize("crowd", [0, 12 * UNITS])
def test_a_level_that_falls_by_the_quotes_size_has_lost_it(crowd: int) -> None:
    market = Market(crowd)
    market.withdraw(BIDS, ASKS)
    assert market.states == (WITHDRAWN, WITHDRAWN)
    assert went_together(market.trail)


def test_orders_of_the_crowd_come_and_go_at_the_quotes_price_and_it_stands() -> None:
    market = Market(12 * UNITS)
    for after in (30, 23, 22, 60, 9, 7):
        market.level(BIDS, T0 + NANOS, after * UNITS)
        assert market.states == (STANDS, STANDS)
    market.level(BIDS, T0 + NANOS, UNITS)
    assert market.states == (WITHDRAWN, STANDS)


def test_a_quote_replaced_in_its_place_by_a_smaller_one_stands_and_goes_with_that_size() -> None:
    market = Market(12 * UNITS)
    market.level(BIDS, T0 + NANOS, 14 * UNITS)
    assert market.states == (STANDS, STANDS)
    market.level(BIDS, T0 + 2 * NANOS, 12 * UNITS)
    assert market.states == (WITHDRAWN, STANDS)


def test_a_print_takes_a_quote_when_less_than_half_of_it_is_left() -> None:
    market = Market()
    market.level(BIDS, T0 + NANOS, 3 * UNITS, is_taken=True)
    assert market.states == (STANDS, STANDS)
    market.level(BIDS, T0 + NANOS, 0, is_taken=True)
    assert market.states == (TAKEN, STANDS)
    market.level(ASKS, T0 + NANOS, 2 * UNITS, is_taken=True)
    assert market.states == (TAKEN, TAKEN)


def test_changes_elsewhere_and_of_the_other_side_end_nothing() -> None:
    market = Market()
    note_trail_level(market.trail, T0, 1, BID - TICK, 0, False)
    note_trail_level(market.trail, T0, -1, BID, 0, False)
    assert market.states == (STANDS, STANDS)


@pytest.mark.parametrize(("apart_ms", "together"), [(0, True), (100, True), (160, False)])
def test_quotes_of_one_moment_went_together(apart_ms: int, together: bool) -> None:
    market = Market()
    market.withdraw(BIDS)
    assert not went_together(market.trail)
    market.withdraw(ASKS, ts=T0 + NANOS + apart_ms * MS)
    assert went_together(market.trail) == together


@pytest.mark.parametrize(
    ("bid", "ask", "state"),
    [
        (5.0, 5.0, STANDS),
        (5.5, 4.5, STANDS),
        (2.0, 2.1, STANDS),  # smaller, but like each other
        (40.0, 5.0, WITHDRAWN),  # one of them is a coincidence
        (40.0, 1.0, WITHDRAWN),
    ],
)
def test_a_pair_renews_quotes_that_went_together_if_its_sizes_are_alike(
    bid: float, ask: float, state: int
) -> None:
    market = Market()
    market.withdraw(BIDS, ASKS)
    ts = T0 + 2 * NANOS
    market.pair(ts, (BID + TICK, int(bid * UNITS)), (ASK + TICK, int(ask * UNITS)))
    assert market.states == (state, state)


def test_a_linked_pair_renews_whatever_its_sizes() -> None:
    market = Market()
    market.withdraw(BIDS, ASKS)
    market.maker["ts_linked"] = T0 + 2 * NANOS
    market.pair(T0 + 2 * NANOS, (BID, 40 * UNITS), (ASK, UNITS))
    assert market.states == (STANDS, STANDS)


def test_beside_a_quote_that_stands_one_size_is_enough() -> None:
    market = Market()
    market.withdraw(BIDS)
    market.pair(T0 + 2 * NANOS, (BID + TICK, 5 * UNITS), (ASK + TICK, 40 * UNITS))
    assert market.states == (STANDS, STANDS)


def test_orders_of_one_moment_renew_both_at_any_distance() -> None:
    market = Market()
    market.withdraw(BIDS, ASKS)
    ts = T0 + 2 * NANOS
    market.place(ts, (BIDS, BID - 9 * TICK, SIZE), (ASKS, ASK + 30 * TICK, SIZE))
    assert market.states == (STANDS, STANDS)
    assert market.trail["price"].tolist() == [BID - 9 * TICK, ASK + 30 * TICK]


def test_orders_of_two_moments_or_of_another_size_do_not() -> None:
    market = Market()
    market.withdraw(BIDS, ASKS)
    market.place(T0 + 2 * NANOS, (BIDS, BID, SIZE))
    market.place(T0 + 2 * NANOS + 60 * MS, (ASKS, ASK, SIZE))
    market.place(T0 + 3 * NANOS, (BIDS, BID, 2 * SIZE), (ASKS, ASK, SIZE))
    assert market.states == (WITHDRAWN, WITHDRAWN)


@pytest.mark.parametrize(
    ("after_ns", "state"), [(REPLACED_SOON_NS, STANDS), (REPLACED_SOON_NS + 1, WITHDRAWN)]
)
def test_one_side_alone_renews_a_quote_that_went_with_the_other_only_at_once(
    after_ns: int, state: int
) -> None:
    market = Market()
    market.withdraw(BIDS, ASKS)
    market.place(T0 + NANOS + after_ns, (BIDS, BID - 5 * TICK, SIZE))
    assert market.states == (state, WITHDRAWN)


@pytest.mark.parametrize(("ticks", "state"), [(5, STANDS), (8, STANDS), (9, WITHDRAWN)])
def test_a_side_that_went_alone_may_move_by_the_makers_distance_at_once(ticks: int, state: int) -> None:
    market = Market()
    market.withdraw(ASKS)
    market.place(T0 + NANOS + 100 * MS, (ASKS, ASK + ticks * TICK, SIZE))
    assert market.states == (STANDS, state)


@pytest.mark.parametrize(("ticks", "state"), [(0, STANDS), (2, STANDS), (-2, STANDS), (3, WITHDRAWN)])
def test_a_side_that_went_alone_comes_back_later_near_where_it_was(ticks: int, state: int) -> None:
    market = Market()
    market.withdraw(ASKS)
    market.place(T0 + 5 * NANOS, (ASKS, ASK + ticks * TICK, SIZE))
    assert market.states == (STANDS, state)


def test_a_side_taken_comes_back_beside_one_that_stands_but_not_beside_one_withdrawn() -> None:
    paused, left = Market(), Market()
    for market in (paused, left):
        market.level(BIDS, T0 + NANOS, 0, is_taken=True)
    left.withdraw(ASKS, ts=T0 + 2 * NANOS)
    for market in (paused, left):
        market.place(T0 + 11 * NANOS, (BIDS, BID + TICK, SIZE))
    assert paused.states == (STANDS, STANDS)
    assert left.states == (TAKEN, WITHDRAWN)


def test_an_order_of_before_or_long_after_is_no_renewal() -> None:
    market = Market()
    market.place(T0, (ASKS, ASK, SIZE))
    market.withdraw(ASKS)
    market.place(T0 + 2 * NANOS)
    assert market.states == (STANDS, WITHDRAWN)
    market.place(T0 + NANOS + LOST_NS + 1, (ASKS, ASK, SIZE))
    assert market.states == (STANDS, WITHDRAWN)


def test_a_quote_is_not_renewed_by_the_order_that_stood_there_before_it_went() -> None:
    """Of the same moment, but placed before the quote at that very price went: it is the one that went."""
    market = Market()
    market.withdraw(ASKS)
    market.place(T0 + NANOS - 1 * MS, (ASKS, ASK, SIZE))
    assert market.states == (STANDS, WITHDRAWN)
    market.place(T0 + NANOS - 51 * MS, (ASKS, ASK + TICK, SIZE))
    assert market.states == (STANDS, WITHDRAWN)
    market.place(T0 + NANOS, (ASKS, ASK, SIZE))
    assert market.states == (STANDS, STANDS)


def test_what_may_be_alike_is_learnt_from_how_much_the_sizes_vary() -> None:
    even, odd = Market(), Market()
    rng = np.random.default_rng(3)
    odd.maker["sizes"] = np.log(500.0) + 0.1 * rng.normal(size=64)
    odd.maker["n_sizes"] = 64
    pass_trail_second(odd.trail, odd.maker, np.zeros(64))
    assert even.trail["alike"] == pytest.approx(0.2)
    assert 0.2 < odd.trail["alike"] < 0.45
    odd.maker["sizes"] = np.log(500.0) + 2.0 * rng.normal(size=64)
    pass_trail_second(odd.trail, odd.maker, np.zeros(64))
    assert odd.trail["alike"] == 1.0


def test_a_book_not_to_be_believed_leaves_nothing_known() -> None:
    market = Market()
    market.withdraw(BIDS)
    lose_trail(market.trail)
    market.level(ASKS, T0 + NANOS, 0)
    assert market.states == (UNKNOWN, UNKNOWN)
