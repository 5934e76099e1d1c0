"""What bears on an entry at its price is read from the senses as they stand, and from nothing later."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.executions import CENT, COIN, LOT, at, printed, quotes
from tests.support.tapes import book_message
from tools.domain.market import Side
from tools.domain.parameter import default_parameters
from tools.execution.market import SymbolMarket
from tools.execution.placing import MOST_PRINTS, PLACED, placed
from tools.market.events import Events

BOUNDS: dict[str, float | None] = {"mid": 100.0, "mm_lower_bound": 99.9, "mm_upper_bound": 100.1}


def market(*parts: Events) -> SymbolMarket:
    """A market that has seen ``parts``, whose signals nobody asked for."""
    found = SymbolMarket(COIN, default_parameters())
    found.desk["plan"]["next_check"] = 1 << 62
    for events in parts:
        index = 0
        while index < len(events):
            index, _ = found.advance(events, index, 1 << 62)
    return found


def nearer(ms: int) -> Events:
    """An ask at 100.01 that is placed ``ms`` after the start."""
    return book_message(at(ms), [(-1, 10_001 * CENT, 5 * LOT)])


def facts(one: SymbolMarket, ms: int, entry: int = 9_990, **features: float | None) -> dict[str, float]:
    return placed(one.senses[0], entry * CENT, at(ms), BOUNDS | features)


def test_the_edge_is_to_the_middle_of_the_bounds() -> None:
    one = market(quotes(0, 9_999, 10_001))
    assert facts(one, 10)["entry_edge_bps"] == pytest.approx((100 / 99.90 - 1) * 1e4)
    assert facts(one, 10, 10_010)["entry_edge_bps"] == pytest.approx((100 / 100.10 - 1) * 1e4)
    assert "entry_edge_bps" not in facts(one, 10, mm_lower_bound=None)


def test_prints_of_the_last_minute_are_counted() -> None:
    trades = [printed(ms, Side.BUY, 10_001, 1) for ms in (100, 30_000, 59_000)]
    one = market(quotes(0, 9_999, 10_001), *trades)
    assert [facts(one, ms)["prints_60s"] for ms in (59_000, 60_099, 60_100, 119_000)] == [3, 3, 2, 0]
    many = [printed(1_000 + i, Side.BUY, 10_001, 1) for i in range(MOST_PRINTS + 9)]
    assert facts(market(quotes(0, 9_999, 10_001), *many), 2_000)["prints_60s"] == MOST_PRINTS


def test_the_best_ask_is_as_old_as_its_level() -> None:
    one = market(quotes(0, 9_999, 10_002), nearer(4_000))
    assert facts(one, 6_500)["ask_age_s"] == pytest.approx(2.5)
    assert "ask_age_s" not in facts(market(), 6_500)
    assert "ask_age_s" not in facts(market(quotes(0, 9_999, 10_001)), 6_500), "nobody knows since when"


def test_the_mid_is_held_against_that_of_half_a_minute_ago() -> None:
    books = [quotes(1_000 * i, 9_999 + i, 10_001 + i) for i in range(45)]
    one = market(*books)
    # seconds close with the book as it stood: of the thirty rows back the mid was 100.14
    moved = facts(one, 44_000, mid=100.44)["return_30s_bps"]
    closed = int(one.senses["flow"]["seconds"][0])
    then = [100 + i / 100 for i in range(45)][closed - 30]
    assert moved == pytest.approx((100.44 / then - 1) * 1e4)
    assert moved == pytest.approx(30, abs=1.1)
    assert "return_30s_bps" not in facts(market(*books[:20]), 20_000)


def test_the_makers_last_quote_has_an_age_once_there_was_one() -> None:
    one = market(quotes(0, 9_999, 10_001))
    assert "mm_quote_age_s" not in facts(one, 500)
    one.senses["trail"]["ts_placed"] = at(100)
    assert facts(one, 500)["mm_quote_age_s"] == pytest.approx(0.4)


def test_nothing_is_changed_by_looking_and_every_fact_has_a_name() -> None:
    books = [quotes(1_000 * i, 9_999, 10_002) for i in range(40)]
    one = market(*books, nearer(39_500))
    one.senses["trail"]["ts_placed"] = at(0)
    before = one.senses.tobytes()
    found = facts(one, 40_000)
    assert tuple(found) == PLACED
    assert all(np.isfinite(value) for value in found.values())
    assert one.senses.tobytes() == before
