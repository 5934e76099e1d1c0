"""What ``keeper parity`` found, for people: a table of causes, the runs, and the first differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

Data = Mapping[str, Any]
SHOWN = 12
COUNTED = ("decision", "fill", "result")
COLOURS = {
    "data": "magenta",
    "signal": "red",
    "latency": "cyan",
    "queue": "blue",
    "fee": "yellow",
    "reconciliation": "bright_red",
    "unexplained": "bold red",
}


def causes_table(told: Data) -> Table:
    """How often each cause was found, and what it made of the results; causes of nothing are dim."""
    table = _table()
    table.add_column("cause", no_wrap=True)
    for name in ("decisions", "fills", "results", "net, quote"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in told["causes"]:
        counts = [row[what] for what in COUNTED]
        style = COLOURS[row["cause"]] if any(counts) else "dim"
        net = f"{float(row['net_quote']):+.6f}" if row["net_of"] else "–"
        table.add_row(
            f"[{style}]{row['cause']}[/]",
            *(f"[{style}]{n}[/]" if n else "[dim]0[/]" for n in counts),
            net,
        )
    return table


def differences_table(told: Data) -> Table:
    """The first differences."""
    table = _table()
    for name in ("time", "decision", "symbol", "what", "cause"):
        table.add_column(name, no_wrap=True)
    for name in ("recorded", "replayed"):
        table.add_column(name)
    for one in told["differences"][:SHOWN]:
        table.add_row(
            one["time"][11:19],
            one["decision_id"][:12] or "–",
            escape(one["symbol"]),
            what_of(one),
            f"[{COLOURS[one['cause']]}]{one['cause']}[/]",
            escape(brief_of(one["recorded"])),
            escape(brief_of(one["replayed"])),
        )
    return table


def notes(told: Data) -> Iterator[str]:
    """What has to be said beside the tables, as markup."""
    for row in told["causes"]:
        if any(row[what] for what in COUNTED):
            yield f"[{COLOURS[row['cause']]}]{row['cause']}[/]: {row['meaning']}"
    for run in told["runs"]:
        delays = run["delay_ms"]
        if delays["recorded_median"]:
            took, modelled = delays["recorded_median"], delays["modelled"]
            told_of = f"orders took {took:.0f} ms at the median, the model takes {modelled:.0f} ms"
            yield f"[dim]{run['run_id'][:14]} ({run['world']}): {told_of}[/]"
        for symbol, why in run["not_played"].items():
            yield f"[yellow]note:[/] {run['run_id'][:14]} {escape(symbol)} was not played: {escape(why)}"
    more = len(told["differences"]) - SHOWN
    if more > 0:
        yield f"[dim]and {more:,} more differences; --json and the page give all[/]"


def title_of(told: Data) -> str:
    """The whole in a line."""
    compared, differing = told["compared"], told["differing"]
    parts = (f"{differing[what]} of {compared[what]} {what}s" for what in COUNTED)
    n = sum(differing.values())
    if not n:
        counts = ", ".join(f"{compared[what]} {what}s" for what in COUNTED)
        return f"{told['date']}: nothing differs ({counts})"
    return f"{told['date']}: {', '.join(parts)} differ; {told['attributed']} of {n} have their one cause"


def what_of(one: Data) -> str:
    """What differs, in a word or two."""
    return one["what"] if one["part"] == "signal" else f"{one['what']} {one['part']}"


def brief_of(values: Data | None) -> str:
    """One side of a difference in a few words: the action, what was filled, or the result."""
    if values is None:
        return "none"
    if "value" in values:
        return f"{values['size']} for {values['value']}"
    if "result" in values:
        net = values.get("net") or values.get("net_bps")
        return values["result"] if net is None else f"{values['result']} {float(net):+.6g}"
    return str(values.get("action") or f"signal at {values['entry_price']}")


def sides_of(one: Data) -> tuple[str, str]:
    """Recorded and replayed, only where they differ; ``none`` where there is nothing."""
    ours, theirs = one["recorded"], one["replayed"]
    if ours is None or theirs is None or ours.keys() != theirs.keys():
        return _side(ours), _side(theirs)
    names = [name for name in ours if ours[name] != theirs[name]] or list(ours)
    return tuple(_side({name: side[name] for name in names}) for side in (ours, theirs))  # type: ignore[return-value]


def _side(values: Data | None) -> str:
    if values is None:
        return "none"
    return ", ".join(f"{name} {'none' if value is None else value}" for name, value in values.items())


def _table() -> Table:
    return Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
