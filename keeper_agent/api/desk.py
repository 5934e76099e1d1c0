"""What the API answers from: the control socket of a running agent, and the record beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from keeper_agent.api.keys import Answered
from keeper_agent.api.sessions import Sessions
from keeper_agent.api.tokens import Tokens
from keeper_agent.controlling import tell
from keeper_agent.settings import Settings
from memory.store import Store
from tools.domain.clock import Clock
from tools.domain.errors import NotInRecord, NotRunning


class Desk:
    """One home, asked over HTTP; safe to share between threads.

    Args:
        settings: Where the home is, and its caps.
        clock: The machine's.

    Raises:
        StoreUnusable: The tokens cannot be read or made.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.tokens = Tokens(settings.keeper_home)
        self.sessions = Sessions(clock, self.tokens.seal)
        self.answered = Answered()

    @property
    def home(self) -> Path:
        """The home."""
        return self.settings.keeper_home

    def status(self) -> dict[str, Any]:
        """How the running agent stands.

        Raises:
            NotRunning: None runs, or it has not seen a market yet.
        """
        found: dict[str, Any] = tell(self.home, "status")
        if found.get("is_starting"):
            raise NotRunning(f"the agent in {self.home} is starting")
        return found

    def symbol(self, name: str) -> dict[str, Any]:
        """What the running agent knows of one symbol.

        Raises:
            NotInRecord: It does not trade it.
            NotRunning: None runs.
        """
        rows: list[dict[str, Any]] = self.status()["symbols"]
        found = next((row for row in rows if row["symbol"] == name.upper()), None)
        if found is None:
            known = ", ".join(row["symbol"] for row in rows) or "none"
            raise NotInRecord(f"the agent does not watch {name.upper()}; it watches {known}")
        return found

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """The record, by a reader of its own: the loop's writer is never waited for.

        Raises:
            NotInRecord: Nothing was remembered yet.
            StoreUnusable: It cannot be read.
        """
        with Store.open(self.home, read_only=True) as store:
            yield store
