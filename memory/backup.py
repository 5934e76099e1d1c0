"""Backups of a home, taken beside its running agent: one file that is proven whole before it has a name.

What is truth goes in: the database, the models, the archives; a sealed one also holds the signing key. Views
are made anew, and what is left out is named in the manifest.

The live database is only ever touched through SQLite: to open and close it as a plain file would drop the
locks that this process holds on it, and the next writer could throw its write-ahead log away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memory.chain import check_chain
from memory.connection import DATABASE, connect_reader, damaged, nothing_remembered, prepare_file, unusable
from memory.migrations import HEAD, REVISIONS
from memory.packing import Part, Tell, measure, pack, read
from memory.private import UNFINISHED, make_private_folder, replacing, unfinished
from memory.sealed import Secret
from memory.swap import settle
from tools.domain.clock import iso
from tools.domain.errors import BadUsage, HomeLocked, StoreUnusable

BACKUPS = "backups"
ENDING = ".backup"
DAILY = "daily-"
LOCK = "lock"
WORKSHOP = ".workshop"
FOLDERS = ("models", "archives")  # truth beside the database
KEYS = ("strategies.key",)
PAGES = 2_000  # copied between two words of progress
LEFT_OUT = {
    "asking": "what questions to a brain have cost; it stays as it is",
    "market": "what the agent saw of the market, for keeper parity alone",
    "patterns": "a view of the database; keeper restore makes it anew",
    "reports, logs": "made from the database, or about the program",
    "snapshots": "frozen copies of earlier states; copy the folder as it is if replays still need them",
    "environment and .env": "keys and secrets are never read into a backup; settings without them are in it",
}
NO_KEYS = (
    "the signing key of shared strategies is only put into a sealed backup; without it a new one is made"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a backup is to be.

    Attributes:
        ts: When it is made, ns.
        code_version: Of the program.
        settings: What the operator set, without secrets.
        secret: Seals it; None leaves it plain.
        tell: Told of progress.
    """

    ts: int
    code_version: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: Secret | None = None
    tell: Tell = lambda *_: None


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made, with its manifest."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size


def back_up(home: Path, target: Path, wish: Wish) -> Backup:
    """Write a backup of ``home`` as it is now to the new file ``target``.

    A running agent is not disturbed, and what it has only queued is not in it. The copy's pages,
    references and audit chain are checked, and the finished file is read back, before it gets its name.

    Raises:
        BadUsage: There is a file at ``target``.
        HomeLocked: Another backup of the home is under way.
        NotInRecord: Nothing is remembered.
        StoreUnusable: Memory is not whole, or the disk refused.
    """
    settle(home)
    if not (home / DATABASE).exists():
        raise nothing_remembered(home)
    if target.exists():
        raise BadUsage(f"expected a new file for the backup, {target} exists")
    try:
        with _workshop(home) as workshop:
            copy = workshop / DATABASE
            copy_database(home / DATABASE, copy, wish.tell)
            facts = require_whole(copy)
            parts = [measure(DATABASE, copy), *_other_parts(home, wish.secret)]
            _write(target, {**facts, **_words(wish)}, parts, wish)
            return Backup(target, {**facts, **_words(wish), "parts": [part.name for part in parts]})
    except sqlite3.Error as error:
        raise unusable("back up", home / DATABASE, error) from error
    except OSError as error:
        raise StoreUnusable(f"cannot write the backup {target}: {error.strerror or error}") from error


def copy_database(source: Path, target: Path, tell: Tell) -> None:
    """A consistent copy of a database in one file, whoever writes to it meanwhile.

    Raises:
        sqlite3.Error: One of the two refused.
    """
    prepare_file(target)
    with closing(connect_reader(source)) as reader, closing(sqlite3.connect(target)) as copy:
        # Within one read transaction all pages are of one state; no writer makes the copy begin anew.
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        # A copy that is lost to a crash is thrown away, so it need not wait for the disk.
        copy.execute("PRAGMA synchronous=OFF")
        reader.backup(copy, pages=PAGES, progress=lambda _, left, total: tell("copying", total - left, total))
        copy.execute("PRAGMA journal_mode=DELETE")


def require_whole(path: Path) -> dict[str, Any]:
    """What is in a database that no one writes to, after its pages, references and chain were checked.

    The chain of an older revision is only read: it is checked once the tables are brought up to date.

    Raises:
        StoreUnusable: It is not whole, empty, or not Keeper's.
    """
    with closing(connect_reader(path)) as reader:
        found = [line for (row,) in reader.execute("PRAGMA integrity_check(5)") for line in row.splitlines()]
        faults = [line for line in found if line != "ok" and not line.startswith("***")]
        if faults:
            raise damaged(path, "; ".join(faults))
        broken = reader.execute("PRAGMA foreign_key_check").fetchone()
        revision, counts = revision_of(reader, path), _counts(reader)
        end = _end_of_chain(reader) if "link" in counts else None
    if broken is not None:
        raise StoreUnusable(f"{path} is not whole: a row of {broken[0]} refers to a lost row of {broken[2]}")
    if revision == HEAD:
        _require_chain(path)
    return {"revision": revision, "counts": counts, "audit_chain": end}


