"""The page of a report: self-contained HTML with plots as SVG, no script and nothing to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from graphs.changes import rules_text
from graphs.report import Report
from keeper_agent.views.figures import calibration_figure, equity_figure, routes_figure
from keeper_agent.views.report_live import cost_part, experiments_part
from memory.strategies import StrategyRules
from tools.domain.clock import iso

Values = Mapping[str, Any]
STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 system-ui,sans-serif;color:#1f2933;background:#f5f6f8;margin:0}
main{max-width:820px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0 0 2px}h2{font-size:18px;margin:30px 0 8px}
.head,.none,.small{color:#6b7280}.small{font-size:13px}
section{background:#fff;border:1px solid #e3e6eb;border-radius:8px;padding:4px 20px 16px;margin:16px 0}
section h2{margin-top:14px}
.cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:18px 0}
.card{background:#fff;border:1px solid #e3e6eb;border-radius:8px;padding:10px 14px}
.card b{display:block;font-size:19px;line-height:1.3}.card span{font-size:12.5px;color:#6b7280}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{text-align:left;color:#6b7280;font-weight:500}th,td{padding:5px 10px 5px 0;border-bottom:1px solid #edeff2}
td.n,th.n{text-align:right;white-space:nowrap;padding-right:22px}
.scroll{overflow-x:auto}ul{padding-left:20px;margin:6px 0}li{margin:5px 0}
svg{width:100%;height:auto;font:11.5px system-ui,sans-serif;fill:#52606d}
code{font-size:13px;background:#eef0f3;border-radius:4px;padding:1px 4px}
@media(max-width:640px){.cards{grid-template-columns:repeat(2,1fr)}}
"""


