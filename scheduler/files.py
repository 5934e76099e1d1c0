"""The files of a replay: one line a decision, order, fill and outcome, the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from memory.codec import json_line
from tools.domain.errors import BadInput
from tools.domain.trading import Decision, Fill, Intent, OrderUpdate, Outcome, Signal

NAMES = ("decisions", "orders", "fills", "outcomes")


class ReplayFiles:
    """An observer that writes what it is told to ``folder``.

    Raises:
        BadInput: The folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, IO[bytes]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in NAMES:
                self._files[name] = (folder / f"{name}.jsonl").open("wb")
        except OSError as error:
            raise BadInput(f"cannot write to {folder}: {error.strerror}") from error

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """One line in decisions.jsonl."""
        self._files["decisions"].write(json_line(decision))

    def on_intent(self, intent: Intent) -> None:
        """One line in orders.jsonl: the wish to place an order."""
        self._files["orders"].write(json_line(intent))

    def on_order(self, update: OrderUpdate) -> None:
        """What became of an order stands with its fills and its outcome."""

    def on_fill(self, fill: Fill) -> None:
        """One line in fills.jsonl."""
        self._files["fills"].write(json_line(fill))

    def on_outcome(self, outcome: Outcome) -> None:
        """One line in outcomes.jsonl."""
        self._files["outcomes"].write(json_line(outcome))

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
