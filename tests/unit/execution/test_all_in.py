"""The cheapest split over venues is the cheapest there is: held against every split that could be sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.execution.schedules import all_in
from tools.execution.schedules.all_in import VenueBook, cheapest, cost_of, delay_bps

LOT, CAP, VOLATILITY = 10, 10_060, 2.0

levels = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 65)), max_size=4)


@st.composite
def books(draw: st.DrawFn, name: str) -> VenueBook:
    price, asks = 9_990 + draw(st.integers(0, 20)), []
    for step, size in draw(levels):
        price += step
        asks.append((price, size))
    return VenueBook(
        venue=name,
        asks=tuple(asks),
        bid=0,
        taker_bps=draw(st.sampled_from([0.0, 2.0, 5.0, 10.0])),
        delay_s=draw(st.sampled_from([0.0, 0.1, 1.0])),
        least=draw(st.sampled_from([1, 10, 25, 60])),
        is_open=draw(st.sampled_from([True, True, True, False])),
    )


def brute(size: int, venues: Sequence[VenueBook]) -> tuple[int, float]:
    """(size not had, cost) of the best of every split on the grid that could be sent."""
    best = (size, 0.0)
    ranges = [range(0, size + 1, LOT) if book.is_open else range(1) for book in venues]
    for parts in product(*ranges):
        if sum(parts) > size or any(0 < part < book.least for part, book in zip(parts, venues, strict=True)):
            continue
        within = [
            VenueBook(
                venue=book.venue,
                asks=tuple(level for level in book.asks if level[0] <= CAP),
                bid=0,
                taker_bps=book.taker_bps,
                delay_s=book.delay_s,
            )
            for book in venues
        ]
        cost = cost_of(parts, within, VOLATILITY)
        if math.isfinite(cost):
            best = min(best, (size - sum(parts), cost))
    return best


def check(size: int, venues: Sequence[VenueBook]) -> None:
    parts = cheapest(size, venues, LOT, VOLATILITY, CAP)
    left, cost = brute(size, venues)
    assert sum(parts) <= size, "more than was asked for"
    assert all(part % LOT == 0 for part in parts), "off the grid"
    for part, book in zip(parts, venues, strict=True):
        assert part == 0 or (book.is_open and part >= book.least), "an order that cannot be sent"
    assert size - sum(parts) == left, "less than could be had"
    assert cost_of(parts, venues, VOLATILITY) == pytest.approx(cost, rel=1e-12), "dearer than need be"


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 20), books("a"), books("b"))
def test_no_split_over_two_venues_is_cheaper(lots: int, first: VenueBook, second: VenueBook) -> None:
    check(lots * LOT, [first, second])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), books("a"), books("b"), books("c"))
def test_no_split_over_three_venues_is_cheaper(
    lots: int, first: VenueBook, second: VenueBook, third: VenueBook
) -> None:
    check(lots * LOT, [first, second, third])


def book(venue: str, *asks: tuple[int, int], fee: float = 0.0, **changes: float) -> VenueBook:
    return VenueBook(venue=venue, asks=asks, bid=0, taker_bps=fee, **changes)  # type: ignore[arg-type]


def test_fees_and_delays_decide_between_equal_prices() -> None:
    same = ((10_000, 100),)
    assert cheapest(50, [book("a", *same, fee=5.0), book("b", *same, fee=4.0)], LOT, 0.0, CAP) == (0, 50)
    late = [book("a", *same, delay_s=0.4), book("b", *same, delay_s=0.1)]
    assert cheapest(50, late, LOT, 2.0, CAP) == (0, 50)
    assert cheapest(50, late, LOT, 0.0, CAP) == (50, 0), "where nothing moves a delay costs nothing"


def test_a_delay_costs_the_mean_of_what_moves_against_us() -> None:
    assert delay_bps(0.25, 2.0) == pytest.approx(2.0 * 0.5 * 0.3989, abs=1e-3)
    assert delay_bps(0.0, 2.0) == delay_bps(-1.0, 2.0) == 0.0


def test_what_is_too_little_for_one_venue_goes_to_the_other() -> None:
    """By price alone 20 would go to the first, which takes no less than 60."""
    parts = cheapest(
        100, [book("a", (9_990, 20), (10_050, 500), least=60), book("b", (10_000, 500))], LOT, 0.0, CAP
    )
    assert parts == (0, 100)


def test_where_there_is_less_than_asked_for_all_of_it_within_the_cap_is_taken() -> None:
    venues = [book("a", (10_000, 30), (CAP + 1, 500)), book("b", (10_010, 40))]
    assert cheapest(200, venues, LOT, 0.0, CAP) == (30, 40)
    assert cheapest(200, [book("a", (10_000, 30), is_open=False)], LOT, 0.0, CAP) == (0,)


@pytest.mark.parametrize("broken", ["ignores fees", "one venue only", "no least order"])
def test_the_check_condemns_a_split_that_is_not_the_cheapest(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if broken == "ignores fees":
        monkeypatch.setattr(all_in, "factor", lambda book, volatility_bps: 1.0)
        venues = [book("a", (10_000, 100), fee=50.0), book("b", (10_001, 100))]
        assert cheapest(50, venues, LOT, VOLATILITY, CAP) == (50, 0)
        return
    if broken == "one venue only":
        monkeypatch.setattr(all_in, "combinations", lambda usable, count: [(n,) for n in usable])
        venues = [book("a", (10_000, 50), (10_020, 100)), book("b", (10_000, 50), (10_020, 100))]
    else:
        monkeypatch.setattr(
            all_in,
            "_filled",
            lambda lots, pieces, chosen, least: FILLED(lots, pieces, chosen, dict.fromkeys(least, 0)),
        )
        venues = [book("a", (9_990, 20), (10_050, 500), least=60), book("b", (10_000, 500))]
    with pytest.raises(AssertionError):
        check(100, venues)


FILLED = all_in._filled
