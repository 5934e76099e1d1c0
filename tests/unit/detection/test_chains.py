"""Whose orders replace whose on one side, told order by order, and which two chains are followed."""

from typing import Any

import numpy as np
import pytest

from tools.detection.chains import (
    CHAINS,
    MOST_PLACED,
    SOON_NS,
    choose_hands,
    grow_chains,
    is_remembered,
    lose_chains,
    note_fall,
    pass_chains_second,
)
from tools.detection.maker import MAKER, measure_market, note_placement, pair_message
from tools.domain.market import NANOS, UNITS

TICK = UNITS // 100
MID = 100 * UNITS
SIZE = 3 * UNITS
T0 = 1_000 * NANOS
MOMENT = NANOS // 10
BID, ASK = 0, 1


class Book:
    """Chains beside the maker whose placements they read."""

    def __init__(self) -> None:
        self.maker: Any = np.zeros(1, MAKER)[0]
        self.chains: Any = np.zeros(1, CHAINS)[0]
        measure_market(self.maker, float(MID), TICK)

    def place(self, ts: int, side: int, ticks: int, size: int = SIZE) -> None:
        """An order alone at its price, in a message of its own."""
        note_placement(self.maker, ts, side, MID - side * ticks * TICK, size, size)
        grow_chains(self.chains, self.maker, ts)
        pair_message(self.maker, ts)

    def end(
        self, ts: int, side: int, ticks: int, size: int = SIZE, *, taken: bool = False, left: int = 0
    ) -> None:
        """An order's level falls by ``size`` to ``left``."""
        price = MID - side * ticks * TICK
        note_fall(self.chains, ts, BID if side > 0 else ASK, price, left + size, left, taken)

    def links(self, side: int) -> list[int]:
        """Of the orders remembered of a side."""
        i = BID if side > 0 else ASK
        rows = self.chains["orders"][i][: int(self.chains["n"][i])]
        return [int(row["links"]) for row in rows]

    def alternate(self, n: int, *, side_size: int = SIZE) -> int:
        """Bid and ask in turn, each placed anew every second; returns the end."""
        for k in range(n):
            for side, offset, size in ((1, 0, SIZE), (-1, NANOS // 2, side_size)):
                ts = T0 + k * NANOS + offset
                if k:
                    self.end(ts - MOMENT, side, 5 + (k - 1) % 3, size)
                self.place(ts, side, 5 + k % 3, size)
            pass_chains_second(self.chains, T0 + (k + 1) * NANOS)
        return T0 + n * NANOS


def test_an_order_placed_soon_after_one_was_withdrawn_near_by_is_its_successor() -> None:
    book = Book()
    book.place(T0, 1, 5)
    book.end(T0 + NANOS, 1, 5)
    book.place(T0 + NANOS + MOMENT, 1, 6)
    assert book.links(1) == [0, 1]
    one, other = book.chains["orders"][BID][:2]
    assert one["hand"] == other["hand"]
    assert other["period"] == pytest.approx(1.1)


@pytest.mark.parametrize(("after", "ticks", "links"), [(SOON_NS, 9, 1), (SOON_NS + 1, 6, 0), (MOMENT, 30, 0)])
def test_one_placed_too_late_or_too_far_is_of_another(after: int, ticks: int, links: int) -> None:
    book = Book()
    book.place(T0, 1, 5)
    book.end(T0 + NANOS, 1, 5)
    book.place(T0 + NANOS + after, 1, ticks)
    assert book.links(1)[-1] == links


@pytest.mark.parametrize(("size", "links"), [(SIZE, 4), (2 * SIZE, 0)])
def test_a_chain_comes_back_far_away_only_with_its_size(size: int, links: int) -> None:
    book = Book()
    end = book.alternate(4)
    book.end(end, 1, 5)
    book.place(end + MOMENT, 1, 30, size)
    assert book.links(1)[-1] == links


@pytest.mark.parametrize(("n", "links"), [(1, 0), (2, 0), (4, 4)])
def test_a_quote_that_a_print_took_comes_back_only_in_a_chain(n: int, links: int) -> None:
    book = Book()
    end = book.alternate(n)
    book.end(end, 1, 5 + (n - 1) % 3, taken=True)
    book.place(end + NANOS, 1, 6)
    assert book.links(1)[-1] == links


def test_a_level_that_fell_by_another_size_lost_another_order() -> None:
    book = Book()
    book.place(T0, 1, 5)
    book.end(T0 + NANOS, 1, 5, SIZE // 2, left=SIZE)
    assert book.chains["orders"][BID][0]["ts_gone"] == 0
    book.end(T0 + NANOS, 1, 5, SIZE, left=2 * SIZE)
    assert book.chains["orders"][BID][0]["ts_gone"] == T0 + NANOS


def test_all_that_may_be_the_successor_are_kept_until_one_is_placed_anew() -> None:
    book = Book()
    end = book.alternate(6)
    book.end(end, 1, 7)
    book.place(end + MOMENT, 1, 8, SIZE + SIZE // 4)  # a stranger's
    book.place(end + 2 * MOMENT, 1, 6)
    assert book.links(1)[-2:] == [6, 6]
    assert book.chains["quotes"][BID]["price"] == MID - 6 * TICK
    book.end(end + NANOS, 1, 6)
    book.place(end + NANOS + MOMENT, 1, 5)
    assert book.links(1)[-1] == 7
    assert book.chains["quotes"][BID]["price"] == MID - 5 * TICK


def test_two_that_keep_one_pace_are_followed_with_their_gaps_sizes_and_turns() -> None:
    book = Book()
    book.alternate(30)
    one = book.chains
    assert one["followed"].min() > 0
    assert [int(row["price"]) for row in one["quotes"]] == [MID - 7 * TICK, MID + 7 * TICK]
    assert one["turns"] > 10 > 2 > one["repeats"]
    assert np.median(one["gaps"][: int(one["n_gaps"])]) == pytest.approx(1.0)
    assert np.exp(np.median(one["sizes"][: int(one["n_sizes"])])) == pytest.approx(300.0, rel=0.01)
    assert one["paces"].min() > 10
    # half a period between the sides
    assert one["phase"][0] / one["phase"][2] == pytest.approx(-1.0, abs=0.05)


def test_a_side_placed_anew_twice_takes_no_turn() -> None:
    book = Book()
    end = book.alternate(12)
    turns = float(book.chains["turns"])
    for k in range(4):
        book.end(end + k * NANOS - MOMENT, 1, 7 - k % 2)
        book.place(end + k * NANOS, 1, 6 + k % 2)
    assert book.chains["repeats"] > 2.5
    assert book.chains["turns"] == pytest.approx(turns + 1.0)


def test_one_side_alone_is_not_followed() -> None:
    book = Book()
    for k in range(20):
        if k:
            book.end(T0 + k * NANOS - MOMENT, 1, 5 + (k - 1) % 3)
        book.place(T0 + k * NANOS, 1, 5 + k % 3)
        pass_chains_second(book.chains, T0 + k * NANOS)
    assert max(book.links(1)) == 19
    assert book.chains["followed"].tolist() == [0, 0]


def test_of_several_chains_those_alike_are_followed() -> None:
    book = Book()
    end = book.alternate(12)
    orders = book.chains["orders"][BID]
    orders[int(book.chains["n"][BID]) - 1]["hand"] = 99
    choose_hands(book.chains, end)
    assert book.chains["followed"][BID] == 99
    orders[int(book.chains["n"][BID]) - 1]["log_period"] = 3.0
    choose_hands(book.chains, end)
    assert book.chains["followed"][BID] != 99


def test_a_chain_is_as_unsteady_as_its_sizes_and_gaps_scatter() -> None:
    found = []
    for factor, late in ((1, 0), (2, 0), (1, 3 * NANOS)):
        book = Book()
        end = book.alternate(12)
        book.end(end + late - MOMENT, 1, 7)
        book.place(end + late, 1, 6, factor * SIZE)
        found.append(float(book.chains["orders"][BID][int(book.chains["n"][BID]) - 1]["unsteady"]))
    steady, sizes, gaps = found
    assert steady < 0.05
    assert sizes == pytest.approx(0.15 * np.log(2.0) + 0.85 * steady, abs=0.02)
    assert gaps == pytest.approx(0.15 * np.log(4.0) + 0.85 * steady, abs=0.02)


def test_what_is_long_gone_gives_way_before_chains_do() -> None:
    book = Book()
    end = book.alternate(8)
    for k in range(40):
        book.place(end + k * MOMENT // 10, 1, 60 + k, SIZE)
    assert 7 in book.links(1)


def test_a_market_in_which_everything_follows_everything_is_left_alone() -> None:
    book = Book()
    book.alternate(5)
    book.maker["placed"][0] = MOST_PLACED + 1
    book.place(T0 + 9 * NANOS, 1, 5)
    assert book.chains["n"].tolist() == [0, 0]
    assert book.chains["followed"].tolist() == [0, 0]


def test_a_book_not_to_be_believed_is_forgotten() -> None:
    book = Book()
    book.alternate(5)
    assert is_remembered(book.chains, BID, MID - 6 * TICK)
    assert not is_remembered(book.chains, BID, MID - 60 * TICK)
    lose_chains(book.chains)
    assert not is_remembered(book.chains, BID, MID - 6 * TICK)
    assert book.chains["followed"].tolist() == [0, 0]
