"""A backup becomes the memory of a home again: looked through first, then swapped in as one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memory.backup import FOLDERS, KEYS, require_whole
from memory.connection import DATABASE
from memory.lock import HomeLock
from memory.migrations import HEAD, REVISIONS
from memory.packing import Tell, read
from memory.patterns import FOLDER
from memory.sealed import Secret
from memory.swap import stage, swap
from tools.domain.errors import BadInput, BadUsage, KeeperError, StoreUnusable

# The database first: without it nobody reads what lies beside it. Views of it are made anew.
MEMORY = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", *FOLDERS, FOLDER, "diary")
MAY_HOLD = {DATABASE, *FOLDERS, *KEYS}


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        manifest: What the backup says of itself.
        kept: Where the memory before it is now; None where there was none.
    """

    manifest: Mapping[str, Any]
    kept: Path | None


def restore(
    path: Path, home: Path, *, stamp: str, is_forced: bool, secret: Secret | None, tell: Tell
) -> Restored:
    """Let the backup at ``path`` be the memory of ``home``.

    The kill switch, logs, reports and snapshots of the home stay. The pattern library is not there
    afterwards: ``keeper memory rebuild`` or the next run makes it.

    Args:
        path: The backup.
        home: Where to; made if need be.
        stamp: Names the folder that a present memory is moved to.
        is_forced: Whether a present memory may be moved aside.
        secret: Opens a sealed backup.
        tell: Told of progress.

    Raises:
        BadInput: It is no backup, or cut off or damaged.
        BadUsage: There is a memory, and it may not be moved; or the key is missing or another.
        HomeLocked: An agent runs there.
        StoreUnusable: It was made by a newer Keeper, or the disk refused.
    """
    if not path.is_file():
        raise BadInput(f"expected a backup at {path}, there is no such file")
    with HomeLock.acquire(home, "keeper restore"):
        if not is_forced and _has_memory(home):
            raise BadUsage(
                f"{home} has a memory; --force moves it to a folder beside and restores the backup"
            )
        new = stage(home)
        try:
            manifest = read(path, secret, new, tell)
            _require_fitting(path, manifest, new)
            kept = swap(home, MEMORY, stamp)
        except OSError as error:
            raise StoreUnusable(f"cannot restore {path} to {home}: {error.strerror or error}") from error
        except KeeperError:
            shutil.rmtree(new.parent, ignore_errors=True)
            raise
        return Restored(manifest, kept)


def _has_memory(home: Path) -> bool:
    path = home / DATABASE
    return path.exists() and path.stat().st_size > 0


def _require_fitting(path: Path, manifest: Mapping[str, Any], new: Path) -> None:
    """Refuse what is whole, but no memory that this program can use."""
    revision = str(manifest.get("revision"))
    if revision not in REVISIONS:
        raise StoreUnusable(
            f"{path} was written by a newer Keeper: expected revision {HEAD} or older, was {revision}"
        )
    strange = sorted({entry.name for entry in new.iterdir()} - MAY_HOLD)
    if strange or not (new / DATABASE).is_file():
        raise BadInput(f"{path} is no backup of a memory: {', '.join(strange) or 'it has no database'}")
    try:
        found = require_whole(new / DATABASE)
    except sqlite3.Error as error:
        raise BadInput(f"{path} holds a database that cannot be read: {error}") from error
    for name in ("revision", "counts", "audit_chain"):
        if found[name] != manifest[name]:
            raise BadInput(f"{path} holds another {name.replace('_', ' ')} than it says")
