"""How the database file is opened: one writer, any number of readers that cannot write.

SQLite releases before 3.51.3 can damage a WAL database when two connections write or
checkpoint at once, so exactly one connection does either, and ``mmap_size`` is never set.
"""

from __future__ import annotations

import sqlite3
import threading
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Dialect, Engine, StaticPool, create_engine
from sqlalchemy.util import LRUCache

from memory.swap import settle
from tools.domain.errors import NotInRecord, StoreUnusable

DATABASE = "keeper.sqlite"
# Statements: every look at a memory opens an engine, and would compile them all anew.
COMPILED: LRUCache[Any, Any] = LRUCache(1_000)
MAGIC = b"SQLite format 3\x00"
READING = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
BUSY_S = 5.0
CACHE = "PRAGMA cache_size=-65536"  # KiB: the inner pages of every index of a million decisions stay in it
INTERRUPTED, MALFORMED = "interrupted", "malformed"  # in the words of SQLite


def prepare_home(home: Path) -> None:
    """Create ``home`` and make it readable by its owner alone.

    Raises:
        StoreUnusable: It is no folder, or cannot be made one.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as error:
        raise StoreUnusable(f"expected a folder that can be written at {home}: {error.strerror}") from error


def prepare_file(path: Path) -> None:
    """Create the database file, empty and private, unless it exists.

    Raises:
        StoreUnusable: The path is no file that can be written.
    """
    try:
        path.touch(mode=0o600, exist_ok=True)
        path.chmod(0o600)
    except OSError as error:
        raise StoreUnusable(f"expected a database that can be written at {path}: {error.strerror}") from error


def require_memory(home: Path) -> None:
    """Refuse a home in which nothing was ever remembered.

    Raises:
        NotInRecord: It has no database, or one that was only just begun.
        StoreUnusable: What is there is no SQLite database.
    """
    settle(home)
    path = home / DATABASE
    if not path.exists() and (home.is_dir() or not home.exists()):
        raise nothing_remembered(home)
    check_file(path)
    if path.stat().st_size == 0:
        raise nothing_remembered(home)


def nothing_remembered(home: Path) -> NotInRecord:
    """The error for a home without a memory."""
    return NotInRecord(f"nothing is remembered in {home} yet; keeper run makes a first memory")


def check_file(path: Path) -> None:
    """Refuse what is not a SQLite database; an empty file may become one.

    Raises:
        StoreUnusable: The path is missing, unreadable or something else.
    """
    settle(path.parent)
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError as error:
        raise StoreUnusable(f"expected a readable database at {path}: {error.strerror}") from error
    if head and head != MAGIC:
        raise StoreUnusable(f"expected a SQLite database at {path}, was another kind of file")


def check_pages(connection: sqlite3.Connection, path: Path, seconds: float) -> bool:
    """Look through the pages of an open database, about a gigabyte a second once it is cached.

    Args:
        connection: An open connection without a running statement.
        path: What is open, for the message.
        seconds: After which the look is ended.

    Returns:
        Whether all pages were seen in time.

    Raises:
        StoreUnusable: A page is damaged.
        sqlite3.Error: The file could not be looked at.
    """
    limit = threading.Timer(seconds, connection.interrupt)
    limit.daemon = True
    limit.start()
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if str(error) == INTERRUPTED:
            return False
        if MALFORMED not in str(error):
            raise
        found = str(error)
    finally:
        limit.cancel()
        limit.join()
    if found != "ok":
        # SQLite begins with a line that only names the database.
        raise damaged(path, found.splitlines()[-1])
    return True


def unusable(verb: str, path: Path, error: BaseException) -> StoreUnusable:
    """The error for a database that could not be read, written or used, with what mends damage."""
    cause = cause_of(error)
    return (
        damaged(path, cause)
        if MALFORMED in cause
        else StoreUnusable(f"cannot {verb} the database {path}: {cause}")
    )


def cause_of(error: BaseException) -> str:
    """What SQLite itself said."""
    origin = getattr(error, "orig", None)
    return str(origin if origin is not None else error)


def damaged(path: Path, what: str) -> StoreUnusable:
    """The error for a database that is hurt, with what mends it."""
    return StoreUnusable(
        f"the database {path} is damaged ({what}); put a backup of it in its place, "
        "or move the whole folder away to begin anew"
    )


def writer_engine(path: Path) -> Engine:
    """The engine of the one writing connection; transactions are begun and ended by hand."""
    return _engine(lambda: _connect_writer(path))


def reader_engine(path: Path) -> Engine:
    """An engine that can only read."""
    return _engine(lambda: connect_reader(path))


def connect_reader(path: Path) -> sqlite3.Connection:
    """A bare connection on which the file cannot be changed."""
    uri = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_S)
    try:
        connection.execute(CACHE)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def allow_reading_only(connection: sqlite3.Connection) -> None:
    """From now on refuse every statement but SELECT: no pragma, no attach, no extension."""
    # Its first use sets up a table that no statement may make afterwards.
    connection.execute("SELECT 1 FROM json_each('[]')")
    connection.set_authorizer(_authorize)


def _authorize(action: int, _table: str | None, name: str | None, *_: str | None) -> int:
    is_loading = action == sqlite3.SQLITE_FUNCTION and name == "load_extension"
    return sqlite3.SQLITE_OK if action in READING and not is_loading else sqlite3.SQLITE_DENY


def _connect_writer(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_S)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(CACHE)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _engine(creator: object) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=creator,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        execution_options={"compiled_cache": COMPILED},
    )
    engine.dialect = _dialect()  # what was compiled is found again by statement and dialect
    return engine


@cache
def _dialect() -> Dialect:
    """The dialect of every engine of this process, once it knows the library."""
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    engine.connect().close()
    engine.dispose()
    return engine.dialect
