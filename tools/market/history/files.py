"""Files that are whole or not there: written under another name, flushed to the disk, then renamed.

A reader, or the next start after a kill at any moment, finds either the old file or the new one. What cannot
be read is kept under another name: it may be all that is left of something.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.domain.errors import BadInput, StoreUnusable

LOCK = ".keeper-download.lock"


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file that then takes the place of ``path``.

    Raises:
        StoreUnusable: The disk does not take it; ``path`` is as it was.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        publish(part, path)
    except OSError as error:
        raise StoreUnusable(f"cannot write {path}: {error.strerror or error}") from error


def publish(part: Path, path: Path) -> None:
    """Flush ``part`` to the disk and give it the name ``path``."""
    _flush(part)
    part.replace(path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Give ``path`` a free name beside it, ``NAME.damaged-N``, and say which."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold ``folder``, made if it is missing, against other downloads.

    Raises:
        BadInput: It cannot be used, or another download is writing there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("ab")
    except OSError as error:
        raise BadInput(f"{folder}: cannot write here: {error.strerror or error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                f"{folder}: another download is writing here; wait for it or choose --out"
            ) from None
        yield
