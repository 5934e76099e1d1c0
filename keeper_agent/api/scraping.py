"""Who may scrape, and what is scraped: a token that reads metrics alone, and the sources behind them.

The token is plain text in a file of its own, mode 600: what the ``credentials_file`` of a scraper takes.
It counts only for callers on this machine; anybody else needs a token of the API.
"""

from __future__ import annotations

import hmac
import ipaddress
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from keeper_agent.api.desk import Desk
from keeper_agent.app import CODE_VERSION
from keeper_agent.broken import count_broken
from keeper_agent.heart import heartbeat_age_s
from keeper_agent.metrics.agent import agent_samples
from keeper_agent.metrics.exposition import Sample, exposition
from keeper_agent.metrics.record import RecordTotals
from keeper_agent.veil import hide
from memory.connection import DATABASE
from memory.private import replacing
from tools.domain.errors import NotInRecord, NotRunning, StoreUnusable
from tools.domain.identity import fresh_secret
from tools.execution.kill import KillSwitch, PauseSwitch

TOKEN_FILE = "scrape-token"  # noqa: S105 (a file, not a token)
OTHERS = 0o077
SHORTEST = 32  # characters of a token that is believed


class Scrape:
    """The metrics of one home; safe to share between threads, one scrape at a time.

    Args:
        desk: Where agent and record are asked.

    Raises:
        StoreUnusable: The token cannot be read or made, or others may read it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.path = desk.home / TOKEN_FILE
        self._lock = Lock()
        self._totals = RecordTotals()
        if not self.path.exists():
            self._make()
        self._token()

    def lets_in(self, credential: str, host: str | None) -> bool:
        """Whether ``credential``, from the address ``host``, may read metrics.

        Raises:
            StoreUnusable: The file is no longer usable.
        """
        is_same = hmac.compare_digest(credential.encode(), self._token().encode())
        return is_same and host is not None and ipaddress.ip_address(host).is_loopback

    def text(self) -> bytes:
        """Everything that is known now."""
        with self._lock:
            return exposition(self._samples())

    def _samples(self) -> Iterator[Sample]:
        versions = (CODE_VERSION, platform.python_version(), sqlite3.sqlite_version)
        yield Sample("build_info", 1, versions)
        yield from home_samples(self._desk)
        try:
            with self._desk.reading() as store:
                self._totals.look(store)
            yield Sample("source_up", 1, ("record",))
            yield from self._totals.samples()
        except (NotInRecord, StoreUnusable):
            yield Sample("source_up", 0, ("record",))
        try:
            status = self._desk.status()
        except NotRunning:
            yield Sample("source_up", 0, ("agent",))
            return
        yield Sample("source_up", 1, ("agent",))
        yield from agent_samples(status, self._totals.profit)

    def _make(self) -> None:
        try:
            with replacing(self.path) as file:
                file.write(fresh_secret().encode() + b"\n")
        except OSError as error:
            raise StoreUnusable(f"cannot write {self.path}: {error.strerror}") from error

    def _token(self) -> str:
        try:
            if self.path.stat().st_mode & OTHERS:
                raise StoreUnusable(f"others may read {self.path}; expected mode 600")
            token = self.path.read_text("ascii", errors="replace").strip()
        except OSError as error:
            raise StoreUnusable(f"cannot read {self.path}: {error.strerror}") from error
        if len(token) < SHORTEST:
            raise StoreUnusable(
                f"expected a token of at least {SHORTEST} characters in {self.path}; delete it to have one"
            )
        hide([token])
        return token


def home_samples(desk: Desk) -> Iterator[Sample]:
    """What the files of the home tell, whether an agent runs there or not."""
    home = desk.home
    for switch, name in ((KillSwitch(home), "kill"), (PauseSwitch(home), "pause")):
        yield Sample("entries_forbidden", switch.is_set, (name,))
    age = heartbeat_age_s(home, desk.clock)
    if age is not None:
        yield Sample("heartbeat_age_seconds", age)
    yield Sample("invariants_broken", count_broken(home))
    yield Sample("disk_free_bytes", shutil.disk_usage(home).free)
    yield Sample("database_size_bytes", sum(_size(home / (DATABASE + end)) for end in ("", "-wal")))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
