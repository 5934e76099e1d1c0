"""What a download tells while it goes on; who shows it, and how, is not its business."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Is told how far each symbol is, and what a person should hear."""

    def begin(self, symbol: str, total: int) -> None:
        """``symbol`` starts; it is done at ``total`` steps."""
        ...

    def advance(self, symbol: str, steps: int, rows: int) -> None:
        """``steps`` more are done, which brought ``rows`` rows."""
        ...

    def note(self, text: str) -> None:
        """Something a person should hear at once, in one line."""
        ...
