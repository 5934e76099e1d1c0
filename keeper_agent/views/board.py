"""Every symbol at a glance: its book, its market maker, and what Keeper is doing there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from keeper_agent.views.summary import number
from tools.domain.market import NANOS
from tools.domain.regime import Regime
from tools.execution.entry import Entry

REGIMES = {"calm": "green", "volatile": "yellow", "trending": "cyan", "panic": "bold red"}
BLOCKS = 5  # cells of the confidence bar
WIDE = 100  # characters that all columns need
SOUND = "sound"
NONE = "–"  # unavailable, where a word would not fit
GONE_NS = 10 * NANOS  # a market maker unseen for so long is reported as gone


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """What is shown of a symbol.

    Attributes:
        status: Of its book.
        entry: What is being carried out there, or None.
        rest_s: Seconds until it may be entered again; 0 is now.
    """

    symbol: str
    status: str
    features: Mapping[str, float | None]
    entry: Entry | None
    rest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Board:
    """The rows as a table for a terminal; in a narrow one with fewer columns."""

    rows: Sequence[SymbolRow]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """The table that fits."""
        is_wide = options.max_width >= WIDE
        rights = ("mid", "spread", "MM order") if is_wide else ("mid", "bps")
        table = Table(box=None, padding=(0, 1), pad_edge=False, expand=True)
        for name in ("symbol", *(("book", "regime") if is_wide else ("market",))):
            table.add_column(name, no_wrap=True)
        for name in rights:
            table.add_column(name, justify="right", no_wrap=True)
        for name in ("MM range", "seen", "doing"):
            table.add_column(name, no_wrap=True)
        for row in self.rows:
            table.add_row(*(_cells(row) if is_wide else _few_cells(row)))
        yield table


def _few_cells(row: SymbolRow) -> tuple[Text, ...]:
    """The same, shorter: the regime only of a sound book, the confidence without its bar."""
    symbol, book, regime, mid, _, _, bounds, _, does = _cells(row)
    f = row.features
    seen = Text(_short(f.get("mm_confidence"), ".2f"), style="green" if f.get("mm_detected") else "dim")
    market = regime if row.status == SOUND else book
    return (
        symbol,
        market,
        mid,
        Text(_short(f.get("spread_bps"), ".1f")),
        Text(bounds.plain.replace(" ", "")),
        seen,
        does,
    )


def _cells(row: SymbolRow) -> tuple[Text, ...]:
    f = row.features
    regime = Regime(int(f.get("regime") or 0)).label if f.get("regime") else NONE
    lower, upper = f.get("mm_lower_bound"), f.get("mm_upper_bound")
    bounds = NONE if lower is None or upper is None else f"{lower:.6g} – {upper:.6g}"
    return (
        Text(row.symbol, style="bold"),
        Text(row.status, style="green" if row.status == SOUND else "yellow"),
        Text(regime, style=REGIMES.get(regime, "dim")),
        Text(_short(f.get("mid"), ".6g")),
        Text(_short(f.get("spread_bps"), ".1f", " bps")),
        Text(_short(f.get("mm_avg_order_size"), ".1f")),
        Text(bounds),
        _bar(f.get("mm_confidence"), bool(f.get("mm_detected"))),
        doing(row),
    )


def _short(value: float | None, form: str, unit: str = "") -> str:
    return NONE if value is None else number(value, form, unit)


def _bar(confidence: float | None, is_found: bool) -> Text:
    if confidence is None:
        return Text(NONE, style="dim")
    full = round(max(0.0, min(1.0, confidence)) * BLOCKS)
    return Text(f"{'█' * full}{'░' * (BLOCKS - full)} {confidence:.2f}", style="green" if is_found else "dim")


def doing(row: SymbolRow) -> Text:
    """What Keeper does on the symbol, in three words."""
    entry = row.entry
    if entry is None:
        if row.rest_s > 0:
            return Text(f"resting {row.rest_s:.0f} s", style="yellow")
        return Text("watching", style="dim")
    planned = len(entry.decision.plan.slices) if entry.decision.plan else 0
    if entry.leaving is not None:
        return Text(f"leaving ({entry.leaving.value})", style="magenta")
    if entry.entered:
        return Text("holding, offered" if entry.brackets() else "holding", style="cyan")
    return Text(
        f"entering {max(0, planned - entry.schedule.slices_left(entry.bought))} of {planned}", style="blue"
    )


@dataclass(slots=True)
class MakerWatch:
    """Tells when a market maker is found on a symbol and when it is gone; flicker is not told.

    Attributes:
        found: Symbols on which one was ever found.
    """

    found: set[str] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)  # symbol to when it was last detected

    def look(self, row: SymbolRow, ts: int) -> Text | None:
        """A line where something has changed by ``ts``, ns; else None."""
        is_there = bool(row.features.get("mm_detected"))
        last = self._seen.get(row.symbol)
        if is_there:
            self._seen[row.symbol] = ts
            self.found.add(row.symbol)
            return _found(row) if last is None else None
        if last is None or ts - last < GONE_NS:
            return None
        del self._seen[row.symbol]
        return Text(f"no market maker seen on {row.symbol} for {GONE_NS // NANOS} s", style="yellow")


def _found(row: SymbolRow) -> Text:
    f = row.features
    size, rate = number(f.get("mm_avg_order_size"), ".1f"), number(f.get("mm_refresh_rate"), ".2g", " Hz")
    lower, upper = number(f.get("mm_lower_bound"), ".6g"), number(f.get("mm_upper_bound"), ".6g")
    line = Text(f"market maker found on {row.symbol}: ", style="green")
    line.append(f"orders of {size}, seen {rate}, buys at {lower}, sells at {upper}, ", style="green")
    line.append(f"confidence {number(f.get('mm_confidence'), '.2f')}", style="green")
    return line
