"""Quotes of a recording: the past alone, nothing where the book is not whole."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keeper_agent.lab.tape_quotes import TapeQuotes
from tests.support.tapes import START_NS, book_message
from tools.domain.market import NANOS, UNITS
from tools.market.events import Events
from tools.market.instruments import instrument_for

BTCUSDT = instrument_for("binance", "BTCUSDT")
SECOND = NANOS


def moving(seconds: int = 10) -> Events:
    """Bid 100 + s and ask 102 + s from second s on."""
    found = [book_message(START_NS, [(1, 100 * UNITS, UNITS), (-1, 102 * UNITS, UNITS)], is_snapshot=True)]
    for s in range(1, seconds + 1):
        levels = [
            (-1, (101 + s) * UNITS, 0),
            (-1, (102 + s) * UNITS, UNITS),
            (1, (99 + s) * UNITS, 0),
            (1, (100 + s) * UNITS, UNITS),
        ]
        found.append(book_message(START_NS + s * SECOND, levels))
    return np.concatenate(found)


def test_asks_are_seen_after_a_start_up_to_an_end() -> None:
    quotes = TapeQuotes(BTCUSDT, moving())

    def asks(start: float, end: float) -> list[float] | None:
        seen = quotes.between("BTCUSDT", START_NS + round(start * SECOND), START_NS + round(end * SECOND))
        return None if seen is None else [ask / UNITS for ask in seen.tolist()]

    assert asks(2.5, 5.5) == [105, 106, 107]
    assert asks(2, 3) == [105]
    assert asks(2.1, 2.2) == [105]  # the first after the end, where none falls in between
    assert asks(7, 11) is None
    assert quotes.between("ETHUSDT", START_NS, START_NS + SECOND) is None


def test_a_mid_is_of_before_and_never_of_the_instant_itself() -> None:
    quotes = TapeQuotes(BTCUSDT, moving())
    assert quotes.before("BTCUSDT", START_NS + 3 * SECOND) == pytest.approx(103 * UNITS)
    assert quotes.before("BTCUSDT", START_NS + 3 * SECOND + 1) == pytest.approx(104 * UNITS)
    for symbol, ts in (("BTCUSDT", START_NS), ("BTCUSDT", START_NS + 20 * SECOND), ("X", START_NS + SECOND)):
        assert math.isnan(quotes.before(symbol, ts))


def test_a_broken_book_has_no_quotes() -> None:
    crossed = book_message(START_NS + 5 * SECOND + 1, [(1, 200 * UNITS, UNITS)])
    events = np.concatenate(
        [moving(5), crossed, book_message(START_NS + 9 * SECOND, [(1, 90 * UNITS, UNITS)])]
    )
    quotes = TapeQuotes(BTCUSDT, events)
    assert quotes.before("BTCUSDT", START_NS + 5 * SECOND + 1) == pytest.approx(106 * UNITS)
    assert math.isnan(quotes.before("BTCUSDT", START_NS + 8 * SECOND))
    seen = quotes.between("BTCUSDT", START_NS + 4 * SECOND, START_NS + 8 * SECOND)
    assert seen is not None
    assert np.isnan(seen).tolist() == [False, True, True, True]
