"""Another memory takes the place of a home's present one: planned on disk, then done, if need be later.

Until the plan is on disk nothing of the present memory has moved. From then on the moves are a list of
renames that can be gone through again and again: who is killed in between leaves the rest to whoever uses
the home next. What is replaced is kept in a folder of its own, itself a home that can be looked into.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from memory.private import make_private_folder, replacing, sync_folder
from tools.domain.errors import HomeLocked, StoreUnusable

STAGE = ".restore"
NEW = "new"
PLAN = "plan.json"
KEPT = "before-restore"
LOCK = "lock"


def stage(home: Path) -> Path:
    """An empty folder in ``home`` to prepare the other memory in; the home's lock must be held."""
    shutil.rmtree(home / STAGE, ignore_errors=True)
    return make_private_folder(make_private_folder(home / STAGE) / NEW)


def swap(home: Path, names: Sequence[str], stamp: str) -> Path | None:
    """Put what was prepared in the place of ``names``; the home's lock must be held.

    Args:
        home: The home.
        names: What makes up its memory, the most important first; what is there of it is moved aside.
        stamp: Names the folder it is moved to.

    Returns:
        That folder, or None where nothing was there.
    """
    fresh = sorted(path.name for path in (home / STAGE / NEW).iterdir())
    away = [name for name in dict.fromkeys([*names, *fresh]) if _is_there(home / name)]
    kept = _free_folder(home / KEPT, stamp)
    plan = {"away": away, "in": fresh, "kept": kept.relative_to(home).as_posix()}
    sync_folder(home / STAGE / NEW)
    with replacing(home / STAGE / PLAN) as file:
        file.write(orjson.dumps(plan))
    finish(home)
    return kept if away else None


def finish(home: Path) -> None:
    """Complete a planned swap, or clear away what never came to a plan; the home's lock must be held.

    Raises:
        StoreUnusable: The plan cannot be read, or a file not be moved.
    """
    folder = home / STAGE
    if not folder.exists():
        return
    try:
        if (folder / PLAN).exists():
            _move(home, folder / NEW, orjson.loads((folder / PLAN).read_bytes()))
            (folder / PLAN).unlink()
        shutil.rmtree(folder)
        sync_folder(home)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise StoreUnusable(
            f"a restore of {home} was interrupted and cannot be completed: {error}; "
            f"the memory before it is in {home} or {home / KEPT}, the restored one in {folder / NEW}"
        ) from error


def settle(home: Path) -> None:
    """Complete a swap that was killed in between, before anybody reads the home.

    Raises:
        HomeLocked: A restore is under way.
        StoreUnusable: It cannot be completed.
    """
    if not (home / STAGE / PLAN).exists():
        return
    try:
        descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnusable(f"expected a home that can be written at {home}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finish(home)
    except BlockingIOError as error:
        raise HomeLocked(f"a restore of {home} is under way; try again in a moment") from error
    finally:
        os.close(descriptor)


def _move(home: Path, new: Path, plan: Mapping[str, object]) -> None:
    away, into, kept = _words(plan["away"]), _words(plan["in"]), home / str(plan["kept"])
    if away:
        make_private_folder(home / KEPT)
        make_private_folder(kept)
    for name in away:
        # Once its successor is in, what has this name is no longer the old one.
        if _is_there(home / name) and (name not in into or _is_there(new / name)):
            (home / name).replace(kept / name)
    for folder in (home, kept, home / KEPT) if away else ():
        sync_folder(folder)
    for name in into:
        if _is_there(new / name):
            (new / name).replace(home / name)
    sync_folder(home)


def _words(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list of names, was {value!r}")
    return [str(name) for name in value]


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _free_folder(parent: Path, stamp: str) -> Path:
    """A folder that is not there yet."""
    number, folder = 1, parent / stamp
    while _is_there(folder):
        number += 1
        folder = parent / f"{stamp}-{number}"
    return folder
