"""Whether memory is whole, and how its views are made anew; ``keeper memory verify|rebuild``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from memory.connection import DATABASE, check_file, connect_reader
from memory.lock import HomeLock
from memory.patterns import PatternLibrary
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import StoreUnusable


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What was found: rows by table, patterns in the library, and every fault in a line."""

    counts: Mapping[str, int]
    patterns: int
    faults: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(home: Path) -> MemoryReport:
    """Check the database's pages and references, and the pattern library against SQL.

    It changes nothing but must own the home, because only the owner may open the library.

    Raises:
        HomeLocked: Another process owns the home.
        StoreUnusable: There is no database that can be opened.
    """
    check_file(home / DATABASE)
    with HomeLock.acquire(home, "keeper memory verify") as lock:
        faults = _page_faults(home / DATABASE)
        with Store.open(home) as store:
            patterns, differences = _library_faults(lock, store)
            return MemoryReport(_counts(store), patterns, (*faults, *_reference_faults(store), *differences))


def rebuild(home: Path) -> MemoryReport:
    """Make the pattern library anew from SQL, then check everything.

    Raises:
        HomeLocked: Another process owns the home.
        StoreUnusable: There is no database that can be opened.
    """
    check_file(home / DATABASE)
    with (
        HomeLock.acquire(home, "keeper memory rebuild") as lock,
        Store.open(home) as store,
        PatternLibrary(lock, store) as library,
    ):
        library.rebuild()
    return verify(home)


def _library_faults(lock: HomeLock, store: Store) -> tuple[int, list[str]]:
    """How many patterns the library holds, and what is wrong with it."""
    try:
        with PatternLibrary(lock, store, heals=False) as library:
            return len(library), library.verify()
    except StoreUnusable as error:
        return 0, [str(error)]


def _page_faults(path: Path) -> list[str]:
    try:
        with closing(connect_reader(path)) as reader:
            found = [str(row[0]) for row in reader.execute("PRAGMA integrity_check(20)")]
            broken = list(reader.execute("PRAGMA foreign_key_check"))
    except sqlite3.Error as error:
        raise StoreUnusable(f"cannot read the database {path}: {error}") from error
    faults = [f"the database is damaged: {line}" for line in found if line != "ok"]
    return faults + [
        f"a row of {table} ({row}) refers to {parent}, which is not there" for table, row, parent, _ in broken
    ]


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
    names = sorted(METADATA.tables)
    number = func.count().label("n")
    return {
        name: int(store.read(select(number).select_from(METADATA.tables[name]))[0]["n"]) for name in names
    }
