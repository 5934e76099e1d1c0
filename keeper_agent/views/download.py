"""What a person sees of a download: bars while it goes on, a table of markets, a line a symbol at the end."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from tools.domain.clock import Stopwatch
from tools.domain.market import NANOS

LINE_S = 60.0  # between two lines where no terminal shows bars


class Bars:
    """A bar a symbol: how far, rows a second, how long still. Without a terminal, a line a minute."""

    def __init__(self, console: Console, stopwatch: Stopwatch) -> None:
        self._console = console
        self._stopwatch = stopwatch
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._rows: dict[str, int] = {}
        self._begun: dict[str, int] = {}
        self._said = stopwatch.elapsed()

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, symbol: str, total: int) -> None:
        """``symbol`` starts; it is done at ``total`` steps."""
        self._tasks[symbol] = self._progress.add_task(symbol, total=total, rows=0, rate=0.0)
        self._rows[symbol], self._begun[symbol] = 0, self._stopwatch.elapsed()

    def advance(self, symbol: str, steps: int, rows: int) -> None:
        """``steps`` more are done, which brought ``rows`` rows."""
        self._rows[symbol] += rows
        seconds = (self._stopwatch.elapsed() - self._begun[symbol]) / NANOS
        rate = self._rows[symbol] / max(seconds, 0.001)
        task = self._tasks[symbol]
        self._progress.update(task, advance=steps, rows=self._rows[symbol], rate=rate)
        if not self._console.is_terminal and self._stopwatch.elapsed() - self._said > LINE_S * NANOS:
            self._said = self._stopwatch.elapsed()
            done = self._progress.tasks[task].percentage
            self.note(f"{symbol}: {done:.0f} %, {self._rows[symbol]:,} rows, {rate:,.0f} a second")

    def note(self, text: str) -> None:
        """Something a person should hear at once."""
        self._console.print(text, style="yellow", markup=False, highlight=False, soft_wrap=True)


def market_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Markets, one a line."""
    table = Table(box=None, pad_edge=False)
    for name, justify in (
        ("symbol", "left"),
        ("tick", "right"),
        ("lot", "right"),
        ("min notional", "right"),
        ("24 h volume", "right"),
        ("last", "right"),
        ("status", "left"),
    ):
        table.add_column(name, justify="right" if justify == "right" else "left")
    for row in rows:
        volume = f"{float(row['quote_volume_24h']):,.0f} {row['quote']}" if row["quote_volume_24h"] else "–"
        cells = (row["tick"], row["lot"], row["min_notional"], volume, row["last"], row["status"])
        table.add_row(row["symbol"], *(cell or "–" for cell in cells))
    return table
