"""A decision's explanation as one page without scripts or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from keeper_agent.views.causal_graph import as_svg
from tools.domain.clock import iso

Data = Mapping[str, Any]
Cell = object

STYLE = """
:root { color-scheme: light }
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; max-width: 1080px;
  margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em; margin: 0 0 .2em }
h2 { font-size: 1.15em; margin: 1.8em 0 .4em; border-bottom: 1px solid #d1d9e0 }
.enter { color: #1a7f37 }
.skip { color: #9a6700 }
.abstain, .unsure { color: #8250df }
.silent { color: #818b98 }
.dim { color: #59636e }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: #59636e }
td, th { padding: .2em .8em .2em 0; vertical-align: top }
tr { border-bottom: 1px solid #eff2f5 }
td.number { text-align: right }
svg { width: 100%; height: auto }
svg rect { fill: #fff; stroke-width: 1.6 }
svg text { font: 11px system-ui, sans-serif; fill: #1f2328 }
svg text.kind { font-weight: 600 }
svg path { fill: none; stroke: #b1bac4; stroke-width: 1.2 }
"""


def explanation_page(found: Data) -> str:
    """The page, UTF-8 text."""
    then, later = found["known_then"], found["known_later"]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(found['decision_id'])}</title><style>{STYLE}</style></head><body>",
        _title(found),
        f'<p class="dim">{escape(found["time"])} on {escape(found["venue"])}, {escape(found["run_id"])}</p>',
        *(f"<p>{escape(line)}</p>" for line in found["story"][:2]),
        "<h2>The story in the memory graph</h2>",
        as_svg(found["graph"]),
        '<p class="dim">From left to right: circumstances, evidence, the decision, and what came of it.</p>',
        "<h2>Known when it was decided</h2>",
        _table(("component", "stance", "odds", "expected", "reason"), map(_vote, then["votes"])),
        *_asked("Who was asked", then["consultations"]),
        "<h2>What was sensed</h2>",
        _table(("input", "value", "unit"), map(_input, then["inputs"])),
        *_clamps(then["clamps"]),
        *_arm(then["arm"]),
        "<h2>What came later</h2>",
        *_later(later),
        *_asked("Asked afterwards, to audit the decision", later["audits"]),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _title(found: Data) -> str:
    action = escape(found["known_then"]["action"])
    name, symbol = escape(found["decision_id"]), escape(found["symbol"])
    return f'<h1>{name} <span class="{action}">{action}</span> {symbol}</h1>'


def _vote(vote: Data) -> Sequence[Cell]:
    error = "" if vote["interval_bps"] is None else f" ± {vote['interval_bps']:.2f}"
    expected = "" if vote["expected_bps"] is None else f"{vote['expected_bps']:+.2f}{error} bps"
    odds = "" if vote["probability"] is None else f"{vote['probability']:.2f}"
    return vote["component"], vote["stance"], odds, expected, vote["reason"]


def _asked(title: str, consultations: Sequence[Data]) -> list[str]:
    if not consultations:
        return []
    rows = (
        (
            f"{one['provider']} {one['model']}",
            one["text"] if one["cause"] is None else f"{one['cause']}: {one['detail']}",
            one["cost_usd"],
            f"{one['answered_ms']:.0f} ms",
            one["prompt_version"],
        )
        for one in consultations
    )
    return [f"<h2>{title}</h2>", _table(("brain", "said", "USD", "took", "prompt"), rows)]


def _input(one: Data) -> Sequence[Cell]:
    value = one["value"]
    return one["name"], "unavailable" if value is None else value, one["unit"]


def _clamps(clamps: Sequence[Data]) -> list[str]:
    if not clamps:
        return []
    rows = ((clamp["limit"], clamp["before"], clamp["after"], clamp["reason"]) for clamp in clamps)
    return ["<h2>What limited it</h2>", _table(("limit", "wished", "left", "why"), rows)]


def _arm(arm: Data | None) -> list[str]:
    if arm is None:
        return []
    return ["<h2>What was tried</h2>", f"<p>{escape(arm['text'])}.</p>"]


def _later(later: Data) -> list[str]:
    parts = []
    for name, title in (("outcome_taken", "taken"), ("outcome_shadow", "followed on paper")):
        outcome = later[name]
        if outcome is not None:
            net = (
                "no position came about"
                if outcome["net_bps"] is None
                else f"{outcome['net_bps']:+.2f} bps net"
            )
            when, result = outcome["time_known"], outcome["result"].replace("_", " ")
            parts.append(f"<p>{title}: {escape(result)} at {escape(when)}, {net}</p>")
    fills = [
        (iso(one["ts"]), one["side"], one["size"], one["price"], one["fee_quote"]) for one in later["fills"]
    ]
    if fills:
        parts.append(_table(("fill", "side", "size", "price", "fee"), fills))
    return parts or ['<p class="dim">Nothing is in the record yet.</p>']


def _table(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Cell) -> str:
    if isinstance(value, float):
        return f'<td class="number">{value:.8g}</td>'
    kind = f' class="{value}"' if value in ("enter", "skip", "unsure", "silent") else ""
    return f"<td{kind}>{escape(str(value))}</td>"
