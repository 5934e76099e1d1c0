"""A backup changes its key: read with the old one, sealed with the new one, in place once it reads back."""

from __future__ import annotations

from pathlib import Path

from memory.packing import copy_sealed, is_sealed_file, read
from memory.private import replacing, unfinished
from memory.sealed import Secret
from tools.domain.errors import BadInput, BadUsage, StoreUnusable

ALREADY, SEALED, RESEALED = "sealed with this key already", "was plain, is sealed", "sealed anew"


def reseal_backup(path: Path, before: Secret | None, secret: Secret) -> str:
    """Seal the backup at ``path`` with ``secret``; what was done, in words.

    Raises:
        BadInput: It is no backup, or damaged.
        BadUsage: It is sealed with a key that is neither of the two.
        StoreUnusable: The disk refused.
    """
    try:
        is_plain = not is_sealed_file(path)
    except OSError as error:
        raise BadInput(f"cannot read the backup {path}: {error.strerror or error}") from None
    if not is_plain and _opens(path, secret):
        return ALREADY
    read(path, before)
    try:
        with replacing(path) as file:
            copy_sealed(path, before, file, secret)
            file.flush()
            read(unfinished(path), secret)
    except OSError as error:
        raise StoreUnusable(f"cannot seal {path}: {error.strerror or error}") from error
    return SEALED if is_plain else RESEALED


def _opens(path: Path, secret: Secret) -> bool:
    """Whether ``secret`` is the key of a sealed file, all of which is then read."""
    try:
        read(path, secret)
    except BadUsage:
        return False
    return True
