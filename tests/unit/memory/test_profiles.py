"""Profiles are kept by version and seen as of a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from memory.episodes import EpisodeLog
from memory.profiles import ProfileBook, heard
from memory.schema import METADATA
from memory.store import Store
from memory.strategies import HEARD_AFTER_NS
from tests.support.profiles import a_profile


@pytest.fixture
def book(store: Store, log: EpisodeLog) -> ProfileBook:
    return ProfileBook(store)


def test_a_profile_comes_back_as_it_was_told(book: ProfileBook, make: Any) -> None:
    told = a_profile(make)
    book.record(told)
    assert book.known(100) == [told]
    assert book.of(100, "recorded", "BTCUSDT", "calm") == told
    for other in (
        ("venue", "BTCUSDT", "calm"),
        ("recorded", "ETHUSDT", "calm"),
        ("recorded", "BTCUSDT", "panic"),
    ):
        assert book.of(100, *other) is None


def test_a_later_version_is_invisible_before_and_retires_the_earlier_from_then(
    book: ProfileBook, store: Store, make: Any
) -> None:
    first, second = a_profile(make), a_profile(make, n=50, ts_known=200, day="2024-08-09")
    book.record(first)
    book.record(second)
    retired = replace(first, ts_retired=200)
    assert [book.known(ts) for ts in (99, 100, 199, 200, 999)] == [
        [],
        [retired],
        [retired],
        [second],
        [second],
    ]
    assert len(store.read(select(METADATA.tables["profile"]))) == 2, "none is overwritten"


def test_a_profile_that_says_the_same_is_not_kept_twice(book: ProfileBook, store: Store, make: Any) -> None:
    book.record(a_profile(make))
    book.record(a_profile(make, ts_known=200, ts=150, day="2024-08-09"))
    assert [one.ts_known for one in book.known(300)] == [100]
    assert len(store.read(select(METADATA.tables["profile"]))) == 1


def test_a_profile_is_heard_a_minute_after_its_date_and_only_where_it_belongs(
    book: ProfileBook, make: Any
) -> None:
    signal = make.signal(0, features={"regime": 1.0})
    book.record(a_profile(make, ts_known=signal.ts))
    assert heard(book, replace(signal, ts=signal.ts + HEARD_AFTER_NS - 1)) is None
    told = heard(book, replace(signal, ts=signal.ts + HEARD_AFTER_NS))
    assert told is not None
    assert (told["signals"], told["won_share"], told["usual_mm_spread_bps"]) == (40.0, 0.65, 6.5)
    assert "net_bps_low" not in told, "what is not known is not said"
    later = replace(signal, ts=signal.ts + 2 * HEARD_AFTER_NS)
    assert heard(book, replace(later, features={"regime": 2.0})) is None
    assert heard(book, replace(later, world="venue")) is None


def test_a_statement_has_its_count_intervals_and_break_even(make: Any) -> None:
    assert a_profile(make).statement == (
        "BTCUSDT in regime calm: 65% won [45%, 80%] where 61% break even, +1.5 bps a signal after costs, n=40"
    )
    assert "after costs [-2.0, 5.0], n=40" in a_profile(make, net_low=-2.0, net_high=5.0).statement
