"""Files and folders that only their owner can read, whatever the umask, and that survive a power cut."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

OTHERS = 0o077
UNFINISHED = ".unfinished"


def make_private_folder(path: Path) -> Path:
    """``path`` as a folder of mode 700, made with its parents if need be."""
    if not path.parent.exists():
        make_private_folder(path.parent)  # mkdir would make parents that others can look into
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    return path


def tighten(paths: Iterable[Path]) -> None:
    """Take from all others what is there of ``paths`` and below; links are left alone."""
    for path in paths:
        with suppress(FileNotFoundError):  # a backup beside us clears its workshop, a reader its fresh file
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                continue
            if mode & OTHERS:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)
            if stat.S_ISDIR(mode):
                tighten(list(path.iterdir()))


def create_private(path: Path) -> IO[bytes]:
    """A new file of mode 600, open for writing.

    Raises:
        FileExistsError: It is there already.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write ``path`` in one step: until the end of the block, and after a failure, it is as it was before."""
    fresh = unfinished(path)
    fresh.unlink(missing_ok=True)
    try:
        with create_private(fresh) as file:
            yield file
            sync(file)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def unfinished(path: Path) -> Path:
    """What ``replacing`` writes to until ``path`` is complete."""
    return path.with_name(f".{path.name}{UNFINISHED}")


def sync(file: IO[bytes]) -> None:
    """Return when what was written to ``file`` is on disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the names in ``folder`` are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
