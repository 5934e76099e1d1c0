"""The gate: every invariant has a test that exists and a mutant that is caught."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import pytest

from tests.invariants.table import TABLE, Invariant, markdown
from tests.support.sources import ROOT

REQUIRED = [f"INV-{n:02d}" for n in (*range(1, 11), 12, 13, 15, 16, 26, 27, 32, 33, 34)]
TEST_ID = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)(?:\[([\w-]+)\])?")


@cache
def functions(path: str) -> frozenset[str]:
    """The test functions of a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def parameters(path: str) -> frozenset[str]:
    """The words a test of that file may be given: those of the mutants beside it."""
    beside = (ROOT / path).with_name("mutants.py")
    tree = ast.parse(beside.read_text("utf-8")) if beside.is_file() else ast.Module([], [])
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(word for word in found if isinstance(word, str))


def gaps(table: Sequence[Invariant], required: Sequence[str] = REQUIRED) -> Iterator[str]:
    """What the table lacks, in words."""
    ids = [one.id for one in table]
    yield from (f"{missing} is not in the table" for missing in required if missing not in ids)
    yield from (f"{one} is in the table twice" for one in set(ids) if ids.count(one) > 1)
    for one in table:
        for kind, named in (("test", one.tests), ("mutant", one.mutants)):
            if not named:
                yield f"{one.id} has no {kind}"
            yield from (f"{one.id}: {name} does not exist" for name in named if not exists(name))


def exists(test_id: str) -> bool:
    """Whether there is such a test, and such a parameter where one is named."""
    found = TEST_ID.fullmatch(test_id)
    if found is None:
        return False
    path, function, parameter = found.groups()
    return function in functions(path) and (parameter is None or parameter in parameters(path))


def test_every_invariant_has_a_test_and_a_mutant() -> None:
    assert list(gaps(TABLE)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"tests": ()},
        {"mutants": ()},
        {"tests": ("tests/unit/risk/test_ledger.py::test_that_nobody_wrote",)},
        {"tests": ("tests/unit/risk/test_nowhere.py::test_threads_cannot_overrun_a_limit",)},
        {"mutants": ("tests/crash/test_crash_loop.py::test_the_loop_catches_a_broken_order_path[tame]",)},
        {"id": "INV-02"},
    ],
)
def test_a_planted_gap_is_caught(change: dict[str, object]) -> None:
    broken = replace(TABLE[0], **change)  # type: ignore[arg-type]
    assert list(gaps([broken, *TABLE[1:]]))


def test_a_missing_invariant_is_caught() -> None:
    assert list(gaps(TABLE[1:])) == ["INV-01 is not in the table"]


def test_the_table_has_a_row_for_each() -> None:
    assert [line.split(" | ")[0][2:] for line in markdown().splitlines()[2:]] == REQUIRED
