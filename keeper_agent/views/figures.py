"""Small plots as SVG text: equity with its drawdown, calibration, decisions by route. No script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import accumulate
from typing import Any

from tools.domain.clock import iso
from tools.domain.trading import Route

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 12, 30
BLUE, RED, GREY, GREEN, AMBER = "#2f6db3", "#c44e52", "#6b7280", "#3a8a57", "#c58a2a"
ROUTES = {"rule": GREY, "pattern": BLUE, "model": GREEN, "llm": AMBER, "abstain": "#b8bec8"}


class Scale:
    """From values to the pixels of one axis."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high = (low, high) if high > low else (low - 1, low + 1)
        self._start, self._factor = start, (end - start) / (self.high - self.low)

    def __call__(self, value: float) -> float:
        """The pixel of ``value``."""
        return round(self._start + (value - self.low) * self._factor, 1)


def equity_figure(equity: Sequence[Sequence[float]]) -> str:
    """Running sum of results of taken round trips; the area down from its peak is the drawdown."""
    if not equity:
        return empty("No round trip was finished.")
    sums = [0.0, *accumulate(float(net) for _, net in equity)]
    peaks = list(accumulate(sums, max))
    across = Scale(0, len(sums) - 1, LEFT, WIDTH - RIGHT)
    up = Scale(min(sums), max(peaks), HEIGHT - BOTTOM, TOP)
    line = " ".join(f"{across(i)},{up(one)}" for i, one in enumerate(sums))
    back = " ".join(f"{across(i)},{up(one)}" for i, one in reversed(list(enumerate(peaks))))
    first, last = iso(int(equity[0][0]))[:16], iso(int(equity[-1][0]))[:16]
    parts = [
        _grid(up, "bps"),
        f'<polygon points="{line} {back}" fill="{RED}" opacity="0.18"/>',
        f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2"/>',
        _text(LEFT, HEIGHT - 8, first.replace("T", " "), "start"),
        _text(WIDTH - RIGHT, HEIGHT - 8, f"{last.replace('T', ' ')} UTC", "end"),
    ]
    return _svg(parts, "Running sum of results of taken round trips, basis points, with drawdown")


def calibration_figure(bins: Sequence[Mapping[str, Any]]) -> str:
    """How often it happened beside what was said; on the diagonal they agree."""
    if not bins:
        return empty("No probability was stated of a signal whose follow has ended.")
    across, up = Scale(0, 1, LEFT, WIDTH - RIGHT), Scale(0, 1, HEIGHT - BOTTOM, TOP)
    parts = [_grid(up, "won"), _line(across(0), up(0), across(1), up(1), GREY, dash="4 4")]
    for one in bins:
        x = across(one["said"])
        parts.append(_line(x, up(one["low"]), x, up(one["high"]), BLUE))
        parts.append(f'<circle cx="{x}" cy="{up(one["happened"])}" r="4.5" fill="{BLUE}"/>')
    parts += [_text(across(k / 4), HEIGHT - 8, f"{25 * k} % said", "middle") for k in (1, 2, 3)]
    return _svg(parts, "Share that won beside the probability stated, with 95 % intervals")


def routes_figure(rows: Sequence[Mapping[str, Any]]) -> str:
    """Decisions by who settled them, as one bar."""
    total = sum(int(row["decisions"]) for row in rows)
    if total == 0:
        return empty("Nothing was decided.")
    at, parts, height = float(LEFT), [], 96
    for place, row in enumerate(sorted(rows, key=lambda row: -int(row["decisions"]))):
        share = int(row["decisions"]) / total
        width, colour = share * (WIDTH - LEFT - RIGHT), ROUTES.get(str(row["name"]), RED)
        parts.append(f'<rect x="{at:.1f}" y="16" width="{width:.1f}" height="34" fill="{colour}"/>')
        label = f"{Route(row['name']).label} {row['decisions']} ({100 * share:.0f} %)"
        x = LEFT + place * 134
        parts.append(f'<rect x="{x}" y="66" width="11" height="11" fill="{colour}"/>')
        parts.append(_text(x + 16, 76, label, "start"))
        at += width
    return _svg(parts, "Decisions by who decided", height)


def empty(why: str) -> str:
    """What stands where there is nothing to draw."""
    return f'<p class="none">{escape(why)}</p>'


def _grid(up: Scale, unit: str) -> str:
    steps = [up.low + (up.high - up.low) * k / 4 for k in range(5)]
    lines = [_line(LEFT, up(one), WIDTH - RIGHT, up(one), "#e3e6eb") for one in steps]
    is_share = unit == "won"
    texts = [
        _text(LEFT - 6, up(one) + 4, f"{100 * one:.0f} %" if is_share else f"{one:+.1f}", "end")
        for one in steps
    ]
    return "".join([*lines, *texts])


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> str:
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="1.4"{broken}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], title: str, height: int = HEIGHT) -> str:
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )
