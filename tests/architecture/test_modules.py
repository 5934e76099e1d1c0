"""Every module says what it is, and is short enough to have one subject."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import PACKAGES, Source, at, offences

MOST_LINES = 350
EVERYWHERE = (*PACKAGES, "tests", "benchmarks")


def unclear(source: Source) -> Iterator[str]:
    """Modules without a docstring and modules that are too long."""
    if not ast.get_docstring(source.tree):
        yield at(source, source.tree, "opens without a docstring")
    n_lines = source.text.count("\n")
    if n_lines > MOST_LINES:
        yield at(source, source.tree, f"has {n_lines} lines, at most {MOST_LINES}")


def test_every_module_has_a_docstring_and_one_subject() -> None:
    assert offences(unclear, *EVERYWHERE) == []


@pytest.mark.parametrize("planted", ["import json\n", "", '"""Long."""\n' + "x = 1\n" * MOST_LINES])
def test_planted_module_is_caught(planted: str) -> None:
    assert list(unclear(Source.planted(planted)))


def test_short_described_module_is_allowed() -> None:
    assert list(unclear(Source.planted('"""Short."""\n\nx = 1\n'))) == []
