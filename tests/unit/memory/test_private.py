"""What Keeper writes is its owner's alone, and a file is replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.private import make_private_folder, replacing, tighten


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_folder_is_private_with_the_parents_that_are_made(tmp_path: Path) -> None:
    folder = make_private_folder(tmp_path / "one" / "two" / "three")
    assert {mode(path) for path in (folder, folder.parent, folder.parent.parent)} == {0o700}


def fail_within(path: Path) -> None:
    with replacing(path) as file:
        file.write(b"new")
        raise ZeroDivisionError


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert mode(path) == 0o600


def test_a_failure_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        fail_within(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_others_lose_what_they_had_and_the_owner_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    (folder / "file").touch(mode=0o644)
    (folder / "frozen").touch(mode=0o444)
    tighten([folder, tmp_path / "nowhere"])
    assert (mode(folder), mode(folder / "file"), mode(folder / "frozen")) == (0o700, 0o600, 0o400)


def test_what_vanishes_meanwhile_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).touch(mode=0o644)
    chmod = Path.chmod

    def vanishing(path: Path, to: int) -> None:
        path.unlink()
        monkeypatch.setattr(Path, "chmod", chmod)
        chmod(path, to)

    monkeypatch.setattr(Path, "chmod", vanishing)
    tighten([tmp_path])
    assert len(list(tmp_path.iterdir())) == 2
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
