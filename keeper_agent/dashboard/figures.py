"""Small figures as SVG whose colours are the sheet's: calibration with its break-even, decisions by route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from keeper_agent.views.figures import Scale
from tools.domain.trading import Route

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 24, 14, 50
KEY_STEP, KEYS_A_ROW = 236, 3
KNOWN = frozenset({"rule", "pattern", "model", "llm", "abstain"})


def calibration_figure(found: Mapping[str, Any]) -> Markup:
    """How often followed signals won beside what was said, and the line at which they earn nothing."""
    if not found["bins"]:
        return _empty("No probability was stated of a signal whose follow has ended.")
    across, up = Scale(0, 1, LEFT, WIDTH - RIGHT), Scale(0, 1, HEIGHT - BOTTOM, TOP)
    parts = [_line(LEFT, up(k / 4), WIDTH - RIGHT, up(k / 4), "grid") for k in range(5)]
    parts += [_text(LEFT - 6, up(k / 4) + 4, f"{25 * k} %", "end") for k in range(5)]
    parts += [_text(across(k / 4), HEIGHT - 30, f"{25 * k} %", "middle") for k in range(5)]
    parts += [
        _text(
            (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 5,
            "probability stated (across), share that won (up)",
            "middle",
        ),
        _line(across(0), up(0), across(1), up(1), "axis"),
    ]
    if found["breakeven"] is not None:
        level = up(found["breakeven"])
        parts.append(_line(LEFT, level, WIDTH - RIGHT, level, "edge"))
        parts.append(_text(WIDTH - RIGHT, level - 5, f"break-even {100 * found['breakeven']:.0f} %", "end"))
    for one in found["bins"]:
        x = across(one["said"])
        happened = f"happened {one['happened']:.2f} [{one['low']:.2f}, {one['high']:.2f}]"
        told = f"said {one['said']:.2f}, {happened}, n = {one['n']}"
        parts.append(
            f"<g><title>{escape(told)}</title>"
            f"{_line(x, up(one['low']), x, up(one['high']), 'bar')}"
            f'<circle cx="{x}" cy="{up(one["happened"])}" r="5" class="dot"/></g>'
        )
    title = f"Share that won beside the probability stated, {found['n']} followed signals, 95 % intervals"
    return _svg(parts, title, HEIGHT)


def routes_figure(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Decisions by who decided, as one bar."""
    total = sum(int(row["decisions"]) for row in rows)
    if total == 0:
        return _empty("Nothing was decided.")
    at, parts = 0.0, []
    for place, row in enumerate(sorted(rows, key=lambda row: -int(row["decisions"]))):
        part = int(row["decisions"]) / total
        kind = row["name"] if row["name"] in KNOWN else "dot"
        label = f"{Route(row['name']).label} {row['decisions']} ({100 * part:.0f} %)"
        parts.append(
            f'<rect x="{at:.1f}" y="4" width="{part * WIDTH:.1f}" height="30" class="{kind}">'
            f"<title>{escape(label)}</title></rect>"
        )
        x, y = KEY_STEP * (place % KEYS_A_ROW), 46 + 22 * (place // KEYS_A_ROW)
        parts.append(f'<rect x="{x}" y="{y}" width="12" height="12" class="{kind}"/>')
        parts.append(_text(x + 17, y + 11, label, "start"))
        at += part * WIDTH
    return _svg(parts, "Decisions by who decided", 44 + 22 * -(-len(rows) // KEYS_A_ROW))


def posterior_figure(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """What is believed of each kind's win probability: median, 95 % interval, a tick at its break-even."""
    told = [row for row in rows if row["posterior"] is not None]
    if not told:
        return _empty("No signal was followed to its end yet.")
    left, step = 190, 26
    height = len(told) * step + 30
    across = Scale(0, 1, left, WIDTH - RIGHT)
    parts = [_line(across(k / 4), 4, across(k / 4), height - 22, "grid") for k in range(5)]
    parts += [_text(across(k / 4), height - 6, f"{25 * k} %", "middle") for k in range(5)]
    for place, row in enumerate(told):
        found, y = row["posterior"], place * step + 16
        edge = across(row["followed"]["breakeven_win_rate"])
        label = row["name"] if row["name"] == row["source"] else f"{row['name']} {row['source']}"
        parts.append(_text(left - 8, y + 4, label[:28], "end"))
        parts.append(_line(across(found["low"]), y, across(found["high"]), y, "bar"))
        parts.append(f'<circle cx="{across(found["median"])}" cy="{y}" r="4.5" class="dot"/>')
        parts.append(_line(edge, y - 9, edge, y + 9, "edge"))
    return _svg(parts, "Win probability by kind of signal: median, 95 % interval, break-even", height)


def _empty(why: str) -> Markup:
    return Markup('<p class="none">{}</p>').format(why)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="{kind}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], title: str, height: int) -> Markup:
    """Text in ``parts`` was escaped where it was put in."""
    body = "".join(parts)
    return Markup(  # noqa: S704 (as the docstring says)
        f'<svg class="figure" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )
