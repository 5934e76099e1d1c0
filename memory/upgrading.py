"""Before the tables of a memory with something in it are changed, a backup of it is put beside it."""

from __future__ import annotations

import logging
from importlib.metadata import version
from pathlib import Path

from memory.backup import BACKUPS, ENDING, Wish, back_up
from memory.migrations import HEAD
from tools.domain.clock import SystemClock

LOG = logging.getLogger(__name__)  # shown on stderr where nobody handles it


def back_up_before_upgrade(home: Path, revision: str) -> Path:
    """Back up ``home``, whose tables are of an older ``revision``, and say so.

    Raises:
        StoreUnusable: There is no backup, and so there may be no upgrade.
    """
    target = _free(home / BACKUPS, f"before-{HEAD}-was-{revision}")
    LOG.warning(
        "the memory in %s is of an older Keeper (%s, now %s): backed up first to %s",
        home, revision, HEAD, target,
    )  # fmt: skip
    wish = Wish(ts=SystemClock().now(), code_version=version("keeper-agent"))
    return back_up(home, target, wish).path


def _free(folder: Path, name: str) -> Path:
    number, path = 1, folder / f"{name}{ENDING}"
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}{ENDING}"
    return path
