"""What the bot says: plain text everywhere, made into Telegram's markup in this one place.

Whatever a venue, a model or a person wrote can therefore not be markup, and no secret of this process
gets out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from keeper_agent.veil import veiled
from memory.diary_lines import escaped

MOST = 2_800  # units of UTF-16 below the head; Telegram takes 4,096
MOST_PARTS = 3
LONGEST_LINE = 600
MORE = "…"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: what it shows and what pressing it says."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said.

    Attributes:
        head: Its first line, in bold.
        lines: What follows.
        is_table: Whether the lines are columns, shown in letters of one width.
        button: Below the last part.
    """

    head: str
    lines: Sequence[str] = ()
    is_table: bool = False
    button: Button | None = None

    def parts(self) -> list[dict[str, Any]]:
        """The words of each ``sendMessage`` that it takes, without the chat."""
        texts = self._texts()
        found: list[dict[str, Any]] = [
            {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
            for text in texts
        ]
        if self.button is not None:
            row = [{"text": self.button.label, "callback_data": self.button.data}]
            found[-1]["reply_markup"] = {"inline_keyboard": [row]}
        return found

    def _texts(self) -> list[str]:
        opened, closed = ("<pre>", "</pre>") if self.is_table else ("", "")
        bodies = _split([_safe(line) for line in self.lines])
        texts = [f"{opened}{escape(body, quote=False)}{closed}" for body in bodies]
        head = f"<b>{escape(_safe(self.head), quote=False)}</b>"
        return ["\n".join([head, *texts[:1]]), *texts[1:]]


def _split(lines: Sequence[str]) -> list[str]:
    """The lines in texts that Telegram takes; what does not fit into the last ends in ``…``."""
    bodies: list[list[str]] = []
    size = 0
    for line in lines:
        if not bodies or size + _length(line) > MOST:
            if len(bodies) == MOST_PARTS:
                bodies[-1].append(MORE)
                break
            bodies.append([])
            size = 0
        bodies[-1].append(line)
        size += _length(line) + 1
    return ["\n".join(body) for body in bodies]


def _length(text: str) -> int:
    """As Telegram counts: units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """``rows`` as lines with their cells below each other."""
    if not rows:
        return []
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _safe(line: str) -> str:
    """One line without control characters and secrets."""
    line = escaped(veiled(line))
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + MORE