def report_page(report: Report) -> str:
    """The HTML of ``report``; everything in it is text from its data, escaped."""
    values = report.values
    title = (
        f"Reflection on {values['day']}" if values["kind"] == "daily" else f"All history to {values['day']}"
    )
    written = iso(values["ts"])[:16].replace("T", " ")
    head = f"World {values['world']}, written {written} UTC. Results are after costs, intervals are 95 %."
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="head">{escape(head)}</p>',
        _cards(values),
        _section("What happened", equity_figure(values["equity"])),
        _section("Why", routes_figure(values["by"]["route"]), _rules(values["by"]["rule"])),
        _section("What was learned", _lessons(values), _checks(values["checks"]), _strategies(values)),
        _section("What changed", _changes(values["changes"]), _effects(values["effects"])),
        _section("What was tried and rejected", _rejected(values["trials"])),
        _section("What is tried live", experiments_part(values["experiments"])),
        _section("What memory is worth", _ledger(values["ledger"])),
        _section("What it cost to ask", cost_part(values["cost"])),
        _section("Were the probabilities right?", calibration_figure(values["calibration"])),
        *(_section(f"By {name}", _groups(values["by"][name])) for name in ("symbol", "regime", "hour")),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Keeper: {escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _cards(values: Values) -> str:
    taken, refused = values["all"]["taken"], values["all"]["refused_on_paper"]
    actions = ", ".join(f"{count} {name}" for name, count in values["actions"].items())
    cards = [
        (str(values["all"]["decisions"]), f"decisions: {actions}"),
        (_bps(taken["net_bps"]), f"a taken round trip, n = {taken['n']}"),
        (_bps(refused["net_bps"]), f"a refused signal on paper, n = {refused['n']}"),
        (_money(taken["fees_quote"]), f"fees in quote; net {_money(taken['net_quote'])}"),
    ]
    inner = "".join(
        f'<div class="card"><b>{escape(top)}</b><span>{escape(sub)}</span></div>' for top, sub in cards
    )
    return f'<div class="cards">{inner}</div>'


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _rules(rows: Sequence[Values]) -> str:
    told = [
        (
            row["name"],
            str(row["decisions"]),
            str(row["refused_on_paper"]["n"]),
            _interval(row["refused_on_paper"]["net_bps"]),
        )
        for row in rows
    ]
    if not told:
        return '<p class="none">No hard rule refused a signal.</p>'
    return _table(("rule that refused", "signals", "followed", "had they been taken, a trade"), told, (1, 2))


def _lessons(values: Values) -> str:
    tried = f"{values['comparisons']} comparisons were made; a lesson must survive all of them together."
    lessons = values["lessons"]
    if not lessons:
        return f'<p>No lesson.</p><p class="small">{tried}</p>'
    items = "".join(
        f"<li>{escape(one['statement'])} <code>{escape(one['lesson_id'])}</code></li>" for one in lessons
    )
    return f'<ul>{items}</ul><p class="small">{tried}</p>'


def _checks(checks: Sequence[Values]) -> str:
    if not checks:
        return ""
    told = [(one["lesson_id"], one["verdict"], str(one["n"]), one["reason"]) for one in checks]
    return "<h2>Older lessons, held against what came since</h2>" + _table(
        ("lesson", "verdict", "n", "why"), told, (2,)
    )


def _strategies(values: Values) -> str:
    found = values["strategies"]
    tried = f'<p class="small">{values["signatures_tried"]} signatures of conditions were tried.</p>'
    if not found:
        return tried
    told = [
        (
            one["strategy_id"],
            rules_text(StrategyRules.model_validate(one["rules"])),
            one["standing"],
            f"{one['wins']} of {one['n']}",
            f"{one['net_bps']:+.2f}",
            one["reason"],
        )
        for one in found
    ]
    heads = ("strategy", "when", "standing", "won since", "bps a trade", "why")
    return "<h2>Strategies</h2>" + _table(heads, told, (3, 4)) + tried


def _changes(changes: Sequence[Values]) -> str:
    if not changes:
        return "<p>No parameter was changed.</p>"
    items = "".join(f"<li><b>{escape(_moved(one))}</b>, {escape(one['reason'])}</li>" for one in changes)
    return f"<ul>{items}</ul>"


def _moved(change: Values) -> str:
    return f"{change['name']}: {change['value_before']:g} → {change['value']:g}"


def _effects(effects: Sequence[Values]) -> str:
    if not effects:
        return ""
    told = [(str(one["version"]), str(one["n"]), _effect(one), _words(one["verdict"])) for one in effects]
    heads = ("version", "signals since", "effect a signal, bps", "verdict")
    return "<h2>What earlier changes did</h2>" + _table(heads, told, (1,))


def _rejected(trials: Sequence[Values]) -> str:
    told = [
        (
            one["name"],
            f"{one['value_before']:g} → {one['value']:g}",
            str(one["n"]),
            _effect(one),
            _why_rejected(one),
        )
        for one in trials
        if one["verdict"] != "accepted"
    ]
    if not told:
        return '<p class="none">Nothing was tried and rejected.</p>'
    look = max(one["tries"] for one in trials)
    rule = (
        "A step passes only where its whole interval lies above 0 on signals that did not propose it. "
        f"All steps of a quarter share one chance in twenty of a false one: this was look {look}."
    )
    heads = ("parameter", "step", "later signals", "gain a signal, bps", "why not")
    return f'<p class="small">{rule}</p>' + _table(heads, told, (2,))


def _why_rejected(one: Values) -> str:
    if one["verdict"] != "rejected":
        return _words(one["verdict"])
    if one["effect_bps"] is None:
        return "too few independent signals"
    return "would have lost" if one["interval_high"] < 0 else "may be chance: 0 is within"


def _ledger(entries: Sequence[Values]) -> str:
    if not entries:
        return '<p class="none">Nothing could be valued yet.</p>'
    told = [(one["kind"], one["name"], str(one["n"]), _worth(one), _words(one["verdict"])) for one in entries]
    heads = ("what", "name", "signals", "worth in quote, at the usual order size", "verdict")
    return _table(heads, told, (2,))


def _groups(rows: Sequence[Values]) -> str:
    told = [
        (
            row["name"],
            str(row["decisions"]),
            str(row["taken"]["n"]),
            _interval(row["taken"]["net_bps"]),
            str(row["refused_on_paper"]["n"]),
            _interval(row["refused_on_paper"]["net_bps"]),
        )
        for row in rows
    ]
    heads = ("", "decisions", "taken", "net a trade, bps", "refused", "on paper, bps")
    return _table(heads, told, (1, 2, 4))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    def cell(tag: str, place: int, text: str) -> str:
        kind = ' class="n"' if place in right else ""
        return f"<{tag}{kind}>{escape(text)}</{tag}>"

    head = "".join(cell("th", place, text) for place, text in enumerate(heads))
    body = "".join(
        f"<tr>{''.join(cell('td', place, text) for place, text in enumerate(row))}</tr>" for row in rows
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _bps(estimate: Values | None) -> str:
    return "none" if estimate is None else f"{estimate['value']:+.2f} bps"


def _interval(estimate: Values | None) -> str:
    if estimate is None:
        return "none"
    if estimate["low"] is None:
        return f"{estimate['value']:+.2f}, no interval"
    return f"{estimate['value']:+.2f} [{estimate['low']:+.2f}, {estimate['high']:+.2f}]"


def _effect(one: Values) -> str:
    if one["effect_bps"] is None:
        return "too few to tell"
    return f"{one['effect_bps']:+.2f} [{one['interval_low']:+.2f}, {one['interval_high']:+.2f}]"


def _worth(one: Values) -> str:
    if one["value_quote"] is None:
        return "too few to tell"
    return (
        f"{float(one['value_quote']):+.4f} [{float(one['low_quote']):+.4f}, {float(one['high_quote']):+.4f}]"
    )


def _money(amount: str | None) -> str:
    return "none" if amount is None else f"{float(amount):.4f}"


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")
