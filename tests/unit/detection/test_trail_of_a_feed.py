"""What the feed says reaches the trail: prints, withdrawals, and a book that is not to be believed."""

import pytest

from tests.support.senses import Sensed
from tests.support.tapes import START_NS, book_message, print_event
from tools.detection.trail import STANDS, TAKEN, UNKNOWN, WITHDRAWN
from tools.domain.market import NANOS, UNITS

CENT = UNITS // 100
BID, ASK = 60_000 * UNITS, 60_000 * UNITS + 10 * CENT
SIZE = 7 * UNITS // 100
REFRESHES = 60
END = START_NS + REFRESHES * NANOS // 2


def followed() -> tuple[Sensed, int, int]:
    """A maker that moves both quotes every half second, its bid and its ask; nothing else but a far crowd."""
    market = Sensed()
    far = [(1, BID - 200 * CENT, UNITS), (-1, ASK + 200 * CENT, UNITS)]
    market.take(book_message(START_NS, far, is_snapshot=True))
    old: list[tuple[int, int, int]] = []
    bid = ask = 0
    for k in range(1, REFRESHES):
        bid, ask = BID + k % 3 * CENT, ASK + k % 3 * CENT
        placed = [(1, bid, SIZE), (-1, ask, SIZE)]
        market.take(book_message(START_NS + k * NANOS // 2, [(s, p, 0) for s, p, _ in old] + placed))
        old = placed
    assert market.state["trail"]["price"][0].tolist() == [bid, ask]
    assert states(market) == (STANDS, STANDS)
    return market, bid, ask


def states(market: Sensed) -> tuple[int, int]:
    return tuple(market.state["trail"]["state"][0].tolist())  # type: ignore[return-value]


@pytest.mark.parametrize(("has_print", "state"), [(True, TAKEN), (False, WITHDRAWN)])
def test_a_print_at_its_price_tells_a_quote_taken_from_one_withdrawn(has_print: bool, state: int) -> None:
    market, bid, _ = followed()
    if has_print:
        market.take(print_event(END, -1, bid, SIZE))
    market.take(book_message(END + 1, [(1, bid, 0)]))
    assert states(market) == (state, STANDS)


def test_the_bounds_follow_a_side_that_moves_alone() -> None:
    market, bid, ask = followed()
    market.take(book_message(END, [(1, bid, 0), (1, bid - CENT, SIZE)]))
    said = market.features(END + NANOS // 10)
    assert said["mm_lower_bound"] == pytest.approx((bid - CENT) / UNITS, abs=1e-9)
    assert said["mm_upper_bound"] == pytest.approx(ask / UNITS, abs=1e-9)


@pytest.mark.parametrize(
    ("is_bid_taken", "is_ask_taken", "departed"), [(0, 0, 1.0), (1, 0, 1.0), (1, 1, 0.0)]
)
def test_a_maker_that_withdrew_has_departed_and_one_whose_quotes_were_taken_has_not(
    is_bid_taken: int, is_ask_taken: int, departed: float
) -> None:
    market, bid, ask = followed()
    if is_bid_taken:
        market.take(print_event(END, -1, bid, SIZE))
    if is_ask_taken:
        market.take(print_event(END, 1, ask, SIZE))
    market.take(book_message(END + 1, [(1, bid, 0), (-1, ask, 0)]))
    assert market.features(END + NANOS // 2)["mm_departed"] == 0.0
    assert market.features(END + 2 * NANOS)["mm_departed"] == departed


def test_in_a_crossed_book_nothing_is_known_of_the_quotes() -> None:
    market, _, ask = followed()
    market.take(book_message(END, [(1, ask + CENT, UNITS)]))
    assert states(market) == (UNKNOWN, UNKNOWN)
