"""The size signature finds a planted market maker and does not find one in noise."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.senses import Sensed
from tests.support.tapes import START_NS, book_message, print_event
from tools.detection.market_maker import (
    BINS,
    CLUSTERS,
    bin_value,
    confidence,
    forget,
    is_range,
    signature,
    size_bin,
    tape_bounds,
)
from tools.domain.market import NANOS, UNITS
from tools.market.events import Events
from tools.market.tape import RING, TAPE, add_print

CENT = UNITS // 100
BID, ASK = 60_000 * UNITS, 60_001 * UNITS
QUOTE_SIZE = 7 * UNITS // 100  # 0.07 BTC, 4,200 USD
SECONDS = 240


def orders(
    rng: np.random.Generator, side: int, rate_hz: float, lifetime_s: float
) -> list[tuple[int, list[tuple[int, int, int]]]]:
    """Orders of log-normal size that come and go behind the touch: (ts, rows)."""
    found = []
    for k, at in enumerate(np.sort(rng.uniform(0, SECONDS, int(rate_hz * SECONDS)))):
        ts = START_NS + int(at * NANOS)
        touch = BID if side > 0 else ASK
        price = touch - side * (100 + 2 * (k % 900)) * CENT
        size = max(1, int(rng.lognormal(math.log(0.05), 1.3) * UNITS))
        found.append((ts, [(side, price, size)]))
        found.append((ts + int(rng.exponential(lifetime_s) * NANOS), [(side, price, 0)]))
    return found


def quotes(side: int, *, rate_hz: float = 2.0) -> list[tuple[int, list[tuple[int, int, int]]]]:
    """One order of a fixed size that is moved ``rate_hz`` times a second, together with the other side's."""
    touch = BID if side > 0 else ASK
    prices = [touch - side * (71 + side * 2 * (k % 20 - 10)) * CENT for k in range(int(SECONDS * rate_hz))]
    found = []
    for k, price in enumerate(prices):
        rows = [(side, price, QUOTE_SIZE)] + ([(side, prices[k - 1], 0)] if k else [])
        found.append((START_NS + int((k + 0.5) / rate_hz * NANOS), rows))
    return found


