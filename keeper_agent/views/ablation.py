"""What parts are worth, for people: a bar from the zero line, coloured only where the verdict is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

Row = Mapping[str, Any]
NOTHING = "[dim]–[/]"
HALF = 8  # cells of a bar on each side of zero
COLOURS = {"earns": "green", "costs": "red"}
SAID = {"too_few": "too few worlds", "idle": "made no difference"}


def effects_table(told: Mapping[str, Any]) -> Table:
    """The parts of what ``keeper ablate --json`` says."""
    title = (
        f"{told['scenario']}: {told['worlds']} worlds of {told['virtual_minutes_each']:g} virtual minutes, "
        f"base {told['base']}: {told['base_round_trips']} round trips, "
        f"{told['base_quote_a_world']:+.4f} USDT a world"
    )
    table = _table(title)
    for name in ("part", "default"):
        table.add_column(name, no_wrap=True)
    table.add_column("with − without, USDT a world", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("bps a trip", justify="right", no_wrap=True)
    table.add_column("trips", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    reach = max((abs(row["quote"]["value"]) for row in told["parts"]), default=0.0)
    for row in told["parts"]:
        table.add_row(
            row["name"],
            "on" if row["is_default"] else "off",
            figure_text(row["quote"], "+.4f"),
            bar_text(row["quote"]["value"], reach),
            figure_text(row["bps"], "+.2f"),
            f"{row['trips_with']} / {row['trips_without']}",
            verdict_text(row["verdict"]),
        )
    return table


def rules_table(told: Mapping[str, Any]) -> Table:
    """The rules of behaviour."""
    table = _table("Rules of behaviour, by the shadow book of the base")
    table.add_column("rule", no_wrap=True)
    table.add_column("held", justify="right", no_wrap=True)
    for name in ("saved", "cost", "worth, USDT a world", "held − free, bps"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in told["rules_of_behaviour"]:
        binds = row["binds"]
        table.add_row(
            row["rule"],
            f"{row['held']:,}",
            f"{row['saved_quote']:.4f}" if binds else NOTHING,
            f"{row['cost_quote']:.4f}" if binds else NOTHING,
            figure_text(row["worth"], "+.4f") if binds else NOTHING,
            figure_text(row["difference_bps"], "+.2f"),
            verdict_text(row["verdict"]) if binds else "[dim]binds candle signals alone[/]",
        )
    return table


def notes(told: Mapping[str, Any]) -> Iterator[str]:
    """What has to be said beside the tables."""
    yield f"[dim]intervals: {told['intervals']}; {len(told['parts'])} parts; trips with / without[/]"
    alone = [row["name"] for row in told["parts"] if row["is_alone"]]
    if alone:
        yield f"[dim]held against the base without any of them: {', '.join(alone)}[/]"
    if told["base_quote_a_world"] < 0:
        yield "[yellow]the base loses here, so what trades less seems to earn: see the basis points, too[/]"
    for name, policies in told["off_policy"].items():
        for policy, found in policies.items():
            robust = found["doubly_robust"]
            yield (
                f"{name}, {escape(policy)}: {robust['value']:+.2f} bps a draw "
                f"\\[{robust['low']:+.2f}, {robust['high']:+.2f}] doubly robust, "
                f"{found['ips']['value']:+.2f} IPS, {found['snips']['value']:+.2f} SNIPS, n {robust['n']}"
            )
    for one in told["not_judged"]:
        yield f"[dim]not judged: {one['name']}: {escape(one['why'])}[/]"


def bar_text(value: float, reach: float) -> str:
    """A bar of up to ``HALF`` cells to the left or right of a line.

    >>> bar_text(1.0, 2.0), bar_text(-2.0, 2.0), bar_text(0.0, 0.0)
    ('        │████    ', '████████│        ', '        │        ')
    """
    cells = round(HALF * abs(value) / reach) if reach else 0
    left, right = ("█" * cells, "") if value < 0 else ("", "█" * cells)
    return f"{left:>{HALF}}│{right:<{HALF}}"


def figure_text(figure: Row | None, form: str) -> str:
    """A figure with its interval, or that there are too few worlds for one."""
    if figure is None:
        return NOTHING
    text = format(figure["value"], form)
    if figure["low"] is None:
        return f"{text} [dim]\\[few][/]"
    return f"{text} \\[{figure['low']:{form}}, {figure['high']:{form}}]"


def verdict_text(verdict: str) -> str:
    """The verdict in words, coloured where there is one."""
    colour = COLOURS.get(verdict)
    return f"[{colour}]{verdict}[/]" if colour else f"[dim]{SAID.get(verdict, verdict)}[/]"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
