"""What is written together is there whole or not at all, and the audit chain fits either way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from memory.chain import check_chain
from memory.connection import DATABASE
from memory.lessons import LessonBook
from memory.schema import METADATA
from memory.store import Store
from tests.support.memories import SECOND, MemoryBuilder, a_memory, at
from tests.unit.memory.test_lessons import LESSON
from tools.domain.errors import InvariantBroken

RUNS = METADATA.tables["run"]


def rows(store: Store, table: str) -> int:
    counted = select(func.count().label("n")).select_from(METADATA.tables[table])
    return int(store.read(counted)[0]["n"])


def fail_within(build: MemoryBuilder) -> None:
    with build.store.together():
        build.decide(at("10:00:00") + SECOND)
        LessonBook(build.store).record(LESSON)
        build.decide(at("10:00:00") + 2 * SECOND)
        raise ZeroDivisionError


def refer_to_nothing(build: MemoryBuilder) -> None:
    with build.store.together():
        build.decide(at("10:00:00"))
        build.run_id = "run_of_nobody"
        build.decide(at("10:00:00") + SECOND)


def test_all_of_it_is_there_afterwards(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        with build.store.together():
            build.decide(at("10:00:00"))
            LessonBook(build.store).record(LESSON)
            build.store.execute([update(RUNS).values(ts_ended=7)])
            assert rows(build.store, "decision") == 1  # what is written within is seen within
        build.decide(at("10:00:00") + SECOND)
    with Store.open(tmp_path, read_only=True) as store:
        assert (rows(store, "decision"), rows(store, "lesson")) == (2, 1)
    assert check_chain(tmp_path / DATABASE)[1] == []


def test_none_of_it_is_there_after_a_failure_but_all_from_before(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        build.decide(at("10:00:00"))  # queued, not yet written
        with pytest.raises(ZeroDivisionError):
            fail_within(build)
        assert (rows(build.store, "decision"), rows(build.store, "lesson")) == (1, 0)
        build.decide(at("10:00:00") + 3 * SECOND)
    assert check_chain(tmp_path / DATABASE)[1] == []


def test_a_broken_reference_within_undoes_all_of_it(tmp_path: Path) -> None:
    with a_memory(tmp_path) as build:
        with pytest.raises(InvariantBroken, match="refers to run"):
            refer_to_nothing(build)
        assert rows(build.store, "decision") == 0
