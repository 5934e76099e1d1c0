"""Who owns a home: the one process that may write there.

The lock is the kernel's (flock) and dies with its holder, so a lock is never stale; what
the file says of pid and command is for the person who is turned away.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from memory.connection import DATABASE, prepare_home
from memory.private import tighten
from memory.swap import finish
from tools.domain.errors import HomeLocked, StoreUnusable

LOCK_FILE = "lock"
# What Keeper keeps in a home; whatever else lies there is not its business.
OWN = (
    *(DATABASE + ending for ending in ("", "-wal", "-shm", "-journal")),
    *(
        "archives",
        "backups",
        "asking",
        "before-restore",
        "diary",
        "logs",
        "market",
        "models",
        "patterns",
        "reports",
        "snapshots",
    ),
)


class HomeLock:
    """Held from ``acquire`` until ``release``, the end of a with block, or the end of the process."""

    def __init__(self, home: Path, descriptor: int) -> None:
        self.home = home
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, home: Path, command: str) -> Self:
        """Own ``home`` for ``command``.

        Raises:
            HomeLocked: Another process owns it; the message names its pid and command.
            StoreUnusable: The folder or the lock file cannot be written.
        """
        prepare_home(home)
        path = home / LOCK_FILE
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnusable(f"expected a lock that can be written at {path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = _owner(descriptor)
            os.close(descriptor)
            raise HomeLocked(f"{home} is in use by {owner}; only one process may write there") from error
        _sign(descriptor, command)
        lock = cls(home, descriptor)
        try:
            finish(home)  # a restore that was killed in between
            tighten(home / name for name in OWN)
        except OSError as error:
            lock.release()
            raise StoreUnusable(f"expected a home of one's own at {home}: {error}") from error
        except StoreUnusable:
            lock.release()
            raise
        return lock

    @property
    def is_held(self) -> bool:
        """Whether this object still owns the home."""
        return self._descriptor is not None

    def release(self) -> None:
        """Let the next one in; harmless when already released."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_locked(home: Path) -> bool:
    """Whether a process owns ``home``; looking takes nothing."""
    try:
        with (home / LOCK_FILE).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _sign(descriptor: int, command: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n{' '.join(command.split())}\n".encode(), 0)


def _owner(descriptor: int) -> str:
    pid, _, command = os.pread(descriptor, 4096, 0).decode(errors="replace").partition("\n")
    if not pid.isdigit():
        return "another process that is just starting"
    return f"process {pid} ({command.strip()})"
