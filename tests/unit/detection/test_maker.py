"""Who is followed as a market maker, told placement by placement."""

from typing import Any

import numpy as np
import pytest

from tools.detection.maker import (
    MAKER,
    PAIR_NS,
    REPLACED_NS,
    find_peak,
    lose_sight,
    measure_market,
    note_level,
    note_placement,
    pair_message,
    pass_maker_second,
)
from tools.domain.market import NANOS, UNITS

TICK = UNITS // 100
MID = 100 * UNITS
HALF = 5  # ticks from the mid
SIZE = 3 * UNITS
T0 = 1_000 * NANOS
BIDS, ASKS = 0, 1


def watching() -> Any:
    state = np.zeros(1, MAKER)[0]
    measure_market(state, float(MID), TICK)
    return state


def place(one: Any, ts: int, *orders: tuple[int, int], size: int = SIZE, crowd: int = 0) -> bool:
    """A message of orders (side, ticks behind the mid), alone at their prices but for ``crowd``."""
    for side, ticks in orders:
        note_placement(one, ts, side, MID - side * ticks * TICK, size, size + crowd)
    return bool(pair_message(one, ts))


def withdraw(one: Any, ts: int, *sides: int) -> None:
    for side in sides:
        note_level(one, ts, side, int(one["quote_price"][0 if side > 0 else 1]), 0)


def followed(n: int = 4) -> Any:
    """One that has moved both quotes every second, to T0 + (n - 1) s; its distance is known."""
    one = watching()
    one["peak"] = 2 * HALF
    for k in range(n):
        withdraw(one, T0 + k * NANOS, 1, -1)
        assert place(one, T0 + k * NANOS, (1, HALF), (-1, HALF))
    return one


def test_bid_and_ask_of_a_pair_are_where_they_were_placed() -> None:
    one = followed(1)
    assert one["quote_price"].tolist() == [MID - HALF * TICK, MID + HALF * TICK]
    assert one["is_standing"].tolist() == [1, 1]


@pytest.mark.parametrize(("apart", "pairs"), [(0, 1.0), (PAIR_NS, 1.0), (PAIR_NS + 1, 0.0)])
def test_orders_of_one_moment_pair_and_of_two_do_not(apart: int, pairs: float) -> None:
    one = watching()
    place(one, T0, (1, HALF))
    place(one, T0 + apart, (-1, HALF))
    assert one["pairs"].sum() == pairs


def test_a_crowd_whose_distances_are_spread_is_no_maker_and_a_hand_among_it_is() -> None:
    one = watching()
    one["pairs"][1:] = 1.0
    find_peak(one)
    assert one["peak"] == 0
    one["pairs"][20] += 6.0
    find_peak(one)
    assert abs(one["peak"] - 20) <= 1
    assert one["excess"] == pytest.approx(6.0)


def test_another_tick_is_another_market() -> None:
    one = followed()
    measure_market(one, float(MID), TICK)
    assert one["peak"] == 2 * HALF
    measure_market(one, float(MID), TICK // 10)
    assert (one["peak"], one["pairs"].sum(), one["tick"]) == (0, 0.0, TICK // 10)


def test_a_lost_book_leaves_no_quote_to_be_replaced() -> None:
    one = followed(4)
    lose_sight(one)
    assert one["quote_price"].tolist() == one["is_standing"].tolist() == [0, 0]
    before = int(one["n_links"])
    place(one, T0 + 4 * NANOS, (1, HALF), (-1, HALF))
    assert one["n_links"] == before


def test_quotes_at_the_touch_itself_are_nobodys() -> None:
    one = watching()
    assert not place(one, T0, (1, 1), (-1, 1))
    assert one["pairs"].sum() == 0.0


@pytest.mark.parametrize(
    ("apart", "late", "links"),
    [
        (0, REPLACED_NS, 1),
        (PAIR_NS, REPLACED_NS, 1),
        (PAIR_NS + 1, REPLACED_NS, 0),
        (0, REPLACED_NS + 1, 0),
    ],
)
def test_a_refresh_is_linked_where_both_quotes_went_together_and_came_back_soon(
    apart: int, late: int, links: int
) -> None:
    one = followed(3)
    before, gone = int(one["n_links"]), T0 + 3 * NANOS
    withdraw(one, gone, 1)
    withdraw(one, gone + apart, -1)
    assert place(one, gone + late, (1, HALF), (-1, HALF))
    assert one["n_links"] - before == links


def test_only_orders_alone_at_their_prices_teach_a_size() -> None:
    one = watching()
    one["peak"] = 2 * HALF
    place(one, T0, (1, HALF), (-1, HALF), crowd=SIZE)
    assert one["n_sizes"] == 0
    place(one, T0 + NANOS, (1, HALF), (-1, HALF))
    assert one["n_sizes"] == 2
    assert np.exp(one["sizes"][:2]).tolist() == pytest.approx([(100 - 0.05) * 3, (100 + 0.05) * 3])


def test_gaps_are_between_refreshes_and_the_first_ends_none() -> None:
    one = followed(3)
    assert (one["n_gaps"], one["gaps"][:2].tolist()) == (2, [1.0, 1.0])


def test_of_a_ladder_the_nearest_quotes_are_followed() -> None:
    one = watching()
    one["pairs"][[10, 20, 30]] = 8.0, 9.0, 10.0
    find_peak(one)
    assert one["peak"] == 10
    one["pairs"][10] = 6.0  # less than LIKE of the greatest
    find_peak(one)
    assert one["peak"] == 20


def test_distances_fade_within_minutes() -> None:
    one = watching()
    one["pairs"][9:12] = 2.0, 4.0, 2.0
    for _ in range(60):
        pass_maker_second(one)
    assert one["pairs"][10] == pytest.approx(4.0 / np.e)
    assert one["peak"] == 10
    for _ in range(60):
        pass_maker_second(one)
    assert one["peak"] == 0
