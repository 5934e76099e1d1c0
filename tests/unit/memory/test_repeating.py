"""What a run did is read by its name, for a replay that repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.bundles import Bundle, BundleBook
from memory.repeating import Put, decision_rows, put_in_run, run_record
from tests.support.memories import MemoryBuilder, a_memory, at
from tools.domain.errors import NotInRecord

TEN = at("10:00:00")


@pytest.fixture
def build(tmp_path: Path) -> Iterator[MemoryBuilder]:
    with a_memory(tmp_path / "home") as builder:
        yield builder


def test_a_run_is_found_by_the_beginning_of_its_name_and_by_no_other(build: MemoryBuilder) -> None:
    build.begin("run_0000000001ff", input_hash="book_a book_b", ts=TEN)
    found = run_record(build.store, "run_0000000001f")
    assert (found.run_id, found.input_hash, found.seed, found.ts_started) == (
        "run_0000000001ff",
        "book_a book_b",
        7,
        TEN,
    )
    assert run_record(build.store, "run_0000000001").run_id == "run_0000000001", "a whole name is itself"
    for text in ("run_00", "run_x", "run%", ""):
        with pytest.raises(NotInRecord, match="expected one run"):
            run_record(build.store, text)


def test_decisions_come_with_their_reason_and_whether_they_waited(build: MemoryBuilder) -> None:
    first, second = build.decide(TEN, reason="one"), build.decide(TEN + 1, symbol="ETHUSDT", reason="two")
    shared = (second.run_id, second.world, second.ts, {}, {}, 0, "", {})
    BundleBook(build.store).record(Bundle(second.decision_id, *shared, heard={"ts_asked": 1, "seen": None}))
    build.begin("run_other", ts=TEN)
    build.decide(TEN + 2, reason="three")
    assert put_in_run(build.store, first.run_id) == (
        Put(first.decision_id, "one", is_waited_for=False),
        Put(second.decision_id, "two", is_waited_for=True),
    )
    rows = decision_rows(build.store, first.run_id, "ETHUSDT")
    assert [(name, row["reason"]) for name, row in rows.items()] == [(second.decision_id, "two")]
