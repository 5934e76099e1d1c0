"""Recall is exact, deterministic and blind to what was not yet known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.episodes import EpisodeLog
from memory.recall import PatternRecall
from memory.states import Pattern
from memory.store import Store
from tools.domain.errors import StoreUnusable
from tools.domain.trading import Result

WIDTH = 4
vectors = st.tuples(*[st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0])] * WIDTH)
some = vectors.filter(any)
patterns = st.lists(st.tuples(some, st.integers(0, 12)), max_size=60)


def unit(vector: tuple[float, ...]) -> list[float]:
    length = math.sqrt(math.fsum(x * x for x in vector))
    return [x / length for x in vector]


def similarity(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    total = 0.0
    for x, y in zip(unit(a), unit(b), strict=True):
        total += x * y
    return total


def oracle(
    kept: list[tuple[tuple[float, ...], int]], query: tuple[float, ...], ts: int, limit: int, floor: float
) -> list[tuple[float, str]]:
    if not any(query):
        return []
    seen = [
        (-similarity(query, vector), f"s_{i:03d}") for i, (vector, known) in enumerate(kept) if known <= ts
    ]
    return [(-negated, name) for negated, name in sorted(seen) if -negated >= floor][:limit]


def filled(kept: list[tuple[tuple[float, ...], int]]) -> PatternRecall:
    recall = PatternRecall()
    for i, (vector, known) in enumerate(kept):
        recall.keep(Pattern(f"s_{i:03d}", f"o_{i:03d}", "BTCUSDT", vector, float(i), "stop", known))
    return recall


@settings(max_examples=150, deadline=None)
@given(patterns, st.lists(vectors, max_size=4), st.integers(-1, 13), st.integers(1, 8), st.floats(-1, 1))
def test_top_k_equals_a_plain_oracle(
    kept: list[tuple[tuple[float, ...], int]],
    queries: list[tuple[float, ...]],
    ts: int,
    limit: int,
    floor: float,
) -> None:
    answers = filled(kept).neighbours(queries, ts, limit, floor)
    expected = [oracle(kept, query, ts, limit, floor) for query in queries]
    assert [[(one.similarity, one.signal_id) for one in found] for found in answers] == expected


@settings(max_examples=60, deadline=None)
@given(patterns, some, st.integers(0, 12))
def test_what_is_learned_later_changes_nothing(
    kept: list[tuple[tuple[float, ...], int]], query: tuple[float, ...], ts: int
) -> None:
    earlier = PatternRecall()
    for i, (vector, known) in enumerate(kept):
        if known <= ts:
            earlier.keep(Pattern(f"s_{i:03d}", f"o_{i:03d}", "BTCUSDT", vector, float(i), "stop", known))
    assert filled(kept).neighbours([query], ts, 5, -1) == earlier.neighbours([query], ts, 5, -1)


def test_an_answer_does_not_depend_on_what_is_asked_beside_it(make: Any) -> None:
    recall = PatternRecall()
    for n in range(500):
        recall.keep(Pattern(f"s_{n}", f"o_{n}", "BTCUSDT", make.vector(n), 1.0, "stop", n))
    queries = [make.vector(1000 + n) for n in range(33)]
    together = recall.neighbours(queries, 400, 25, 0.2)
    assert together == [recall.neighbours([query], 400, 25, 0.2)[0] for query in queries]


def test_a_neighbour_carries_what_came_of_it() -> None:
    recall = filled([((1.0, 0.0, 0.0, 0.0), 5)])
    ((found,),) = recall.neighbours([(2.0, 0.0, 0.0, 0.0)], 5, 3, 0.9)
    assert (found.signal_id, found.outcome_id, found.similarity) == ("s_000", "o_000", 1.0)
    assert (found.net_bps, found.result, found.ts_known) == (0.0, "stop", 5)
    assert recall.neighbours([(2.0, 0.0, 0.0, 0.0)], 4, 3, 0.9) == [[]]


def test_the_same_outcome_counts_once() -> None:
    recall = filled([((1.0, 0.0, 0.0, 0.0), 5)])
    recall.keep(Pattern("s_000", "o_000", "BTCUSDT", (1.0, 0.0, 0.0, 0.0), 0.0, "stop", 5))
    assert len(recall) == 1


def test_a_vector_of_another_length_or_without_direction_is_refused() -> None:
    recall = filled([((1.0, 0.0, 0.0, 0.0), 5)])
    with pytest.raises(ValueError, match="of 4 values"):
        recall.keep(Pattern("s_1", "o_1", "BTCUSDT", (1.0, 0.0), 0.0, "stop", 5))
    with pytest.raises(ValueError, match="of 4 values"):
        recall.neighbours([(1.0, 0.0)], 5, 3, 0.0)
    with pytest.raises(ValueError, match="direction"):
        recall.keep(Pattern("s_1", "o_1", "BTCUSDT", (0.0, 0.0, 0.0, 0.0), 0.0, "stop", 5))
    with pytest.raises(ValueError, match="limit must be at least 1, was 0"):
        recall.neighbours([(1.0, 0.0, 0.0, 0.0)], 5, 0, 0.0)


def test_recall_loaded_from_the_database_equals_recall_kept_alongside(home: Path, make: Any) -> None:
    beside = PatternRecall()
    with Store.open(home, is_throwaway=True) as store:
        log = EpisodeLog(store, beside)
        make.begin(log)
        for n in (3, 1, 2, 5, 4):
            make.episode(log, n)
        loaded = PatternRecall.load(store)
        query = [make.vector(9)]
        assert len(loaded) == len(beside) == 5
        for n in range(7):
            assert loaded.neighbours(query, make.ts(n), 3, -1) == beside.neighbours(query, make.ts(n), 3, -1)
        with pytest.raises(StoreUnusable, match="of 8 values, was"):
            PatternRecall.load(store, width=8)


def test_states_without_a_result_or_a_fingerprint_make_no_pattern(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    make.episode(log, 1, result=Result.UNFILLED, net_bps=None)
    signal = make.signal(2, vector=(0.0,) * 16)
    log.record_signal(signal)
    log.record_decision(make.decision(signal))
    log.record_outcome(make.outcome(make.decision(signal)))
    assert len(PatternRecall.load(store)) == 0


def test_a_state_counts_once_though_it_was_traded_and_followed(
    store: Store, log: EpisodeLog, make: Any
) -> None:
    decision = make.episode(log, 1, kind="taken")
    assert len(PatternRecall.load(store)) == 0
    log.record_outcome(make.outcome(decision, kind="shadow"))
    assert len(PatternRecall.load(store)) == 1
