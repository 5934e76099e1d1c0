"""A brain is asked beside the cycle: nothing waits for it, and its answer is used only if it still fits."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphs.decision
from graphs.asking import ask_at_once
from graphs.brain import ConsultAnswer, ConsultRequest, ScriptedBrain
from tests.support.consulting import a_desk, an_office
from tests.support.cycles import ONE, SEEN, TWO, Floor
from tests.support.executions import at, printed, quotes
from tests.support.minds import GOOD_REPLY
from tests.support.providers import GOOD, Scripted, openai_body, stub_provider
from tools.domain.market import NANOS, Side
from tools.domain.trading import Action, Decision, Result, Route

SLOW_NS = 3 * NANOS
NOTHING = quotes(0, 1, 2)[:0]


def slow_brain(latency_ns: int = SLOW_NS, reply: str = GOOD_REPLY) -> ScriptedBrain:
    """A brain whose answer comes so much later in the session's time."""

    def script(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        return ConsultAnswer(request.decision_id, reply, request.ts + latency_ns)

    return ScriptedBrain(script)


def asked_floor(**options: Any) -> Floor:
    """A floor on which something is being asked on the first symbol since 0 ms."""
    floor = Floor(slow_brain(), **options)
    floor.play(floor.one, quotes(0, 9_999, 10_001))
    floor.one.raise_signal(at(0))
    return floor


def decided(floor: Floor) -> Decision:
    (decision,) = floor.decisions
    return decision


def test_a_decision_is_taken_when_its_answer_comes_and_acted_on_then() -> None:
    floor = asked_floor()
    floor.play(floor.one, quotes(1_000, 9_999, 10_001), quotes(2_900, 9_999, 10_001))
    assert (floor.decisions, floor.one.asking) == ([], 1)
    floor.play(floor.one, quotes(4_000, 9_999, 10_001))
    decision = decided(floor)
    assert (decision.action, decision.route, decision.ts) == (Action.ENTER, Route.LLM, at(3_000))
    (intent,) = floor.journal.all("intent")
    assert intent.ts == at(3_000)
    assert floor.one.asking == 0
    heard = floor.journal.sealed[0].heard[decision.decision_id]
    assert (heard.ts_asked, heard.cause) == (at(0), "")
    assert heard.seen is not None
    assert (heard.seen.ts, heard.seen.bid) == (at(3_000), quotes(0, 9_999, 10_001)["price"][0])


def test_an_answer_is_not_used_before_it_came_however_events_are_batched() -> None:
    parts, whole = asked_floor(), asked_floor()
    messages = [quotes(ms, 9_999, 10_001) for ms in range(500, 6_000, 500)]
    parts.play(parts.one, *messages)
    events = np.concatenate(messages)
    whole.one.run(events, int(events["ts_init"][-1]))
    assert decided(parts) == decided(whole)
    assert [what for kind, what in parts.journal.said] == [what for kind, what in whole.journal.said]


STALE: dict[str, tuple[Callable[[Floor], None], str]] = {
    "the price rose": (
        lambda floor: floor.play(floor.one, quotes(1_000, 10_012, 10_014), quotes(3_500, 10_012, 10_014)),
        "the price moved +13.0 bps",
    ),
    "the target is passed": (
        lambda floor: floor.play(floor.one, quotes(1_000, 10_021, 10_022), quotes(3_500, 10_021, 10_022)),
        "the price rose to the target",
    ),
    "the stop is passed": (
        lambda floor: floor.play(floor.one, quotes(1_000, 9_980, 9_981), quotes(3_500, 9_980, 9_981)),
        "the price fell to the stop",
    ),
    "the book is silent": (lambda floor: floor.one.run(NOTHING, at(3_500)), "the book is stale, 3.0 s old"),
}


@pytest.mark.parametrize("why", STALE)
def test_an_entry_on_a_signal_that_no_longer_holds_is_a_skip_that_says_why(why: str) -> None:
    change, reason = STALE[why]
    floor = asked_floor(stale_book_s=2.0)
    change(floor)
    decision = decided(floor)
    assert (decision.action, decision.route, decision.plan) == (Action.SKIP, Route.LLM, None)
    assert reason in decision.reason
    assert decision.reason.endswith("(wanted: brain: looks fine)")
    assert [vote.stance for vote in decision.votes if vote.component == "rule.outdated"] == ["skip"]
    assert floor.journal.all("intent") == []
    assert floor.ledger.snapshot(decision.ts).entries == ()


def test_an_entry_after_its_market_maker_left_is_a_skip() -> None:
    floor = Floor(slow_brain())
    floor.play(floor.one, quotes(0, 9_999, 10_001))
    floor.one.raise_signal(at(0), confidence=0.9, features={**SEEN, "mm_confidence": 0.9})
    floor.play(floor.one, quotes(3_500, 9_999, 10_001))  # nobody quotes as a market maker here
    assert decided(floor).action is Action.SKIP
    assert "the market maker has left" in decided(floor).reason


def test_an_entry_on_a_crossed_book_is_a_skip() -> None:
    floor = asked_floor()
    floor.play(floor.one, quotes(1_000, 10_003, 10_001), quotes(3_500, 10_003, 10_001))
    assert "the book is crossed" in decided(floor).reason
    assert decided(floor).action is Action.SKIP


def test_room_taken_by_another_symbol_meanwhile_is_not_taken_twice() -> None:
    floor = asked_floor(max_total_exposure_usd=5.0)
    floor.play(floor.two, quotes(1_000, 9_999, 10_001))
    floor.two.raise_signal(at(1_000))
    floor.play(floor.one, quotes(3_500, 9_999, 10_001))
    first, second = floor.decisions
    assert (first.symbol, first.action) == (TWO.symbol, Action.ENTER)
    assert (second.symbol, second.action) == (ONE.symbol, Action.SKIP)
    assert "total_exposure" in [clamp.limit for clamp in second.clamps]


def test_nothing_is_entered_where_a_symbol_was_taken_meanwhile() -> None:
    floor = asked_floor()
    floor.one.raise_signal(at(0))
    floor.play(floor.one, quotes(2_999, 9_999, 10_001), quotes(3_500, 9_999, 10_001))
    first, second = floor.decisions
    assert (first.action, second.action) == (Action.ENTER, Action.SKIP)
    assert f"{ONE.symbol} is taken by {first.decision_id}" in second.reason


def test_what_is_not_answered_by_the_deadline_abstains_then() -> None:
    floor = Floor(slow_brain(9 * NANOS), budget_s=5.0)
    floor.play(floor.one, quotes(0, 9_999, 10_001))
    floor.one.raise_signal(at(0))
    floor.play(floor.one, *(quotes(ms, 9_999, 10_001) for ms in (4_900, 5_100)))
    decision = decided(floor)
    assert (decision.action, decision.route, decision.ts) == (Action.ABSTAIN, Route.ABSTAIN, at(5_000))
    assert "late" in decision.reason


def test_at_the_end_of_the_session_nothing_is_entered_or_probed_on_what_is_not_answered() -> None:
    floor = asked_floor(probes=True, probe_share=0.5)
    for _ in range(11):
        floor.one.raise_signal(at(0))
    floor.one.wind_down(at(1_000))
    assert {(one.action, one.is_probe, one.ts) for one in floor.decisions} == {
        (Action.ABSTAIN, False, at(1_000))
    }
    assert all("the session ended before an answer came" in one.reason for one in floor.decisions)
    floor.play(floor.one, quotes(4_000, 9_999, 10_001))
    assert len(floor.decisions) == 12


def test_a_signal_is_followed_from_when_it_was_raised_even_if_the_follow_ends_first() -> None:
    floor = Floor(slow_brain())
    floor.play(floor.one, quotes(0, 9_999, 10_001))
    floor.one.raise_signal(at(0), hold_timeout_ns=NANOS)
    floor.play(floor.one, quotes(200, 9_999, 10_001), printed(500, Side.SELL, 9_998, 200))
    floor.play(floor.one, quotes(1_000, 9_970, 9_972))
    floor.play(floor.one, quotes(1_500, 9_970, 9_972), quotes(2_000, 9_970, 9_972))
    assert floor.journal.all("shadow") == [], "an outcome before its decision"
    floor.play(floor.one, quotes(3_500, 9_999, 10_001))
    (outcome,) = floor.journal.all("shadow")
    assert outcome.decision_id == decided(floor).decision_id
    assert outcome.result is Result.STOP
    assert outcome.ts_exit < decided(floor).ts
    kinds = [kind for kind, _ in floor.journal.said if kind in ("decision", "shadow")]
    assert kinds == ["decision", "shadow"]


def exit_and_answer(floor: Floor, told: threading.Event) -> list[str]:
    """The stop of the second symbol is hit while the first one's brain has not said a word.

    ``told`` is set when the exit is ordered, and the brain waits for it: whether the exit waits for the
    brain is seen in what is answered, whatever the machine's speed.
    """

    def heard(kind: str, what: Any) -> None:
        if kind == "intent" and what.leg == "exit":
            told.set()

    never = threading.Event()
    floor.journal.heard = heard
    for cycle in (floor.one, floor.two):
        floor.play(cycle, quotes(0, 9_999, 10_001))
    floor.two.raise_signal(at(0))
    floor.play(floor.two, quotes(500, 9_999, 10_001), printed(1_000, Side.SELL, 9_998, 200))
    floor.one.raise_signal(at(1_000), confidence=0.9)
    floor.play(floor.two, *(quotes(ms, 9_979, 9_982) for ms in (1_100, 1_300, 1_500)))
    for ms in range(1_600, 60_000, 100):
        if len(floor.decisions) == 2:
            break
        never.wait(0.1)  # ``told`` is set by now; the answer is on its way through a socket
        floor.play(floor.one, quotes(ms, 9_999, 10_001))
    return [
        f"{kind} {what.symbol}"
        for kind, what in floor.journal.said
        if kind in ("decision", "taken") or (kind == "intent" and what.leg == "exit")
    ]


@pytest.mark.parametrize("is_mutant", [False, True], ids=["beside", "mutant that waits"])
def test_an_exit_and_a_departure_do_not_wait_for_a_brain_over_http(
    is_mutant: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if is_mutant:
        monkeypatch.setattr(graphs.decision, "AskedBeside", ask_at_once)
    told = threading.Event()
    said = json.dumps({**GOOD, "action": "take", "size_fraction": 1, "cited_ids": []})
    with (
        stub_provider(Scripted(openai_body(said), delay_s=240.0, gate=told)) as stub,
        an_office(tmp_path, [a_desk("openai", stub.url)], longest_s=2.5 if is_mutant else 200.0) as office,
    ):
        floor = Floor(office.consultant, is_beside=True, budget_s=50, stale_book_s=300)
        order = exit_and_answer(floor, told)
    answered = floor.decisions[-1]
    if is_mutant:
        assert "late" in answered.reason, "the planted fault was not seen"
        return
    assert order == [
        f"decision {TWO.symbol}", f"intent {TWO.symbol}", f"taken {TWO.symbol}", f"decision {ONE.symbol}"
    ]  # fmt: skip
    assert answered.action is Action.SKIP
    assert answered.route is Route.LLM
    assert "the market maker has left" in answered.reason
