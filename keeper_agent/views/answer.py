"""An answer as a person reads it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from graphs.answers import Answer
from tools.domain.market import plain

_ID = r"\b[dlo]_[0-9a-f]{10,24}\b"


def show_answer(out: Console, answer: Answer) -> None:
    """The answer, what was understood, and the decisions it cites."""
    head, *rest = answer.text.split("\n")
    out.print(_marked(head, "bold"), soft_wrap=not out.is_terminal)
    for line in rest:
        out.print(_marked(line), soft_wrap=not out.is_terminal)
    out.print(Text(f"understood: {answer.understood}", style="dim"), soft_wrap=not out.is_terminal)
    if answer.brain is not None:
        who = f"{answer.brain.provider} {answer.brain.model}"
        told = f"read by {who} for {plain(answer.brain.cost_usd)} USD; every figure is from the record"
        out.print(Text(told, style="dim"), soft_wrap=not out.is_terminal)
    if answer.citations:
        out.print(_marked(f"decisions: {', '.join(answer.citations)}", "dim"), soft_wrap=not out.is_terminal)
        out.print(Text(f"more: keeper explain {answer.citations[0]}", style="dim"))


def _marked(line: str, style: str = "") -> Text:
    text = Text(line, style=style)
    text.highlight_regex(_ID, "cyan")
    text.highlight_regex(r"\+\d+\.\d+ bps", "green")
    text.highlight_regex(r"(?<![\w\[])-\d+\.\d+ bps", "red")
    return text
