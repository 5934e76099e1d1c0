"""Short-term memory is bounded, fast, and ends with the process."""

from __future__ import annotations

from decimal import Decimal
from time import perf_counter_ns
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.episodes import EpisodeLog
from memory.session import KINDS, SessionMemory
from memory.store import Store
from tools.domain.market import Side
from tools.domain.trading import Decision, Fill, Intent, Outcome, Signal

FOR_EVER = 2**62


def test_the_log_tells_the_session_of_everything_that_happens(store: Store, make: Any) -> None:
    log = EpisodeLog(store)
    make.begin(log)
    for n in range(3):
        make.episode(log, n)
    for kind in (Signal, Decision, Intent, Fill, Outcome):
        assert len(log.session.recent(kind, "BTCUSDT", FOR_EVER)) == 3, kind
    newest = log.session.recent(Signal, "BTCUSDT", FOR_EVER, 1)
    assert [one.ts for one in newest] == [make.ts(2)]
    assert log.session.symbols() == ("BTCUSDT",)
    assert log.session.recent(Signal, "ETHUSDT", FOR_EVER) == ()


@given(st.lists(st.sampled_from(["A", "B"]), max_size=60), st.integers(1, 7))
def test_each_symbol_keeps_its_last_few(symbols: list[str], capacity: int) -> None:
    session = SessionMemory(capacity)
    notes = [a_fill(symbol, n) for n, symbol in enumerate(symbols)]
    for one in notes:
        session.note(one)
    for symbol in ("A", "B"):
        own = [one for one in notes if one.symbol == symbol]
        assert list(session.recent(Fill, symbol, FOR_EVER)) == own[::-1][:capacity]
        assert (
            list(session.recent(Fill, symbol, 20, 2))
            == [one for one in own[-capacity:] if one.ts <= 20][::-1][:2]
        )
    assert len(session) <= 2 * capacity


def test_what_becomes_known_later_is_not_seen(make: Any) -> None:
    session = SessionMemory()
    outcome = make.outcome(make.decision(make.signal(1)))
    session.note(outcome)
    assert session.recent(Outcome, "BTCUSDT", outcome.ts_known - 1) == ()
    assert session.recent(Outcome, "BTCUSDT", outcome.ts_known) == (outcome,)


def test_a_question_takes_microseconds_in_a_full_session() -> None:
    session = SessionMemory(50)
    for n in range(5_000):
        session.note(a_fill(f"S{n % 50}", n))
    times = []
    for n in range(400):
        began = perf_counter_ns()
        found = session.recent(Fill, f"S{n % 50}", FOR_EVER, 10)
        times.append(perf_counter_ns() - began)
        assert len(found) == 10
    assert sorted(times)[200] < 100_000, "a median of 0.1 ms is ten times what it takes"


def test_a_session_that_holds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity must be at least 1, was 0"):
        SessionMemory(0)
    assert len(KINDS) == 5


def a_fill(symbol: str, n: int) -> Fill:
    return Fill(f"t{n}", "c", "d", "r", "recorded", symbol, "binance", Side.BUY, 1, 1, Decimal(0), True, n)
