"""Signals of candles in the decision graph: the same rules, their own record, within the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from graphs.candle_told import candle_evidence, candle_lines
from graphs.decision import DecisionGraph
from keeper_agent.app import model_scorer, strategy_voter
from tests.support.minds import FakeMemory, a_context
from tests.support.proposals import NOW, a_neighbour, a_signal, a_vote
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Where
from tools.domain.trading import Action, Decision, Signal, Vote
from tools.models.scoring import Score, Scores

CLEAR = a_vote("pattern", 9.0, 1.0, "o_1")
EVIDENCE = {
    "candle_minutes": 30.0,
    "candle_close": 0.2,
    "candle_range_bps": 41.25,
    "candle_rsi": 27.5,
    "candle_band": -2.25,
    "candle_change": -0.031,
    "candle_missing": 0.0,
    "candle_confidence": 0.8,
}


def a_candle_signal(sequence: int = 1, source: str = "reversal.30m", confidence: float = 0.8) -> Signal:
    signal = a_signal(sequence, source=source, confidence=confidence)
    return replace(signal, features={**signal.features, **EVIDENCE})


def decided(*signals: Signal, memory: FakeMemory | None = None, **changes: float) -> tuple[Decision, ...]:
    parameters = ParameterSet({**default_parameters().values, "max_symbol_positions": 100, **changes})
    context = a_context(pattern=CLEAR) if memory is None else a_context(pattern=CLEAR, memory=memory)
    return DecisionGraph(context).decide(signals, parameters, NOW)


@dataclass
class BySource(FakeMemory):
    """Recalls one state, named by the source that is asked for."""

    wanted: list[tuple[int, str | None]] = field(default_factory=list)

    def neighbours(
        self,
        vectors: Sequence[tuple[float, ...]],
        ts: int,
        limit: int,
        min_similarity: float,
        *,
        priority: Priority = EVEN,
        where: Where = ANYWHERE,
    ) -> list[list[Neighbour]]:
        """One for each vector."""
        self.wanted.append((len(vectors), where.source))
        return [[replace(a_neighbour(1), outcome_id=f"o_{where.source}")] for _ in vectors]


def test_it_is_entered_where_its_record_is_clear() -> None:
    (decision,) = decided(a_candle_signal())
    assert decision.action is Action.ENTER
    assert decision.plan is not None


def test_each_signal_of_a_batch_recalls_its_own_source_in_its_own_place() -> None:
    memory = BySource()
    found = decided(
        a_signal(0), a_candle_signal(1), a_signal(2), a_candle_signal(3, "momentum.5m"), memory=memory
    )
    assert [one.recalled for one in found] == [
        ("o_mm_range",), ("o_reversal.30m",), ("o_mm_range",), ("o_momentum.5m",),
    ]  # fmt: skip
    assert memory.wanted == [(2, "mm_range"), (1, "reversal.30m"), (1, "momentum.5m")]


@pytest.mark.parametrize(
    ("changes", "confidence", "limit"),
    [
        ({"heed_reversal": 0.0}, 0.8, "reversal_model"),
        ({"score_threshold": 85.0}, 0.8, "score_threshold"),
    ],
)
def test_the_switches_of_its_model_bind_it_whatever_its_timeframe(
    changes: dict[str, float], confidence: float, limit: str
) -> None:
    (decision,) = decided(a_candle_signal(confidence=confidence), memory=None, **changes)
    assert decision.action is Action.SKIP
    assert [clamp.limit for clamp in decision.clamps] == [limit]


def test_momentum_and_rsi_have_no_score_to_fall_short_of() -> None:
    for source in ("momentum.30m", "strength.1d"):
        (decision,) = decided(a_candle_signal(1, source, 0.5))
        assert decision.action is Action.ENTER


def test_no_more_scored_entries_a_day_than_are_allowed() -> None:
    found = decided(*(a_candle_signal(i) for i in range(4)), max_signals_per_day=2)
    assert [one.action for one in found] == [Action.ENTER] * 2 + [Action.SKIP] * 2
    assert found[-1].clamps[-1].limit == "signals_per_day"


def test_the_rule_of_market_makers_holds_for_it_too() -> None:
    signal = a_candle_signal()
    (decision,) = decided(replace(signal, features={**signal.features, "mm_confidence": 0.3}))
    assert decision.action is Action.SKIP
    assert "mm_confidence" in decision.reason


class Knows:
    """A model that would say much of everything, and notes of how much it was asked."""

    version = "m_9"

    def __init__(self) -> None:
        self.asked = 0

    def score(self, rows: Sequence[object]) -> Sequence[Score] | Scores:
        self.asked += len(rows)
        return [Score(0.9, 12.0, 1.0) for _ in rows]


def test_the_model_and_learned_strategies_are_silent_on_what_they_never_saw() -> None:
    model, parameters = Knows(), default_parameters()
    votes = model_scorer(model)([a_signal(0), a_candle_signal(1), a_signal(2)], parameters)  # type: ignore[arg-type]
    assert [vote.stance for vote in votes] == ["enter", "silent", "enter"]
    assert model.asked == 2
    (alone,) = model_scorer(model)([a_candle_signal(1)], parameters)  # type: ignore[arg-type]
    assert (alone.stance, model.asked) == ("silent", 2)

    class Shelf:
        def active(self, ts: int) -> tuple[()]:
            raise AssertionError("nobody may look for a strategy")

    vote: Vote = strategy_voter(Shelf())(a_candle_signal(), parameters)  # type: ignore[arg-type]
    assert (vote.component, vote.stance) == ("strategy", "silent")


def test_its_line_tells_what_it_was_made_of_and_other_signals_have_none() -> None:
    (line,) = candle_lines(a_candle_signal())
    assert line == (
        "From closed candles of 30 min, the last at 0.2: score 80%, which is no chance of winning; "
        "RSI 27.5, -2.25 deviations from the mean, -3.10% over twelve, ATR 41.2 bps."
    )
    assert "confidence 80%" in candle_lines(a_candle_signal(1, "strength.1d"))[0]
    assert candle_evidence(a_candle_signal()) == EVIDENCE
    assert candle_lines(a_signal()) == []
    assert candle_evidence(a_signal()) == {}
