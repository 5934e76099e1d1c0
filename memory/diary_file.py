"""The diary as files in the home: what people read, made from the database and made again at will.

``home/diary/now.txt`` grows; at a mebibyte it is packed as ``000001.txt.gz`` and begun anew. How far
it goes is kept beside it, after the lines: a crash in between leaves too many lines, which are cut.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import orjson

from memory.diary import Place, is_of, read_on
from memory.diary_lines import DiaryLine
from memory.store import Store
from tools.domain.errors import StoreUnusable

FOLDER, NOW, STATE = "diary", "now.txt", "state.json"
MOST_BYTES = 1 << 20
MOST_LINKS = 500  # taken in at one call: the loop shares its processor with this


@dataclass(frozen=True, slots=True)
class _State:
    """Where the files are: how far in memory, how many are packed, how long the open one is."""

    place: Place = field(default_factory=Place)
    packed: int = 0
    length: int = 0

    @classmethod
    def read(cls, path: Path) -> Self:
        """What is kept at ``path``; the beginning where nothing readable is."""
        try:
            kept = orjson.loads(path.read_bytes())
            return cls(Place(**kept["place"]), int(kept["packed"]), int(kept["length"]))
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return cls()


class DiaryFile:
    """The files of one home; one process writes them.

    Args:
        home: The home.
        most_bytes: At which length a file is packed.
    """

    def __init__(self, home: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = home / FOLDER
        self._most_bytes = most_bytes

    def bring_up_to_date(self, store: Store, most_links: int = MOST_LINKS) -> bool:
        """Write what memory has since learned; whether there is more than was taken in.

        Raises:
            StoreUnusable: The files cannot be written.
        """
        try:
            return self._bring(store, most_links)
        except OSError as error:
            raise StoreUnusable(f"cannot write the diary in {self.folder}: {error.strerror}") from error

    def rebuild(self, store: Store) -> int:
        """Make every file anew; how many are packed.

        Raises:
            StoreUnusable: The files cannot be written.
        """
        try:
            self._clear()
        except OSError as error:
            raise StoreUnusable(f"cannot write the diary in {self.folder}: {error.strerror}") from error
        while self.bring_up_to_date(store):
            pass
        return _State.read(self.folder / STATE).packed

    def _bring(self, store: Store, most_links: int) -> bool:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = self._sound_state(store)
        lines, place = read_on(store, state.place, most_links)
        if place == state.place:
            return False
        self._append(lines, place, state)
        return True

    def _sound_state(self, store: Store) -> _State:
        """Where to go on; from the beginning where the files do not fit what is kept or the database."""
        state = _State.read(self.folder / STATE)
        now = self.folder / NOW
        self._unpack_after(state.packed)
        length = now.stat().st_size if now.exists() else 0
        if length < state.length or not is_of(store, state.place):
            self._clear()
            return _State()
        if length > state.length:
            os.truncate(now, state.length)
        return state

    def _unpack_after(self, number: int) -> None:
        """What was packed before the machine died and is not in the state is open again."""
        later = sorted(path for path in self.folder.glob("[0-9]*.txt.gz") if path > self._packed(number))
        if later:
            (self.folder / NOW).write_bytes(gzip.decompress(later[0].read_bytes()))
        for path in later:
            path.unlink()

    def _append(self, lines: Sequence[DiaryLine], place: Place, state: _State) -> None:
        held, packed, length = bytearray(), state.packed, state.length
        for line in lines:
            held += line.text.encode() + b"\n"
            if length + len(held) >= self._most_bytes:
                self._write(held)
                self._pack(packed + 1)
                held, packed, length = bytearray(), packed + 1, 0
        self._write(held)
        self._keep(_State(place, packed, length + len(held)))

    def _write(self, data: bytes | bytearray) -> None:
        descriptor = os.open(self.folder / NOW, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(data)

    def _pack(self, number: int) -> None:
        """Pack the open file; the same lines give the same bytes."""
        now = self.folder / NOW
        fresh = self.folder / ".packing"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(gzip.compress(now.read_bytes(), mtime=0))
        fresh.replace(self._packed(number))
        os.truncate(now, 0)

    def _packed(self, number: int) -> Path:
        return self.folder / f"{number:06d}.txt.gz"

    def _keep(self, state: _State) -> None:
        fresh = self.folder / f".{STATE}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(asdict(state)))
        fresh.replace(self.folder / STATE)

    def _clear(self) -> None:
        if self.folder.exists():
            for path in (*self.folder.glob("[0-9]*.txt.gz"), self.folder / NOW, self.folder / STATE):
                path.unlink(missing_ok=True)
