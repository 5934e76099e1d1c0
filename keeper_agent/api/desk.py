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
from memory.connection import DATABASE
from memory.store import Store
from tools.domain.clock import NS, Clock
from tools.domain.errors import NotInRecord, NotRunning

CHECKED_NS = 300 * NS  # so long a file whose pages were looked through is taken to be sound


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
        self._checked: tuple[tuple[int, int] | None, int] = None, 0  # which file, and until when

    @property
    def home(self) -> Path:
        """The home."""
        return self.settings.keeper_home

    def status(self) -> dict[str, Any]:
        """How the running agent stands.

        Raises:
            NotRunning: None runs, or it has not seen a market yet.
        """
        return self.as_running(tell(self.home, "status"))

    def as_running(self, found: dict[str, Any]) -> dict[str, Any]:
        """What an agent replied when it was asked how it stands.

        Raises:
            NotRunning: It has not seen a market yet.
        """
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

        Its pages are looked through the first time and every five minutes: each page that is shown reads it,
        and the look takes a millisecond and a half a megabyte.

        Raises:
            NotInRecord: Nothing was remembered yet.
            StoreUnusable: It cannot be read.
        """
        file, now = _file_at(self.home / DATABASE), self.clock.now()
        checked, until = self._checked
        was_checked = file is not None and file == checked and now < until
        with Store.open(self.home, read_only=True, was_checked=was_checked) as store:
            if store.is_checked:
                self._checked = file, now + CHECKED_NS
            yield store


def _file_at(path: Path) -> tuple[int, int] | None:
    """Device and number of the file at ``path``: another one may be put in its place."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
