"""What a brain was told of the last decisions is said in words made from the sealed figures alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graphs.asking import Heard
from graphs.brain import ConsultAnswer, ConsultRequest, ScriptedBrain
from graphs.decision import DecisionGraph
from graphs.explanation import explain
from graphs.looked_back import lately_text
from graphs.plain import PlainDecisions
from graphs.thought import Thought
from memory.bundles import Bundle, BundleBook, read_heard
from memory.codec import from_plain, to_plain
from tests.support.memories import a_memory, at
from tests.support.minds import a_context
from tests.support.proposals import NOW, a_signal, a_vote
from tools.domain.identity import decision_id
from tools.domain.parameter import default_parameters
from tools.domain.trading import Signal
from tools.risk.escalation import Purpose, RecordedChoices

FIGURES = {
    "decisions": 50.0,
    "entered": 4.0,
    "probes": 3.0,
    "refused": 40.0,
    "left_open": 6.0,
    "departures": 1.0,
    "refused_by.rule.spoofing": 12.0,
    "refused_by.pattern": 28.0,
    "followed": 30.0,
    "followed_unfilled": 5.0,
    "followed_won": 10.0,
    "followed_lost": 15.0,
    "followed_mean_net_bps": -3.456,
    "traded": 0.0,
    "traded_unfilled": 0.0,
    "traded_won": 0.0,
    "traded_lost": 0.0,
    "minutes_since_decision": 1.25,
    "minutes_since_departure": 7.0,
    "minutes_covered": 33.333,
}
SAID = (
    "The brain was told of BTCUSDT lately: 50 decisions in 33.3 min; 4 entered (3 probes); 40 refused "
    "(pattern 28, rule.spoofing 12); 6 left open; 30 followed on paper: 10 won, 15 lost, 5 never filled, "
    "-3.46 bps each; the market maker left 1, the last 7.0 min before."
)


def test_every_figure_that_is_not_nothing_is_said() -> None:
    assert lately_text("BTCUSDT", FIGURES) == SAID


def test_where_nothing_was_decided_before_that_is_said() -> None:
    assert lately_text("BTCUSDT", {**dict.fromkeys(FIGURES, 0.0)}) == (
        "The brain was told that nothing was decided on BTCUSDT before."
    )


@pytest.mark.parametrize("graph", [DecisionGraph, PlainDecisions])
def test_nobody_looks_back_but_for_what_goes_to_a_brain(graph: type[DecisionGraph | PlainDecisions]) -> None:
    """One decision is asked, one is audited and one is neither."""
    looked: list[str] = []
    shown: dict[str, str] = {}

    def look(signal: Signal) -> dict[str, float]:
        looked.append(signal.signal_id)
        return FIGURES

    def say(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        shown[request.decision_id] = request.prompt.user
        return ConsultAnswer(request.decision_id, "", request.ts)

    signals = [a_signal(n) for n in range(3)]
    names = [decision_id(one.signal_id) for one in signals]
    context = replace(
        a_context(pattern=a_vote("pattern", 0.6, 3.0), brain=ScriptedBrain(say)),
        lately=look,
        escalator=RecordedChoices({names[0]: (Purpose.DECIDE, 1.0), names[1]: (Purpose.AUDIT, 0.5)}),
        audit=lambda requests: shown.update({one.decision_id: one.prompt.user for one in requests}),
    )
    found = graph(context).think(signals, default_parameters(), NOW)
    assert isinstance(found, Thought)
    ended = graph(context).conclude(found, found.question.answers(NOW), {}, NOW)
    assert sorted(looked) == sorted(one.signal_id for one in signals[:2])
    assert set(shown) == set(names[:2])
    assert all('"refused_by.pattern": 28.0' in text for text in shown.values())
    assert {name: one.lately for name, one in ended.heard.items()} == {names[0]: FIGURES}


def test_an_explanation_tells_what_was_sealed_and_one_of_before_tells_nothing(tmp_path: Path) -> None:
    with a_memory(tmp_path / "home") as build:
        for n, heard in enumerate((Heard(1, None, lately=FIGURES), Heard(1, None), None)):
            decision = build.decide(at("10:00:00") + n)
            sealed = None if heard is None else to_plain(heard)
            if n == 1 and sealed is not None:
                del sealed["lately"]  # as it was before anybody looked back
            BundleBook(build.store).record(
                Bundle(
                    decision.decision_id,
                    decision.run_id,
                    decision.world,
                    decision.ts,
                    {},
                    {},
                    0,
                    "",
                    {},
                    sealed,
                )
            )
            told = explain(build.store, decision.decision_id)
            assert told["known_then"]["lately"] == (FIGURES if n == 0 else None)
            assert (SAID in told["story"]) == (n == 0)
            read = read_heard(build.store, decision.decision_id)
            assert (None if read is None else from_plain(Heard, read)) == heard
