"""Without the framework the same nodes decide the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

import graphs.plain
from graphs.context import DecisionContext
from graphs.decision import DecisionGraph
from graphs.plain import PlainDecisions
from tests.support.minds import GOOD_REPLY, a_context, brain_says
from tests.support.proposals import NOW, a_signal, a_vote, with_features
from tools.domain.errors import InvariantBroken
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Signal

PARAMETERS = ParameterSet({**default_parameters().values, "max_symbol_positions": 100})
CLEAR = a_vote("pattern", 9.0, 1.0, "o_1")
AMBIGUOUS = a_vote("pattern", 0.6, 3.0, "o_1")


def batch() -> list[Signal]:
    """Three signals: a usual one, a spoofed one, one without data."""
    signals = [a_signal(), with_features(spoofing_score=0.95), with_features(mid=None)]
    return [replace(signal, signal_id=f"s_{n}") for n, signal in enumerate(signals)]


@pytest.mark.parametrize(
    "context",
    [
        a_context(pattern=CLEAR),
        a_context(pattern=AMBIGUOUS),
        a_context(pattern=AMBIGUOUS, brain=brain_says(GOOD_REPLY)),
        a_context(pattern=CLEAR, brain=brain_says(GOOD_REPLY)),
        a_context(pattern=a_vote("pattern", 9.0, 5.0), model=a_vote("model", 9.0, 1.0, "outcome-3")),
    ],
)
def test_plain_decisions_are_the_graphs(context: DecisionContext) -> None:
    signals = batch()
    plain = PlainDecisions(context).decide(signals, PARAMETERS, NOW)
    assert plain == DecisionGraph(context).decide(signals, PARAMETERS, NOW)
    assert len(plain) == len(signals)


def test_a_node_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    context = a_context(pattern=AMBIGUOUS, brain=brain_says(GOOD_REPLY))
    expected = DecisionGraph(context).decide(batch(), PARAMETERS, NOW)
    monkeypatch.setattr(graphs.plain, "is_consulted", lambda state, context: False)
    assert PlainDecisions(context).decide(batch(), PARAMETERS, NOW) != expected


def test_no_signal_is_no_decision_and_a_late_one_is_refused() -> None:
    plain = PlainDecisions(a_context(pattern=CLEAR))
    assert plain.decide([], PARAMETERS, NOW) == ()
    with pytest.raises(InvariantBroken, match="from after the decision time"):
        plain.decide([a_signal()], PARAMETERS, NOW - 1_000_000_000_000)
