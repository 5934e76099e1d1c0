"""Who trades an account: the one process that may send orders with an api key.

Beside the kernel's lock the file counts its owners. Who owns the account knows its number
and looks before every order whether it is still the last one, so that a process that was
thought dead and wakes up sends nothing.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from memory.connection import prepare_home
from tools.domain.errors import HomeLocked, StoreUnusable
from tools.domain.identity import content_hash


class AccountLock:
    """Held from ``acquire`` until ``release`` or the end of the process.

    Attributes:
        token: The number of this owner; every later owner has a higher one.
    """

    def __init__(self, path: Path, descriptor: int, token: int) -> None:
        self.path = path
        self.token = token
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, folder: Path, api_key: str) -> Self:
        """Own the account of ``api_key`` in ``folder``, which every home on this machine shares.

        Raises:
            HomeLocked: Another process trades the account.
            StoreUnusable: The lock cannot be written.
        """
        prepare_home(folder)
        path = folder / f"account-{content_hash(api_key.encode())[:16]}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnusable(f"expected a lock that can be written at {path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise HomeLocked(f"another process trades this account (its lock is {path})") from error
        token = _token(descriptor) + 1
        os.pwrite(descriptor, f"{token:020d}\n".encode(), 0)
        os.fsync(descriptor)
        return cls(path, descriptor, token)

    @property
    def is_valid(self) -> bool:
        """Whether this is still the account's last owner; asked before every order."""
        if self._descriptor is None:
            return False
        try:
            there, here = self.path.stat(), os.fstat(self._descriptor)
            return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino) and (
                _token(self._descriptor) == self.token
            )
        except OSError:
            return False

    def release(self) -> None:
        """Let the next one in; its number stays, so that the next one's is higher."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _token(descriptor: int) -> int:
    words = os.pread(descriptor, 64, 0).split()
    return int(words[0]) if words and words[0].isdigit() else 0
