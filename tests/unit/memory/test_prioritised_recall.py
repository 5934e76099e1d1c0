"""Recall weighs similarity, recency and importance, sees what was in force at a time, and misses nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.episodes import EpisodeLog
from memory.recall import KEPT_NS, PatternRecall
from memory.slots import FEW, LANES, best_places
from memory.states import Pattern
from memory.store import Store
from tools.domain.errors import InvariantBroken
from tools.domain.ports import ANYWHERE, EVEN, Neighbour, Priority, Where

FOR_EVER = 2**62
WEIGHED = Priority(power=0.5, half_life_ns=1_000)


@dataclass(frozen=True)
class World:
    """Many states in columns, and a mirror of them."""

    vectors: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    symbols: list[str]
    known: list[int]
    retired: list[int]
    importance: list[float]
    recall: PatternRecall


def a_world(n: int, seed: int, *, width: int = 18, symbols: int = 4, alike: bool = False) -> World:
    """``n`` states of which a fifth is retired some time after it was known."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(n, width))
    vectors = np.cumsum(steps, axis=0) if alike else steps
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    known = rng.integers(0, 10_000, n).tolist()
    leaves = rng.random(n) < 0.2
    retired = [
        int(k + rng.integers(0, 3_000)) if out else FOR_EVER for k, out in zip(known, leaves, strict=True)
    ]
    names = [f"S{code}" for code in rng.integers(0, symbols, n).tolist()]
    importance = rng.uniform(0.01, 1, n).tolist()
    recall = PatternRecall()
    for i in range(n):
        recall.keep(a_pattern(i, vectors[i].tolist(), known[i], symbol=names[i], importance=importance[i]))
    for i in range(n):
        if retired[i] != FOR_EVER:
            recall.retire(f"o_{i:05d}", retired[i])
    return World(vectors, names, known, retired, importance, recall)


def a_pattern(
    i: int, vector: list[float], known: int, *, symbol: str = "S0", importance: float = 1.0, net: float = 1.0
) -> Pattern:
    return Pattern(
        f"s_{i:05d}", f"o_{i:05d}", symbol, tuple(vector), net, "stop", known, importance=importance
    )


def brute(
    world: World,
    query: list[float],
    ts: int,
    limit: int,
    floor: float,
    priority: Priority,
    symbol: str | None,
) -> list[str]:
    """The ids that count most, by sums that share no code with the mirror."""
    length = math.sqrt(math.fsum(x * x for x in query))
    scored = []
    for i, vector in enumerate(world.vectors.tolist()):
        if world.known[i] > ts or world.retired[i] <= ts or (symbol and world.symbols[i] != symbol):
            continue
        cosine = math.fsum(a * b for a, b in zip(query, vector, strict=True)) / length
        if cosine >= floor:
            age = (ts - world.known[i]) / priority.half_life_ns if priority.half_life_ns else 0
            weight = world.importance[i] ** priority.power * 2.0**-age
            scored.append((-cosine * weight, f"o_{i:05d}"))
    return [name for _, name in sorted(scored)[:limit]]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 900),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.integers(1, 40),
    st.sampled_from([-1.0, 0.0, 0.3, 0.9]),
    st.sampled_from([EVEN, WEIGHED, Priority(1.0, 0), Priority(0.0, 50), Priority(0.3, 10**12)]),
    st.sampled_from([None, "S0", "S3", "nobody"]),
)
def test_no_nearest_is_missed_under_any_weight_and_filter(
    n: int, seed: int, alike: bool, limit: int, floor: float, priority: Priority, symbol: str | None
) -> None:
    world = a_world(n, seed, alike=alike)
    rng = np.random.default_rng(seed + 1)
    for ts in (-1, 2_000, 9_000, 50_000):
        query = (world.vectors[rng.integers(0, n)] + rng.normal(0, 0.2, 18)).tolist()
        (found,) = world.recall.neighbours(
            [tuple(query)], ts, limit, floor, priority=priority, where=Where(symbol=symbol)
        )
        expected = brute(world, query, ts, limit, floor, priority, symbol)
        assert [one.outcome_id for one in found] == expected


