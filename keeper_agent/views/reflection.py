"""A reflection as a person reads it."""

from __future__ import annotations

from math import isnan

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graphs.answers import result_lines
from graphs.day import GroupFigures
from graphs.reflection import Reflection
from graphs.report import no_lesson
from keeper_agent.views.board import NONE
from keeper_agent.views.fitting import Fitted
from tools.domain.trading import Route
from tools.models.validation import Estimate


def show_reflection(out: Console, found: Reflection) -> None:
    """The day in short, its lessons, and where the report is."""
    figures, whole = found.figures, found.figures.whole
    actions = ", ".join(f"{count} {name}" for name, count in figures.actions.items())
    out.print(Text(f"Reflection on {found.day}, world {figures.world}", style="bold"))
    out.print(Text(f"{whole.decisions} decisions: {actions}; {whole.probes} probes"))
    for title, statistics in (("taken", whole.taken), ("refused, on paper", whole.refused)):
        out.print(Text(title, style="cyan"))
        for line in result_lines(statistics):
            out.print(Text(f"  {line}"))
    for name in ("symbol", "route", "rule"):
        if figures.by[name]:
            out.print(Fitted(_table(name, figures.by[name])))
    _show_lessons(out, found)
    out.print(Text(f"report: {found.report_path}", style="dim"), soft_wrap=True)


def _table(name: str, rows: tuple[GroupFigures, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("decided by" if name == "route" else name, no_wrap=True)
    for head in ("all", "taken", "bps a trade", "refused", "bps on paper"):
        is_count = head in ("all", "taken", "refused")
        table.add_column(head, justify="right" if is_count else "left", no_wrap=True)
    for row in rows:
        taken, refused = row.taken, row.refused
        cells = (row.decisions, taken.n, _bare(taken.net_bps), refused.n, _bare(refused.net_bps))
        told = Route(row.name).label if name == "route" else row.name.removeprefix("rule.")
        table.add_row(told, *(str(cell) for cell in cells))
    return table


def _bare(estimate: Estimate | None) -> str:
    """A mean with its interval where it has one; the unit stands in the head."""
    if estimate is None:
        return NONE
    value = f"{estimate.value:+.1f}"
    return value if isnan(estimate.low) else f"{value} [{estimate.low:+.1f}, {estimate.high:+.1f}]"


def _show_lessons(out: Console, found: Reflection) -> None:
    if not found.lessons:
        out.print(Text(no_lesson(found.comparisons), style="bold"))
    for lesson in found.lessons:
        out.print(
            Text.assemble(("lesson ", "bold green"), (lesson.lesson_id, "cyan"), f" {lesson.statement}")
        )
    for lesson in found.refuted:
        out.print(Text.assemble(("refuted ", "bold red"), (lesson.lesson_id, "cyan"), f" {lesson.statement}"))
