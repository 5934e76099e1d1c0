"""What happened lately on a symbol is counted from what was known a minute before, and from nothing later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memory.lately import LOOKED_AT, lately
from memory.rows import Row, outcome_row
from memory.store import Store
from memory.strategies import HEARD_AFTER_NS
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.regime import Regime
from tools.domain.trading import Action, Clamp, Result, Route, Signal, Vote

MINUTE = 60 * SECOND
START = at("10:00:00")


@pytest.fixture
def build(tmp_path: Path) -> Iterator[MemoryBuilder]:
    with a_memory(tmp_path / "home") as builder:
        yield builder


def asked_at(build: MemoryBuilder, ts: int, **changes: Any) -> Signal:
    """A signal at ``ts`` that a brain is asked about; it stands in no record."""
    return replace(build._signal(ts, "BTCUSDT", Regime.CALM), **changes)


def heard(build: MemoryBuilder, ts: int, **changes: Any) -> Mapping[str, float]:
    return lately(build.store, asked_at(build, ts, **changes))


def a_story(build: MemoryBuilder) -> None:
    """Six decisions a minute apart: refused, refused, no size, traded, market maker gone, left open."""
    refused = build.decide(START, refusing=("mm_confidence", "spoofing"))
    build.follow(refused, -12.0)
    build.follow(build.decide(START + MINUTE, refusing=("mm_confidence",)), 4.0)
    build.decide(
        START + 2 * MINUTE,
        route=Route.PATTERN,
        votes=(),
        reason="no size: max_positions: 3 are open (wanted: neighbours won)",
        clamps=(Clamp("max_positions", "10", "0", "3 are open"),),
    )
    traded = build.decide(START + 3 * MINUTE, action=Action.ENTER, route=Route.PATTERN, is_probe=True)
    build.trade(traded, 6.0)
    build.follow(traded, 5.0)
    build.trade(build.decide(START + 4 * MINUTE, action=Action.ENTER, route=Route.LLM), -20.0, Result.ABORT)
    build.decide(START + 5 * MINUTE, action=Action.ABSTAIN, route=Route.ABSTAIN, votes=())


def test_it_counts_entries_refusals_results_and_how_long_ago(build: MemoryBuilder) -> None:
    a_story(build)
    assert heard(build, START + 8 * MINUTE) == {
        "decisions": 6.0,
        "entered": 2.0,
        "probes": 1.0,
        "refused": 3.0,
        "left_open": 1.0,
        "departures": 1.0,
        "refused_by.rule.mm_confidence": 2.0,
        "refused_by.rule.spoofing": 1.0,
        "refused_by.limit.max_positions": 1.0,
        "followed": 3.0,
        "followed_unfilled": 0.0,
        "followed_won": 2.0,
        "followed_lost": 1.0,
        "followed_mean_net_bps": -1.0,
        "traded": 2.0,
        "traded_unfilled": 0.0,
        "traded_won": 1.0,
        "traded_lost": 1.0,
        "traded_mean_net_bps": -7.0,
        "minutes_since_decision": 3.0,
        "minutes_since_entry": 4.0,
        "minutes_since_departure": pytest.approx(4 - 7 / 60),
        "minutes_covered": 8.0,
    }


def test_who_settled_it_is_the_cause_where_no_rule_and_no_limit_refused(build: MemoryBuilder) -> None:
    said = Vote("llm", "skip", None, None, None, "thin", ())
    build.decide(START, route=Route.LLM, votes=(said,), reason="brain: thin")
    build.decide(START + SECOND, route=Route.PATTERN, votes=(), reason="expected -3 ± 1 bps")
    figures = heard(build, START + 5 * MINUTE)
    causes = {name: n for name, n in figures.items() if name.startswith("refused_by")}
    assert causes == {"refused_by.llm": 1.0, "refused_by.pattern": 1.0}


def test_where_nothing_was_decided_that_is_said_and_nothing_else(build: MemoryBuilder) -> None:
    figures = heard(build, START)
    assert set(figures.values()) == {0.0}
    assert "minutes_since_decision" not in figures
    assert "followed_mean_net_bps" not in figures


def test_a_minute_lies_between_what_is_heard_and_the_signal(build: MemoryBuilder) -> None:
    outcome = build.follow(build.decide(START), 3.0)
    assert heard(build, START + HEARD_AFTER_NS - 1)["decisions"] == 0
    assert heard(build, START + HEARD_AFTER_NS)["decisions"] == 1
    assert heard(build, outcome.ts_known + HEARD_AFTER_NS - 1)["followed"] == 0
    assert heard(build, outcome.ts_known + HEARD_AFTER_NS)["followed"] == 1


def test_what_becomes_known_later_changes_nothing(build: MemoryBuilder) -> None:
    """Later decisions, outcomes of what was heard, and a departure are planted behind its back."""
    a_story(build)
    ts = START + 8 * MINUTE
    late = build.decide(START + 6 * MINUTE, action=Action.ENTER)
    before = heard(build, ts)
    cut = ts - HEARD_AFTER_NS
    for n, kind in enumerate(("shadow", "taken")):
        ended = build._outcome(late, kind, -900.0, Result.ABORT, 5)
        build.store.write([outcome_row(replace(ended, ts_known=cut + 1 + n))])
    build.follow(build.decide(cut + 1, refusing=("mm_confidence",)), -900.0)
    build.store.flush()
    assert heard(build, ts) == before
    assert heard(build, ts + MINUTE) != before, "the plants do work: it is their time that keeps them out"


def test_what_is_written_after_it_was_asked_is_found_later_only_without_the_minute(
    build: MemoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what ends at the signal's own instant is written after it, and is heard only later."""
    decision = build.decide(START)
    ts = START + 5 * MINUTE

    def asked_then_written(kind: str) -> tuple[Mapping[str, float], Mapping[str, float]]:
        before = heard(build, ts)
        ended = build._outcome(decision, kind, 7.0, Result.TAKE_PROFIT, 5)
        build.store.write([outcome_row(replace(ended, ts_known=ts))])
        build.store.flush()
        return before, heard(build, ts)

    first, again = asked_then_written("shadow")
    assert first == again
    monkeypatch.setattr("memory.lately.HEARD_AFTER_NS", 0)
    first, again = asked_then_written("taken")
    assert first != again