def market(seed: int, *, bid_quotes: bool, ask_quotes: bool) -> Events:
    """Noise on both sides, prints at the touch, and quotes where asked for."""
    rng = np.random.default_rng(seed)
    changes = orders(rng, 1, 3.0, 4.0) + orders(rng, -1, 3.0, 4.0)
    changes += quotes(1) * bid_quotes + quotes(-1) * ask_quotes
    parts = [(START_NS, book_message(START_NS, [(1, BID, UNITS), (-1, ASK, UNITS)], is_snapshot=True))]
    parts += [(ts, book_message(ts, rows)) for ts, rows in changes]
    for k in range(SECONDS):
        ts, side = START_NS + k * NANOS, 1 if k % 2 else -1
        parts.append((ts, print_event(ts, side, ASK if side > 0 else BID, UNITS // 100)))
    parts.sort(key=lambda part: part[0])
    return np.concatenate([events for _, events in parts])


def belief(seed: int, *, after_s: float = 0.0, **planted: bool) -> dict[str, float]:
    """Features when the quotes end, or ``after_s`` later."""
    events = market(seed, **planted)
    ts = START_NS + int((SECONDS + after_s) * NANOS)
    sensed = Sensed()
    sensed.take(events[events["ts_init"] <= ts])
    return sensed.features(ts)


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_market_maker_is_found_with_its_size_and_pace(seed: int) -> None:
    found = belief(seed, bid_quotes=True, ask_quotes=True)
    worth = 60_000 * QUOTE_SIZE / UNITS
    assert found["mm_confidence"] > 0.7
    assert found["mm_detected"] == 1.0
    assert found["mm_avg_order_size"] == pytest.approx(worth, rel=0.001)
    assert found["mm_refresh_rate"] == pytest.approx(2.0, rel=0.05)
    assert (found["mm_lower_bound"], found["mm_upper_bound"]) == pytest.approx(
        (59_999.11, 60_001.53), abs=0.03
    )


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_and_a_one_sided_imitator_are_not(seed: int) -> None:
    both = belief(seed, bid_quotes=True, ask_quotes=True)["mm_confidence"]
    noise = belief(seed, bid_quotes=False, ask_quotes=False)
    one_sided = belief(seed, bid_quotes=True, ask_quotes=False)
    assert noise["mm_confidence"] < 0.5
    assert one_sided["mm_confidence"] < 0.5 < 0.7 < both
    assert noise["mm_detected"] == one_sided["mm_detected"] == 0.0


def test_a_market_maker_that_has_stopped_is_no_longer_believed_in() -> None:
    assert belief(0, bid_quotes=True, ask_quotes=True, after_s=20.0)["mm_confidence"] < 0.2


@given(st.floats(1e-6, 1e9))
def test_a_bin_is_nine_percent_wide(value: float) -> None:
    b = size_bin(value)
    if 0 < b < BINS - 1:
        assert bin_value(b) == pytest.approx(value, rel=0.05)


def test_sizes_off_the_scale_fall_into_the_last_bins() -> None:
    assert [size_bin(value) for value in (0.0, -1.0, 1e-9, 1e12)] == [0, 0, 0, BINS - 1]


def test_an_empty_histogram_has_no_signature() -> None:
    out = np.zeros(8)
    signature(np.zeros((2, BINS)), 60.0, out)
    assert math.isnan(out[0])
    assert (out[2], out[3]) == (0.0, 0.0)


def test_the_signature_of_the_worked_case() -> None:
    histogram = np.zeros((2, BINS))
    histogram[0, 100], histogram[1, 100] = 60.0, 30.0
    out = np.zeros(8)
    signature(histogram, 60.0, out)
    assert out[:4].tolist() == pytest.approx([bin_value(100), 45 / 60, 30 / 31, 60 / 90])


@pytest.mark.parametrize(
    ("rate", "prints", "expected"),
    [
        (2.0, 20, 0.8),
        (0.25, 20, 0.4),
        (20.0, 20, 0.4),
        (2.0, 5, 0.2),
        (float("nan"), 20, 0.0),
        (0.0, 20, 0.0),
    ],
)
def test_confidence_is_the_product_of_its_parts(rate: float, prints: int, expected: float) -> None:
    assert confidence(0.8, 1.0, rate, 0.5, 10.0, prints, 20) == pytest.approx(expected)
    assert confidence(0.8, 0.25, rate, 0.5, 10.0, prints, 20) == pytest.approx(expected / 2)


def bounds(prints: list[tuple[int, float, float, int]]) -> list[float]:
    """Bounds of (ts, price, size, side) within a minute of the last."""
    tape: Any = np.zeros(1, TAPE)
    ring = np.zeros((RING, 4), np.int64)
    for ts, price, size, side in prints:
        add_print(tape[0], ring, ts, round(price * UNITS), round(size * UNITS), side)
    out = np.zeros(8)
    tape_bounds(tape[0], ring, prints[-1][0], 60 * NANOS, np.zeros((4, CLUSTERS)), out)
    return out[:2].tolist()


def test_bounds_leave_a_tenth_of_the_volume_outside() -> None:
    sells = [(NANOS, 99.0, 0.05, -1), (NANOS, 99.5, 1.0, -1), (NANOS, 99.9, 3.0, -1)]
    buys = [(NANOS, 101.0, 0.05, 1), (NANOS, 100.5, 1.0, 1), (NANOS, 100.1, 3.0, 1)]
    assert bounds(sells + buys) == pytest.approx([99.5, 100.5])


def test_bounds_are_of_the_window_and_of_both_sides() -> None:
    old = [(NANOS, 90.0, 50.0, -1), (NANOS, 110.0, 50.0, 1)]
    lower, upper = bounds([*old, (70 * NANOS, 100.0, 1.0, -1)])
    assert lower == pytest.approx(100.0)
    assert math.isnan(upper)


def test_one_price_on_both_sides_is_no_range_whatever_rounding_makes_of_it() -> None:
    price, sizes = 0.035731, [0.1, 0.7, 1.3, 0.9, 2.7, 0.3]
    for n in range(1, len(sizes)):
        sells = [(NANOS, price, size, -1) for size in sizes[:n]]
        buys = [(NANOS, price, size, 1) for size in sizes[n:]]
        lower, upper = bounds(sells + buys)
        assert (lower, upper) == pytest.approx((price, price))
        assert not is_range(lower, upper)
    assert not is_range(price, math.nextafter(price, 1.0))
    assert not is_range(math.nan, price)
    assert not is_range(price, math.nan)
    assert is_range(price, price + 1e-8)


@pytest.mark.parametrize("seconds", [6, 20, 60, 300])
def test_a_rate_is_the_same_however_long_the_book_was_watched(seconds: int) -> None:
    """Two adds a second and side, from the first seconds on."""
    histogram, watched, out = np.zeros((2, BINS)), np.zeros(1), np.zeros(8)
    for _ in range(seconds):
        histogram[:, 100] += 2.0
        forget(histogram, watched, True)
    signature(histogram, watched[0], out)
    assert out[1] == pytest.approx(2.0, rel=0.02)


def test_seconds_without_a_sound_book_are_not_watched() -> None:
    histogram, watched = np.zeros((2, BINS)), np.zeros(1)
    for _ in range(50):
        forget(histogram, watched, False)
    assert watched[0] == 0.0
