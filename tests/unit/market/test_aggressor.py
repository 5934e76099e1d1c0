"""Who took, told without the flag."""

import pytest

from tools.market.aggressor import infer_side, quoted_side, tick_side


@pytest.mark.parametrize(
    ("price", "bid", "ask", "last_price", "last_side", "side"),
    [
        (102, 100, 102, 105, -1, 1),  # at the ask, whatever the tick says
        (100, 100, 102, 90, 1, -1),  # at the bid
        (104, 100, 102, 105, 1, -1),  # beyond old quotes: tick rule
        (98, 100, 102, 97, -1, 1),
        (103, 100, 104, 105, -1, 1),  # inside: the nearer quote
        (101, 100, 104, 99, 1, -1),
        (102, 100, 104, 101, -1, 1),  # halfway: tick rule
        (102, 0, 0, 0, 0, 0),  # nothing known
        (102, 0, 104, 102, -1, -1),  # one-sided: as before
        (102, 104, 103, 101, -1, 1),  # crossed: tick rule
    ],
)
def test_quotes_come_first_and_the_tick_where_they_are_silent(
    price: int, bid: int, ask: int, last_price: int, last_side: int, side: int
) -> None:
    assert quoted_side(price, bid, ask, last_price, last_side) == side
    assert infer_side(price, bid, ask, last_price, last_side, False) == side


def test_a_sweep_walks_to_its_side_through_stale_quotes() -> None:
    assert infer_side(99, 98, 99, 100, 1, True) == -1
    assert infer_side(101, 101, 103, 100, -1, True) == 1
    assert infer_side(100, 100, 103, 100, 1, True) == 1


def test_without_a_last_price_the_tick_says_nothing() -> None:
    assert tick_side(100, 0, 0) == 0
    assert tick_side(101, 100, -1) == 1
    assert tick_side(99, 100, 1) == -1
