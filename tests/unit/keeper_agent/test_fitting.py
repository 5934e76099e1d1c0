"""A table that is too wide for the terminal comes in pieces, and nothing of it is cut off."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.table import Table

from keeper_agent.views.fitting import Fitted

ROWS = (("one", "1111111111", "2222222222", "3333333333"), ("two", "4444444444", "5555555555", "6666666666"))


def drawn(width: int, kept: int = 1) -> list[list[str]]:
    table = Table(title="All of it", title_justify="left", box=None, pad_edge=False)
    for name in ("row", "first", "second", "third"):
        table.add_column(name, no_wrap=True)
    for row in ROWS:
        table.add_row(*row)
    console = Console(width=width)
    with console.capture() as held:
        console.print(Fitted(table, kept))
    lines = held.get().splitlines()
    assert max(map(len, lines)) <= width
    return [line.split() for line in lines]


def test_what_fits_is_whole() -> None:
    told = drawn(80)
    assert told == [["All", "of", "it"], ["row", "first", "second", "third"], *map(list, ROWS)]


def test_what_does_not_fit_begins_anew_with_the_name_of_each_row() -> None:
    assert drawn(30) == [
        ["All", "of", "it"],
        ["row", "first", "second"],
        ["one", "1111111111", "2222222222"],
        ["two", "4444444444", "5555555555"],
        ["row", "third"],
        ["one", "3333333333"],
        ["two", "6666666666"],
    ]


@pytest.mark.parametrize("width", [15, 20, 28, 40, 200])
def test_no_cell_is_lost_at_any_width(width: int) -> None:
    words = {word for line in drawn(width) for word in line}
    assert words >= {cell for row in ROWS for cell in row}


def test_more_than_one_column_may_name_a_row() -> None:
    told = drawn(30, kept=2)
    assert told[1:3] == [["row", "first", "second"], ["one", "1111111111", "2222222222"]]
    assert told[4:6] == [["row", "first", "third"], ["one", "1111111111", "3333333333"]]
