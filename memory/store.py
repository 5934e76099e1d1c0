"""The one writer of the database, and the readers beside it.

Two classes of durability: intents, fills and what came of them are on disk when ``commit_durable``
returns; the rest is queued and written in batches. A durable commit carries the queue along, in order.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, Executable, Select, Table, inspect
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from memory.chain import Head, read_head, seal
from memory.connection import (
    DATABASE,
    allow_reading_only,
    cause_of,
    check_file,
    check_pages,
    nothing_remembered,
    prepare_file,
    prepare_home,
    reader_engine,
    require_memory,
    unusable,
    writer_engine,
)
from memory.contradictions import broken_reference, require_same
from memory.migrations import HEAD, REVISIONS, upgrade
from memory.rows import Row
from memory.schema import METADATA
from tools.domain.errors import InvariantBroken, KeeperError, StoreOfOtherVersion, StoreUnusable

QUEUE_ROWS = 2_000  # rows kept back before a batch is written unasked
WRITER_CHECK_S, READER_CHECK_S = 10.0, 1.0  # most time for a look through the pages before use
CHECKED_A_SECOND = 1 << 30  # bytes, of a file that is cached


class Store:
    """Rows in and out of ``home/keeper.sqlite``; safe to share between threads.

    The writer must own the home (see ``memory.lock``).

    Attributes:
        is_checked: Whether every page was looked at when it was opened; a large file takes too long.
        forgets: Whether what is written is let go, so that nothing need be prepared for it.
    """

    forgets = False

    def __init__(self, path: Path, engine: Engine, *, is_read_only: bool, is_throwaway: bool) -> None:
        self.path = path
        self.is_read_only = is_read_only
        self.is_checked = False
        self._engine = engine
        self._connection: Connection = engine.connect()
        self._is_throwaway = is_throwaway
        self._batch_mode = "OFF" if is_throwaway else "NORMAL"
        self._durable_mode = "OFF" if is_throwaway else "FULL"
        self._queue: list[Row] = []
        self._head = Head()
        self._written: set[str] = set()  # tables added to since the last link
        self._is_together = False
        self._lock = threading.RLock()

    @classmethod
    def open(
        cls, home: Path, *, read_only: bool = False, is_throwaway: bool = False, was_checked: bool = False
    ) -> Self:
        """The memory in ``home``; the writer creates it or brings its tables up to date.

        Args:
            home: The folder that holds the database.
            read_only: Only read; the file must exist and have the tables of this version.
            is_throwaway: Never wait for the disk, for the memory of a replay.
            was_checked: Do not look through its pages: that was done a moment ago.

        Raises:
            NotInRecord: It is to be read only, and nothing was remembered yet.
            StoreUnusable: It cannot be read or written, is damaged, or is not a database of Keeper.
        """
        path = home / DATABASE
        if read_only:
            require_memory(home)
        else:
            prepare_home(home)
            prepare_file(path)
            check_file(path)
        engine = reader_engine(path) if read_only else writer_engine(path)
        try:
            store = cls(path, engine, is_read_only=read_only, is_throwaway=is_throwaway)
            seconds = READER_CHECK_S if read_only else WRITER_CHECK_S
            # A look that cannot end in time is not begun: it would only make every command later.
            looks = not (is_throwaway or was_checked)
            if looks and path.stat().st_size <= seconds * CHECKED_A_SECOND:
                store.is_checked = check_pages(store._driver, path, seconds)
            store._admit()
        except (DBAPIError, sqlite3.Error) as error:
            engine.dispose()
            raise unusable("use", path, error) from error
        except KeeperError:
            engine.dispose()
            raise
        return store

    def write(self, rows: Iterable[Row]) -> None:
        """Queue ``rows``; they reach the database with the next batch."""
        self._require_writer()
        with self._lock:
            self._queue.extend(rows)
            if len(self._queue) >= QUEUE_ROWS:
                self.flush()

    @property
    def n_waiting(self) -> int:
        """How many rows are queued and not written yet."""
        return len(self._queue)

    def flush(self) -> None:
        """Write what is queued; on failure the queue is kept, so nothing is lost."""
        with self._lock:
            if self._queue:
                self._seal_after(self._batch_mode, lambda: self._insert_all(self._queue))
                self._queue.clear()

    def commit_durable(self, rows: Iterable[Row]) -> None:
        """Write ``rows``, and what was queued before them, to disk before returning.

        Raises:
            InvariantBroken: A row contradicts memory or refers to what is not there.
            StoreUnusable: The disk refused.
        """
        self._require_writer()
        rows = list(rows)
        with self._lock:
            self._seal_after(self._durable_mode, lambda: self._insert_all([*self._queue, *rows]))
            self._queue.clear()

    def execute(self, statements: Iterable[Executable]) -> None:
        """Run changes other than inserts, such as the end of a run, in one transaction after the queue."""
        self._require_writer()
        with self._lock:
            self.flush()

            def run() -> None:
                for statement in statements:
                    self._connection.execute(statement)
                    self._written.add(_table_of(statement))

            self._seal_after(self._batch_mode, run)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything written within is on disk at the end of it, or nothing of it is.

        No other thread reads or writes meanwhile, so what is slow belongs before it.
        """
        self._require_writer()
        with self._lock:
            self.flush()
            head = self._head
            try:
                with self._transaction(self._durable_mode):
                    self._is_together = True
                    try:
                        yield
                        self.flush()
                    finally:
                        self._is_together = False
            except BaseException:
                self._queue.clear()  # all of it was queued within
                self._head = head
                raise

    def give_back(self) -> None:
        """Give the disk back what the database has free inside; takes as long as copying it."""
        self._require_writer()
        with self._lock:
            self.flush()
            try:
                self._connection.exec_driver_sql("VACUUM")
                self._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            except DBAPIError as error:
                raise unusable("write", self.path, error) from error

    def maintain(self, statements: Iterable[str], rows: Sequence[Row] = ()) -> None:
        """Run constant statements of upkeep and keep ``rows``: all of it on disk at the end, or nothing."""
        self._require_writer()

        def change() -> None:
            for statement in statements:
                self._connection.exec_driver_sql(statement)
            self._insert_all(rows)

        with self._lock:
            self.flush()
            self._seal_after(self._durable_mode, change)

    def is_surely_empty(self, table: str) -> bool:
        """Whether nothing is in ``table``; never sure where somebody else may write."""
        del table
        return False

    def read(self, statement: Select[Any]) -> Sequence[Mapping[str, Any]]:
        """The rows of ``statement`` as mappings, what this writer has queued included."""
        with self._lock:
            self.flush()
            try:
                return [dict(row) for row in self._connection.execute(statement).mappings()]
            except DBAPIError as error:
                raise unusable("read", self.path, error) from error

    def fetch(self, statement: str, values: Mapping[str, str | int | None]) -> list[tuple[Any, ...]]:
        """The rows of a constant ``statement`` with ``values`` bound, for what must answer at once."""
        with self._lock:
            self.flush()
            try:
                return self._driver.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise unusable("read", self.path, error) from error

    def close(self) -> None:
        """Write what is queued and let go of the file."""
        with self._lock:
            try:
                self.flush()
            finally:
                self._connection.close()
                self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _driver(self) -> sqlite3.Connection:
        return cast(sqlite3.Connection, self._connection.connection.dbapi_connection)

    def _require_writer(self) -> None:
        if self.is_read_only:
            raise StoreUnusable(f"expected a writer, {self.path} was opened read-only")

    def _admit(self) -> None:
        revision = self._revision()
        if revision is None and not self.is_read_only:
            self._upgrade()
        elif revision != HEAD:
            self._admit_other(revision)
        if self.is_read_only:
            allow_reading_only(self._driver)
        else:
            self._head = read_head(self._driver)

    def _admit_other(self, revision: str | None) -> None:
        if revision is None:
            raise nothing_remembered(self.path.parent)
        if revision not in REVISIONS:
            raise StoreOfOtherVersion(
                f"{self.path} was written by a newer Keeper: expected revision {HEAD}, was {revision}"
            )
        if self.is_read_only:
            raise StoreOfOtherVersion(
                f"{self.path} has the tables of an older Keeper (revision {revision}, expected {HEAD}); "
                "a writing command such as keeper run brings it up to date"
            )
        if not self._is_throwaway:
            from memory.upgrading import back_up_before_upgrade  # loads cryptography, needed once a version

            back_up_before_upgrade(self.path.parent, revision)
        self._upgrade()

    def _upgrade(self) -> None:
        """Bring the tables up to date, and seal what was there before there was a chain."""
        with self._transaction("FULL"):
            upgrade(self._connection)
            seal(self._driver, read_head(self._driver))

    def _revision(self) -> str | None:
        """The revision of the tables; None for an empty database."""
        names = set(inspect(self._connection).get_table_names())
        if not names:
            return None
        if "alembic_version" not in names:
            raise StoreUnusable(f"expected Keeper's tables in {self.path}, found {', '.join(sorted(names))}")
        found = self._connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
        return str(found[0]) if found else None

    def _seal_after(self, synchronous: str, change: Callable[[], None]) -> None:
        """Make a change and link it to all before, in one transaction."""
        self._written.clear()
        with self._transaction(synchronous):
            change()
            head = seal(self._driver, self._head, self._written)
        self._head = head

    @contextmanager
    def _transaction(self, synchronous: str) -> Iterator[None]:
        if self._is_together:
            yield
            return
        run = self._connection.exec_driver_sql
        try:
            run(f"PRAGMA synchronous={synchronous}")
            run("BEGIN IMMEDIATE")
            yield
            run("COMMIT")
        except IntegrityError as error:
            message = broken_reference(self._connection) or cause_of(error)
            self._roll_back()
            raise InvariantBroken(f"memory refused a row: {message}") from error
        except (DBAPIError, sqlite3.Error) as error:
            self._roll_back()
            raise unusable("write", self.path, error) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._driver.in_transaction:
            self._connection.exec_driver_sql("ROLLBACK")

    def _insert_all(self, rows: Iterable[Row]) -> None:
        """Insert by table; references are checked at commit, so order between tables is free."""
        batches: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            batches.setdefault(row.table, []).append(row.values)
        for name, batch in batches.items():
            self._written.add(name)
            statement = insert(METADATA.tables[name]).on_conflict_do_nothing()
            options = {"preserve_rowcount": True}
            done = self._connection.execute(statement, batch, execution_options=options)
            if done.rowcount != len(batch):
                require_same(self._connection, name, batch)


def _table_of(statement: Executable) -> str:
    """The table that a change is made to."""
    table = getattr(statement, "table", None)
    if not isinstance(table, Table):
        raise TypeError(f"expected an insert, update or delete of one table, was {type(statement).__name__}")
    return str(table.name)  # an exact str, as the links are JSON
