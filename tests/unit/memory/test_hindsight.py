"""Votes and answers beside what came of them, as it was known at the time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from graphs.regret import judged_answers
from memory.consultations import AUDIT, DECIDE, Consultation, ConsultationLog, Tokens, last_attempts
from memory.hindsight import consulted, judged_votes, taken_results
from memory.store import Store
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tools.domain.identity import consultation_id
from tools.domain.trading import Action, Decision
from tools.risk.behaviour import Behaviour, Trip
from tools.risk.regret import Judged


def a_consultation(
    decision: Decision, purpose: str = AUDIT, attempt: int = 0, **more: object
) -> Consultation:
    base = Consultation(
        consultation_id=consultation_id(decision.decision_id, attempt),
        decision_id=decision.decision_id,
        run_id=decision.run_id,
        world=decision.world,
        purpose=purpose,
        propensity=0.01,
        attempt=attempt,
        provider="openai",
        model="gpt-5-mini",
        prompt_version="consult-2",
        fingerprint="f",
        request=b'{"asked": "\xc3\xa9"}',
        answer=b"\x00\xff bytes of any kind",
        text='{"action": "take", "size_fraction": 0.5, "reason": "so", "cited_ids": []}',
        cause=None,
        detail="",
        tokens=Tokens(100, 10, cached=7, cache_write=3),
        cost_usd=Decimal("0.00012345678901234567"),
        ts=decision.ts,
        ts_known=decision.ts + 7,
    )
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.fixture
def build(tmp_path: Path) -> object:
    with a_memory(tmp_path / "home") as builder:
        yield builder


def test_a_consultation_comes_back_to_the_last_byte(build: MemoryBuilder) -> None:
    decision = build.decide(at("10:00:00"))
    log = ConsultationLog(build.store)
    first = a_consultation(decision, cause="late", text="", tokens=None)
    second = a_consultation(decision, attempt=1)
    log.record(second)
    log.record(first)
    assert log.of_decision(decision.decision_id) == (first, second)
    assert last_attempts(log.all_until()) == {decision.decision_id: second}
    assert log.all_until(decision.ts) == ()


def test_an_outcome_of_the_future_judges_nothing(build: MemoryBuilder) -> None:
    decision = build.decide(at("10:00:00"))
    outcome = build.follow(decision, -12.0)
    ConsultationLog(build.store).record(a_consultation(decision))
    store: Store = build.store
    before, then = outcome.ts_known - 1, outcome.ts_known
    assert list(judged_votes(store, before, 100)) == []
    assert consulted(store, AUDIT, before) == []
    assert list(judged_votes(store, then, 100)) == [(decision.votes, -12.0)]
    assert [one.decision_id for one in consulted(store, AUDIT, then)] == [decision.decision_id]


def test_the_last_outcomes_are_judged_in_the_order_in_which_they_became_known(build: MemoryBuilder) -> None:
    for n in range(5):
        build.follow(build.decide(at("10:00:00") + n * SECOND), float(n))
    found = [net for _, net in judged_votes(build.store, at("23:00:00"), 3)]
    assert found == [2.0, 3.0, 4.0]


def test_only_usable_answers_of_one_purpose_are_judged(build: MemoryBuilder) -> None:
    log = ConsultationLog(build.store)
    skipped, entered, failed, decided = (
        build.decide(at("10:00:00") + n * SECOND, action=Action.ENTER if n == 1 else Action.SKIP)
        for n in range(4)
    )
    for decision, net in ((skipped, 8.0), (entered, 6.0), (failed, 4.0), (decided, 2.0)):
        build.follow(decision, net)
    log.record(a_consultation(skipped))
    log.record(a_consultation(entered))
    log.record(a_consultation(failed, cause="late"))
    log.record(a_consultation(decided, DECIDE))
    found = list(judged_answers(build.store, at("23:00:00")))
    assert found == [Judged(False, 0.5, 8.0, 0.01), Judged(True, 0.5, 6.0, 0.01)]
    assert [one.regret_bps for one in found] == [4.0, -3.0]


def test_what_a_killed_process_earned_holds_the_next_one_back_the_same(tmp_path: Path) -> None:
    """Rules of behaviour live in the record of round trips alone: nothing of them is lost with a process."""
    running = Behaviour()
    with a_memory(tmp_path) as memory:
        for i, net in enumerate((5.0, -4.0, -3.0, -2.0)):
            decision = memory.decide(at(f"1{i}:00:00"), symbol="BTCUSDT", action=Action.ENTER)
            outcome = memory.trade(decision, net)
            memory.follow(decision, 99.0)
            running.learn(
                Trip("BTCUSDT", "mm_range", outcome.ts_known, float(outcome.net_quote or Decimal(0)))
            )
        memory.store.flush()
    now = at("13:30:00")
    with Store.open(tmp_path, read_only=True) as store:
        found = list(taken_results(store, "recorded", now))
        again = Behaviour(Trip(name, source, ts, float(net)) for name, source, ts, net in found)
        assert len(list(taken_results(store, "recorded", at("12:30:00")))) == 3
        assert list(taken_results(store, "venue", now)) == []
    assert [row[:2] for row in found] == [("BTCUSDT", "mm_range")] * 4
    assert {hold.rule for hold in again.holds(now)} == {"losses", "symbol_losses"}
    assert again.holds(now) == running.holds(now)
