"""The commands as ``keeper --help`` lists them: by what one wants to do, with whole sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup

SECTIONS = {
    "Trade": ("run", "status", "pause", "kill", "resume", "limits", "heartbeat"),
    "Look back": ("ask", "explain", "replay-decision", "parity", "export"),
    "Learn": ("reflect", "memory", "strategies", "train", "models", "dataset"),
    "Serve": ("serve", "link", "telegram", "mcp"),
    "Market data": ("download", "record", "replay", "sense", "lookahead"),
    "Try out": ("venue", "lab", "evaluate", "ablate", "bench"),
    "Keep": ("doctor", "compile", "backup", "restore", "rekey"),
}
WHOLE = 200  # characters of a sentence that are not cut


class Sentences(TyperGroup):
    """A group whose help has whole sentences."""

    def format_commands(
        self, ctx: Any, formatter: Any
    ) -> None:  # typer keeps the types of its click to itself
        """Write the sections."""
        for title, names in self._sections(ctx):
            rows = [(name, self.commands[name].get_short_help_str(WHOLE)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def _sections(self, ctx: Any) -> Iterator[tuple[str, list[str]]]:
        yield "Commands", self.list_commands(ctx)


class Commands(Sentences):
    """The group of all, whose help has sections by what one wants to do; what is in none comes last."""

    def _sections(self, ctx: Any) -> Iterator[tuple[str, list[str]]]:
        left = self.list_commands(ctx)
        for title, names in SECTIONS.items():
            here = [name for name in names if name in left]
            left = [name for name in left if name not in here]
            if here:
                yield title, here
        if left:
            yield "Others", left