@pytest.mark.parametrize("width", [3, 18, 64, 250])
def test_no_nearest_is_missed_in_a_large_library(width: int) -> None:
    world = a_world(1_500, 11, width=width, symbols=1, alike=True)
    rng = np.random.default_rng(5)
    for _ in range(2):
        query = rng.normal(size=width).tolist()
        for priority in (EVEN, WEIGHED):
            (found,) = world.recall.neighbours([tuple(query)], 20_000, 10, -1.0, priority=priority)
            assert [one.outcome_id for one in found] == brute(world, query, 20_000, 10, -1.0, priority, None)


@pytest.mark.parametrize("priority", [EVEN, WEIGHED])
def test_what_single_precision_cannot_tell_apart_is_ranked_right(priority: Priority) -> None:
    recall, n = PatternRecall(), 4_000
    for i in np.random.default_rng(5).permutation(n).tolist():
        angle = math.pi / 4 + i * 2e-11
        recall.keep(a_pattern(i, [math.cos(angle), math.sin(angle), 0.0], 5, importance=0.3))
    for tilt in (0.0, 0.1, 0.2, 0.3, 0.4):
        asked = (math.cos(tilt), math.sin(tilt), 0.0)
        (found,) = recall.neighbours([asked], 905, 5, -1.0, priority=priority)
        assert [one.outcome_id for one in found] == [f"o_{i:05d}" for i in range(5)]


def test_a_thousand_equals_are_told_apart_by_their_names_alone() -> None:
    recall = PatternRecall()
    for i in np.random.default_rng(3).permutation(4 * FEW).tolist():
        recall.keep(a_pattern(i, [0.6, 0.8, 0.0], 5))
    (found,) = recall.neighbours([(0.6, 0.8, 0.0)], 5, 7, -1.0)
    assert [one.outcome_id for one in found] == [f"o_{i:05d}" for i in range(7)]


def test_of_two_equal_memories_the_winner_and_the_loser_weigh_the_same() -> None:
    recall = PatternRecall()
    recall.keep(a_pattern(1, [1.0, 0.0], 100, importance=0.4, net=+250.0))
    recall.keep(a_pattern(2, [1.0, 0.0], 100, importance=0.4, net=-250.0))
    (found,) = recall.neighbours([(1.0, 0.1)], 900, 2, -1.0, priority=WEIGHED)
    won, lost = found
    assert (won.net_bps, lost.net_bps) == (250.0, -250.0)
    assert won.weight == lost.weight < 1
    assert won.similarity == lost.similarity


def test_importance_and_youth_count_as_much_as_the_priority_says() -> None:
    recall = PatternRecall()
    recall.keep(a_pattern(1, [1.0, 0.0], 1_000, importance=0.25))
    recall.keep(a_pattern(2, [1.0, 0.0], 3_000, importance=0.25))
    recall.keep(a_pattern(3, [1.0, 0.0], 1_000, importance=1.0))

    def weights(priority: Priority) -> dict[str, float]:
        (found,) = recall.neighbours([(1.0, 0.0)], 3_000, 3, -1.0, priority=priority)
        return {one.signal_id: one.weight for one in found}

    assert weights(WEIGHED) == {"s_00002": 0.5, "s_00003": 0.25, "s_00001": 0.125}
    assert list(weights(WEIGHED)) == ["s_00002", "s_00003", "s_00001"]
    assert set(weights(EVEN).values()) == {1.0}
    assert weights(Priority(1.0, 0)) == {"s_00001": 0.25, "s_00002": 0.25, "s_00003": 1.0}


def test_a_retired_state_is_seen_as_of_before_and_not_from_then_on() -> None:
    recall = PatternRecall()
    recall.keep(a_pattern(1, [1.0, 0.0], 10))
    recall.retire("o_00001", 20)
    assert [len(recall.neighbours([(1.0, 0.0)], ts, 5, -1.0)[0]) for ts in (9, 10, 19, 20, 21)] == [
        0,
        1,
        1,
        0,
        0,
    ]
    assert len(recall) == 0
    for name in ("o_00001", "o_nobody"):
        with pytest.raises(InvariantBroken, match=f"expected the pattern {name} in force"):
            recall.retire(name, 30)


