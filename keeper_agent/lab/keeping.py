"""A session's memory: laid out without migrating anew, and left behind so that it can be explained."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from memory.connection import DATABASE, prepare_file, prepare_home
from memory.store import Store
from tools.domain.errors import BadInput


def lay_out(home: Path) -> None:
    """Make ``home`` the home of a memory that knows nothing: what the migrations make, copied."""
    prepare_home(home)
    path = home / DATABASE
    prepare_file(path)
    path.write_bytes(_blank())


@cache
def _blank() -> bytes:
    """A database with every table and nothing in it; made once a process."""
    with tempfile.TemporaryDirectory(prefix="keeper-lab-") as scratch:
        home = Path(scratch) / "memory"
        Store.open(home, is_throwaway=True).close()
        return (home / DATABASE).read_bytes()


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
