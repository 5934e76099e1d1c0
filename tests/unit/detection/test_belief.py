"""When nothing is said of a market maker, and whose prices are its bounds."""

from typing import Any

import numpy as np
import pytest

from tests.support.senses import BTCUSDT
from tools.detection.belief import FOLLOWED, LEAST_WATCHED_S, believe, quoted_bounds
from tools.detection.maker import EVIDENCE
from tools.detection.market_maker import size_bin
from tools.detection.state import new_senses
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters
from tools.market.tape import add_print

T0 = 1_000 * NANOS
BID, ASK = 99 * UNITS, 101 * UNITS


def senses() -> Any:
    """A maker that moved both quotes every half second until T0, in a book watched for a minute."""
    state = new_senses(BTCUSDT, default_parameters())
    one = state[0]
    one["watched"][0] = 60.0
    maker = one["maker"]
    maker["n_links"], maker["link_gaps"][:40] = 40, 0.5
    maker["ts_linked"] = maker["ts_refresh"] = T0
    one["trail"]["price"][:], one["trail"]["ts_placed"] = (BID, ASK), T0
    maker["excess"], maker["placed"][:], maker["is_standing"][:] = 20.0, 99.0, 1
    for ts, side, price in ((1, -1, 95 * UNITS), (2, 1, 105 * UNITS)):
        add_print(one["tape"], one["ring"], T0 - NANOS + ts, price, UNITS, side)
    return one


def bounds(one: Any, *, belief: float, ts: int = T0, prints: int = 1_000) -> tuple[float, float]:
    lower, upper = quoted_bounds(one, ts, prints, belief)
    return float(lower), float(upper)


def test_nothing_is_said_until_the_book_was_watched_long_enough() -> None:
    one = senses()
    one["watched"][0] = LEAST_WATCHED_S - 0.5
    assert np.isnan(believe(one, T0)[0])
    one["watched"][0] = LEAST_WATCHED_S
    assert 0.0 < believe(one, T0)[0] < 1.0


def test_one_who_is_not_followed_yet_has_the_chance_of_those() -> None:
    one = senses()
    one["maker"]["n_links"] = 2
    assert believe(one, T0)[0] == one["posterior"]["unfollowed"]
    one["maker"]["n_links"] = 3
    assert believe(one, T0)[0] != one["posterior"]["unfollowed"]


def test_a_size_that_comes_back_on_one_side_alone_says_little() -> None:
    said = []
    for asks in (40.0, 4.0, 0.0):
        one = senses()
        one["histogram"][:, size_bin(300.0)] = 40.0, asks
        believe(one, T0)
        said.append(float(one["evidence"][EVIDENCE - 1]))
    assert said == pytest.approx([40 / 41, 4 / 5 * np.sqrt(8 / 44), 0.0])


def test_bounds_are_the_quotes_of_a_maker_believed_in() -> None:
    assert bounds(senses(), belief=0.5) == pytest.approx((99.0, 101.0))
    assert bounds(senses(), belief=0.49) == pytest.approx((95.0, 105.0))


def test_linked_refreshes_speak_for_a_maker_that_is_not_believed_in_yet() -> None:
    one = senses()
    one["maker"]["paces"][-1] = FOLLOWED
    assert bounds(one, belief=0.1) == pytest.approx((99.0, 101.0))
    one["maker"]["paces"][-1] = FOLLOWED - 0.01
    assert bounds(one, belief=0.1) == pytest.approx((95.0, 105.0))


def test_quotes_that_cross_or_lack_a_side_are_no_bounds() -> None:
    for prices in ((BID, 0), (0, ASK), (ASK, BID)):
        one = senses()
        one["trail"]["price"][:] = prices
        assert bounds(one, belief=0.9) == pytest.approx((95.0, 105.0))


def test_quotes_that_were_not_renewed_within_the_window_are_no_bounds() -> None:
    one = senses()
    window = int(one["config"]["window_ns"])
    one["trail"]["ts_placed"] = T0 - window
    assert bounds(one, belief=0.9) == pytest.approx((99.0, 101.0))
    one["trail"]["ts_placed"] -= 1
    assert bounds(one, belief=0.9) == pytest.approx((95.0, 105.0))


def test_too_few_prints_are_no_bounds() -> None:
    one = senses()
    least = int(one["config"]["min_trades"])
    assert np.isnan(bounds(one, belief=0.0, prints=least - 1)).all()
    assert not np.isnan(bounds(one, belief=0.0, prints=least)).any()
