"""The spoof rule: size, short life and a busy book, and nothing where prints took the order."""

import numpy as np
import pytest

from tests.support.senses import Sensed
from tests.support.tapes import START_NS, book_message, print_event
from tools.domain.market import NANOS, UNITS
from tools.market.events import Events

CENT = UNITS // 100
BID, ASK = 60_000 * UNITS, 60_001 * UNITS
USUAL = UNITS // 10
SPOOFED = BID - 5 * CENT
PLANTED_AT = START_NS + 20 * NANOS

Part = tuple[int, Events]


def busy(hz: float, seconds: int = 40) -> list[Part]:
    """A book whose best bid changes ``hz`` times a second by the usual size."""
    parts = [(START_NS, book_message(START_NS, [(1, BID, UNITS), (-1, ASK, UNITS)], is_snapshot=True))]
    for k in range(1, int(hz * seconds)):
        ts = START_NS + int(k / hz * NANOS)
        parts.append((ts, book_message(ts, [(1, BID, UNITS + (k % 2) * USUAL)])))
    return parts


def order(ts: int, lifetime_s: float, size: int, price: int = SPOOFED) -> list[Part]:
    """A level that appears and disappears."""
    gone = ts + round(lifetime_s * NANOS)
    return [(ts, book_message(ts, [(1, price, size)])), (gone, book_message(gone, [(1, price, 0)]))]


def score(parts: list[Part], ts: int) -> float:
    """The spoof score at ``ts``."""
    parts = sorted((part for part in parts if part[0] <= ts), key=lambda part: part[0])
    market = Sensed()
    market.take(np.concatenate([events for _, events in parts]))
    return market.features(ts)["spoofing_score"]


@pytest.mark.parametrize(
    ("hz", "times", "lifetime_s", "expected"),
    [
        (10, 12, 0.4, 1.0),
        (10, 12, 3.0, 2 / 3),  # waited
        (2, 12, 0.4, 2 / 3),  # a slow book
        (2, 12, 3.0, 1 / 3),
        (10, 5, 0.4, 0.0),  # not huge
    ],
)
def test_each_clause_adds_to_the_score(hz: float, times: int, lifetime_s: float, expected: float) -> None:
    gone = PLANTED_AT + round(lifetime_s * NANOS)
    assert score(busy(hz) + order(PLANTED_AT, lifetime_s, times * USUAL), gone) == pytest.approx(expected)


def test_a_busy_book_alone_scores_nothing() -> None:
    assert score(busy(10), PLANTED_AT + 5 * NANOS) == 0.0


@pytest.mark.parametrize(
    ("side", "price", "before_s", "is_spoof"),
    [
        (-1, SPOOFED, 0.01, False),  # hit
        (-1, SPOOFED - CENT, 0.01, False),  # traded through
        (-1, SPOOFED, 0.3, False),
        (1, SPOOFED, 0.01, True),  # a buyer does not take a bid
        (-1, SPOOFED + CENT, 0.01, True),  # somebody else's order
    ],
)
def test_an_order_that_prints_took_is_no_spoof(
    side: int, price: int, before_s: float, is_spoof: bool
) -> None:
    gone = PLANTED_AT + 4 * NANOS // 10
    at = gone - round(before_s * NANOS)
    printed = (at, print_event(at, side, price, 12 * USUAL))
    result = score([*busy(10), *order(PLANTED_AT, 0.4, 12 * USUAL), printed], gone)
    assert result == pytest.approx(1.0 if is_spoof else 0.0)


def test_a_print_is_remembered_although_an_earlier_one_reached_the_same_price() -> None:
    gone = PLANTED_AT + 3 * NANOS
    first, second = gone - 11 * NANOS // 10, gone - 2 * NANOS // 10
    prints = [(at, print_event(at, -1, SPOOFED, USUAL)) for at in (first, second)]
    assert score([*busy(10), *order(PLANTED_AT, 3.0, 12 * USUAL), *prints], gone) == 0.0


def test_the_score_fades_and_a_weaker_suspect_does_not_lift_it() -> None:
    parts = busy(10) + order(PLANTED_AT, 0.4, 12 * USUAL)
    gone = PLANTED_AT + 4 * NANOS // 10
    later = [score(parts, gone + k * NANOS) for k in range(6)]
    assert later == pytest.approx([np.exp(-k / 10) for k in range(6)])
    waited = order(gone + 1, 1.5, 30 * USUAL, SPOOFED - 7 * CENT)  # scores 2/3 when it ends
    assert score(parts + waited, gone + 2 * NANOS) == pytest.approx(later[2])


def test_shuffling_who_was_huge_takes_the_score_away() -> None:
    lifetimes = [0.4] + [2.0 + 0.3 * k for k in range(24)]
    sizes = [12 * USUAL] + [USUAL] * 24
    starts = [START_NS + 12 * NANOS + k * NANOS // 2 for k in range(25)]

    def highest(sizes: list[int]) -> float:
        parts = busy(10)
        for k, (ts, life, size) in enumerate(zip(starts, lifetimes, sizes, strict=True)):
            parts += order(ts, life, size, SPOOFED - k * CENT)
        huge = sizes.index(max(sizes))
        return score(parts, starts[huge] + round(lifetimes[huge] * NANOS))

    assert highest(sizes) >= 0.9
    rng = np.random.default_rng(6)
    shuffled = [highest(rng.permutation(sizes).tolist()) for _ in range(12)]
    assert np.median(shuffled) == pytest.approx(2 / 3)