def test_the_slot_of_what_left_long_ago_is_used_again_and_time_before_is_refused() -> None:
    recall = PatternRecall(since=0)
    for i in range(600):
        recall.keep(a_pattern(i, [math.sin(i), math.cos(i)], i * KEPT_NS))
        if i >= 20:
            recall.retire(f"o_{i - 20:05d}", i * KEPT_NS)
    assert len(recall) == 20
    assert len(recall._patterns) < 25
    now = 599 * KEPT_NS
    (found,) = recall.neighbours([(1.0, 0.0)], now, 50, -1.0)
    assert {one.outcome_id for one in found} == {f"o_{i:05d}" for i in range(580, 600)}
    with pytest.raises(InvariantBroken, match="asked as of 0, but the mirror begins at"):
        recall.neighbours([(1.0, 0.0)], 0, 5, -1.0)
    assert {one.outcome_id for one in recall.active()} == {one.outcome_id for one in found}


def test_what_is_known_only_later_lets_nothing_go_before(home: Path, make: Any) -> None:
    with Store.open(home, is_throwaway=True) as store:
        log = EpisodeLog(store)
        make.begin(log)
        for n in range(4):
            make.episode(log, n)
        store.flush()
        later = make.ts(0) + 10 * KEPT_NS
        moved = "UPDATE pattern SET ts_known = ts_known + ?, ts_retired = ts_known + ? WHERE ts_known > ?"
        store._driver.execute(moved, (5 * KEPT_NS, 6 * KEPT_NS, make.ts(2)))
        store._driver.execute("UPDATE pattern SET ts_known = ? WHERE ts_retired IS NULL", (later,))
        recall = PatternRecall.load(store, since=make.ts(0))
    assert len(recall) == 2
    recall.keep(a_pattern(1, list(make.vector(1)), make.ts(1)))
    recall.retire("o_00001", make.ts(2))
    recall.keep(a_pattern(2, list(make.vector(2)), make.ts(3)))
    (found,) = recall.neighbours([make.vector(0)], make.ts(1), 9, -1.0)
    assert [one.outcome_id for one in found] == ["o_00001"]


def test_weights_stay_right_while_states_come_and_years_pass() -> None:
    recall, priority = PatternRecall(), Priority(0.5, 10)
    for i in range(300):
        recall.keep(a_pattern(i, [1.0, 0.01 * i], i * 40, importance=0.5))
        (found,) = recall.neighbours([(1.0, 0.0)], i * 40, 1, -1.0, priority=priority)
        assert [one.outcome_id for one in found] == [f"o_{i:05d}"], (
            "the last is 16 times as heavy as any before"
        )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.50001, 0.9, -np.inf]), max_size=5 * LANES), st.integers(1, 9)
)
def test_places_that_may_be_among_the_best_hold_all_of_them(values: list[float], limit: int) -> None:
    scores = np.array(values, np.float32)
    kept = set(best_places(scores, limit, 1e-6).tolist())
    finite = sorted((value for value in values if value > -np.inf), reverse=True)
    for place, value in enumerate(values):
        if value > -np.inf and value >= (finite[:limit] or [np.inf])[-1]:
            assert place in kept
    assert all(values[place] > -np.inf for place in kept)


def test_anywhere_is_the_same_as_no_filter() -> None:
    world = a_world(50, 1)
    asked = [tuple(world.vectors[0].tolist())]
    assert world.recall.neighbours(asked, 9_000, 5, -1.0, where=ANYWHERE) == world.recall.neighbours(
        asked, 9_000, 5, -1.0
    )


def test_a_priority_that_would_favour_the_old_or_the_dull_is_refused() -> None:
    for power, half_life_ns in ((-0.1, 0), (0.0, -1)):
        with pytest.raises(ValueError, match="must not be negative"):
            Priority(power, half_life_ns)
    assert Neighbour("s", "o", 0.5, 1.0, "stop", 1).weight == 1.0
