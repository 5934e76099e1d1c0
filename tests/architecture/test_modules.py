"""Every module says what it is, and is short enough to have one subject."""

from collections.abc import Iterator

import pytest

from tests.support.sources import PACKAGES, Source, offences

MOST_LINES = 350
DOCSTRING = ('"""', 'r"""')
EVERYWHERE = (*PACKAGES, "tests", "benchmarks")


def unclear(source: Source) -> Iterator[str]:
    """Modules without a docstring and modules that are too long; the text says it, without being parsed."""
    if not source.text.startswith(DOCSTRING):
        yield f"{source.path}:1: opens without a docstring"
    n_lines = source.text.count("\n")
    if n_lines > MOST_LINES:
        yield f"{source.path}:1: has {n_lines} lines, at most {MOST_LINES}"


def test_every_module_has_a_docstring_and_one_subject() -> None:
    assert offences(unclear, *EVERYWHERE) == []


@pytest.mark.parametrize(
    "planted", ["import json\n", "", "# Long ago.\nx = 1\n", '"""Long."""\n' + "x = 1\n" * MOST_LINES]
)
def test_planted_module_is_caught(planted: str) -> None:
    assert list(unclear(Source.planted(planted)))


def test_short_described_module_is_allowed() -> None:
    assert list(unclear(Source.planted('"""Short."""\n\nx = 1\n'))) == []