def test_what_is_queued_is_heard_as_well_as_what_is_written(build: MemoryBuilder) -> None:
    build.follow(build.decide(START), 3.0)
    assert build.store.n_waiting > 0
    queued = heard(build, START + 5 * MINUTE)
    assert (queued["decisions"], queued["followed"]) == (1.0, 1.0)
    with Store.open(build.store.path.parent, read_only=True) as reader:
        assert lately(reader, asked_at(build, START + 5 * MINUTE)) == queued


def test_only_the_last_fifty_of_the_symbol_in_the_same_world_count(build: MemoryBuilder) -> None:
    for n in range(LOOKED_AT + 7):
        build.decide(START + n * SECOND, refusing=("spoofing",))
    build.decide(START + 100 * SECOND, symbol="ETHUSDT", action=Action.ENTER)
    figures = heard(build, START + 5 * MINUTE)
    assert (figures["decisions"], figures["refused_by.rule.spoofing"]) == (50.0, 50.0)
    assert (figures["entered"], figures["minutes_covered"]) == (0.0, pytest.approx(5 - 7 / 60))
    assert heard(build, START + 5 * MINUTE, world="venue")["decisions"] == 0
    assert heard(build, START + 5 * MINUTE, symbol="ETHUSDT")["decisions"] == 1


def test_a_follow_that_ended_before_its_decision_was_taken_counts(build: MemoryBuilder) -> None:
    """A decision that waited for an answer is dated by when it was taken."""
    waited = build.decide(START)
    ended = build._outcome(waited, "shadow", -2.0, Result.STOP, 5)
    build.store.write([Row("outcome", {**outcome_row(ended).values, "ts_known": START - 2 * SECOND})])
    assert heard(build, START + 2 * MINUTE)["followed_lost"] == 1
