"""A run that begins in the middle of a day knows what the day has come to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from keeper_agent.day_so_far import ledger_start
from memory.episodes import EpisodeLog
from memory.store import Store
from scheduler.run import RunIdentity
from tests.unit.memory.conftest import SECOND, Maker
from tools.domain.clock import day_bounds, day_of
from tools.domain.parameter import default_parameters
from tools.domain.trading import Result, World
from tools.execution.entry import DEPARTED
from tools.market.instruments import instrument_for
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limits import EntryRequest, limit_entry

KILLED_WHILE_LEAVING = """
import os, signal, sys
from pathlib import Path
from memory.episodes import EpisodeLog
from memory.store import Store
from tests.unit.memory.conftest import Maker

make, log = Maker(), EpisodeLog(Store.open(Path(sys.argv[1])))
make.begin(log)
raised = make.signal(0)
decision = make.decision(raised)
log.record_signal(raised)
log.record_decision(decision)
log.record_intent(make.intent(decision))
log.record_intent(make.intent(decision, 2, client_order_id="kpleft", leg=sys.argv[2], is_reduce_only=True))
os.kill(os.getpid(), signal.SIGKILL)
"""
REST = default_parameters().nanos("departure_rest_s")


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def store(tmp_path: Path, make: Maker) -> Iterator[Store]:
    with Store.open(tmp_path, is_throwaway=True) as found:
        make.begin(EpisodeLog(found))
        yield found


def start(store: Store, make: Maker, ts: int) -> LedgerSnapshot:
    coin = instrument_for("mexc", make.symbol)
    return ledger_start(
        store, RunIdentity(make.run_id, World.RECORDED, 7), {make.symbol: coin}, default_parameters(), ts
    )


def ended(store: Store, make: Maker, *results: Result) -> int:
    """Trips with these results; returns when the last was known."""
    log, known = EpisodeLog(store), 0
    for n, result in enumerate(results):
        known = make.episode(log, n, kind="taken", result=result, net_quote=Decimal(-1)).ts + 7 * SECOND
    return known


def entry(store: Store, make: Maker, ts: int) -> list[str]:
    """The limits that cut an entry on the symbol at ``ts``."""
    wish = EntryRequest("d_new", make.symbol, Decimal(10), ts=ts)
    return [clamp.limit for clamp in limit_entry(wish, start(store, make, ts), default_parameters()).clamps]


def test_a_symbol_rests_on_after_a_restart_for_as_long_as_it_would_have(store: Store, make: Maker) -> None:
    left = ended(store, make, Result.STOP, Result.ABORT)
    assert start(store, make, left).rests == {make.symbol: left + REST}
    assert start(store, make, left).departures_today == {make.symbol: 1}
    assert entry(store, make, left + REST - 1) == ["symbol_rest"]
    assert entry(store, make, left + REST) == []


def test_a_third_departure_ends_the_symbols_day_across_restarts(store: Store, make: Maker) -> None:
    left = ended(store, make, *3 * [Result.ABORT])
    assert "symbol_blacklist" in entry(store, make, left + REST)
    _, midnight = day_bounds(day_of(left))
    assert start(store, make, midnight).departures_today == {}
    assert entry(store, make, midnight) == []


def test_sessions_that_ended_are_no_departures(store: Store, make: Maker) -> None:
    """Every stop of a run sells what is held; that must not end the symbol's day."""
    known = ended(store, make, *9 * [Result.CLOSE_OUT])
    begun = start(store, make, known)
    assert (begun.departures_today, begun.rests) == ({}, {})
    assert (begun.realised_usd, begun.entries_today) == (Decimal(-9), {make.symbol: 9})
    assert entry(store, make, known) == []


def test_what_is_not_known_yet_does_not_count(store: Store, make: Maker) -> None:
    left = ended(store, make, Result.ABORT)
    assert start(store, make, left - 1).departures_today == {}


def test_a_rest_does_not_end_at_midnight(store: Store, make: Maker) -> None:
    left = make.episode(EpisodeLog(store), 50, kind="taken", result=Result.ABORT).ts + 7 * SECOND
    _, midnight = day_bounds(day_of(left))
    assert left < midnight < left + REST, "the trip ends minutes before"
    begun = start(store, make, midnight)
    assert (begun.departures_today, begun.rests) == ({}, {make.symbol: left + REST})
    assert entry(store, make, midnight) == ["symbol_rest"]
    assert entry(store, make, left + REST) == []


@pytest.mark.parametrize(("leg", "rests"), [(DEPARTED, True), ("exit", False)])
def test_a_process_killed_while_it_leaves_has_not_forgotten_why_it_did(
    tmp_path: Path, make: Maker, leg: str, rests: bool
) -> None:
    child = [sys.executable, "-c", KILLED_WHILE_LEAVING, str(tmp_path), leg]
    assert subprocess.run(child, check=False).returncode == -9
    left = make.ts(0)
    with Store.open(tmp_path) as store:
        assert start(store, make, left).rests == ({make.symbol: left + REST} if rests else {})
        assert start(store, make, left).departures_today == ({make.symbol: 1} if rests else {})
        assert ("symbol_rest" in entry(store, make, left + REST - 1)) == rests
        assert entry(store, make, left + REST) == []
        log = EpisodeLog(store)
        log.record_outcome(make.outcome(make.decision(make.signal(0)), kind="taken", result=Result.ABORT))
        assert start(store, make, left + 8 * SECOND).departures_today == {make.symbol: 1}
