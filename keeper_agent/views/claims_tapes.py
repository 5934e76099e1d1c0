"""What each stage did on each recorded tape, and what kept it out where it entered nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

Row = Mapping[str, Any]


def tapes_table(told: Row) -> Table:
    """Round trips of every stage on every tape, and their mean."""
    names = [stage["stage"] for stage in told["stages"]]
    table = Table(
        title="by tape: round trips of entries, net bps a round trip",
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("hours", justify="right", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for tape in told["tapes"]:
        cells = (_cell(tape["stages"][name]) for name in names)
        table.add_row(_name(tape), f"{tape['hours']:.2f}", *cells)
    return table


def kept_out(told: Row) -> Iterator[str]:
    """A line for every tape on which a stage entered nothing, with what stood in its way most often."""
    for tape in told["tapes"]:
        idle = {name: one for name, one in tape["stages"].items() if not one["entered"]}
        if not idle:
            continue
        reasons = Counter[str]()
        for one in idle.values():
            reasons.update(one["refused"])
        why = ", ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common(3))
        yield f"[yellow]{_name(tape)}: {', '.join(idle)} entered nothing: {escape(why or 'no candidate')}[/]"


def _cell(stage: Row) -> str:
    text = f"{stage['round_trips']:,} of {stage['entered']:,}"
    mean = stage["expectancy_bps"]
    return text if mean is None else f"{text}, {mean:+.1f}"


def _name(tape: Row) -> str:
    return escape(f"{tape['venue']} {tape['symbol']}")
