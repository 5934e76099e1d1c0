"""A table that is too wide for the terminal, as several that fit."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table

WIDEST = 10_000  # more than any table takes


@dataclass(frozen=True, slots=True)
class Fitted:
    """``table`` whole where it fits; else its first columns again and again, with what of the others fits.

    Attributes:
        kept: How many columns, from the first, tell what a row is of.
    """

    table: Table
    kept: int = 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The pieces, one under the other."""
        places, rest = list(range(self.kept)), list(range(self.kept, len(self.table.columns)))
        while rest:
            taken = len(rest)
            while taken > 1 and self._width(console, options, places + rest[:taken]) > options.max_width:
                taken -= 1
            yield self._piece(places + rest[:taken])
            rest = rest[taken:]

    def _width(self, console: Console, options: ConsoleOptions, places: list[int]) -> int:
        wide = options.update(max_width=WIDEST)
        bare = self._piece(places)
        bare.title = None  # it may be wrapped
        return Measurement.get(console, wide, bare).maximum

    def _piece(self, places: list[int]) -> Table:
        piece = copy(self.table)
        piece.columns = [
            replace(self.table.columns[place], _index=index) for index, place in enumerate(places)
        ]
        if places[self.kept] != self.kept:
            piece.title = None  # told above the first
        return piece
