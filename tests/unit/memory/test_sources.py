"""What is learned from one source of signals is never fed with another's results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest

from graphs.reflection import DAILY, ReflectionContext, gather
from memory.followed import followed_signals
from memory.hindsight import judged_votes
from memory.lookup import DecisionFilter
from memory.parameters import ParameterStore
from memory.paths import path_facts
from memory.recall import PatternRecall
from memory.statistics import trade_facts
from memory.strategies import examples
from tests.support.memories import DAY, MemoryBuilder, a_memory, at
from tools.domain.ports import ANYWHERE, Where
from tools.domain.sources import MM_RANGE
from tools.domain.trading import Decision

CANDLE = "reversal.30m"
EVER = 2**62
SOURCES = (MM_RANGE, CANDLE, "momentum.1d", "strength.5m", "continuation.4h")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[MemoryBuilder, dict[str, Decision]]]:
    """A followed signal of each source, with its decision."""
    with a_memory(tmp_path) as build:
        found = {}
        for i, source in enumerate(SOURCES):
            found[source] = build.decide(at(f"0{i}:00:00"), source=source)
            build.follow(found[source], 10.0 * (i + 1))
        build.store.flush()
        yield build, found


def test_training_paths_strategies_and_skill_read_the_range_alone(
    told: tuple[MemoryBuilder, dict[str, Decision]],
) -> None:
    build, found = told
    ours = found[MM_RANGE]
    assert [signal.signal_id for signal, _ in followed_signals(build.store)] == [ours.signal_id]
    (path,) = path_facts(build.store, "recorded", ts_from=0, as_of=EVER)
    (example,) = examples(build.store, "recorded", as_of=EVER)
    assert path.outcome_id == example.outcome_id
    assert [bps for _, bps in judged_votes(build.store, EVER, 100)] == [10.0]


def _never(*asked: object) -> Never:
    raise AssertionError("gathering neither draws nor renders")


def test_a_reflection_tells_of_all_and_learns_from_the_range_alone(
    told: tuple[MemoryBuilder, dict[str, Decision]], tmp_path: Path
) -> None:
    build, _ = told
    facts = trade_facts(build.store, DecisionFilter(as_of=EVER))
    assert {fact.source for fact in facts} == set(SOURCES)
    context = ReflectionContext(
        store=build.store, log=build.log, home=tmp_path, run_id=build.run_id, ts=at("23:00:00"), seed=7,
        parameters=ParameterStore(build.store), kind=DAILY, draw=_never, render=_never,
    )  # fmt: skip
    state = gather({"day": DAY, "world": "recorded"}, context)
    assert {trade.source for trade in state["trades"]} == set(SOURCES)
    assert {trade.source for trade in state["evidence"]} == {MM_RANGE}
    assert {trade.source for trade in state["history"]} == {MM_RANGE}


@pytest.mark.parametrize("is_loaded", [True, False])
def test_each_source_recalls_its_own_states(tmp_path: Path, is_loaded: bool) -> None:
    with a_memory(tmp_path) as build:
        recall = PatternRecall()
        build.log._recall = recall  # as a running agent keeps it beside the table
        for i, source in enumerate(SOURCES):
            build.follow(build.decide(at(f"0{i}:00:00"), source=source), float(i))
        build.store.flush()
        seen = PatternRecall.load(build.store) if is_loaded else recall
        vector = tuple(float(x) for x in range(1, 17))

        def results(where: Where) -> list[float]:
            (found,) = seen.neighbours([vector], EVER, 100, -1.0, where=where)
            return sorted(one.net_bps for one in found)

        assert results(ANYWHERE) == [0.0, 1.0, 2.0, 3.0, 4.0]
        assert [results(Where(source=source)) for source in SOURCES] == [[0.0], [1.0], [2.0], [3.0], [4.0]]
        assert results(Where(source="reversal.5m")) == []
