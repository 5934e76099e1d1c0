"""``keeper lookahead``: whether anything that was sensed, recalled or decided depended on what came later."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from keeper_agent.app import current_model
from keeper_agent.commands.replay import load_source, quote_rate
from keeper_agent.console import OUT, print_json, progress
from keeper_agent.lookahead import Cut, Difference, cut_points, look_ahead
from keeper_agent.settings import load_settings
from tools.domain.clock import iso
from tools.domain.errors import BadUsage, InvariantBroken, NotEnoughData

MOST_CUTS = 1_000
SHOWN = 20


def look_for_it(
    *,
    trades: Path,
    book: Path,
    symbol: str,
    venue: str,
    cuts: int,
    quote_usd: float | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Compare the whole recording with ``cuts`` parts of it; leaves with 9 where anything differs."""
    if not 1 <= cuts <= MOST_CUTS:
        raise BadUsage(f"--cuts must lie between 1 and {MOST_CUTS}, was {cuts}")
    settings = load_settings(keeper_home=home)
    source = load_source(trades, book, symbol, venue, quote_rate(settings, quote_usd))
    events = source.recording.events
    if len(events) == 0:
        raise NotEnoughData("the recording holds no event")
    points = cut_points(events, cuts, settings.keeper_seed)
    model = current_model(settings)
    with progress(f"cutting {symbol}", cuts + 1) as bar:
        found = list(
            look_ahead(
                settings, source.instrument, events, model, points, lambda: bar.advance(bar.task_ids[0])
            )
        )
    compared = sum((Counter(cut.compared) for cut in found), Counter[str]())
    differing = [one for cut in found for one in cut.differences]
    if as_json:
        told = {"cuts": [cut.ts for cut in found], "compared": dict(compared)}
        print_json({**told, "differences": [asdict(one) for one in differing]})
    else:
        _show(found, compared, differing)
    if differing:
        first = differing[0]
        raise InvariantBroken(
            f"{len(differing)} values depended on what came later, the first: "
            f"{first.what} {first.name} {first.field} at {iso(first.ts)}"
        )


def _show(found: list[Cut], compared: Counter[str], differing: list[Difference]) -> None:
    told = ", ".join(f"{n:,} {what}" for what, n in compared.items())
    OUT.print(f"{len(found)} cuts; compared: {told}", soft_wrap=True)
    if not differing:
        OUT.print("[green]nothing depended on what came later[/]")
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for head in ("what", "when", "field", "whole", "cut"):
        table.add_column(head)
    for one in differing[:SHOWN]:
        table.add_row(one.what, iso(one.ts), one.field, escape(one.whole), escape(one.cut))
    OUT.print(table)
    if len(differing) > SHOWN:
        OUT.print(f"[dim]and {len(differing) - SHOWN:,} more; --json gives all[/]")