def revision_of(reader: sqlite3.Connection, path: Path) -> str:
    """The revision of an open database's tables.

    Raises:
        StoreUnusable: It has none, or one this program does not know.
    """
    if reader.execute("SELECT 1 FROM sqlite_master WHERE name='alembic_version'").fetchone() is None:
        raise StoreUnusable(f"expected Keeper's tables in {path}")
    row = reader.execute("SELECT version_num FROM alembic_version").fetchone()
    revision = "" if row is None else str(row[0])
    if revision not in REVISIONS:
        raise StoreUnusable(
            f"{path} was written by a newer Keeper: expected revision {HEAD}, was {revision or 'none'}"
        )
    return revision


def stamp_of(ts: int) -> str:
    """``ts`` as part of a file's name, e.g. ``2024-08-08T23-55-01Z``."""
    return iso(ts)[:19].replace(":", "-") + "Z"


def own_name(ts: int) -> str:
    """What a backup made by hand is called."""
    return f"keeper-{stamp_of(ts)}{ENDING}"


def daily_backups(home: Path) -> list[tuple[str, Path]]:
    """Date and file of every daily backup, oldest first."""
    found = (home / BACKUPS).glob(f"{DAILY}????-??-??{ENDING}")
    return sorted((path.name[len(DAILY) : -len(ENDING)], path) for path in found)


def daily_path(home: Path, date: str) -> Path:
    """Where the backup of ``date`` is kept."""
    return home / BACKUPS / f"{DAILY}{date}{ENDING}"


def retire_daily(home: Path, keep: int) -> list[Path]:
    """Remove all daily backups but the last ``keep``; those made by hand or before an upgrade stay.

    Raises:
        StoreUnusable: One cannot be removed.
    """
    old = [path for _, path in daily_backups(home)[: -keep or None]]
    try:
        for path in old:
            path.unlink()
    except OSError as error:
        raise StoreUnusable(f"cannot remove an old backup: {error}") from error
    return old


@contextmanager
def _workshop(home: Path) -> Iterator[Path]:
    """A folder for the copy, emptied of what a killed backup left; one backup at a time."""
    folder = make_private_folder(home / BACKUPS)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeLocked(f"another backup of {home} is under way") from error
        workshop = folder / WORKSHOP
        shutil.rmtree(workshop, ignore_errors=True)
        for left in folder.glob(f"*{UNFINISHED}"):
            left.unlink()
        try:
            yield make_private_folder(workshop)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    finally:
        os.close(descriptor)


def _other_parts(home: Path, secret: Secret | None) -> list[Part]:
    folders = [home / name for name in FOLDERS]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    if secret is not None:
        files += [home / name for name in KEYS if (home / name).is_file()]
    names = [(path.relative_to(home).as_posix(), path) for path in files]
    # What begins with a dot is still being written.
    return [measure(name, path) for name, path in names if "/." not in name]


def _words(wish: Wish) -> dict[str, Any]:
    left_out = LEFT_OUT if wish.secret is not None else {**LEFT_OUT, "strategies.key": NO_KEYS}
    return {
        "made": iso(wish.ts),
        "ts": wish.ts,
        "code_version": wish.code_version,
        "sealed": wish.secret is not None,
        "settings": dict(wish.settings),
        "left_out": dict(left_out),
    }


def _write(target: Path, words: Mapping[str, Any], parts: Sequence[Part], wish: Wish) -> None:
    with replacing(target) as file:
        pack(file, words, parts, wish.secret, wish.tell)
        file.flush()
        read(unfinished(target), wish.secret)


def _require_chain(path: Path) -> None:
    _, faults = check_chain(path)
    if faults:
        raise StoreUnusable(f"the audit chain of memory is broken: {'; '.join(faults)}")


def _end_of_chain(reader: sqlite3.Connection) -> dict[str, Any] | None:
    row = reader.execute("SELECT number, digest FROM link ORDER BY number DESC LIMIT 1").fetchone()
    return None if row is None else {"links": int(row[0]), "head": str(row[1])}


def _counts(reader: sqlite3.Connection) -> dict[str, int]:
    tables = reader.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").fetchall()
    query = 'SELECT COUNT(*) FROM "{}"'  # names that SQLite itself gave
    return {name: int(reader.execute(query.format(name)).fetchone()[0]) for (name,) in tables}
