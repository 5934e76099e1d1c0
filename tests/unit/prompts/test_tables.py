"""The tables of phrases are whole, and a broken one is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts import tables
from prompts.tables import read_meanings, read_sayings
from prompts.vocabulary import FILLERS, WORDS


def test_every_phrase_says_words_that_are_understood() -> None:
    for said, ways in read_sayings("phrases.txt"):
        assert ways, said
        for word in said.split():
            assert word.startswith("\\") or word in WORDS or word in FILLERS or "\\" in word, said


def test_every_vietnamese_phrase_is_written_once_in_lower_case() -> None:
    meanings = read_meanings("vietnamese.txt")
    assert len(meanings) > 500
    assert all(phrase == phrase.lower().strip() for phrase in meanings)


@pytest.mark.parametrize("broken", ["mua buy\n", "mua = buy\nmua = sell\n"])
def test_a_line_without_one_meaning_is_refused(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.txt").write_text(broken)
    monkeypatch.setattr(tables, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="one meaning"):
        read_meanings("broken.txt")


def test_ways_to_say_nothing_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.txt").write_text("    how come\n")
    monkeypatch.setattr(tables, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="a way to say nothing"):
        read_sayings("broken.txt")
