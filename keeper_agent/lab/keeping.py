"""Leaving a session's memory behind, so that its decisions can be explained and learned from."""

from __future__ import annotations

import shutil
from pathlib import Path

from memory.connection import DATABASE
from tools.domain.errors import BadInput


def require_free(folder: Path) -> None:
    """Refuse a folder that holds a memory already: a laboratory never writes over one.

    Raises:
        BadInput: It does.
    """
    if (folder / DATABASE).exists():
        raise BadInput(f"expected a folder without a memory, {folder / DATABASE} exists")


def keep_memory(home: Path, folder: Path) -> None:
    """Leave the memory of ``home`` in ``folder``, which becomes a home.

    Raises:
        BadInput: It cannot be written, or holds a memory already.
    """
    require_free(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / DATABASE
        shutil.copyfile(home / DATABASE, target)
        target.chmod(0o600)
    except OSError as error:
        raise BadInput(f"cannot leave the memory in {folder}: {error.strerror}") from error
