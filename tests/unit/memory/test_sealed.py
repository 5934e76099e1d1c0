"""What is sealed opens with its key alone, and nothing of it can be changed, moved, repeated or cut off."""

from __future__ import annotations

import io
import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import sealed as module
from memory.backup import Wish, back_up
from memory.packing import is_sealed_file, read
from memory.resealing import ALREADY, RESEALED, SEALED, reseal_backup
from memory.sealed import SealedReader, SealingWriter, Secret
from memory.store import Store
from tests.support.file_steps import changes_of, killed_before_change
from tests.support.memories import MemoryBuilder, at
from tools.domain.errors import BadInput, BadUsage

SECRET, OTHER = Secret("correct horse battery staple"), Secret("another horse altogether")
HEADER_LINES = 3


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small chunks make many of them; a cheap key derivation makes many tries."""
    monkeypatch.setattr(module, "CHUNK", 64)
    monkeypatch.setattr(module, "COST", 2)


def sealed(plain: bytes, secret: Secret = SECRET) -> bytes:
    file = io.BytesIO()
    writer = SealingWriter(file, secret)
    writer.write(plain)
    writer.finish()
    return file.getvalue()


def opened(data: bytes, secret: Secret = SECRET) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(data), secret, "it"), 16).read()


def chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    """The header, and each chunk with its length."""
    file = io.BytesIO(data)
    header = b"".join(file.readline() for _ in range(HEADER_LINES))
    found = []
    while word := file.read(4):
        size = int.from_bytes(word, "big") & ~module.LAST
        found.append(word + file.read(size + module.TAG))
    return header, found


@settings(max_examples=60)
@given(plain=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_it_opens_to_what_was_sealed_however_it_was_written(plain: bytes, cuts: list[int]) -> None:
    file = io.BytesIO()
    writer = SealingWriter(file, SECRET)
    places = [0, *sorted(cuts), len(plain)]
    for start, end in itertools.pairwise(places):
        writer.write(plain[start:end])
    writer.finish()
    kept = plain[places[0] : min(places[-1], len(plain))]
    assert opened(file.getvalue()) == kept


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 129])
def test_the_edges_of_a_chunk_are_no_edges_of_the_text(size: int) -> None:
    plain = os.urandom(size)
    assert opened(sealed(plain)) == plain


def test_every_flipped_bit_is_noticed() -> None:
    data = sealed(b"x" * 150)
    for place in range(len(data)):
        harmed = data[:place] + bytes([data[place] ^ 0x20]) + data[place + 1 :]
        with pytest.raises((BadInput, BadUsage)):
            opened(harmed)


def test_every_cut_is_noticed() -> None:
    data = sealed(b"x" * 150)
    for size in range(len(data)):
        with pytest.raises(BadInput):
            opened(data[:size])


def test_chunks_cannot_be_moved_left_out_repeated_or_taken_from_another() -> None:
    header, parts = chunks(sealed(bytes(range(200))))
    assert len(parts) == 4
    first, second, third, last = parts
    _, others = chunks(sealed(bytes(range(200))))
    short = bytearray(third)
    short[0] |= 0x80  # as if it were the last one
    for forged in (
        (second, first, third, last),
        (first, third, last),
        (first, second, third),
        (first, first, second, third, last),
        (others[0], second, third, last),
        (first, second, bytes(short)),
        (first, second, third, last, last),
    ):
        with pytest.raises(BadInput):
            opened(header + b"".join(forged))
    assert opened(header + b"".join(parts)) == bytes(range(200))


def test_the_same_text_never_looks_the_same() -> None:
    assert chunks(sealed(b"x" * 100))[1] != chunks(sealed(b"x" * 100))[1]


def test_another_key_is_told_from_damage_and_no_key_is_told_at_all() -> None:
    with pytest.raises(BadUsage, match="another key") as told:
        opened(sealed(b"x"), OTHER)
    assert SECRET.text not in str(told.value)
    assert OTHER.text not in str(told.value)
    assert SECRET.text not in repr(SECRET)


def test_a_short_passphrase_is_refused_without_showing_it() -> None:
    with pytest.raises(BadUsage, match="at least 12 characters, has 5") as told:
        Secret("short")
    assert "short" not in str(told.value)


def test_a_header_cannot_ask_for_all_memory_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COST", module.MOST_COST * 2)
    monkeypatch.setattr(module, "_derive", lambda *_: (bytes(32), "0"))
    data = sealed(b"x")
    monkeypatch.undo()
    with pytest.raises(BadInput, match="cannot use"):
        opened(data)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "home", is_throwaway=True) as store:
        build = MemoryBuilder(store)
        build.begin()
        build.decide(at("10:00:00"))
    return tmp_path / "home"


def wish(secret: Secret | None) -> Wish:
    return Wish(ts=1_723_161_000_000_000_000, code_version="test", secret=secret)


def is_plain(path: Path) -> bool:
    """Whether what lies there can be read without a key: a packed file, a database, or its parts."""
    return path.is_file() and path.stat().st_size > 0 and not path.read_bytes().startswith(module.MAGIC)


def test_killed_at_any_step_a_sealed_backup_leaves_no_plain_text_where_it_goes(
    filled: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def work() -> Any:
        return back_up(filled, elsewhere / "one.backup", wish(SECRET))

    count, seen = changes_of(work, tmp_path), 0
    (elsewhere / "one.backup").unlink()
    for number in range(1, count + 1):
        assert killed_before_change(number, work, tmp_path)
        left = list(elsewhere.iterdir())
        seen += len(left)
        assert [path for path in left if is_plain(path)] == []
        (elsewhere / "one.backup").unlink(missing_ok=True)
    assert seen > 0
    assert is_plain(back_up(filled, elsewhere / "two.backup", wish(None)).path), "the check sees nothing"


def test_killed_at_any_step_a_change_of_key_leaves_a_backup_that_opens(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    path = back_up(filled, folder / "one.backup", wish(SECRET)).path
    whole = path.read_bytes()

    def work() -> Any:
        return reseal_backup(path, SECRET, OTHER)

    count, found = changes_of(work, tmp_path), set()
    for number in range(1, count + 1):
        path.write_bytes(whole)
        killed_before_change(number, work, tmp_path)
        assert [one for one in folder.iterdir() if is_plain(one)] == []
        try:
            read(path, OTHER)
            found.add("new")
        except BadUsage:
            read(path, SECRET)
            found.add("old")
    path.write_bytes(whole)
    assert work() == RESEALED
    read(path, OTHER)
    assert found >= {"old"}


def test_a_plain_backup_is_sealed_and_a_sealed_one_is_left_alone(filled: Path, tmp_path: Path) -> None:
    path = back_up(filled, tmp_path / "one.backup", wish(None)).path
    assert reseal_backup(path, None, SECRET) == SEALED
    assert is_sealed_file(path)
    before = path.read_bytes()
    assert reseal_backup(path, None, SECRET) == ALREADY
    assert path.read_bytes() == before
    with pytest.raises(BadUsage, match="sealed"):
        reseal_backup(path, None, OTHER)
    path.write_bytes(before[:-1])
    with pytest.raises(BadInput, match="cut off"):
        reseal_backup(path, SECRET, OTHER)
    assert path.read_bytes() == before[:-1]
