"""A folder of recordings that grows: whole gzip members only, within a disk budget, after any crash readable.

A recording appears under its name once both halves have rows; until then it is called
``.part``, which readers pass over. A ledger names every recording made here, and only those
are ever repaired or deleted.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tools.domain.errors import BadInput, StoreUnusable
from tools.market.tables import PACKED_AS, PART
from tools.market.tapes import HALVES

LEDGER = ".keeper-recorded"
_CHUNK = 1 << 20


class Archive:
    """The recordings of one folder; one writer at a time.

    Attributes:
        repaired: Files whose torn end was cut off at the start.
        deleted: Recordings deleted for the budget, oldest first.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        """Open ``folder``, made if it is missing, and repair what a crash left.

        Raises:
            BadInput: The folder cannot be used.
        """
        if budget_bytes <= 0:
            raise ValueError(f"budget_bytes must be positive, was {budget_bytes}")
        self._folder = folder
        self._budget = budget_bytes
        self._open: set[str] = set()
        self.repaired: list[Path] = []
        self.deleted: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
            self._stems = self._read_ledger()
            self._sizes = {
                stem: sum(path.stat().st_size for path in self._files(stem)) for stem in self._stems
            }
            for stem in self._stems:
                self._repair(stem)
        except OSError as error:
            raise BadInput(f"{folder}: cannot record here: {error.strerror or error}") from error

    @property
    def size(self) -> int:
        """Bytes of everything made here."""
        return sum(self._sizes.values())

    def close(self) -> None:
        """Let another writer in."""
        self._lock.close()

    def begin(self, stem: str) -> None:
        """Start or go on with a recording.

        Raises:
            BadInput: A recording of that name is there and was not made here.
        """
        if stem not in self._sizes:
            foreign = [path for path in self._files(stem) if path.exists()]
            if foreign:
                raise BadInput(
                    f"{foreign[0]}: already there and not recorded by Keeper; choose another --out"
                )
            self._note(stem)
        self._open.add(stem)

    def finish(self, stem: str) -> None:
        """Nothing more will be added; from now on the recording may be deleted for the budget."""
        self._open.discard(stem)

    def add(self, stem: str, half: str, header: bytes, lines: bytes) -> None:
        """Add whole lines to one half as one gzip member.

        Raises:
            StoreUnusable: The disk or the budget is full.
        """
        path = self._path(stem, half)
        member = gzip.compress(lines if path.exists() else header + lines, PACKED_AS, mtime=0)
        self._make_room(len(member))
        before = path.stat().st_size if path.exists() else 0
        try:
            with path.open("ab") as file:
                file.write(member)
        except OSError as error:
            self._take_back(path, before)
            raise StoreUnusable(f"cannot write {path}: {error.strerror or error}") from error
        self._sizes[stem] += len(member)
        self._publish(stem)

    def _make_room(self, n_bytes: int) -> None:
        while self.size + n_bytes > self._budget:
            oldest = next((stem for stem in self._stems if stem not in self._open), None)
            if oldest is None:
                raise StoreUnusable(
                    f"{self._folder}: the disk budget of {self._budget:,} bytes is full with recordings "
                    "still open; expected a larger --disk-budget or a shorter --rotate"
                )
            for path in list(self._files(oldest)):
                path.unlink(missing_ok=True)
            self._stems.remove(oldest)
            del self._sizes[oldest]
            self.deleted.append(oldest)
            self._write_ledger()

    def _publish(self, stem: str) -> None:
        """Give both halves their names once both have rows; a half left by a crash is read, and mended."""
        parts = [self._name(stem, half, PART) for half in HALVES]
        if all(path.exists() for path in parts) or self._is_half_published(stem):
            for half, part in zip(HALVES, parts, strict=True):
                if part.exists():
                    part.rename(self._name(stem, half))

    def _is_half_published(self, stem: str) -> bool:
        return any(self._name(stem, half).exists() for half in HALVES)

    def _repair(self, stem: str) -> None:
        for path in list(self._files(stem)):
            whole = whole_members(path)
            if whole < path.stat().st_size:
                os.truncate(path, whole)
                self.repaired.append(path)
            if whole == 0:
                path.unlink()
        if len(list(self._files(stem))) == len(HALVES):
            self._publish(stem)
        self._sizes[stem] = sum(path.stat().st_size for path in self._files(stem))

    def _take_back(self, path: Path, size: int) -> None:
        if not path.exists():
            return
        if size:
            os.truncate(path, size)
        else:
            path.unlink()

    def _path(self, stem: str, half: str) -> Path:
        name = self._name(stem, half)
        return name if name.exists() else self._name(stem, half, PART)

    def _name(self, stem: str, half: str, ending: str = "") -> Path:
        return self._folder / f"{stem}.{half}.csv.gz{ending}"

    def _files(self, stem: str) -> Iterator[Path]:
        names = (self._name(stem, half, ending) for half in HALVES for ending in ("", PART))
        return (path for path in names if path.exists())

    def _read_ledger(self) -> list[str]:
        path = self._folder / LEDGER
        if not path.exists():
            return []
        # a name that leads out of the folder was not written by us
        stems = [line for line in path.read_text("utf-8").splitlines() if line and Path(line).name == line]
        return [stem for stem in dict.fromkeys(stems) if any(self._files(stem))]

    def _note(self, stem: str) -> None:
        self._stems.append(stem)
        self._sizes[stem] = 0
        self._write_ledger()

    def _write_ledger(self) -> None:
        fresh = self._folder / f"{LEDGER}.new"
        try:
            fresh.write_text("".join(f"{stem}\n" for stem in self._stems), "utf-8")
            fresh.replace(self._folder / LEDGER)
        except OSError as error:
            raise StoreUnusable(f"cannot write {self._folder / LEDGER}: {error.strerror or error}") from error


def _locked(folder: Path) -> IO[bytes]:
    """The folder's lock, held until it is closed or the process ends."""
    file = (folder / f"{LEDGER}.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise BadInput(f"{folder}: another recorder is writing here; expected a folder of its own") from None
    return file


def whole_members(path: Path) -> int:
    """Bytes of ``path`` up to the end of its last whole gzip member."""
    whole = at = 0
    unpack = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            while chunk:
                try:
                    unpack.decompress(chunk)
                except zlib.error:
                    return whole
                rest = unpack.unused_data
                at += len(chunk) - len(rest)
                chunk = rest
                if unpack.eof:
                    whole = at
                    unpack = zlib.decompressobj(wbits=31)
    return whole
