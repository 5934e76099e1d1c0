"""The plot of a day: equity of taken round trips, and what refused signals would have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from math import isnan
from pathlib import Path
from typing import Any

from graphs.day import DayFigures, GroupFigures
from tools.domain.clock import NS
from tools.domain.trading import Route

BLUE, RED, GREY, GREEN = "#2f6db3", "#c44e52", "#6b7280", "#3a8a57"


def draw_day(figures: DayFigures, path: Path) -> None:
    """Draw ``figures`` as a PNG at ``path``."""
    # Matplotlib takes a second to import; only a reflection draws.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sheet: Any = Figure(figsize=(10, 7.5), dpi=110, layout="constrained")
    FigureCanvasAgg(sheet)
    above, below = sheet.subplots(2, 1, height_ratios=(3, 2))
    sheet.suptitle(f"Keeper on {figures.day} (UTC, world {figures.world})", fontsize=13, fontweight="bold")
    _draw_equity(above, figures)
    deciders = [replace(row, name=Route(row.name).label) for row in figures.by["route"]]
    _draw_refusals(below, [*deciders, *figures.by["rule"]])
    for axis in (above, below):
        axis.spines[["top", "right"]].set_visible(False)
    # No date or version goes into the file: the same day gives the same bytes.
    sheet.savefig(path, format="png", metadata={"Software": None})


def _draw_equity(axis: Any, figures: DayFigures) -> None:
    trades = figures.taken_trades
    axis.set_title(f"Taken round trips after costs: running sum of results (n = {len(trades)})", loc="left")
    axis.set_ylabel("basis points of the entry")
    axis.set_xlabel("time of exit, UTC")
    if not trades:
        _say(axis, "no round trip was finished on this day")
        return
    # Matplotlib is loaded by now: this is only the way to its date axis.
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    times = [datetime.fromtimestamp(trade.ts_exit / NS, UTC) for trade in trades]
    equity = list(accumulate(trade.net_bps for trade in trades))
    peak = list(accumulate([0.0, *equity], max))[1:]
    first = datetime.fromtimestamp(min(trade.ts_entry for trade in trades) / NS, UTC)
    at, line, top = [first, *times], [0.0, *equity], [0.0, *peak]
    axis.fill_between(at, line, top, step="post", color=RED, alpha=0.18, linewidth=0, label="drawdown")
    axis.step(at, line, where="post", color=BLUE, linewidth=1.8, label="running sum")
    axis.plot(times, equity, "o", color=BLUE, markersize=3.5)
    axis.axhline(0, color=GREY, linewidth=0.8)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axis.grid(axis="y", alpha=0.25)
    axis.legend(loc="best", frameon=False)


def _draw_refusals(axis: Any, rows: Sequence[GroupFigures]) -> None:
    shown = [row for row in rows if row.refused.net_bps is not None]
    axis.set_title("Refused signals followed on paper: mean net result, 95 % interval", loc="left")
    axis.set_xlabel("basis points a trade after costs (below 0: refusing saved money)")
    if not shown:
        _say(axis, "no refused signal was followed to its end on this day")
        return
    places = list(range(len(shown)))
    estimates = [row.refused.net_bps for row in shown if row.refused.net_bps is not None]
    values = [one.value for one in estimates]
    below = [0.0 if isnan(one.low) else one.value - one.low for one in estimates]
    above = [0.0 if isnan(one.high) else one.high - one.value for one in estimates]
    colours = [GREEN if one.high < 0 else RED if one.low > 0 else GREY for one in estimates]
    bars = {"ecolor": "#222222", "capsize": 4, "elinewidth": 1.2}
    axis.barh(places, values, xerr=[below, above], color=colours, alpha=0.75, height=0.6, error_kw=bars)
    axis.axvline(0, color=GREY, linewidth=0.8)
    axis.set_yticks(places, [f"{row.name}  (n = {row.refused.n})" for row in shown])
    axis.invert_yaxis()
    axis.grid(axis="x", alpha=0.25)


def _say(axis: Any, text: str) -> None:
    axis.text(0.5, 0.5, text, ha="center", va="center", transform=axis.transAxes, color=GREY)
    axis.set_xticks([])
    axis.set_yticks([])
