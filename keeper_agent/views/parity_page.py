"""The page of a comparison between a day and its replay: self-contained, no script and nothing to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from keeper_agent.views.parity import sides_of, title_of, what_of
from keeper_agent.views.report_page import STYLE

Data = Mapping[str, Any]
MOST = 2_000  # differences on a page; the JSON beside it has all
NOTE = "Each difference between the record and a replay has the one cause whose swap brings the record about."
COUNTED = ("decision", "fill", "result")


def parity_page(told: Data) -> str:
    """The HTML of what ``keeper parity --json`` says; every text in it is escaped."""
    title = f"Parity of {told['date']}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="head">{escape(title_of(told))}. {NOTE}</p>',
        _cards(told),
        _section("Causes", _causes(told)),
        _section("Runs", _runs(told)),
        _section("Differences", _differences(told)),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Keeper: {escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _cards(told: Data) -> str:
    cards = [
        (f"{told['differing'][what]} of {told['compared'][what]}", f"{what}s differ") for what in COUNTED
    ]
    cards.append((str(told["unexplained"]), "unexplained"))
    inner = "".join(
        f'<div class="card"><b>{escape(top)}</b><span>{escape(sub)}</span></div>' for top, sub in cards
    )
    return f'<div class="cards">{inner}</div>'


def _causes(told: Data) -> str:
    rows = [
        (
            row["cause"],
            *(str(row[what]) for what in COUNTED),
            f"{float(row['net_quote']):+.6f}" if row["net_of"] else "–",
            row["meaning"],
        )
        for row in told["causes"]
    ]
    note = '<p class="small">Net is recorded less replayed, in quote, over the results that both have.</p>'
    heads = ("cause", "decisions", "fills", "results", "net", "how it is known")
    return _table(heads, rows, (1, 2, 3, 4)) + note


def _runs(told: Data) -> str:
    rows = [
        (
            run["run_id"],
            run["world"],
            run["code_version"],
            *(str(run["compared"][what]) for what in COUNTED),
            str(run["differing"]),
            f"{run['delay_ms']['recorded_median']:.0f} / {run['delay_ms']['modelled']:.0f}",
            "; ".join(f"{symbol}: {why}" for symbol, why in run["not_played"].items()) or "–",
        )
        for run in told["runs"]
    ]
    heads = (
        "run",
        "world",
        "version",
        *(f"{what}s" for what in COUNTED),
        "differ",
        "ms / model",
        "not played",
    )
    return _table(heads, rows, (3, 4, 5, 6, 7))


def _differences(told: Data) -> str:
    found = told["differences"]
    if not found:
        return '<p class="none">Nothing differs.</p>'
    rows = [
        (
            one["time"][11:],
            one["decision_id"] or "–",
            one["symbol"],
            what_of(one),
            one["cause"],
            *sides_of(one),
            one["why"],
        )
        for one in found[:MOST]
    ]
    heads = ("time", "decision", "symbol", "what", "cause", "recorded", "replayed", "why")
    more = len(found) - MOST
    note = f'<p class="small">and {more} more in the JSON beside this page</p>' if more > 0 else ""
    return _table(heads, rows, ()) + note


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    def cell(tag: str, place: int, text: str) -> str:
        kind = ' class="n"' if place in right else ""
        return f"<{tag}{kind}>{escape(text)}</{tag}>"

    head = "".join(cell("th", place, text) for place, text in enumerate(heads))
    body = "".join(
        f"<tr>{''.join(cell('td', place, text) for place, text in enumerate(row))}</tr>" for row in rows
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
