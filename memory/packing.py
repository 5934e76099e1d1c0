"""The file of a backup: a manifest and the parts it names, as tar.gz, sealed where there is a key.

A plain one opens with ``tar xzf``. The manifest comes first and holds the size and SHA-256 of every part;
a file is only believed when it holds exactly those.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import orjson

from memory.private import create_private, make_private_folder, sync
from memory.sealed import SealedReader, SealingWriter, Secret, is_sealed
from tools.domain.errors import BadInput, BadUsage, StoreUnusable

MANIFEST = "manifest.json"
FORMAT = "keeper-backup-1"
MOST_MANIFEST = 64 << 20
STEP = 1 << 20
HEAD = 64

Tell = Callable[[str, int, int], object]  # what is done, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup, named by its path below the home."""

    name: str
    path: Path
    sha256: str
    size: int


def measure(name: str, path: Path) -> Part:
    """The part at ``path`` with its hash and size."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(STEP):
            digest.update(data)
            size += len(data)
    return Part(name, path, digest.hexdigest(), size)


def pack(
    file: IO[bytes], manifest: Mapping[str, Any], parts: Sequence[Part], secret: Secret | None, tell: Tell
) -> None:
    """Write a backup to ``file``.

    Args:
        file: Open for writing; it is left open.
        manifest: What is said of it; format and parts are added here.
        parts: The files, in order.
        secret: Seals it; None leaves it plain.
        tell: Told of the bytes that are packed.

    Raises:
        StoreUnusable: A part is no longer what was measured.
    """
    listed = {part.name: {"sha256": part.sha256, "bytes": part.size} for part in parts}
    words = orjson.dumps(
        {"format": FORMAT, **manifest, "parts": listed}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    )
    total, done = sum(part.size for part in parts), 0
    with (
        _sealing(file, secret) as sink,
        gzip.GzipFile(filename="", mode="wb", fileobj=sink, compresslevel=6, mtime=0) as squeezed,
        tarfile.open(fileobj=cast(IO[bytes], squeezed), mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.addfile(_member(MANIFEST, len(words)), io.BytesIO(words))
        for part in parts:
            with part.path.open("rb") as source:
                watched = _Watched(source, tell, "packing", done, total)
                _add(tar, part, watched)
            done += part.size


def read(
    path: Path, secret: Secret | None, into: Path | None = None, tell: Tell = lambda *_: None
) -> dict[str, Any]:
    """The manifest of the backup at ``path``, after every byte of it was checked.

    Args:
        path: The backup.
        secret: Needed where it is sealed.
        into: A new folder that gets its parts; None only looks.
        tell: Told of the bytes that are read.

    Raises:
        BadInput: It is no backup, cut off, damaged, or holds something else than it says.
        BadUsage: It is sealed, and the key is missing or another.
        StoreUnusable: The parts cannot be written.
    """
    with _damage_told(path), path.open("rb") as file:
        with (
            _plain(file, secret, path) as source,
            gzip.GzipFile(fileobj=source, mode="rb") as loose,
            tarfile.open(fileobj=cast(IO[bytes], loose), mode="r|") as tar,
        ):
            members = iter(tar)
            manifest = _read_manifest(tar, next(members, None), path)
            _read_parts(tar, members, manifest["parts"], into, path, tell)
            while loose.read(STEP):
                """Only at its end does gzip compare its own sum."""
        return manifest


def read_manifest(path: Path, secret: Secret | None) -> dict[str, Any]:
    """What the backup at ``path`` says of itself; its parts are not looked at.

    Raises:
        BadInput: It is no backup or damaged at its beginning.
        BadUsage: It is sealed, and the key is missing or another.
    """
    with (
        _damage_told(path),
        path.open("rb") as file,
        _plain(file, secret, path) as source,
        gzip.GzipFile(fileobj=source, mode="rb") as loose,
        tarfile.open(fileobj=cast(IO[bytes], loose), mode="r|") as tar,
    ):
        return _read_manifest(tar, tar.next(), path)


def copy_sealed(path: Path, before: Secret | None, file: IO[bytes], secret: Secret) -> None:
    """Write the backup at ``path`` to ``file``, sealed with ``secret``; plain text stays in memory."""
    with path.open("rb") as kept, _plain(kept, before, path) as source, _sealing(file, secret) as sink:
        while data := source.read(STEP):
            sink.write(data)


def is_sealed_file(path: Path) -> bool:
    """Whether the file at ``path`` begins like a sealed one."""
    with path.open("rb") as file:
        return is_sealed(file.read(HEAD))


class _Watched:
    """A file that tells how far it was read, and hashes what went through."""

    def __init__(self, file: IO[bytes], tell: Tell, phase: str, done: int, total: int) -> None:
        self._file, self._tell = file, tell
        self._phase, self._done, self._total = phase, done, total
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._done += len(data)
        self._tell(self._phase, self._done, self._total)
        return data


def _add(tar: tarfile.TarFile, part: Part, watched: _Watched) -> None:
    changed = StoreUnusable(f"{part.path} changed while it was backed up; try again")
    try:
        tar.addfile(_member(part.name, part.size), cast(IO[bytes], watched))
    except OSError as error:
        if "unexpected end of data" in str(error):
            raise changed from error
        raise
    if watched.digest.hexdigest() != part.sha256:
        raise changed


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


@contextmanager
def _sealing(file: IO[bytes], secret: Secret | None) -> Iterator[IO[bytes]]:
    """Where to write so that ``file`` gets it, sealed where there is a secret; a failure leaves it cut."""
    if secret is None:
        yield file
    else:
        writer = SealingWriter(file, secret)
        yield cast(IO[bytes], writer)
        writer.finish()


@contextmanager
def _plain(file: IO[bytes], secret: Secret | None, path: Path) -> Iterator[IO[bytes]]:
    head = file.read(HEAD)
    file.seek(0)
    if not is_sealed(head):
        yield file
    elif secret is None:
        raise BadUsage(f"{path} is sealed: set KEEPER_KEY to its key, or keep it in the keyring")
    else:
        yield cast(IO[bytes], io.BufferedReader(SealedReader(file, secret, str(path)), STEP))


def _read_manifest(tar: tarfile.TarFile, member: tarfile.TarInfo | None, path: Path) -> dict[str, Any]:
    file = tar.extractfile(member) if member is not None and member.name == MANIFEST else None
    if member is None or file is None or member.size > MOST_MANIFEST:
        raise BadInput(f"expected a backup of Keeper in {path}, found no manifest at its beginning")
    try:
        manifest = orjson.loads(file.read())
        kept = manifest["format"]
        parts = {
            str(name): (str(one["sha256"]), int(one["bytes"])) for name, one in manifest["parts"].items()
        }
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"expected the manifest of a backup in {path}: {error}") from None
    if kept != FORMAT:
        raise BadInput(f"expected a backup of format {FORMAT} in {path}, was {kept!r}")
    for name in parts:
        if PurePosixPath(name).is_absolute() or not set(PurePosixPath(name).parts).isdisjoint({"..", "."}):
            raise BadInput(f"{path} names a part outside the home: {name!r}")
    return cast(dict[str, Any], manifest)


def _read_parts(
    tar: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    expected: Mapping[str, Any],
    into: Path | None,
    path: Path,
    tell: Tell,
) -> None:
    total, done, seen = sum(one["bytes"] for one in expected.values()), 0, set[str]()
    for member in members:
        one, file = expected.get(member.name), tar.extractfile(member) if member.isreg() else None
        if one is None or file is None or member.name in seen or member.size != one["bytes"]:
            raise BadInput(f"{path} holds something else than it says: {member.name!r}")
        watched = _Watched(file, tell, "unpacking", done, total)
        _take_part(watched, None if into is None else into / member.name)
        if watched.digest.hexdigest() != one["sha256"]:
            raise BadInput(f"{path} is damaged: {member.name} has another hash than it says")
        seen.add(member.name)
        done += member.size
    missing = sorted(set(expected) - seen)
    if missing:
        raise BadInput(f"{path} is cut off: {missing[0]} is missing")


def _take_part(source: _Watched, target: Path | None) -> None:
    if target is None:
        while source.read(STEP):
            """Reading is what checks it."""
        return
    try:
        make_private_folder(target.parent)
        with create_private(target) as file:
            while data := source.read(STEP):
                file.write(data)
            sync(file)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise
        raise StoreUnusable(f"cannot write {target}: {error.strerror or error}") from error


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """What the libraries raise over a damaged file, as one line."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
        raise BadInput(f"{path} is no backup of Keeper, or cut off or damaged: {error}") from None
    except OSError as error:
        raise BadInput(f"cannot read the backup {path}: {error.strerror or error}") from None
