"""The summary of a run as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from tools.domain.trading import Route

UNAVAILABLE = "unavailable"


def number(value: float | None, form: str, unit: str = "") -> str:
    """``value`` in ``form`` with its unit; ``unavailable`` where there is none."""
    return UNAVAILABLE if value is None else f"{value:{form}}{unit}"


def money(value: Decimal | str) -> str:
    """A quote amount with four significant digits, or two decimals where that is more; for reading only."""
    amount = Decimal(value)
    if amount == 0:
        return "0"
    digits = max(2, 3 - amount.adjusted())
    return f"{amount:.{digits}f}"


def summary_table(title: str, summary: Mapping[str, Any]) -> Table:
    """Counts, routes and results of one run."""
    table = Table(title=escape(title), title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, text in summary_lines(summary):
        table.add_row(label, text)
    return table


def summary_lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same as label and text."""
    routes = ", ".join(f"{Route(name).label} {count}" for name, count in summary["routes"].items() if count)
    lines = []
    if "events" in summary:
        speed = (
            f"{summary['events']:,} in {summary['wall_s']:.2f} s ({summary['events_per_s']:,.0f} a second)"
        )
        lines.append(
            ("events", f"{speed}, decode {summary['decode_s']:.2f} s, compile {summary['compile_s']:.2f} s")
        )
    lines += [
        ("decisions", f"{summary['decisions']}" + (f"  (by {routes})" if routes else "")),
        ("probes", f"{summary['probes']}  (labelled, never with live money)"),
        ("orders, fills", f"{summary['orders']}, {summary['fills']}"),
        ("round trips", _round_trips(summary)),
        ("result", _result(summary)),
        *_open(summary),
        *_makers(summary),
        *_brain(summary),
        ("followed on paper", f"{summary['followed_on_paper']}  (every signal, taken or not)"),
    ]
    return lines


def _round_trips(summary: Mapping[str, Any]) -> str:
    n = summary["round_trips"]
    if not n:
        return "0"
    low_high = summary["win_rate_interval"]
    wins = f"{summary['win_rate']:.0%} won [{low_high[0]:.0%}, {low_high[1]:.0%}]"
    needed = f"break-even {summary['breakeven_win_rate']:.0%}"
    return f"{n}, {wins}, {needed}, {summary['expectancy_bps']:+.1f} bps each after costs"


def _result(summary: Mapping[str, Any]) -> str:
    net, fees = money(summary["net_pnl_quote"]), money(summary["fees_quote"])
    return f"{net} {summary['quote']} after {fees} of fees"


def _open(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    n = summary["open_positions"]
    if not n:
        return []
    cost = f"{money(summary['open_cost_quote'])} {summary['quote']}"
    return [
        ("still open", f"{n} position(s) that cost {cost}: no bid at the end, or less than the least order")
    ]


def _brain(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = summary.get("brain")
    if told is None:
        return []
    counts = f"asked {told['asked']}, audited {told['audited']}, {told['answered']} usable answers"
    return [("brain", f"{' then '.join(told['who'])}: {counts}, {told['cost_usd']} USD")]


def _makers(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "makers_found" not in summary:
        return []
    text = f"found on {summary['makers_found']} symbols, departures met {summary['departures']}"
    return [("market makers", text)]
