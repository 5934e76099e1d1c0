"""The benchmark of the library notices a mirror that misses what is nearest."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from benchmarks.patterns.__main__ import measure
from benchmarks.patterns.states import make_states, share_found
from benchmarks.patterns.weighing import Kept
from memory.recall import PatternRecall
from tools.domain.ports import Neighbour


def measured() -> list[dict[str, Any]]:
    small = argparse.Namespace(patterns=1_200, width=6, queries=4, seed=3, without_chroma=True)
    found: list[dict[str, Any]] = measure(small)["mirror"]
    return found


def test_the_mirror_agrees_with_the_brute_force_on_every_kind_of_question() -> None:
    rows = measured()
    assert len(rows) == 7
    assert {(row["n"], row["recall"], row["answers_in_another_order"]) for row in rows} == {(4, 1.0, 0)}


def test_a_mirror_that_forgets_who_was_retired_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatternRecall, "retire", lambda self, name, ts: None)
    assert min(row["recall"] for row in measured()) < 1


def test_a_share_counts_what_was_missed_and_what_was_made_up() -> None:
    found = [Neighbour("s", name, 0.5, 1.0, "stop", 1) for name in ("a", "b")]
    assert share_found(found, [("a", 1.0), ("b", 0.9)]) == 1
    assert share_found(found, [("a", 1.0), ("c", 0.9)]) == 0.5
    assert share_found(found, [("a", 1.0)]) == 0.5
    assert (share_found([], []), share_found(found, [])) == (1, 0)


def test_a_bounded_library_keeps_the_most_valuable() -> None:
    states, kept = make_states(20, 3, 1), Kept(3)
    for n, worth in enumerate((0.5, 0.1, 0.9, 0.3, 0.05, 0.9, 0.2, 0.6)):
        kept.admit(states.pattern(n), worth)
    assert [one.outcome_id[-1] for one in kept.recall.active()] == ["2", "5", "7"]
