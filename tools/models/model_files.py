"""The files of a kept model: a manifest that carries its own hash, private, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from tools.domain.errors import ModelUnusable, StoreUnusable
from tools.domain.identity import content_hash

FORMAT = 1
MODEL_FILE, MANIFEST_FILE = "model.json", "manifest.json"
MOST_BYTES = 256 * 1024 * 1024  # no ensemble of ours comes near; a larger file is not read into memory


def sealed(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as bytes, with its own hash in it."""
    seal = content_hash(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
    return orjson.dumps(
        {**manifest, "manifest_sha256": seal}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    )


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest at ``path``, without its seal.

    Raises:
        ModelUnusable: It is missing, of another format, or was changed.
    """
    try:
        manifest = orjson.loads(read_bytes(path))
    except orjson.JSONDecodeError as error:
        raise ModelUnusable(f"{path}: expected a manifest in JSON, was not: {error.msg}") from None
    if not isinstance(manifest, dict):
        raise ModelUnusable(f"{path}: expected a manifest, was a JSON {type(manifest).__name__}")
    if manifest.get("format") != FORMAT:
        raise ModelUnusable(
            f"{path}: expected manifest format {FORMAT}, was {manifest.get('format')!r}; train anew"
        )
    body = {key: value for key, value in manifest.items() if key != "manifest_sha256"}
    if manifest.get("manifest_sha256") != content_hash(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)):
        raise ModelUnusable(f"{path}: its own hash does not match; the file was changed")
    return body


def read_bytes(path: Path) -> bytes:
    """The bytes of a model's file.

    Raises:
        ModelUnusable: It is missing, cannot be read, or is larger than any of ours.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelUnusable(f"{path}: expected at most {MOST_BYTES} bytes, was {path.stat().st_size}")
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelUnusable(f"{path}: expected a model file, found none") from None
    except OSError as error:
        raise ModelUnusable(f"{path}: cannot be read: {error.strerror}") from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a refusing disk into one line about ``path``.

    Raises:
        StoreUnusable: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise StoreUnusable(f"{path}: cannot be written: {error.strerror}") from None


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that is its owner's alone, to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring what was renamed in ``folder`` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
