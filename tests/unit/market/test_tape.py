"""The tape's windows against sums over plain lists; the aggressor of prints without a flag."""

import math
import statistics
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.domain.market import NANOS, UNITS
from tools.market.tape import RING, TAPE, add_print, classify, was_taken, window_stats

Print = tuple[int, int, int, int]
WINDOW, VELOCITY = 60 * NANOS, 10 * NANOS


class Tape:
    """The kernel's tape and ring."""

    def __init__(self, prints: list[Print]) -> None:
        self.state: Any = np.zeros(1, TAPE)
        self.ring = np.zeros((RING, 4), np.int64)
        for ts, price, size, side in prints:
            add_print(self.state[0], self.ring, ts, price, size, side)

    def stats(self, ts: int, large: float = 1_000.0) -> tuple[int, list[float]]:
        out = np.full(8, np.nan)
        n = window_stats(self.state[0], self.ring, ts, WINDOW, VELOCITY, large, out)
        return n, out[:4].tolist()


def by_hand(prints: list[Print], ts: int, large: float) -> tuple[int, list[float]]:
    """The same statistics from a list."""
    inside = [p for p in prints[-RING:] if p[0] > ts - WINDOW]
    total = sum(size for _, _, size, _ in inside)
    bought = sum(size for _, _, size, side in inside if side > 0)
    values = [(price * 1e-8) * (size * 1e-8) for _, price, size, _ in inside]
    return len(inside), [
        bought / total if total else math.nan,
        float(sum(value >= large for value in values)),
        statistics.pvariance(values) if len(values) > 1 else math.nan,
        sum(when > ts - VELOCITY for when, *_ in inside) / 10.0,
    ]


prints_in_order = st.lists(
    st.tuples(
        st.integers(0, 4 * NANOS),
        st.integers(59_000 * UNITS, 61_000 * UNITS),
        st.integers(1, UNITS),
        st.sampled_from([-1, 0, 1]),
    ),
    max_size=80,
)


@settings(max_examples=60)
@given(prints_in_order, st.integers(0, 30 * NANOS))
def test_a_window_is_what_a_list_says_it_is(steps: list[Print], after: int) -> None:
    ts, prints = 1_700_000_000 * NANOS, []
    for wait, *rest in steps:
        ts += wait
        prints.append((ts, *rest))
    n, (ratio, large, variance, velocity) = Tape(prints).stats(ts + after)
    expected_n, (e_ratio, e_large, e_variance, e_velocity) = by_hand(prints, ts + after, 1_000.0)
    assert (n, large, velocity) == (expected_n, e_large, e_velocity)
    assert ratio == e_ratio or (math.isnan(ratio) and math.isnan(e_ratio))
    assert variance == pytest.approx(e_variance, rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_window_is_open_at_its_old_end_and_closed_at_its_new() -> None:
    start = 1_700_000_000 * NANOS
    tape = Tape([(start, UNITS, 3, 1), (start + 50 * NANOS, UNITS, 1, -1)])
    assert tape.stats(start + WINDOW - 1)[1][0] == 0.75
    assert tape.stats(start + WINDOW)[1][0] == 0.0
    assert tape.stats(start + WINDOW - 1)[1][3] == 0.1
    assert tape.stats(start + WINDOW)[1][3] == 0.0
    assert tape.stats(start + 50 * NANOS)[0] == 2


def test_the_ring_keeps_the_newest_prints_once_it_is_full() -> None:
    start = 1_700_000_000 * NANOS
    rng = np.random.default_rng(2)
    sides = rng.choice([-1, 1], RING + 700).tolist()
    prints = [(start + i, 100 * UNITS, i + 1, side) for i, side in enumerate(sides)]
    n, (ratio, large, _, velocity) = Tape(prints).stats(start + RING + 700)
    expected_n, expected = by_hand(prints, start + RING + 700, 1_000.0)
    assert n == expected_n == RING
    assert [ratio, large, velocity] == [expected[0], expected[1], expected[3]]


def test_an_unknown_rate_makes_large_prints_unavailable() -> None:
    tape = Tape([(NANOS, 60_000 * UNITS, UNITS, 1)])
    assert math.isnan(tape.stats(NANOS, math.nan)[1][1])
    assert tape.stats(NANOS, 60_000.0)[1][1] == 1.0


def test_an_empty_window_says_nothing_but_its_speed() -> None:
    n, (ratio, large, variance, velocity) = Tape([]).stats(NANOS)
    assert (n, large, velocity) == (0, 0.0, 0.0)
    assert math.isnan(ratio)
    assert math.isnan(variance)


@pytest.mark.parametrize(
    ("price", "bid", "ask", "last_price", "last_side", "aggressor"),
    [
        (102, 100, 102, 50, -1, 1),  # quote rule: at the ask
        (100, 100, 102, 50, 1, -1),  # at the bid
        (103, 100, 102, 0, 0, 1),  # outside
        (101, 100, 102, 100, -1, 1),  # at the mid: tick rule, up
        (101, 100, 102, 102, 1, -1),  # down
        (101, 100, 102, 101, -1, -1),  # no change: as before
        (101, 100, 102, 0, 0, 0),  # nothing to go by
        (105, 0, 102, 104, 0, 1),  # no bid: tick rule
        (105, 110, 102, 106, 0, -1),  # crossed: tick rule
    ],
)
def test_the_aggressor_follows_quote_then_tick_rule(
    price: int, bid: int, ask: int, last_price: int, last_side: int, aggressor: int
) -> None:
    assert classify(price, bid, ask, last_price, last_side) == aggressor


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, NANOS // 2), st.integers(95, 105), st.just(1), st.sampled_from([-1, 1]))
    ),
    st.sampled_from([-1, 1]),
)
def test_a_level_was_taken_if_any_recent_print_reached_it(steps: list[Print], side: int) -> None:
    ts, prints = NANOS * 100, []
    for wait, *rest in steps:
        ts += wait
        prints.append((ts, *rest))
    tape = Tape(prints)
    expected = any(
        ts - when <= NANOS and aggressor == -side and (price <= 100 if side > 0 else price >= 100)
        for when, price, _, aggressor in prints
    )
    assert was_taken(tape.state[0], tape.ring, ts, NANOS, side, 100) == expected


def test_prints_are_remembered_in_the_order_they_came() -> None:
    tape = Tape([(i, 10 + i, 5, 1) for i in range(1, 6)])
    stamps = tape.ring[:5, 0].tolist()
    assert all(a < b for a, b in pairwise(stamps))
    assert (tape.state["count"][0], tape.state["last_price"][0]) == (5, 15)
