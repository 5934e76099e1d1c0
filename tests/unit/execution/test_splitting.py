"""Whole lots, no lot lost, every slice within its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.execution.splitting import split_lots

BOUNDS = st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)).map(sorted)


@given(total=st.integers(0, 10**12), bounds=BOUNDS, most=st.integers(1, 100))
def test_every_lot_is_in_a_slice_or_named_as_left_out(total: int, bounds: list[int], most: int) -> None:
    split = split_lots(total, smallest=bounds[0], largest=bounds[1], most=most)
    assert sum(split.slices) + split.left_out == total
    assert len(split.slices) <= most
    assert all(bounds[0] <= lots <= bounds[1] for lots in split.slices)


@given(bounds=BOUNDS, most=st.integers(1, 100), data=st.data())
def test_nothing_is_left_out_where_some_number_of_slices_fits(
    bounds: list[int], most: int, data: st.DataObject
) -> None:
    smallest, largest = bounds
    count = data.draw(st.integers(1, most))
    total = data.draw(st.integers(count * smallest, count * largest))
    split = split_lots(total, smallest=smallest, largest=largest, most=most)
    assert split.left_out == 0


@given(total=st.integers(1, 10**6), largest=st.integers(1, 10**6))
def test_no_split_uses_more_slices_than_needed(total: int, largest: int) -> None:
    split = split_lots(total, smallest=1, largest=largest, most=10**6)
    assert len(split.slices) == -(-total // largest)


def test_a_rest_as_large_as_the_minimum_stays_a_slice_of_its_own() -> None:
    assert split_lots(450, largest=80, smallest=50, most=10).slices == (80,) * 5 + (50,)


def test_a_rest_below_the_minimum_is_spread() -> None:
    assert split_lots(500, largest=80, smallest=50, most=10).slices == (72, 72, 72, 71, 71, 71, 71)


def test_a_rest_that_cannot_be_spread_is_left_out_rather_than_breaking_a_bound() -> None:
    split = split_lots(250, largest=120, smallest=100, most=10)
    assert split.slices == (120, 120)
    assert split.left_out == 10


def test_more_than_the_most_slices_are_never_made() -> None:
    assert split_lots(1_000, largest=10, smallest=5, most=4) == ((10, 10, 10, 10), 960)


@pytest.mark.parametrize(("smallest", "largest", "most"), [(0, 5, 1), (6, 5, 1), (1, 5, 0)])
def test_impossible_bounds_are_refused(smallest: int, largest: int, most: int) -> None:
    with pytest.raises(ValueError, match="expected 0 < smallest <= largest"):
        split_lots(10, smallest=smallest, largest=largest, most=most)
