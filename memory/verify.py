"""Whether memory is whole, and how its views are made anew; ``keeper memory verify|rebuild``."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from memory.archives import Archives
from memory.archiving import archive_faults
from memory.chain import Head, check_chain
from memory.connection import DATABASE, check_file, connect_reader, damaged, unusable
from memory.lock import HomeLock
from memory.patterns import FOLDER, PatternLibrary
from memory.schema import METADATA
from memory.schema_views import VIEWS
from memory.store import Store
from memory.views import made_anew, view_faults
from tools.domain.errors import HomeLocked, StoreUnusable


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What was found.

    Attributes:
        counts: Rows by table.
        patterns: Patterns in the library; None where it was not looked at.
        library: Why it was not, empty where it was.
        faults: Every fault in a line.
        head: The end of the audit chain: its number of links and its hash.
    """

    counts: Mapping[str, int]
    patterns: int | None
    library: str
    faults: tuple[str, ...]
    head: Head

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody listens."""


def verify(home: Path, told: Callable[[str, int, int], None] = _silent) -> MemoryReport:
    """Check the database's pages and references, the audit chain, and the pattern library against SQL.

    It changes nothing. Only the owner of a home may open its library: beside a running agent
    that part is left out and the report says so, as where no library was made yet.

    Raises:
        NotInRecord: The database is empty.
        StoreUnusable: There is no database that can be opened, or it is damaged.
    """
    check_file(home / DATABASE)
    _require_pages(home / DATABASE)
    try:
        with HomeLock.acquire(home, "keeper memory verify") as lock:
            return _report(home, lock, "", told)
    except HomeLocked as error:
        return _report(home, None, f"not looked at, because {error}", told)


def rebuild(home: Path, told: Callable[[str, int, int], None] = _silent) -> MemoryReport:
    """Make the derived tables and the pattern library anew from the others, then check everything.

    Args:
        home: Where memory is.
        told: Hears what is being done, how much of it is done, and how much there is.

    Raises:
        HomeLocked: Another process owns the home.
        StoreUnusable: There is no database that can be opened.
    """
    check_file(home / DATABASE)
    with (
        HomeLock.acquire(home, "keeper memory rebuild") as lock,
        Store.open(home) as store,
    ):
        store.maintain(made_anew())
        with PatternLibrary(lock, store) as library:
            library.rebuild(lambda done, total: told("patterns", done, total))
    return verify(home, told)


def _report(
    home: Path, lock: HomeLock | None, library: str, told: Callable[[str, int, int], None]
) -> MemoryReport:
    """All that can be seen in ``home``; its library only with the ``lock``."""
    faults = _broken_references(home / DATABASE)
    with Store.open(home, read_only=lock is None) as store:
        archives = Archives.of(store)
        head, broken = check_chain(home / DATABASE, lambda done, total: told("links", done, total), archives)
        patterns: int | None = None
        differences: list[str] = []
        if lock is not None and (home / FOLDER).exists():
            patterns, differences = _library_faults(lock, store)
        elif lock is not None:
            library = "none yet, keeper run or keeper memory rebuild makes it"
        found = (
            *faults,
            *broken,
            *archive_faults(store),
            *_view_faults(home / DATABASE),
            *_reference_faults(store),
            *differences,
        )
        return MemoryReport(_counts(store), patterns, library, found, head)


def _library_faults(lock: HomeLock, store: Store) -> tuple[int, list[str]]:
    """How many patterns the library holds, and what is wrong with it."""
    try:
        with PatternLibrary(lock, store, heals=False) as library:
            return len(library), library.verify()
    except StoreUnusable as error:
        return 0, [str(error)]


def _require_pages(path: Path) -> None:
    found = [line for row in _rows(path, "PRAGMA integrity_check(5)") for line in str(row[0]).splitlines()]
    # SQLite begins with a line that only names the database.
    faults = [line for line in found if line != "ok" and not line.startswith("***")]
    if faults:
        raise damaged(path, "; ".join(faults))


def _view_faults(path: Path) -> list[str]:
    try:
        with closing(connect_reader(path)) as reader:
            return view_faults(reader)
    except sqlite3.Error as error:
        raise unusable("read", path, error) from error


def _broken_references(path: Path) -> list[str]:
    return [
        f"a row of {table} ({row}) refers to {parent}, which is not there"
        for table, row, parent, _ in _rows(path, "PRAGMA foreign_key_check")
    ]


def _rows(path: Path, pragma: str) -> list[tuple[Any, ...]]:
    try:
        with closing(connect_reader(path)) as reader:
            return list(reader.execute(pragma))
    except sqlite3.Error as error:
        raise unusable("read", path, error) from error


def _reference_faults(store: Store) -> list[str]:
    """What foreign keys cannot say: every pattern is its outcome's, stamp for stamp."""
    patterns, outcomes = METADATA.tables["pattern"], METADATA.tables["outcome"]
    same = (
        (patterns.c.ts_known == outcomes.c.ts_known)
        & (patterns.c.net_bps == outcomes.c.net_bps)
        & (patterns.c.result == outcomes.c.result)
        & (patterns.c.signal_id == outcomes.c.signal_id)
    )
    joined = patterns.join(outcomes, patterns.c.outcome_id == outcomes.c.outcome_id)
    rows = store.read(
        select(patterns.c.outcome_id).select_from(joined).where(~same).order_by(patterns.c.outcome_id)
    )
    return [f"pattern {row['outcome_id']} differs from its outcome" for row in rows]


def _counts(store: Store) -> dict[str, int]:
    names = sorted(set(METADATA.tables) - set(VIEWS))
    number = func.count().label("n")
    return {
        name: int(store.read(select(number).select_from(METADATA.tables[name]))[0]["n"]) for name in names
    }
