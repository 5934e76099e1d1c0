"""Named frozen copies of memory: what a replay may start from, unchanged for ever.

A snapshot is a folder ``home/snapshots/<name>`` with the database, the active models and a
manifest of their hashes; a copy is only handed out when the hashes are still right.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import orjson

from memory.archives import FOLDER as ARCHIVES
from memory.codec import canonical
from memory.connection import (
    DATABASE,
    check_file,
    check_pages,
    connect_reader,
    prepare_file,
    prepare_home,
    require_memory,
    unusable,
)
from tools.domain.errors import BadUsage, NotInRecord, StoreUnusable
from tools.domain.identity import content_hash

SNAPSHOTS = "snapshots"
MODELS = "models"
MANIFEST = "manifest.json"
COPY_CHECK_S = 60.0  # most time for a look through the pages of a copy
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen memory: where it is, and the SHA-256 of each of its files."""

    folder: Path
    files: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """One hash for all of it, to name the input of a replay."""
        return content_hash(canonical(dict(self.files)).encode())


def freeze(home: Path, name: str) -> Snapshot:
    """Copy the memory of ``home``, as it is on disk now, to ``home/snapshots/name``.

    It may be called beside a running writer; what that has only queued is not in it.

    Raises:
        BadUsage: The name is unusable or taken.
        StoreUnusable: The database cannot be read or the copy not written.
    """
    folder = _folder(home, name)
    if folder.exists():
        raise BadUsage(f"expected a new snapshot name, {name} is already in {folder.parent}")
    check_file(home / DATABASE)
    workshop = folder.with_name(f".{name}.unfinished")
    try:
        shutil.rmtree(workshop, ignore_errors=True)
        files = _copy_home(home, workshop).files
        (workshop / MANIFEST).write_text(canonical({"files": files}) + "\n")
        _make_read_only(workshop)
        workshop.rename(folder)
    except OSError as error:
        shutil.rmtree(workshop, ignore_errors=True)
        raise StoreUnusable(f"cannot freeze {home / DATABASE} to {folder}: {error}") from error
    except StoreUnusable:
        shutil.rmtree(workshop, ignore_errors=True)
        raise
    return Snapshot(folder, files)


def find_snapshot(path_or_name: str | Path, home: Path) -> Snapshot:
    """The snapshot in a folder, or of that name in ``home``, with its hashes checked.

    Raises:
        NotInRecord: There is none.
        StoreUnusable: It is not as it was frozen.
    """
    named = home / SNAPSHOTS / path_or_name
    folder = named if NAME.fullmatch(str(path_or_name)) and named.is_dir() else Path(path_or_name)
    if not (folder / MANIFEST).is_file():
        raise NotInRecord(
            f"expected a snapshot or a home, there is none at {folder} and no snapshot of that name in "
            f"{named.parent}"
        )
    files = _manifest(folder / MANIFEST)
    there = _hashes(folder)
    if there != files:
        names = sorted(name for name in {*there, *files} if there.get(name) != files.get(name))
        raise StoreUnusable(f"snapshot {folder} is not as it was frozen: {', '.join(names)} changed")
    return Snapshot(folder, files)


def open_snapshot_copy(path_or_name: str | Path, into_home: Path, *, home: Path) -> Snapshot:
    """Copy a snapshot, or the memory of another home, as the starting memory of ``into_home``.

    A snapshot's hashes are checked first. Of a home a consistent copy is taken, even beside
    its running agent; its hashes are those of the copy.

    Args:
        path_or_name: A snapshot's folder, its name in ``home``, or the folder of a home.
        into_home: A home without a memory of its own.
        home: Where names are looked up.

    Raises:
        NotInRecord: There is no such snapshot, nor a home.
        StoreUnusable: It was changed or is damaged, or ``into_home`` has a memory already.
    """
    if (into_home / DATABASE).exists():
        raise StoreUnusable(f"expected a home without a memory, {into_home / DATABASE} exists")
    other = Path(path_or_name)
    is_name = NAME.fullmatch(str(path_or_name)) and (home / SNAPSHOTS / path_or_name).is_dir()
    if not is_name and (other / DATABASE).is_file() and not (other / MANIFEST).exists():
        return _copy_home(other, into_home)
    snapshot = find_snapshot(path_or_name, home)
    prepare_home(into_home)
    try:
        for name in snapshot.files:
            target = into_home / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(snapshot.folder / name, target)
            target.chmod(0o600)
    except OSError as error:
        raise StoreUnusable(f"cannot copy snapshot {snapshot.folder} to {into_home}: {error}") from error
    return snapshot


def _folder(home: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise BadUsage(
            f"expected a snapshot name of letters, digits, dots, dashes, underscores, was {name!r}"
        )
    return home / SNAPSHOTS / name


def _copy_home(home: Path, target: Path) -> Snapshot:
    """The database and models of ``home`` as they are now, in the new folder ``target``."""
    require_memory(home)
    prepare_home(target)
    prepare_file(target / DATABASE)
    try:
        _copy_database(home / DATABASE, target / DATABASE)
        if (home / MODELS).is_dir():
            shutil.copytree(home / MODELS, target / MODELS)
        if (home / ARCHIVES).is_dir():
            shutil.copytree(home / ARCHIVES, target / ARCHIVES)
        return Snapshot(target, _hashes(target))
    except OSError as error:
        raise StoreUnusable(f"cannot copy the memory of {home} to {target}: {error}") from error
    except sqlite3.Error as error:
        raise unusable("copy", home / DATABASE, error) from error


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(connect_reader(source)) as reader,
        closing(sqlite3.connect(target, check_same_thread=False)) as copy,
    ):
        reader.backup(copy)
        # Without a write-ahead log a single read-only file is the whole database.
        copy.execute("PRAGMA journal_mode=DELETE")
        check_pages(copy, source, COPY_CHECK_S)


def _hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): content_hash(path.read_bytes()) for path in paths}


def _manifest(path: Path) -> dict[str, str]:
    try:
        files = orjson.loads(path.read_bytes())["files"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise StoreUnusable(f"expected the hashes of a snapshot in {path}: {error}") from error
    return {str(name): str(value) for name, value in files.items()}


def _make_read_only(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o400)
